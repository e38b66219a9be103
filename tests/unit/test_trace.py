"""A line for each request."""

from __future__ import annotations

import pytest

from rotate.trace import silent, traced
from tests.unit.fakes import FakeClock

URL = "https://example.com/v2/?token=s3cret"


def test_line() -> None:
    """A line tells what was asked of whom, the answer and the time, but no query."""
    clock, lines = FakeClock(), list[str]()
    with traced(lines.append, clock=clock, method="GET", url=URL) as exchange:
        clock.advance(1.5)
        exchange.answer = "200"
    assert lines == ["GET example.com/v2/: 200 (1.50 s)"]


@pytest.mark.parametrize(("answer", "told"), [("", "ValueError"), ("400", "400")])
def test_failure(answer: str, told: str) -> None:
    """Where there is no answer the kind of the failure is told, never its text."""
    lines = list[str]()
    with (
        pytest.raises(ValueError, match="s3cret"),
        traced(lines.append, clock=FakeClock(), method="POST", url=URL, action="sts:X") as exchange,
    ):
        exchange.answer = answer
        raise ValueError("s3cret")
    assert lines == [f"POST example.com/v2/ sts:X: {told} (0.00 s)"]


def test_stopped() -> None:
    """A request that a signal breaks off has no answer."""
    lines = list[str]()
    with (
        pytest.raises(KeyboardInterrupt),
        traced(lines.append, clock=FakeClock(), method="GET", url=URL),
    ):
        raise KeyboardInterrupt
    assert lines == ["GET example.com/v2/: no answer (0.00 s)"]


def test_silent() -> None:
    """Who does not ask for lines gets none, and the request is made all the same."""
    with traced(silent, clock=FakeClock(), method="GET", url=URL) as exchange:
        exchange.answer = "200"
    assert exchange.answer == "200"
