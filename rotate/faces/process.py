"""The process as a whole, before anything else is imported."""

from __future__ import annotations

import atexit
import gc
import signal

_SELDOM = 50_000
"""Objects that are made before Python looks for cycles among them; its own default is 2,000."""


def begin() -> None:
    """Set up a process that runs once and ends.

    Until the run has begun, a cancelled one just ends: there is nothing to tell, nor to trace.
    Hardly anything that is imported is ever let go, so that to look for garbage in it is in vain;
    at the end that alone would take a quarter of the time of a rotation.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_SELDOM)
    atexit.register(gc.freeze)
