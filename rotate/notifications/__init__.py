"""How people are told of a failure that nobody watches: an issue, and room for others."""
