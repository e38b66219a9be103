"""Moments and lengths of time as people and machines read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


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


def moment(text: str) -> datetime:
    """Return the moment that a text in ISO 8601 means, in UTC.

    Raises:
        ValueError: it means none, does not say in which time zone, or lies beyond all years.
        TypeError: it is no text.
    """
    return in_utc(datetime.fromisoformat(text))


def answered_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the time of an answer by the clock of who sent it, in UTC; None if it has none.

    https://www.rfc-editor.org/rfc/rfc9110#field.date
    """
    try:
        return in_utc(parsedate_to_datetime(headers["date"]))
    except (KeyError, ValueError, OverflowError):
        return None


def in_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC.

    Raises:
        ValueError: it does not say in which time zone it is, or lies beyond all years.
    """
    if moment.tzinfo is None:
        raise ValueError("without a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond all years") from None
