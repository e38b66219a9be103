"""A run on a terminal: a progress bar while it lasts, a table when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from rotate.agenda import Agenda
from rotate.faces.lines import Lines
from rotate.faces.words import end, secret_names
from rotate.model import Credential, Outcome, Registry
from rotate.report import Check, Report, Result, name

_STYLES = {
    Outcome.ROTATED: "green",
    Outcome.FRESH: "green",
    Outcome.PLANNED: "cyan",
    Outcome.STALE: "red",
    Outcome.FAILED: "red",
    Outcome.NOT_ATTEMPTED: "yellow",
}


class Terminal:
    """Shows a bar instead of a line for each target; it fulfils `reporting.Reporter`."""

    def __init__(self, progress: Progress, redact: Callable[[str], str]) -> None:
        """Take the bar, and what strikes secrets out of a text."""
        self._progress = progress
        self._task = TaskID(0)
        self._lines = Lines(lambda text: progress.console.print(redact(text), markup=False))

    def note(self, text: str) -> None:
        """Say what is good to know."""
        self._lines.note(text)

    def warn(self, text: str) -> None:
        """Say what should be mended."""
        self._lines.warn(text)

    def agenda(self, agenda: Agenda) -> None:
        """Begin the bar, of which the fresh targets are done already."""
        self._lines.agenda(agenda)
        self._task = self._progress.add_task("targets", total=agenda.count)

    def proved(self, registry: Registry, credential: Credential) -> None:
        """Say that a registry has a new credential."""
        self._lines.proved(registry, credential)

    def finished(self, result: Result) -> None:
        """Move the bar, and name what failed at once."""
        self._progress.advance(self._task)
        if result.outcome is Outcome.FAILED:
            self._lines.finished(result)

    def checked(self, check: Check) -> None:
        """Say what was found of a link."""
        self._lines.checked(check)


@contextmanager
def terminal(console: Console, redact: Callable[[str], str]) -> Iterator[Terminal]:
    """Show a bar while the block lasts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Terminal(progress, redact)


def table(report: Report) -> Table:
    """Return what became of each target."""
    rows = Table("", "target", "secrets", "registry", "valid until", "")
    for result in report.results:
        rows.add_row(
            result.outcome,
            name(result),
            secret_names(result) if result.written else "",
            result.host or "",
            end(result),
            result.reason if result.outcome is Outcome.STALE else "",
            style=_STYLES[result.outcome],
        )
    return rows
