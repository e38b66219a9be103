"""What a run is asked to do: the inputs or a configuration file, read into a plan."""

from rotate.settings.plan import read

__all__ = ["read"]
