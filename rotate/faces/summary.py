"""The job summary: a report as Markdown, failures and their remedies first."""

from __future__ import annotations

from collections.abc import Sequence

from rotate.errors import InvalidSettings, RotateError
from rotate.faces import checks
from rotate.faces.markdown import alert, bullets, cell, escaped, explained, folded
from rotate.faces.words import WORST_FIRST, counted, end, headline, secret_names, survival
from rotate.foreign import shortened
from rotate.report import BAD, Failure, Outcome, Report, Result, failures, listed, name

_MARKS = {
    Outcome.FAILED: "❌",
    Outcome.STALE: "❌",
    Outcome.NOT_ATTEMPTED: "⏸️",
    Outcome.PLANNED: "📝",
    Outcome.ROTATED: "✅",
    Outcome.FRESH: "✅",
}

_UNFOLDED = 20
"""Rows that are shown without a click."""

_UNFOLDED_FAILURES = 3

_UNFOLDED_TARGETS = 3
"""Targets of one failure that are shown without a click."""

_MOST_ROWS = 1000
"""Rows at all: GitHub takes no summary of more than 1 MiB.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands"""

_MOST_FAILURES = 20

_LONGEST = 4000
"""Characters of one text: a foreign message may be of any length."""


def markdown(report: Report) -> str:
    """Return the summary of a run as GitHub-flavoured Markdown."""
    parts = [
        f"### {headline(report)}",
        survival(report.slack) if report.slack else "",
        _failures(failures(report)),
        _alert("WARNING", report.warnings),
        _alert("NOTE", report.notes),
        checks.table(report.checks) if report.checks else _tables(report.results),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def error_markdown(error: RotateError) -> str:
    """Return the summary of a run that has no report."""
    title = "Nothing was attempted" if isinstance(error, InvalidSettings) else "The run broke off"
    failure = Failure(reason=str(error), remedy=error.remedy, targets=())
    return f"### {title}\n\n{_failure(failure)}\n"


def _failures(failed: Sequence[Failure]) -> str:
    shown, more = failed[:_UNFOLDED_FAILURES], failed[_UNFOLDED_FAILURES:]
    parts = [*map(_failure, shown)]
    if more:
        targets = counted(sum(len(failure.targets) for failure in more), "target")
        title = f"{counted(len(more), 'more failure')}, {targets}"
        told = map(_failure, failed[_UNFOLDED_FAILURES:_MOST_FAILURES])
        texts = filter(None, (*told, _left_out(failed, _MOST_FAILURES)))
        parts.append(folded(title, "\n\n".join(texts)))
    return "\n\n".join(parts)


def _left_out(all_of_them: Sequence[object], most: int) -> str:
    """Return where the others are, if there are more than are shown."""
    more = len(all_of_them) - most
    return f"{more:,} more are in the output `report`." if more > 0 else ""


def _failure(failure: Failure) -> str:
    remedy = f"**What to do:** {explained(shortened(failure.remedy, _LONGEST))}"
    parts = (escaped(shortened(failure.reason, _LONGEST)), remedy, _places(failure.targets))
    return alert("CAUTION", "\n\n".join(filter(None, parts)))


def _places(targets: tuple[str, ...]) -> str:
    places = "\n".join(f"- {escaped(target)}" for target in listed(targets))
    if len(targets) <= _UNFOLDED_TARGETS:
        return places
    return folded(counted(len(targets), "target"), places)


def _alert(kind: str, texts: tuple[str, ...]) -> str:
    return alert(kind, bullets([escaped(text) for text in listed(texts)])) if texts else ""


def _tables(results: Sequence[Result]) -> str:
    """Return every target, the worst first; of many, those that are well after a click."""
    rows = sorted(results, key=lambda result: WORST_FIRST.index(result.outcome))
    shown = rows[:_MOST_ROWS]
    if len(rows) <= _UNFOLDED:
        return _table(shown)
    bad = [row for row in shown if row.outcome in BAD]
    well = shown[len(bad) :]
    parts = (
        _folded(f"{counted(len(bad), 'target')} to look at", bad),
        _folded(f"All {len(rows):,} targets" if not bad else f"{len(well):,} others", well),
        _left_out(rows, _MOST_ROWS),
    )
    return "\n\n".join(filter(None, parts))


def _folded(title: str, rows: Sequence[Result]) -> str:
    if not rows:
        return ""
    is_short = len(rows) <= _UNFOLDED and rows[0].outcome in BAD
    return _table(rows) if is_short else folded(title, _table(rows))


def _table(rows: Sequence[Result]) -> str:
    head = "| | target | valid until | registry | secrets |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *map(_row, rows)])


def _row(result: Result) -> str:
    reason = f", {result.reason}" if result.outcome is Outcome.STALE else ""
    cells = (
        f"{_MARKS[result.outcome]} {result.outcome}{cell(reason)}",
        cell(name(result)),
        _unbroken(result),
        cell(result.host or ""),
        f"`{secret_names(result)}`" if result.written else "",
    )
    return f"| {' | '.join(cells)} |"


def _unbroken(result: Result) -> str:
    """Return when a target ends in two lines at most, however narrow its column is."""
    until, parenthesis, remaining = end(result).partition(" (")
    no_break = str.maketrans(" ", "\N{NO-BREAK SPACE}")
    return f"{until.translate(no_break)}{parenthesis}{remaining.translate(no_break)}"
