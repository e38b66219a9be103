"""What a set-up consists of: a few answers, read into the texts of all that must be made."""

from rotate.setup.layout import files
from rotate.setup.model import Setup
from rotate.setup.next_steps import steps
from rotate.setup.options import OPTIONS
from rotate.setup.reading import read

__all__ = ["OPTIONS", "Setup", "files", "read", "steps"]
