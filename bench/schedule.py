"""Half a year of a schedule: how long secrets are stale when GitHub delays and drops runs.

The runs decide by the program's own planning what is due; only GitHub and time are simulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log
from random import Random
from statistics import NormalDist, fmean

from cronsim import CronSim

from rotate.agenda import draw_up
from rotate.model.github import Standing
from rotate.model.plan import Command, GitHubAccess, Plan
from rotate.model.registry import Identity, Registry, Service, TokenSource
from rotate.model.target import Scope, Selection, Target

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HALF_A_YEAR = timedelta(days=182)
REGION = "us-east-1"
SOURCE = TokenSource(identity=Identity(region=REGION), region=REGION, service=Service.ECR)
LIFE = timedelta(seconds=SOURCE.token_life)

PERIODS = (1, 2, 3, 4, 6, 8)
"""Hours between two runs."""

SHARES = (None, 75, 50)
"""`renew-before` in percent of a token's life; None rotates every time."""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How GitHub treats a schedule.

    The delays are log-normal through the two points that a public sample of scheduled runs has: a
    median of 17 minutes, and 102 minutes that one run in ten exceeds. How many runs are dropped
    GitHub does not say, only that some are when the load is high:
    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
    So both shares are assumptions to vary: high load lasts, hence a run after a dropped one is
    dropped more often.
    """

    median: timedelta = timedelta(minutes=17)
    one_in_ten: timedelta = timedelta(minutes=102)
    dropped: float = 0.05
    """Share of the runs after one that began."""
    dropped_again: float = 0.25
    """Share of the runs after one that was dropped."""

    def starts(self, cron: str, random: Random) -> list[datetime]:
        """Return when the runs of half a year begin."""
        end = BEGIN + HALF_A_YEAR
        return sorted(moment for moment in self._starts(cron, random) if moment <= end)

    def _starts(self, cron: str, random: Random) -> Iterator[datetime]:
        spread = log(self.one_in_ten / self.median) / NormalDist().inv_cdf(0.9)
        was_dropped = False
        for moment in CronSim(cron, BEGIN):
            if moment > BEGIN + HALF_A_YEAR:
                return
            was_dropped = random.random() < (self.dropped_again if was_dropped else self.dropped)
            if not was_dropped:
                yield moment + self.median * exp(random.gauss(0, spread))


class _Secrets:
    """Dates the three secrets of one target, which is all that planning asks of a store."""

    def __init__(self) -> None:
        self.time = self.written_at = BEGIN

    def now(self, target: Target) -> datetime:
        return self.time

    def standing(self, target: Target) -> Mapping[str, Standing]:
        return dict.fromkeys(target.names, Standing(updated_at=self.written_at))


def stale(
    starts: Iterable[datetime], *, renew_before: float | None, end: datetime = BEGIN + HALF_A_YEAR
) -> timedelta:
    """Return how long in all no valid token stands, from one that is new at the beginning.

    Args:
        starts: when runs begin, which take no time.
        renew_before: seconds, as the program takes it.
        end: until when to count.
    """
    plan, secrets, lost = _plan(renew_before), _Secrets(), timedelta()
    with ThreadPoolExecutor(1) as workers:
        for secrets.time in starts:
            # Nothing is listed, for the one target is named in full.
            if draw_up(plan, directory=None, store=secrets, workers=workers).due:  # type: ignore[arg-type]
                lost += _since_the_end(secrets)
                secrets.written_at = secrets.time
    secrets.time = end
    return lost + _since_the_end(secrets)


def _since_the_end(secrets: _Secrets) -> timedelta:
    return max(timedelta(), secrets.time - secrets.written_at - LIFE)


def _plan(renew_before: float | None) -> Plan:
    target = Target(registry="prod", scope=Scope.REPOSITORY, renew_before=renew_before)
    return Plan(
        command=Command.RUN,
        registries=(Registry(name="prod", source=SOURCE),),
        selections=(Selection(target=target, patterns=("acme/api",)),),
        github=GitHubAccess(),
    )


def cron(hours: int) -> str:
    """Return the schedule with so many hours between two runs."""
    return f"17 */{hours} * * *" if hours > 1 else "17 * * * *"


def simulate(hours: int, share: int | None, weather: Weather, *, years: int = 5) -> float:
    """Return the hours that half a year of a schedule is stale, on average over so many years.

    Args:
        hours: what is between two runs.
        share: `renew-before` in percent of a token's life.
        weather: how GitHub treats the schedule.
        years: how many to simulate, each time with the same chances.
    """
    seconds = None if share is None else share / 100 * LIFE.total_seconds()
    return fmean(
        stale(weather.starts(cron(hours), Random(seed)), renew_before=seconds) / timedelta(hours=1)  # noqa: S311 - the same each time
        for seed in range(2 * years)
    )
