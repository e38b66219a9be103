"""Moments and lengths of time as people and machines read them."""

from __future__ import annotations

from datetime import UTC, datetime


def length(seconds: float) -> str:
    """Return a length of time in hours and minutes, such as `5 h 30 min`."""
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes or not hours)
    return " ".join(parts)


def left(seconds: float) -> str:
    """Return how long a moment is ahead, `5 h left`, or behind, `5 h ago`."""
    return f"{length(seconds)} left" if seconds > 0 else f"{length(-seconds)} ago"


def utc(moment: datetime) -> str:
    """Return a moment as people read it, such as `2026-11-24 00:12 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
