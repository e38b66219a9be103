"""Looking at every link that a rotation hangs on, one by one, and writing nothing."""

from rotate.diagnosis.story import World, diagnose

__all__ = ["World", "diagnose"]
