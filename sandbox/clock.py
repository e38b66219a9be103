"""The one clock that everything in the sandbox reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset, so that twelve hours pass in no time at all."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the sandbox's present moment, aware and in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, **by: float) -> None:
        """Move the clock by what `datetime.timedelta` takes: `hours=13`, `minutes=-6`."""
        self._offset += timedelta(**by)
