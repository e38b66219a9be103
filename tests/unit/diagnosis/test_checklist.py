"""Checks that depend on each other."""

from __future__ import annotations

import pytest

from rotate.diagnosis.checklist import Checklist, Finding, Link, holding, together
from rotate.errors import WrongRegion
from rotate.report import Check, CheckOutcome
from tests.unit.fakes import FakeClock, deadline

REFUSED = WrongRegion("host")


def ok(value: int) -> Finding[int]:
    """Find one more."""
    return Finding(value=value + 1, detail=f"{value} and one")


def broken(_: int) -> Finding[int]:
    """Find that the region is wrong."""
    raise REFUSED


def test_what_is_found() -> None:
    """A check goes on with what the one before it found, and is told at once."""
    told: list[Check] = []
    checklist = Checklist(deadline(), told.append)
    first = checklist.check("first", holding(1), ok)
    second = checklist.check("second", first, ok)
    assert second == Finding(value=3, detail="2 and one")
    assert told == checklist.checks
    assert [(check.name, check.outcome, check.detail) for check in told] == [
        ("first", CheckOutcome.OK, "1 and one"),
        ("second", CheckOutcome.OK, "2 and one"),
    ]


def test_what_is_broken() -> None:
    """An error breaks the link, with its remedy; what hangs on it is skipped and names it."""
    checklist = Checklist(deadline())
    first = checklist.check("first", holding(1), broken)
    second = checklist.check("second", first, ok)
    third = checklist.check("third", second, ok)
    assert third == Check(
        name="first", outcome=CheckOutcome.FAILED, detail=str(REFUSED), remedy=REFUSED.remedy
    )
    assert [(check.name, check.outcome, check.detail) for check in checklist.checks[1:]] == [
        (name, CheckOutcome.SKIPPED, "`first` comes first") for name in ("second", "third")
    ]
    assert not any(check.remedy for check in checklist.checks[1:])


def test_fault_of_the_program() -> None:
    """A fault of ours in one check is told without its text, and costs no other check."""

    def faulty(_: int) -> Finding[int]:
        raise KeyError("the-canary")

    checklist = Checklist(deadline())
    checklist.check("first", holding(1), faulty)
    checklist.check("second", holding(1), ok)
    assert [(check.name, check.outcome) for check in checklist.checks] == [
        ("first", CheckOutcome.FAILED),
        ("second", CheckOutcome.OK),
    ]
    assert "KeyError" in checklist.checks[0].detail
    assert "canary" not in repr(checklist.checks)


BROKEN = Check(name="broken", outcome=CheckOutcome.FAILED)


@pytest.mark.parametrize(("one", "other"), [(BROKEN, holding(1)), (holding(1), BROKEN)])
def test_both_are_needed(one: Link[int], other: Link[int]) -> None:
    """What needs two links is skipped where either is broken."""
    assert together(one, other) == BROKEN


def test_both_hold() -> None:
    """What needs two links goes on with what both found."""
    assert together(holding(1), holding("a")) == holding((1, "a"))


def test_cancelled() -> None:
    """Once the run was told to stop, nothing more is asked."""
    clock = FakeClock()
    checklist = Checklist(deadline(clock=clock))
    checklist.check("first", holding(1), ok)
    clock.stop()
    checklist.check("second", holding(1), ok)
    assert [check.outcome for check in checklist.checks] == [CheckOutcome.OK, CheckOutcome.FAILED]
    assert "cancelled" in checklist.checks[1].detail
