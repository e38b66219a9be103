"""What is left of a credential, whether it is due, and how a schedule goes with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate import schedule
from rotate.model.github import Standing
from rotate.schedule import Found, Freshness, dropped_runs_survived, longest_gap, most_urgent_first
from tests.unit.examples import NOW, TWELVE_HOURS, found, repository, standing, target

HOUR = 3600.0
LIFE = TWELVE_HOURS.total_seconds()
SERVER, USER, SECRET = target().names
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The last second that a date can have."""


@pytest.mark.parametrize(
    ("left", "threshold", "freshness", "due"),
    [
        (None, None, Freshness.STALE, True),
        (None, HOUR, Freshness.STALE, True),
        (-1.0, HOUR, Freshness.STALE, True),
        (0.0, HOUR, Freshness.STALE, True),
        (0.001, HOUR, Freshness.DUE, True),
        (HOUR - 0.001, HOUR, Freshness.DUE, True),
        (HOUR, HOUR, Freshness.FRESH, False),
        (HOUR, None, Freshness.FRESH, True),
        (0.0, None, Freshness.STALE, True),
    ],
)
def test_freshness(
    left: float | None, threshold: float | None, freshness: Freshness, due: bool
) -> None:
    """A credential with its threshold left is fresh, with less it is due, with none it is stale."""
    one = found(target(renew_before=threshold), left=left)
    assert (one.freshness, one.is_due) == (freshness, due)


def test_found() -> None:
    """A credential ends a life after its password was written, by GitHub's own clock."""
    stands = standing(target(), age=timedelta(hours=3))
    stands[SERVER] = Standing(updated_at=NOW - timedelta(days=100))
    assert schedule.found(target(), stands, life=LIFE, now=NOW) == Found(
        target=target(),
        standing=stands,
        written_at=NOW - timedelta(hours=3),
        expires_at=NOW + timedelta(hours=9),
        left=9 * HOUR,
    )


@pytest.mark.parametrize(
    ("written_at", "left"),
    [
        (NOW + timedelta(minutes=5), LIFE + 300),
        (NOW + timedelta(minutes=5, seconds=1), None),
        (LAST, None),
    ],
)
def test_password_of_the_future(written_at: datetime, left: float | None) -> None:
    """A password from the future tells nothing of its end: it is due, and not fresh for ever."""
    stands = standing(target(), age=timedelta(hours=3))
    stands[SECRET] = Standing(updated_at=written_at)
    one = schedule.found(target(renew_before=HOUR), stands, life=LIFE, now=NOW)
    assert (one.left, one.standing) == (left, stands)
    assert one.is_due is (left is None)


@pytest.mark.parametrize("missing", [SERVER, USER, SECRET])
def test_incomplete(missing: str) -> None:
    """Where one of the three is missing, there is no credential."""
    stands = {name: stood for name, stood in standing(target()).items() if name != missing}
    one = schedule.found(target(), stands, life=LIFE, now=NOW)
    assert (one.expires_at, one.left, one.freshness) == (None, None, Freshness.STALE)
    assert one.standing == stands


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3))
def test_password_was_written_last(ages: list[int]) -> None:
    """Only where no other is newer than the password is there a credential, and it dates it."""
    stands = {
        name: Standing(updated_at=NOW - timedelta(hours=age))
        for name, age in zip(target().names, ages, strict=True)
    }
    one = schedule.found(target(renew_before=HOUR), stands, life=LIFE, now=NOW)
    is_whole = ages[2] == min(ages)
    assert one.left == ((12 - ages[2]) * HOUR if is_whole else None)
    assert one.is_due == (not is_whole or ages[2] > 11)


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=20))
def test_most_urgent_first(lefts: list[float | None]) -> None:
    """What is incomplete comes first, then by what is left; equals stay in their order."""
    everything = [found(repository(f"acme/{n}"), left=left) for n, left in enumerate(lefts)]
    ordered = most_urgent_first(everything)
    keys = [float("-inf") if one.left is None else one.left for one in ordered]
    assert keys == sorted(keys)
    for left in set(lefts):
        assert [one for one in ordered if one.left == left] == [
            one for one in everything if one.left == left
        ]


@pytest.mark.parametrize(
    ("cron", "hours"),
    [
        ("17 */3 * * *", 3),
        ("0 * * * *", 1),
        ("30 2,14 * * *", 12),
        ("0 6 * * 1-5", 72),
        ("*/30 9-17 * * *", 15.5),
        ("0 6 * * 1", 7 * 24),
        ("0 6 * * 1,4", 4 * 24),
        ("0 0 1 * *", 31 * 24),
        ("0 0 31 * *", 61 * 24),
        ("0 0 1 1 *", 366 * 24),
        ("*/5 * * * 1-5", 48 + 5 / 60),
    ],
)
def test_longest_gap(cron: str, hours: float) -> None:
    """The longest gap of a schedule is that of its nights, weekends and months."""
    assert longest_gap(cron) == pytest.approx(hours * HOUR)


@pytest.mark.parametrize("cron", ["", "often", "60 * * * *", "0 0 31 2 *"])
def test_no_schedule(cron: str) -> None:
    """What is no schedule is refused."""
    with pytest.raises(ValueError, match=f"`{'.*' if not cron else ''}"):
        longest_gap(cron)


@pytest.mark.parametrize(
    ("gap", "window", "survived"),
    [(3, 12, 2), (3, 6, 0), (1, 6, 3), (6, 12, 0), (12, 12, -1), (4, 12, 1)],
)
def test_dropped_runs(gap: int, window: int, survived: int) -> None:
    """A schedule survives as many dropped runs as fit into what is left, with a delay."""
    assert dropped_runs_survived(gap=gap * HOUR, window=window * HOUR) == survived


@given(st.floats(60, 86400), st.floats(7200, 86400))
def test_dropped_runs_leave_time(gap: float, window: float) -> None:
    """After as many dropped runs the next one, however late, is in time; after one more not."""
    delay = 102 * 60
    survived = dropped_runs_survived(gap=gap, window=window)
    assert (survived + 1) * gap + delay < window + 1e-6
    assert (survived + 2) * gap + delay >= window - 1e-6
