"""What a run costs at GitHub, before it is paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from rotate.model.plan import Limits, Plan
from rotate.model.target import Scope
from rotate.report import Outcome, Report, Result
from rotate.times import length

_ONE_SECRET = 3
"""Writes of an organization's secrets."""

_MANY = 3
"""From so many repositories on, one organization secret is less work."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a run asks of GitHub."""

    requests: int
    points: int
    """A read costs one, a write five."""
    minutes: float
    """How long the documented limits stretch it; zero where everything fits into a burst."""


def estimate(plan: Plan, report: Report) -> Cost:
    """Return the cost of what a plan would write; an App has the limits once per owner."""
    reads: Counter[str] = Counter()
    writes: Counter[str] = Counter()
    for result in report.results:
        if result.outcome is Outcome.PLANNED:
            credential = plan.github.credential_for(result.target.login)
            reads[credential] += result.reads
            writes[credential] += len(result.written)
    waits = (_minutes(reads[one], writes[one], plan.limits) for one in writes)
    return Cost(
        requests=reads.total() + writes.total(),
        points=reads.total() + 5 * writes.total(),
        minutes=max(waits, default=0.0),
    )


def bill(plan: Plan, report: Report) -> str:
    """Return the cost as people read it."""
    cost = estimate(plan, report)
    took = f"about {length(60 * cost.minutes)}" if cost.minutes else "no waiting"
    whose = "GitHub's documented limits" if plan.limits == Limits() else "the file's limits"
    return (
        f"Writing this takes {cost.requests} requests and {cost.points} points; {took} at {whose}."
    )


def _minutes(reads: int, writes: int, limits: Limits) -> float:
    """A burst of what an hour or a minute allows, then nothing; for one write or more."""
    hours, rest = divmod(writes - 1, limits.writes_per_hour)
    points = reads + 5 * writes
    by_points = (points - 1) // limits.points_per_minute
    return max(60.0 * hours + rest // limits.writes_per_minute, by_points)


def savings(report: Report) -> tuple[str, ...]:
    """Say where one organization secret would do the work of many repository secrets."""
    alike: defaultdict[tuple[str, str, str, str | None], list[Result]] = defaultdict(list)
    for result in report.results:
        target = result.target
        if target.scope is Scope.REPOSITORY and result.outcome is Outcome.PLANNED:
            alike[target.login.lower(), target.store, target.prefix, result.host].append(result)
    return tuple(
        f"{len(results)} repositories of {owner} hold the same {prefix} secrets in {store}; one "
        f"organization secret that they may read takes {_ONE_SECRET} writes instead of "
        f"{sum(len(result.written) for result in results)}."
        for (owner, store, prefix, _), results in alike.items()
        if len(results) >= _MANY and sum(len(result.written) for result in results) > _ONE_SECRET
    )
