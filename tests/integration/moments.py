"""Acting on a run while it is under way."""

from __future__ import annotations

import time
from collections.abc import Callable


def once(condition: Callable[[], bool], act: Callable[[], object]) -> None:
    """Act as soon as the condition holds, or after a minute."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    act()
