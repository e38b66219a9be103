"""The exit status tells what happened."""

from __future__ import annotations

import pytest

from rotate import exit_status
from rotate.errors import Fault, IdTokenNotAllowed, InvalidSettings
from rotate.model.plan import Command
from rotate.report import Outcome, Report
from tests.unit.examples import result


def status(*outcomes: Outcome, hindered: bool = False) -> int:
    """Return the status of a run with those outcomes."""
    results = tuple(result(outcome=outcome) for outcome in outcomes)
    report = Report(command=Command.RUN, registries=(), results=results)
    return exit_status.of_report(report, hindered=hindered)


def test_all_is_well() -> None:
    """A run whose targets are fresh, rotated or planned succeeds."""
    assert status(Outcome.FRESH, Outcome.ROTATED, Outcome.PLANNED) == 0


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_ATTEMPTED])
def test_something_is_left(outcome: Outcome) -> None:
    """One target that failed or was left out makes the run fail."""
    assert status(Outcome.ROTATED, outcome) == 1


def test_hindered() -> None:
    """A run that was told to stop fails even if all was done."""
    assert status(Outcome.ROTATED, hindered=True) == 1


def test_wrong_inputs() -> None:
    """Wrong inputs have a status of their own."""
    assert exit_status.of_error(InvalidSettings((Fault(path="verify", problem="is odd."),))) == 2


def test_other_errors() -> None:
    """Any other error is a failure."""
    assert exit_status.of_error(IdTokenNotAllowed()) == 1
