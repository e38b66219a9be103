"""Schedules under GitHub's delays and drops, as the benchmark simulates them."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from bench.schedule import BEGIN, LIFE, PERIODS, SHARES, Weather, cron, simulate, stale
from rotate.schedule import DELAY, dropped_runs_survived
from tests.contract.documentation import page

HOUR = 3600.0
DRY = Weather(dropped=0, dropped_again=0)
TABLE = re.findall(
    r"^\| `(.+?)` \| (\d+\.\d, .+?) \| (.+?) \| (.+?) \|$", page("README.md"), re.MULTILINE
)
"""The README's schedules, and for each of `SHARES` what is stale: without drops, and with them."""


def test_delays_are_those_of_the_sample() -> None:
    """Half of the runs are no more than 17 minutes late, and nine in ten no more than 102."""
    random = Random(1)  # noqa: S311 - the same each time
    once = [DRY.starts("17 0 1 1 *", random) for _ in range(4000)]
    late = sorted((run - BEGIN) / timedelta(minutes=1) - 17 for [run] in once)
    assert late[2000] == pytest.approx(17, rel=0.1)
    assert late[3600] * 60 == pytest.approx(DELAY, rel=0.1)


def test_drops_come_in_bursts() -> None:
    """Runs are dropped as often as said, and more often after one that was dropped."""
    punctual = {"median": timedelta(seconds=1), "one_in_ten": timedelta(seconds=2)}
    weather = Weather(dropped=0.05, dropped_again=0.25, **punctual)
    runs = weather.starts("17 * * * *", Random(1))  # noqa: S311 - the same each time
    gaps = [round((later - run) / timedelta(hours=1)) for run, later in pairwise(runs)]
    dropped = [gap for gap in gaps if gap > 1]
    assert len(dropped) / len(gaps) == pytest.approx(0.05, rel=0.2)
    assert sum(gap > 2 for gap in dropped) / len(dropped) == pytest.approx(0.25, rel=0.3)


@pytest.mark.parametrize("share", [None, 0.75, 0.5])
@pytest.mark.parametrize("hours", [1, 2, 3, 4])
def test_as_many_drops_as_promised_do_no_harm(hours: int, share: float | None) -> None:
    """After as many dropped runs nothing is stale, however late the next; after one more it is."""
    window = (share or 1) * LIFE
    renew_before = window.total_seconds() if share else None
    skipped = BEGIN + LIFE - window
    survived = dropped_runs_survived(gap=hours * HOUR, window=window.total_seconds())
    late = timedelta(seconds=DELAY)
    for dropped, harmless in ((survived, True), (survived + 1, False)):
        after = skipped + (dropped + 1) * timedelta(hours=hours) + late
        # A token stands at the beginning, so that where every run rotates, `skipped` is that.
        starts = [run for run in (skipped, after) if run > BEGIN]
        lost = stale(starts, renew_before=renew_before, end=after)
        assert lost == max(timedelta(), after - BEGIN - LIFE)
        assert harmless == (after < BEGIN + LIFE)


def test_what_the_readme_ships_is_fresh_without_drops() -> None:
    """Every three hours, delays alone make nothing stale, and every eight hours they do."""
    assert simulate(3, None, DRY, years=1) == 0
    assert simulate(8, None, DRY, years=1) > 10


def test_drops_and_skips_make_it_worse() -> None:
    """Whoever rotates only what is due is stale for longer, unless runs are frequent."""
    assert 0 < simulate(3, None, Weather(), years=1) < simulate(3, 50, Weather(), years=1)
    assert simulate(1, 50, Weather(), years=1) < 1


def test_every_schedule_is_in_the_table() -> None:
    """The README's table has a row for each period that is simulated, and no other."""
    assert [row[0] for row in TABLE] == [cron(hours) for hours in PERIODS]


@pytest.mark.parametrize("column", range(len(SHARES)), ids=[f"{share}%" for share in SHARES])
@pytest.mark.parametrize("hours", PERIODS)
def test_the_table_is_what_is_simulated(hours: int, column: int) -> None:
    """Each cell of the README's table is what `python -m bench schedule` prints."""
    [cells] = (cells for schedule, *cells in TABLE if schedule == cron(hours))
    simulated = (simulate(hours, SHARES[column], weather) for weather in (DRY, Weather()))
    assert cells[column] == ", ".join(f"{lost:.1f}" for lost in simulated)
