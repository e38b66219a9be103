"""The process as a whole."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import atexit, gc, signal
from rotate.faces import process

# What is registered first is called last.
atexit.register(lambda: print(gc.get_freeze_count() > 1000))
process.begin()
print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL, gc.isenabled(), gc.get_threshold()[0])
"""


def test_begin() -> None:
    """A run can be cancelled from the start, seldom looks for garbage, and not when it ends."""
    done = subprocess.run(  # noqa: S603 - our own Python, with a program of ours
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == ["True True 50000", "True"]
