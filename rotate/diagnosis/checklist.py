"""A list of checks, some of which depend on others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from rotate.deadline import Deadline
from rotate.errors import RotateError, known
from rotate.report import Check, CheckOutcome

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, kw_only=True)
class Finding(Generic[T]):
    """What a check found where nothing is broken, and the value that others go on with."""

    value: T
    detail: str
    outcome: CheckOutcome = CheckOutcome.OK
    remedy: str = ""


Link: TypeAlias = Finding[T] | Check
"""A finding that others go on with, or the check that failed: this one, or one before it."""


def holding(value: T) -> Finding[T]:
    """Return a link that holds without a check."""
    return Finding(value=value, detail="")


def together(one: Link[A], other: Link[B]) -> Link[tuple[A, B]]:
    """Return a link that holds if both do."""
    if isinstance(one, Check):
        return one
    if isinstance(other, Check):
        return other
    return holding((one.value, other.value))


class Checklist:
    """Makes checks one after the other; what hangs on a broken link is skipped."""

    def __init__(self, deadline: Deadline, tell: Callable[[Check], None] = lambda _: None) -> None:
        """Begin with none; `tell` hears of each as soon as it is made."""
        self.checks: list[Check] = []
        self._deadline = deadline
        self._tell = tell

    def check(self, name: str, link: Link[A], ask: Callable[[A], Finding[T]]) -> Link[T]:
        """Return what `ask` finds with what `link` holds; the error that it raises breaks it."""
        if isinstance(link, Check):
            self._add(name, CheckOutcome.SKIPPED, f"`{link.name}` comes first")
            return link
        try:
            self._deadline.check()
            finding = ask(link.value)
        except Exception as error:
            # A fault of this program's in one check must not cost the others, either.
            return self._break(name, known(error))
        self._add(name, finding.outcome, finding.detail, finding.remedy)
        return finding

    def extend(self, checks: Iterable[Check]) -> None:
        """Take checks that were made on another list."""
        for check in checks:
            self.checks.append(check)
            self._tell(check)

    def _break(self, name: str, error: RotateError) -> Check:
        return self._add(name, CheckOutcome.FAILED, str(error), error.remedy)

    def _add(self, name: str, outcome: CheckOutcome, detail: str, remedy: str = "") -> Check:
        check = Check(name=name, outcome=outcome, detail=detail, remedy=remedy)
        self.extend([check])
        return check
