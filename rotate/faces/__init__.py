"""Who calls: the action and the command line; the one place where everything is wired."""
