"""A run on a terminal, as its bytes say."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from rotate.faces.terminal import table, terminal
from rotate.faces.words import WORST_FIRST
from rotate.model.plan import Command
from rotate.report import Check, CheckOutcome, Outcome, Report, Result
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


def test_agenda(console: Console, screen: StringIO) -> None:
    """What should be known of the selection is told at once, beside the bar."""
    todo = replace(agenda(found(target())), warnings=("No such team.",), notices=("Archived.",))
    with terminal(console, struck_out) as shown:
        shown.agenda(todo)
        assert "warning: No such team." in screen.getvalue()
        assert "note: Archived." in screen.getvalue()


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


def test_checks(console: Console, screen: StringIO) -> None:
    """What was found of a link is a line at once, without a secret."""
    with terminal(console, struck_out) as shown:
        shown.checked(Check(name="ID token", outcome=CheckOutcome.FAILED, detail=f"no {PASSWORD}"))
        assert "❌ ID token: no ***" in screen.getvalue()
    assert PASSWORD not in screen.getvalue()


def test_no_agenda(console: Console) -> None:
    """A run that fails before there is an agenda ends without a bar."""
    with terminal(console, struck_out) as shown:
        shown.note("The inputs are wrong.")


def test_many_failures_are_told_at_the_end(console: Console, screen: StringIO) -> None:
    """Hundreds of failures do not scroll everything else away."""
    with terminal(console, struck_out) as shown:
        shown.agenda(agenda(found(target())))
        for _ in range(300):
            shown.finished(result(outcome=Outcome.FAILED, **UNFINISHED))
    assert screen.getvalue().count("organization acme: failed") == 10
    assert screen.getvalue().count("more failures are told at the end") == 1


def report(*results: Result) -> Report:
    """Return the report of a run with those results."""
    return Report(command=Command.RUN, registries=(), results=results)


def cells(screen: StringIO) -> list[list[str]]:
    """Return the cells of a table's rows that hold anything."""
    lines = screen.getvalue().rstrip().splitlines()
    begin = next(number for number, line in enumerate(lines) if "───" in line)
    return [re.split(r" {2,}", line.strip()) for line in lines[begin + 1 :]]


@pytest.mark.parametrize("outcome", Outcome)
def test_table(outcome: Outcome, console: Console, screen: StringIO) -> None:
    """The table has a row for every target, whatever became of it."""
    rows = (result(outcome=outcome, left=3600.0), result(outcome=outcome, **UNFINISHED))
    console.print(table(report(*rows)))
    heads, _, *_ = screen.getvalue().strip().splitlines()
    assert heads.split("  ")[0] == "outcome"
    first, second = cells(screen)
    told = (outcome, "organization acme", "2026-07-02 00:00 UTC", "1 h left")
    assert first == [*told, "SERVER, USER, PASSWORD"]
    assert second == [outcome, "organization acme"]


def test_worst_first(console: Console, screen: StringIO) -> None:
    """The table begins with what a person must act on."""
    console.print(table(report(*(result(outcome=outcome) for outcome in Outcome))))
    assert [row[0] for row in cells(screen)] == list(WORST_FIRST)


@pytest.mark.parametrize(("targets", "rows", "more"), [(50, 50, ""), (1050, 50, "1,000 more")])
def test_many(targets: int, rows: int, more: str, console: Console, screen: StringIO) -> None:
    """A long table is cut, so that it does not push the failures out of sight."""
    console.print(table(report(*[result()] * targets)))
    assert screen.getvalue().count("organization acme") == rows
    assert (f"{more}, none of them worse" in screen.getvalue()) is bool(more)


def test_narrow(screen: StringIO) -> None:
    """On a terminal of 80 columns each target that was looked at is one line, and all of it."""
    narrow = Console(file=screen, force_terminal=True, width=80, color_system=None)
    place = repository("acme/service-0042")
    found_one = result(target=place, outcome=Outcome.STALE, written=(), left=-3600.0)
    narrow.print(table(report(found_one)))
    assert cells(screen) == [
        ["stale", "repository acme/service-0042", "2026-07-02 00:00 UTC", "1 h ago"]
    ]


def test_long_name(screen: StringIO) -> None:
    """A name that is too long is folded, so that nothing of it is lost."""
    narrow = Console(file=screen, force_terminal=True, width=80, color_system=None)
    name = "acme/" + "service-" * 12
    narrow.print(table(report(result(target=repository(name), written=(), left=3600.0))))
    assert name in "".join(row[number == 0] for number, row in enumerate(cells(screen)))


def test_moments_are_not_broken(screen: StringIO) -> None:
    """However narrow a terminal is, names and not moments are folded."""
    narrow = Console(file=screen, force_terminal=True, width=60, color_system=None)
    narrow.print(table(report(result(target=repository("acme/service-0042"), left=41400.0))))
    assert "2026-07-02 00:00 UTC   11 h 30 min left" in screen.getvalue()


def test_names_are_no_styles(console: Console, screen: StringIO) -> None:
    """A glob is shown as it is written."""
    console.print(table(report(result(target=repository("acme/[ab]*")))))
    assert "acme/[ab]*" in screen.getvalue()
