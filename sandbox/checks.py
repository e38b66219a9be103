"""What the sandbox's commands say, and whether it is so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MARKS = {True: "ok    ", False: "FAILED"}


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something that is said, and whether it is so."""

    claim: str
    holds: bool


def listed(checks: Sequence[Check]) -> str:
    """Return a line for each check."""
    return "\n".join(f"{_MARKS[check.holds]} {check.claim}" for check in checks)


def failed(checks: Sequence[Check]) -> int:
    """Return how many checks do not hold."""
    return sum(not check.holds for check in checks)


def verdict(checks: Sequence[Check]) -> str:
    """Return what all of them come to."""
    count = failed(checks)
    return f"{count} of {len(checks)} checks failed." if count else "All checks passed."
