"""How results are put into words, in the log, the summary and on the terminal alike."""

from __future__ import annotations

from rotate.faces import checks
from rotate.model.plan import Command
from rotate.report import Failure, Outcome, Report, Result, Slack, listed
from rotate.times import left, utc

WORST_FIRST = (
    Outcome.FAILED,
    Outcome.STALE,
    Outcome.NOT_ATTEMPTED,
    Outcome.PLANNED,
    Outcome.ROTATED,
    Outcome.FRESH,
)
"""The order in which people want to hear of them."""


def headline(report: Report) -> str:
    """Return a run in one line."""
    if report.command is Command.DOCTOR:
        return f"Doctor: {checks.counts(report.checks)}"
    counts = ", ".join(
        f"{count:,} {outcome}" for outcome in WORST_FIRST if (count := report.count(outcome))
    )
    until = f", valid until {utc(report.expires_at)}" if report.expires_at else ""
    return f"{_SUBJECTS[report.command]}: {counts or 'nothing to do'}{until}"


_SUBJECTS = {
    Command.RUN: "Registry secrets",
    Command.PLAN: "Plan",
    Command.STATUS: "Status",
}


def end(result: Result) -> str:
    """Return when a target's credential ends and what is left of it, blank if nobody knows."""
    if not result.expires_at:
        return ""
    remaining = f" ({left(result.left)})" if result.left is not None else ""
    return f"{utc(result.expires_at)}{remaining}"


def explanation(failure: Failure) -> str:
    """Return why targets failed, which they are, and what to do."""
    where = "".join(f"\n- {target}" for target in listed(failure.targets))
    return f"{failure.reason}{where}\n\n{failure.remedy}"


def counted(number: int, noun: str) -> str:
    """Return a number and its noun, `1 target` or `2 targets`."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def survival(slack: Slack) -> str:
    """Return what a schedule makes of runs that GitHub drops, as a sentence."""
    schedule = f"The schedule `{slack.cron}`"
    if slack.dropped_runs > 0:
        in_a_row = " in a row" if slack.dropped_runs > 1 else ""
        return f"{schedule} survives {counted(slack.dropped_runs, 'dropped run')}{in_a_row}."
    if slack.dropped_runs == 0:
        return f"{schedule} survives no dropped run."
    return f"{schedule} is too slow: a run that GitHub delays comes after the end."


def secret_names(result: Result) -> str:
    """Return the names that were written, with what they have in common said once."""
    ends = secret_ends(result)
    return f"{_stem(result)}{ends[0]}" if len(ends) == 1 else f"{_stem(result)}{{{','.join(ends)}}}"


def secret_ends(result: Result) -> list[str]:
    """Return what the names that were written do not have in common, such as `PASSWORD`."""
    return [name.removeprefix(_stem(result)) for name in result.written]


def _stem(result: Result) -> str:
    return f"{result.target.prefix}_CONTAINER_REGISTRY_"
