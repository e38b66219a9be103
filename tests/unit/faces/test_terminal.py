"""A run on a terminal, as its bytes say."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from rotate.faces.terminal import table, terminal
from rotate.model import Command, Outcome
from rotate.report import Report
from tests.unit.examples import (
    HOST,
    PASSWORD,
    agenda,
    credential,
    found,
    registry,
    repository,
    result,
    target,
)

UNFINISHED = {"written": (), "expires_at": None, "reason": "GitHub is down"}


@pytest.fixture
def screen() -> StringIO:
    """Return what is shown."""
    return StringIO()


@pytest.fixture
def console(screen: StringIO) -> Console:
    """Return a terminal that is wide enough for every line."""
    return Console(file=screen, force_terminal=True, width=200, color_system=None)


def struck_out(text: str) -> str:
    """Strike out the one secret that there is."""
    return text.replace(PASSWORD, "***")


def test_progress(console: Console, screen: StringIO) -> None:
    """The bar counts every target, and is gone when the run is over."""
    with terminal(console, struck_out) as shown:
        shown.agenda(agenda(found(target()), fresh=(found(repository("acme/api")),)))
        shown.finished(result(outcome=Outcome.FRESH))
        shown._progress.refresh()
        assert "1/2" in screen.getvalue()
        shown.finished(result())
        shown._progress.refresh()
    assert "2/2" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[1A\x1b[2K")


def test_a_target_that_is_rotated_is_no_line(console: Console, screen: StringIO) -> None:
    """A target that is well moves the bar, and is told in the table only."""
    with terminal(console, struck_out) as shown:
        shown.agenda(agenda(found(target())))
        shown.finished(result())
    assert "organization acme" not in screen.getvalue()


def test_failures_are_told_at_once(console: Console, screen: StringIO) -> None:
    """A target that fails is told as it happens."""
    with terminal(console, struck_out) as shown:
        shown.agenda(agenda(found(target())))
        shown.finished(result(outcome=Outcome.FAILED, **UNFINISHED))
        assert "organization acme: failed, nothing written" in screen.getvalue()


def test_lines(console: Console, screen: StringIO) -> None:
    """What is told at once is a line, in which no word is a style and no secret is shown."""
    with terminal(console, struck_out) as shown:
        shown.note(f"[red]{PASSWORD}[/red]")
        shown.warn(f"[b]{PASSWORD}[/b]")
        shown.proved(registry(), credential())
    assert "warning: [b]***[/b]" in screen.getvalue()
    assert "note: [red]***[/red]" in screen.getvalue()
    assert f"{HOST}: new token until" in screen.getvalue()
    assert PASSWORD not in screen.getvalue()


def test_no_agenda(console: Console) -> None:
    """A run that fails before there is an agenda ends without a bar."""
    with terminal(console, struck_out) as shown:
        shown.note("The inputs are wrong.")


@pytest.mark.parametrize("outcome", Outcome)
def test_table(outcome: Outcome, console: Console, screen: StringIO) -> None:
    """The table has a row for every target, whatever became of it."""
    rows = (result(outcome=outcome), result(outcome=outcome, host=None, **UNFINISHED))
    console.print(table(Report(command=Command.RUN, registries=(), results=rows)))
    text = screen.getvalue()
    assert text.count(f" {outcome} ") == 2
    assert "ECR_CONTAINER_REGISTRY_{SERVER,USER,PASSWORD}" in text
    assert HOST in text
    assert "2026-07-02 00:00 UTC" in text
    assert ("GitHub is down" in text) is (outcome is Outcome.STALE)
