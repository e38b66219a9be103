"""The rows of the page: every target with what became of it, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rotate.report import Outcome, Report, Result, failures


class State(StrEnum):
    """How a target stands, in words for people; from the worst to the best."""

    UNKNOWN = "unknown"
    """GitHub did not say."""
    INCOMPLETE = "incomplete"
    EXPIRED = "expired"
    DUE = "due"
    FRESH = "fresh"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One target."""

    result: Result
    state: State
    advice: int | None
    """Which of `report.failures` says what to do; None where there is nothing to do."""


def rows_of(report: Report) -> list[Row]:
    """Return the rows, the worst and then the soonest to end first."""
    advice = {failure.remedy: number for number, failure in enumerate(failures(report))}
    rows = [
        Row(
            result=result,
            state=state(result),
            advice=advice.get(result.remedy),
        )
        for result in report.results
    ]
    return sorted(rows, key=_urgency)


def _urgency(row: Row) -> tuple[int, float]:
    return list(State).index(row.state), row.result.left or 0.0


def state(result: Result) -> State:
    """Return how a target of a status stands."""
    if result.outcome is Outcome.FRESH:
        return State.FRESH
    if result.outcome is not Outcome.STALE:
        return State.UNKNOWN
    if result.left is None:
        return State.INCOMPLETE
    return State.DUE if result.left > 0 else State.EXPIRED


def data(rows: Iterable[Row], now: datetime, until: datetime | None) -> dict[str, Any]:
    """Return what the script of the page draws; moments are seconds since 1970.

    What many rows have in common is named once, and by its place from then on: a page of ten
    thousand rows is to be quick.
    """
    names = _Names()
    return {
        "now": _seconds(now),
        "until": _seconds(until),
        "rows": [_values(row, names) for row in rows],
        "names": names.known,
    }


class _Names:
    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    @property
    def known(self) -> list[str]:
        return list(self._places)


def _values(row: Row, names: _Names) -> list[Any]:
    """Return a row in the order in which the script takes it apart."""
    result = row.result
    target = result.target
    return [
        names.place(row.state),
        names.place(target.scope),
        names.place(target.login),
        target.owner,
        names.place(target.store),
        names.place(target.prefix),
        names.place(result.host or ""),
        _seconds(result.written_at),
        _seconds(result.renewed_from),
        _seconds(result.expires_at),
        names.place(result.reason),
        row.advice,
    ]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp())
