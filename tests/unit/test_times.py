"""Moments and lengths of time as people and machines read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from time import tzset

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.times import answered_at, iso, left, length, moment, utc
from tests.unit.examples import NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (29, "0 min"),
        (90, "2 min"),
        (3599, "1 h"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (43200, "12 h"),
        (360_000, "100 h"),
    ],
)
def test_length(seconds: float, text: str) -> None:
    """A length of time is said in hours and minutes, and what is nought is left out."""
    assert length(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5400, "1 h 30 min left"), (0.5, "0 min left"), (0, "0 min ago"), (-60, "1 min ago")],
)
def test_left(seconds: float, text: str) -> None:
    """A moment is ahead or behind."""
    assert left(seconds) == text


@given(st.integers(min_value=0, max_value=10**7))
def test_length_is_right_to_the_minute(seconds: int) -> None:
    """A length that is read again is the same to half a minute."""
    units = {"h": 3600, "min": 60}
    words = length(seconds).split()
    read = sum(
        int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True)
    )
    assert abs(read - seconds) <= 30


@pytest.fixture(params=["UTC", "Asia/Tokyo"])
def _time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the machine into a time zone."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        tzset()
        yield
    tzset()


@pytest.mark.usefixtures("_time_zone")
def test_utc() -> None:
    """A moment is shown in UTC, whatever time zone it is given in, and the machine is in."""
    assert iso(NOW) == "2026-07-01T12:00:00Z"
    assert utc(NOW.astimezone(timezone(timedelta(hours=9)))) == "2026-07-01 12:00 UTC"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),
    st.integers(min_value=-14, max_value=14),
)
def test_moments_are_in_utc(given: datetime, hours: int) -> None:
    """A moment is written in UTC to the second, whatever time zone it is given in."""
    written = iso(given.astimezone(timezone(timedelta(hours=hours))))
    assert written is not None
    assert datetime.fromisoformat(written) == given.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-07-01T12:00:00Z", NOW),
        ("2026-07-01T21:00:00+09:00", NOW),
        ("2026-07-01T12:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moment(text: str, read: datetime | None) -> None:
    """A moment is read into UTC; one without a time zone, or beyond all years, is none."""
    if read:
        assert moment(text) == read
        assert moment(text).tzinfo is UTC
    else:
        with pytest.raises(ValueError, match=r"time zone|years|isoformat"):
            moment(text)


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("Wed, 01 Jul 2026 12:00:00 GMT", NOW),
        ("Wed, 01 Jul 2026 12:00:00 -0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("Fri, 99999999999999999999 Jan 2026 00:00:00 GMT", None),
        ("today", None),
        ("", None),
        (None, None),
    ],
)
def test_answered_at(date: str | None, read: datetime | None) -> None:
    """An answer tells its time by the clock of who sent it, or tells none."""
    assert answered_at({} if date is None else {"date": date}) == read


@given(st.text() | st.datetimes(timezones=st.timezones()).map(format_datetime))
def test_any_date(date: str) -> None:
    """Whatever stands in the place of a date, it is a moment in UTC or none."""
    read = answered_at({"date": date})
    assert read is None or read.tzinfo is UTC


def test_no_moment() -> None:
    """No moment is written as none."""
    assert iso(None) is None
