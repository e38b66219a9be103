"""What a face takes of its process is given back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give back the signals that a face listens for, and let its listener end."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    if (tells := signal.set_wakeup_fd(-1)) != -1:
        os.close(tells)
