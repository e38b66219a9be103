"""What a run came to: target by target, as JSON, and as the failures with a remedy in common."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rotate.model.plan import Command
from rotate.model.target import Store, Target
from rotate.times import iso


class Outcome(StrEnum):
    """What became of one target."""

    ROTATED = "rotated"
    FRESH = "fresh"
    STALE = "stale"
    PLANNED = "planned"
    FAILED = "failed"
    NOT_ATTEMPTED = "not-attempted"


BAD = (Outcome.FAILED, Outcome.NOT_ATTEMPTED, Outcome.STALE)
"""What a person must act on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one target, and what to do about it."""

    target: Target
    outcome: Outcome
    host: str | None = None
    written: tuple[str, ...] = ()
    """Names of the secrets that were written; in a plan, that would be."""
    reads: int = 0
    """In a plan, requests that it takes to find out how they are written."""
    written_at: datetime | None = None
    """When the credential was written that it was found with; None where nobody looked."""
    expires_at: datetime | None = None
    left: float | None = None
    """Seconds until that end when it was found; None where it was not looked for."""
    reason: str = ""
    remedy: str = ""

    @property
    def renewed_from(self) -> datetime | None:
        """When runs begin to rotate it; None where every run does, or its end is not known."""
        if self.expires_at is None or self.target.renew_before is None:
            return None
        return self.expires_at - timedelta(seconds=self.target.renew_before)


@dataclass(frozen=True, kw_only=True)
class RegistryReport:
    """What is known of one registry after a run."""

    name: str
    host: str | None
    expires_at: datetime | None = None
    """End of the new credential; None where none was proved."""
    reason: str = ""
    """Why there is no new credential, where one was needed."""
    remedy: str = ""


class CheckOutcome(StrEnum):
    """What came of one check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One link of the chain that a rotation hangs on, as it was found."""

    name: str
    outcome: CheckOutcome
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Slack:
    """What the schedule of the running workflow leaves for runs that GitHub drops."""

    cron: str
    window: float
    """Least life, in seconds, that a run may leave to the next one."""
    dropped_runs: int
    """Runs in a row that may be dropped before a credential ends; negative where not even a
    delayed run is in time."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run did, target by target."""

    command: Command
    registries: tuple[RegistryReport, ...]
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    """What is good to know."""
    warnings: tuple[str, ...] = ()
    """What should be fixed, though nothing failed."""
    slack: Slack | None = None
    """None where no schedule is known."""
    checks: tuple[Check, ...] = ()
    """What was found of each link, where the links were looked at one by one."""

    def count(self, outcome: Outcome) -> int:
        """Return how many targets came to that outcome."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def expires_at(self) -> datetime | None:
        """The earliest end of what is rotated or fresh; the other targets count elsewhere."""
        good = (Outcome.ROTATED, Outcome.FRESH)
        ends = (result.expires_at for result in self.results if result.outcome in good)
        return min((end for end in ends if end), default=None)

    @property
    def succeeded(self) -> bool:
        """Whether no target failed, was not attempted or is stale, and no check failed."""
        return not any(result.outcome in BAD for result in self.results) and not any(
            check.outcome is CheckOutcome.FAILED for check in self.checks
        )


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why targets were not rotated or are not fresh, and what to do about it."""

    reason: str
    remedy: str
    targets: tuple[str, ...]


def failures(report: Report) -> tuple[Failure, ...]:
    """Return what a person must act on, each remedy once however many targets it fixes."""
    hit: dict[str, list[tuple[str, str]]] = {}
    for remedy, reason, place in _failed_checks(report) if report.checks else _failed(report):
        hit.setdefault(remedy, []).append((reason, place))
    for registry in report.registries:
        if registry.reason and registry.remedy not in hit:
            hit[registry.remedy] = [(registry.reason, f"registry {registry.name}")]
    return tuple(_failure(remedy, reasons) for remedy, reasons in hit.items())


def _failed(report: Report) -> Iterator[tuple[str, str, str]]:
    for result in report.results:
        if result.outcome in BAD:
            yield result.remedy, result.reason, name(result)


def _failed_checks(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield the checks alone: what keeps a target from being written is one of them."""
    for check in report.checks:
        if check.outcome is CheckOutcome.FAILED:
            yield check.remedy, check.detail, check.name


def _failure(remedy: str, hit: list[tuple[str, str]]) -> Failure:
    reasons = list(dict.fromkeys(reason for reason, _ in hit))
    more = f" (and {len(reasons) - 1} like it)" if len(reasons) > 1 else ""
    return Failure(
        reason=reasons[0] + more, remedy=remedy, targets=tuple(target for _, target in hit)
    )


def listed(targets: tuple[str, ...]) -> list[str]:
    """Return names for people to read: the first ones, and how many there are beside."""
    more = len(targets) - _LISTED
    return [*targets[:_LISTED], f"and {more} more"] if more > 0 else list(targets)


_LISTED = 10


def name(result: Result) -> str:
    """Return what people call the place of a result, with its store where that is not plain."""
    target = result.target
    return target.label if target.store is Store.CODESPACES else f"{target.label}, {target.store}"


def document(report: Report) -> dict[str, Any]:
    """Return the report as values that JSON knows; times are ISO 8601 in UTC."""
    return {**_overview(report), "targets": [_target(result) for result in report.results]}


def lines(report: Report) -> Iterator[str]:
    """Yield the document as JSON, a line for each target: thousands are never in memory at once."""
    *overview, last, _ = json.dumps(_overview(report), indent=2).splitlines()
    yield from (*overview, f"{last},", '  "targets": [')
    for number, result in enumerate(report.results, 1):
        comma = "," if number < len(report.results) else ""
        yield f"    {json.dumps(_target(result))}{comma}"
    yield from ("  ]", "}")


def _overview(report: Report) -> dict[str, Any]:
    return {
        "version": 1,
        "command": report.command,
        "rotated": report.count(Outcome.ROTATED),
        "fresh": report.count(Outcome.FRESH),
        "failed": report.count(Outcome.FAILED),
        "registries": [_registry(registry) for registry in report.registries],
        **({"checks": [_check(check) for check in report.checks]} if report.checks else {}),
    }


def _registry(registry: RegistryReport) -> dict[str, Any]:
    return {
        "name": registry.name,
        "host": registry.host,
        "expires_at": iso(registry.expires_at),
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "check": check.name,
        "outcome": check.outcome,
        "detail": check.detail,
        "remedy": check.remedy,
    }


def _target(result: Result) -> dict[str, Any]:
    return {
        "target": result.target.label,
        "store": result.target.store,
        "prefix": result.target.prefix,
        "registry": result.host,
        "outcome": result.outcome,
        "written": list(result.written),
        "expires_at": iso(result.expires_at),
        "reason": result.reason,
        "remedy": result.remedy,
    }
