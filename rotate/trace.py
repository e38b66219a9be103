"""A line for each request, for whoever looks for the one that is slow or fails.

It holds what was asked of whom, never a header, a query or a body: those may hold secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rotate.deadline import Clock

Trace = Callable[[str], None]
"""Takes a line."""


def silent(_: str) -> None:
    """Say nothing."""


@dataclass(kw_only=True)
class Exchange:
    """A request that is under way."""

    answer: str = ""
    """In a few words; blank as long as there is none."""


@contextmanager
def traced(
    trace: Trace, *, clock: Clock, method: str, url: str, action: str = ""
) -> Iterator[Exchange]:
    """Tell of the request that the block makes once it is over; an exception is an answer too."""
    exchange, begun = Exchange(), clock.monotonic()
    try:
        yield exchange
    except Exception as error:
        exchange.answer = exchange.answer or type(error).__name__
        raise
    finally:
        address = url.partition("?")[0].removeprefix("https://")
        words = filter(None, (method, address, action))
        seconds = clock.monotonic() - begun
        trace(f"{' '.join(words)}: {exchange.answer or 'no answer'} ({seconds:.2f} s)")
