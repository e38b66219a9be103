"""The checks of a diagnosis, as lines and as Markdown."""

from __future__ import annotations

from collections import Counter

from rotate.faces.markdown import cell
from rotate.report import Check, CheckOutcome

MARKS = {
    CheckOutcome.OK: "✅",
    CheckOutcome.WARNING: "⚠️",
    CheckOutcome.FAILED: "❌",
    CheckOutcome.SKIPPED: "⏭️",
}

_MOST_ROWS = 1000


def line(check: Check) -> str:
    """Return a check as one line."""
    detail = " ".join(check.detail.split())
    return f"{MARKS[check.outcome]} {check.name}: {detail}"


def counts(checks: tuple[Check, ...]) -> str:
    """Return how many checks came to each outcome."""
    found = Counter(check.outcome for check in checks)
    return ", ".join(f"{found[outcome]} {outcome}" for outcome in CheckOutcome if found[outcome])


def table(checks: tuple[Check, ...]) -> str:
    """Return all checks as a table of GitHub-flavoured Markdown, in the order they were made."""
    rows = [_row(check) for check in checks[:_MOST_ROWS]]
    if len(checks) > _MOST_ROWS:
        rows.append(f"\n{len(checks) - _MOST_ROWS} more are in the output `report`.")
    return "\n".join(["| | check | what was found |", "| --- | --- | --- |", *rows])


def _row(check: Check) -> str:
    return f"| {MARKS[check.outcome]} {check.outcome} | {cell(check.name)} | {cell(check.detail)} |"
