"""A run on a terminal: a progress bar while it lasts, a table when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from rotate.agenda import Agenda
from rotate.faces.lines import Lines
from rotate.faces.words import WORST_FIRST, secret_ends
from rotate.model.registry import Credential, Registry
from rotate.report import Check, Outcome, Report, Result, name
from rotate.times import left, utc

_STYLES = {
    Outcome.ROTATED: "green",
    Outcome.FRESH: "green",
    Outcome.PLANNED: "cyan",
    Outcome.STALE: "red",
    Outcome.FAILED: "red",
    Outcome.NOT_ATTEMPTED: "yellow",
}


_MOST_ROWS = 50
"""Rows that do not push everything else out of sight."""

_MOST_FAILURES = 10
"""Failures that are told at once; what they have in common is told at the end."""


class Terminal:
    """Shows a bar instead of a line for each target; it fulfils `reporting.Reporter`."""

    def __init__(self, progress: Progress, redact: Callable[[str], str]) -> None:
        """Take the bar, and what strikes secrets out of a text."""
        self._progress = progress
        self._task = TaskID(0)
        self._failures = count(1)
        self._lines = Lines(lambda text: progress.console.print(redact(text), markup=False))

    def note(self, text: str) -> None:
        """Say what is good to know."""
        self._lines.note(text)

    def warn(self, text: str) -> None:
        """Say what should be fixed."""
        self._lines.warn(text)

    def agenda(self, agenda: Agenda) -> None:
        """Begin the bar, of which the fresh targets are done already."""
        self._lines.agenda(agenda)
        self._task = self._progress.add_task("targets", total=agenda.count)

    def proved(self, registry: Registry, credential: Credential) -> None:
        """Say that a registry has a new credential."""
        self._lines.proved(registry, credential)

    def finished(self, result: Result) -> None:
        """Move the bar, and name what failed at once, as long as it is not much."""
        self._progress.advance(self._task)
        if result.outcome is not Outcome.FAILED:
            return
        number = next(self._failures)
        if number <= _MOST_FAILURES:
            self._lines.finished(result)
        elif number == _MOST_FAILURES + 1:
            self._lines.write("more failures are told at the end")

    def checked(self, check: Check) -> None:
        """Say what was found of a link."""
        self._lines.checked(check)


@contextmanager
def terminal(console: Console, redact: Callable[[str], str]) -> Iterator[Terminal]:
    """Show a bar while the block lasts."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Terminal(progress, redact)


def table(report: Report) -> Table:
    """Return what became of the targets, the worst first; it fits into 80 columns.

    Why something failed is told once for all its targets, so that no row needs to.
    """
    rows = sorted(report.results, key=lambda result: WORST_FIRST.index(result.outcome))
    cells = [_cells(result) for result in rows[:_MOST_ROWS]]
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left", caption_style="")
    used = [column for column in _COLUMNS if any(row[column] for row in cells)]
    for column in used:
        shown.add_column(column, no_wrap=column in ("valid until", "left"), overflow="fold")
    for result, row in zip(rows, cells, strict=False):
        # As a `Text`, since a glob could be read as a style.
        shown.add_row(*(Text(row[column]) for column in used), style=_STYLES[result.outcome])
    if more := len(rows[_MOST_ROWS:]):
        shown.caption = f"{more:,} more, none of them worse: `--json` lists every target."
    return shown


_COLUMNS = ("outcome", "target", "valid until", "left", "secrets")


def _cells(result: Result) -> dict[str, str]:
    texts = (
        result.outcome,
        name(result),
        utc(result.expires_at) if result.expires_at else "",
        left(result.left) if result.left is not None else "",
        ", ".join(secret_ends(result)),
    )
    return dict(zip(_COLUMNS, texts, strict=True))
