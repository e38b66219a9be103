"""How results are put into words."""

from __future__ import annotations

import pytest

from rotate.faces.words import WORST_FIRST, counted, end, headline, secret_names, survival
from rotate.model.plan import Command
from rotate.report import Outcome, Report, Result, Slack
from tests.unit.examples import result, target


def report(*results: Result, command: Command = Command.RUN) -> Report:
    """Return the report of a run with those results."""
    return Report(command=command, registries=(), results=results)


FAILED = result(outcome=Outcome.FAILED, written=(), expires_at=None)
PLANNED = result(outcome=Outcome.PLANNED, expires_at=None)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            report(result(), result(), FAILED),
            "Registry secrets: 1 failed, 2 rotated, valid until 2026-07-02 00:00 UTC",
        ),
        (report(PLANNED, command=Command.PLAN), "Plan: 1 planned"),
        (report(command=Command.STATUS), "Status: nothing to do"),
    ],
)
def test_headline(given: Report, line: str) -> None:
    """The headline counts what became of the targets, the worst first, and how long it lasts."""
    assert headline(given) == line


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 targets"), (1, "1 target"), (2, "2 targets"), (1000, "1,000 targets")],
)
def test_counted(number: int, text: str) -> None:
    """A noun goes with its number."""
    assert counted(number, "target") == text


@pytest.mark.parametrize(
    ("prefix", "ends", "text"),
    [
        ("ECR", ("PASSWORD",), "ECR_CONTAINER_REGISTRY_PASSWORD"),
        ("ECR_B", ("USER", "PASSWORD"), "ECR_B_CONTAINER_REGISTRY_{USER,PASSWORD}"),
    ],
)
def test_secret_names(prefix: str, ends: tuple[str, ...], text: str) -> None:
    """What the names have in common is said once."""
    names = tuple(f"{prefix}_CONTAINER_REGISTRY_{end}" for end in ends)
    assert secret_names(result(target=target(prefix=prefix), written=names)) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "2026-07-02 00:00 UTC"),
        ({"left": 3600.0}, "2026-07-02 00:00 UTC (1 h left)"),
        ({"left": -7200.0}, "2026-07-02 00:00 UTC (2 h ago)"),
        ({"expires_at": None}, ""),
    ],
)
def test_end(changes: dict[str, object], text: str) -> None:
    """The end of a credential is said with what is left of it, where that is known."""
    assert end(result(**changes)) == text


def test_every_outcome_has_its_place() -> None:
    """No outcome is forgotten where the worst comes first."""
    assert sorted(WORST_FIRST) == sorted(Outcome)


@pytest.mark.parametrize(
    ("dropped_runs", "rest"),
    [
        (2, "survives 2 dropped runs in a row."),
        (1, "survives 1 dropped run."),
        (0, "survives no dropped run."),
        (-1, "is too slow: a run that GitHub delays comes after the end."),
    ],
)
def test_survival(dropped_runs: int, rest: str) -> None:
    """What a schedule makes of dropped runs is a sentence."""
    slack = Slack(cron="17 */3 * * *", window=3600.0, dropped_runs=dropped_runs)
    assert survival(slack) == f"The schedule `17 */3 * * *` {rest}"
