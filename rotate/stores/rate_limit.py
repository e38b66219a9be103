"""Reading GitHub's rate limits from an answer.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from rotate.times import answered_at

UNANNOUNCED_WAIT = 60.0
"""Seconds to wait at least where GitHub does not say for how long."""

_LONGEST = timedelta(days=365).total_seconds()
"""Longer than any run: of what is more, only that it is too long matters."""


def is_reached(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Return whether an error means that a limit, primary or secondary, is reached.

    A limit is a 403 as often as a 429, so that the headers or the message must tell.
    """
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    return status == HTTPStatus.FORBIDDEN and (
        "retry-after" in headers or is_used_up(headers) or "rate limit" in message.lower()
    )


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Return whether nothing is left of the primary limit."""
    return headers.get("x-ratelimit-remaining") == "0"


def wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds GitHub asks to wait, or None where it does not say."""
    if (seconds := headers.get("retry-after", "")).isdecimal():
        return min(float(seconds), _LONGEST)
    # By GitHub's own clock: this machine's may be off.
    now, reset = answered_at(headers), headers.get("x-ratelimit-reset", "")
    if not (is_used_up(headers) and now and reset.isdecimal()):
        return None
    return min(max(1.0, float(reset) - now.timestamp()), _LONGEST)
