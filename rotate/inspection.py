"""Looking without touching: what a run would write, and how fresh everything is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from rotate import remedies
from rotate.agenda import draw_up
from rotate.cost import bill, savings
from rotate.deadline import Deadline
from rotate.errors import NoRepositoryMatches, RepositoryArchived, RotateError
from rotate.hazards import hazards
from rotate.model.plan import Plan
from rotate.model.target import Scope, Selection, Target
from rotate.report import Outcome, Report, Result
from rotate.reporting import (
    Reporter,
    each,
    failures,
    fresh,
    looked_at,
    outcome,
    report_on,
    result_of,
)
from rotate.schedule import Found, Freshness, most_urgent_first
from rotate.stores.interface import Directory, SecretStore
from rotate.writing import Attempt, Places


def outline(plan: Plan) -> Report:
    """Return what the inputs alone say of a plan: its registries, and no request made."""
    notes = (
        "The inputs are valid. Nobody was asked whether the credentials and targets exist.",
        *(_outlined(selection) for selection in plan.selections),
    )
    return replace(report_on(plan, (), {}), notes=notes)


def _outlined(selection: Selection) -> str:
    target = selection.target
    patterns = f" ({', '.join(selection.patterns)})" if selection.patterns else ""
    return f"{target.label}{patterns}: {target.prefix} secrets in {target.store}"


def preview(
    plan: Plan,
    *,
    directory: Directory,
    store: SecretStore,
    deadline: Deadline,
    reporter: Reporter,
) -> Report:
    """Say what `rotation.rotate` would write, asking GitHub alone."""

    def look(found: Found) -> Result | None:
        try:
            deadline.check()
            _check_alive(found.target, directory)
            place = places.of(found)
        except RotateError as error:
            return outcome(found.target, Attempt(error=error), plan, reporter)
        planned = result_of(found.target, plan, Outcome.PLANNED, written=place.names)
        return replace(planned, reads=place.reads)

    with ThreadPoolExecutor(plan.concurrency) as looking:
        agenda = draw_up(plan, directory=directory, store=store, workers=looking)
        places = Places(store=store, deadline=deadline, locations=agenda.locations)
        reporter.agenda(agenda)
        results = (
            *failures(agenda, plan, reporter),
            *fresh(agenda, plan, reporter),
            *each(look, agenda.due, plan, workers=looking, reporter=reporter),
        )
    report = report_on(plan, results, {})
    if not report.count(Outcome.PLANNED):
        return report
    unchecked = "Neither AWS nor the right to write was checked."
    return replace(report, notes=(bill(plan, report), *savings(report), unchecked))


def _check_alive(target: Target, directory: Directory) -> None:
    """Find out what a run learns when it writes, at the cost of a request for each name.

    Raises:
        RepositoryArchived: a run would leave the target out.
    """
    if target.scope is not Scope.REPOSITORY:
        return
    # What cannot be seen is no news here: whoever asks for its secrets hears why.
    with suppress(NoRepositoryMatches):
        if directory.repository(target.owner).archived:
            raise RepositoryArchived(f"/repos/{target.owner}")


def status(
    plan: Plan,
    *,
    directory: Directory,
    store: SecretStore,
    deadline: Deadline,
    reporter: Reporter,
    cron: str | None = None,
) -> Report:
    """Say how fresh each target is, asking GitHub alone; worst first.

    `cron` is the schedule of the running workflow, if one runs.
    """

    def tell(found: Found) -> Result | None:
        if found.freshness is Freshness.FRESH:
            return looked_at(found, plan, Outcome.FRESH)
        try:
            deadline.check()
            _check_alive(found.target, directory)
        except RotateError as error:
            return outcome(found.target, Attempt(error=error), plan, reporter)
        reason, remedy = _why_stale(found)
        return looked_at(found, plan, Outcome.STALE, reason=reason, remedy=remedy)

    with ThreadPoolExecutor(plan.concurrency) as looking:
        agenda = draw_up(plan, directory=directory, store=store, workers=looking, survey_all=True)
        reporter.agenda(agenda)
        everything = most_urgent_first((*agenda.due, *agenda.fresh))
        results = failures(agenda, plan, reporter) + each(
            tell, everything, plan, workers=looking, reporter=reporter
        )
        targets = [found.target for found in everything]
        targets += [target for target, _ in agenda.failures]
        warnings = hazards(plan, targets, store=store, cron=cron)
    return replace(report_on(plan, results, {}), warnings=warnings)


def _why_stale(found: Found) -> tuple[str, str]:
    """Return why a target is not fresh, and what to do about it."""
    if found.left is None:
        return _NOT_WHOLE if _all_stand(found) else _MISSING
    if found.freshness is Freshness.DUE:
        return "due: less is left than `renew-before`", remedies.DUE
    return "expired", remedies.EXPIRED


_MISSING = ("one of the three secrets is missing", remedies.INCOMPLETE)
_NOT_WHOLE = (
    "the password is older than the server or the user, as a stopped run leaves it",
    remedies.INCOMPLETE,
)


def _all_stand(found: Found) -> bool:
    return all(name in (found.standing or {}) for name in found.target.names)
