"""The job summary: a report as Markdown, failures and their remedies first."""

from __future__ import annotations

from rotate.errors import RotateError
from rotate.faces import checks
from rotate.faces.words import end, headline, secret_names
from rotate.model import Outcome
from rotate.report import Failure, Report, Result, failures, listed, name

_MARKS = {
    Outcome.FAILED: "❌",
    Outcome.STALE: "❌",
    Outcome.NOT_ATTEMPTED: "⏸️",
    Outcome.PLANNED: "📝",
    Outcome.ROTATED: "✅",
    Outcome.FRESH: "✅",
}
"""From the worst to the best, in which order the table has them."""

_UNFOLDED = 20
"""Rows that are shown without a click."""

_MOST_ROWS = 1000
"""Rows at all: GitHub takes no summary of more than 1 MiB.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"""

_MOST_FAILURES = 20


def markdown(report: Report) -> str:
    """Return the summary of a run as GitHub-flavoured Markdown."""
    failed = failures(report)
    parts = [
        f"### {headline(report)}",
        *map(_failure, failed[:_MOST_FAILURES]),
        *(f"> [!WARNING]\n> {warning}" for warning in report.warnings),
        *(f"> [!NOTE]\n> {note}" for note in report.notes),
        checks.table(report.checks) if report.checks else _table(report),
    ]
    return "\n\n".join(parts) + "\n"


def error_markdown(error: RotateError) -> str:
    """Return the summary of a run that attempted nothing."""
    failure = Failure(reason=str(error), remedy=error.remedy, targets=())
    return f"### Nothing was attempted\n\n{_failure(failure)}\n"


def _failure(failure: Failure) -> str:
    lines = [*failure.reason.splitlines(), *(f"- {target}" for target in listed(failure.targets))]
    quoted = "\n".join(f"> {line}" for line in lines)
    return f"> [!CAUTION]\n{quoted}\n\n{_fenced(failure.remedy)}"


def _fenced(remedy: str) -> str:
    """Return a remedy whose YAML, JSON or commands keep their shape."""
    advice, _, example = remedy.partition("\n")
    if not example:
        return advice
    return f"{advice}\n\n```\n{example.strip(chr(10))}\n```"


def _table(report: Report) -> str:
    worst = list(_MARKS)
    rows = sorted(report.results, key=lambda result: worst.index(result.outcome))
    head = "| | target | secrets | registry | valid until |\n| --- | --- | --- | --- | --- |"
    table = "\n".join([head, *map(_row, rows[:_MOST_ROWS])])
    if len(rows) > _MOST_ROWS:
        table += f"\n\n{len(rows) - _MOST_ROWS} more are in the output `report`."
    if len(rows) <= _UNFOLDED:
        return table
    return f"<details><summary>All {len(rows)} targets</summary>\n\n{table}\n\n</details>"


def _row(result: Result) -> str:
    reason = f", {result.reason}" if result.outcome is Outcome.STALE else ""
    cells = (
        f"{_MARKS[result.outcome]} {result.outcome}{reason}",
        name(result),
        f"`{secret_names(result)}`" if result.written else "",
        result.host or "",
        end(result),
    )
    return f"| {' | '.join(cells)} |"
