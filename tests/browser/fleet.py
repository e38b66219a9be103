"""Fleets of any size, as a status finds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rotate import remedies
from rotate.model.target import Scope, Store, Target
from rotate.report import Outcome, Result

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
OTHER_HOST = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"

HOUR = 3600.0
LIFE = timedelta(hours=12)
_OWNERS = ("acme", "globex", "octocat")
_STORES = (Store.CODESPACES, Store.CODESPACES, Store.DEPENDABOT)


def found(number: int, *, hours: float | None) -> Result:
    """Return a repository with so many hours left, or incomplete, as a status reports it."""
    target = Target(
        registry="prod",
        scope=Scope.REPOSITORY,
        owner=f"{_OWNERS[number % 3]}/service-{number}",
        store=_STORES[number // 3 % 3],
        renew_before=6 * HOUR,
    )
    outcome, reason, remedy = _told(hours)
    ends = None if hours is None else NOW + timedelta(hours=hours)
    return Result(
        target=target,
        outcome=outcome,
        host=OTHER_HOST if number % 3 == 1 else HOST,
        written_at=ends and ends - LIFE,
        expires_at=ends,
        left=None if hours is None else hours * HOUR,
        reason=reason,
        remedy=remedy,
    )


def _told(hours: float | None) -> tuple[Outcome, str, str]:
    if hours is None:
        return Outcome.STALE, "one of the three secrets is missing", remedies.INCOMPLETE
    if hours <= 0:
        return Outcome.STALE, "expired", remedies.EXPIRED
    if hours < 6:
        return Outcome.STALE, "due: less is left than `renew-before`", remedies.DUE
    return Outcome.FRESH, "", ""


def refused(number: int) -> Result:
    """Return a repository of which GitHub did not tell anything."""
    place = found(number, hours=None).target
    return Result(
        target=place,
        outcome=Outcome.FAILED,
        host=HOST,
        reason=f"GET /repos/{place.owner}: GitHub answered HTTP 403: no `access`",
        remedy=remedies.ALLOW_OIDC,
    )


def fresh(targets: int) -> Iterator[Result]:
    """Return a fleet in which all is well."""
    return (found(number, hours=7 + number % 40 / 8) for number in range(targets))


def mixed(targets: int) -> Iterator[Result]:
    """Return a fleet of which the first four targets are unwell, each in a way of its own."""
    yield refused(0)
    yield found(1, hours=None)
    yield found(2, hours=-30)
    yield found(3, hours=2)
    yield from (found(number, hours=7 + number % 40 / 8) for number in range(4, targets))
