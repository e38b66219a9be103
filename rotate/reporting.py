"""Saying what became of each target, and of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from rotate.agenda import Agenda
from rotate.errors import (
    NOT_BEGUN,
    RepositoryArchived,
    RepositoryNamedTwice,
    RotateError,
    Unexpected,
)
from rotate.model.plan import Plan
from rotate.model.registry import Credential, Registry
from rotate.model.target import Target
from rotate.report import Check, Outcome, RegistryReport, Report, Result
from rotate.schedule import Found
from rotate.turns import in_turns
from rotate.writing import Attempt

_AT_HAND: Future[Any] = Future()
"""What a target awaits that needs no credential."""
_AT_HAND.set_result(None)


class Reporter(Protocol):
    """Hears of everything as it happens, from any thread."""

    def note(self, text: str) -> None:
        """Take what is good to know."""

    def warn(self, text: str) -> None:
        """Take what should be fixed, though nothing failed."""

    def agenda(self, agenda: Agenda) -> None:
        """Take what there is to do."""

    def proved(self, registry: Registry, credential: Credential) -> None:
        """Take a credential that was fetched and proved."""

    def finished(self, result: Result) -> None:
        """Take what became of one target."""

    def checked(self, check: Check) -> None:
        """Take what was found of one link."""


def each(
    work: Callable[[Found], Result | None],
    due: Iterable[Found],
    plan: Plan,
    *,
    workers: Executor,
    reporter: Reporter,
    credentials: Mapping[str, Future[Credential]] = MappingProxyType({}),
) -> tuple[Result, ...]:
    """Return what `work` makes of every target, telling the reporter as each is finished.

    A target of which `work` makes nothing is left out. None is begun before the credential of its
    registry is there, if `credentials` has one, and none waits for what belongs to another
    credential of GitHub, which has limits of its own.
    """

    def reported(found: Found) -> Result | None:
        try:
            result = work(found)
        except Exception as error:
            # A fault of this program's in one target must not cost the others their report.
            result = failed(found.target, plan, Unexpected(error))
        if result:
            _tell(result, reporter)
        return result

    results = in_turns(
        reported,
        due,
        queue=lambda found: plan.github.credential_for(found.target.login),
        awaited=lambda found: credentials.get(found.target.registry, _AT_HAND),
        at_once=plan.concurrency,
        workers=workers,
    )
    return tuple(result for result in results if result)


def failures(agenda: Agenda, plan: Plan, reporter: Reporter) -> tuple[Result, ...]:
    """Return the results of the targets of which not even the agenda could tell."""
    results = tuple(failed(target, plan, error) for target, error in agenda.failures)
    return _told(results, reporter)


def fresh(agenda: Agenda, plan: Plan, reporter: Reporter) -> tuple[Result, ...]:
    """Return the results of the targets that are not due."""
    return _told(tuple(looked_at(one, plan, Outcome.FRESH) for one in agenda.fresh), reporter)


def looked_at(
    found: Found, plan: Plan, outcome: Outcome, *, reason: str = "", remedy: str = ""
) -> Result:
    """Return the result of a target that was looked at, with what is left of its credential."""
    result = result_of(found.target, plan, outcome)
    return replace(
        result,
        written_at=found.written_at,
        expires_at=found.expires_at,
        left=found.left,
        reason=reason,
        remedy=remedy,
    )


def _told(results: tuple[Result, ...], reporter: Reporter) -> tuple[Result, ...]:
    for result in results:
        _tell(result, reporter)
    return results


def _tell(result: Result, reporter: Reporter) -> None:
    """Say what became of a target; a fault in saying so must cost neither the others nor it."""
    with suppress(Exception):
        reporter.finished(result)


def outcome(target: Target, attempt: Attempt, plan: Plan, reporter: Reporter) -> Result | None:
    """Return the result of an attempt; None for a target that is left out."""
    if isinstance(attempt.error, RepositoryArchived) and not attempt.written:
        reporter.note(f"{target.owner} is archived; it is left out.")
        return None
    if isinstance(attempt.error, RepositoryNamedTwice):
        reporter.warn(f"{attempt.error.what}; it is left out.")
        return None
    if attempt.error:
        return failed(target, plan, attempt.error, written=attempt.written)
    return result_of(
        target,
        plan,
        Outcome.ROTATED,
        written=attempt.written,
        credential=attempt.credential,
    )


def result_of(
    target: Target,
    plan: Plan,
    outcome: Outcome,
    *,
    written: tuple[str, ...] = (),
    credential: Credential | None = None,
) -> Result:
    """Return the result of a target, at the host of its credential or else of its registry."""
    return Result(
        target=target,
        outcome=outcome,
        host=credential.server if credential else plan.registry(target.registry).host,
        written=written,
        expires_at=credential.expires_at if credential else None,
    )


def failed(
    target: Target, plan: Plan, error: RotateError, *, written: tuple[str, ...] = ()
) -> Result:
    """Return the result of a target that an error kept from being rotated."""
    not_begun = isinstance(error, NOT_BEGUN) and not written
    outcome = Outcome.NOT_ATTEMPTED if not_begun else Outcome.FAILED
    result = result_of(target, plan, outcome, written=written)
    return replace(result, reason=str(error), remedy=error.remedy)


def report_on(
    plan: Plan,
    results: tuple[Result, ...],
    credentials: Mapping[str, Future[Credential]],
) -> Report:
    """Return the report of a run; `credentials` are those that were asked for, by registry."""
    return Report(
        command=plan.command,
        registries=tuple(_registry(r, credentials.get(r.name)) for r in plan.registries),
        results=results,
    )


def _registry(registry: Registry, future: Future[Credential] | None) -> RegistryReport:
    try:
        credential = future.result() if future else None
    except RotateError as error:
        return RegistryReport(
            name=registry.name, host=registry.host, reason=str(error), remedy=error.remedy
        )
    return RegistryReport(
        name=registry.name,
        host=credential.server if credential else registry.host,
        expires_at=credential.expires_at if credential else None,
    )
