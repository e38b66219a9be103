"""Reading GitHub's rate limits from an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.stores import rate_limit

SECONDARY = "You have exceeded a secondary rate limit. Please wait."
DATE = "Wed, 01 Jul 2026 12:00:00 GMT"
ZONELESS = "Wed, 01 Jul 2026 12:00:00 -0000"
NOON = 1_782_907_200
YEAR = 365 * 86400.0
EXHAUSTED = {"x-ratelimit-remaining": "0", "date": DATE}


@pytest.mark.parametrize(
    ("status", "headers", "message", "reached"),
    [
        (429, {}, "", True),
        (403, {"retry-after": "5"}, "", True),
        (403, {"x-ratelimit-remaining": "0"}, "", True),
        (403, {}, SECONDARY, True),
        (403, {}, "API Rate Limit exceeded", True),
        (403, {"x-ratelimit-remaining": "17"}, "Resource not accessible", False),
        (403, {}, "", False),
        (404, {"retry-after": "5"}, SECONDARY, False),
        (503, {"retry-after": "5"}, "", False),
    ],
)
def test_is_reached(status: int, headers: dict[str, str], message: str, reached: bool) -> None:
    """A limit is a 429, or a 403 whose headers or message say so."""
    assert rate_limit.is_reached(status, headers, message) is reached


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "9" * 6000}, YEAR),
        ({**EXHAUSTED, "x-ratelimit-reset": "9" * 6000}, YEAR),
        ({**EXHAUSTED, "retry-after": "7", "x-ratelimit-reset": str(NOON + 90)}, 7.0),
        ({**EXHAUSTED, "x-ratelimit-reset": str(NOON + 90)}, 90.0),
        ({**EXHAUSTED, "x-ratelimit-reset": str(NOON - 90)}, 1.0),
        ({**EXHAUSTED, "x-ratelimit-reset": "soon"}, None),
        ({**EXHAUSTED, "date": ZONELESS, "x-ratelimit-reset": str(NOON)}, None),
        ({**EXHAUSTED, "date": "today", "x-ratelimit-reset": str(NOON)}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOON)}, None),
        (EXHAUSTED, None),
        ({"x-ratelimit-remaining": "1", "date": DATE, "x-ratelimit-reset": str(NOON)}, None),
        ({"retry-after": DATE}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_wait(headers: dict[str, str], seconds: float | None) -> None:
    """The wait is what GitHub asks for, by GitHub's own clock; None where it does not say."""
    assert rate_limit.wait(headers) == seconds


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "date"]),
        st.sampled_from(["0", DATE, str(NOON)]) | st.text(),
    )
)
def test_any_headers(headers: dict[str, str]) -> None:
    """Whatever the headers say, the wait is a time that is not negative, or is not known."""
    seconds = rate_limit.wait(headers)
    assert seconds is None or seconds >= 0
