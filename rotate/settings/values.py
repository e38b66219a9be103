"""How single values are written: each function reads a text, or says what is wrong with it.

Every function here takes a text that is not blank and raises `ValueError` with a sentence for
people, before which the value may be put. The values that AWS and GitHub receive are read in `aws`
and `github`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])")
_LONGEST_QUOTED = 100
_MISPLACED_SECRET = re.compile(r"gh[a-z]_|github_pat_|PRIVATE KEY")
"""How GitHub's tokens begin, and what a private key says of itself:
https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"""


class WrongItem(ValueError):
    """What is wrong is one item of a list, and the sentence names it already."""


def quoted(text: str, problem: object) -> str:
    """Return the problem behind the value that has it, where that fits on the line.

    A value is never cut short: what masks a secret in a log knows it as a whole. What looks like a
    secret in the wrong place is not shown at all.
    """
    fits = len(text) <= _LONGEST_QUOTED and text.isprintable() and "`" not in text
    return f"`{text}` {problem}" if fits and not _MISPLACED_SECRET.search(text) else str(problem)


def boolean(text: str) -> bool:
    """Read a boolean of YAML's core schema, as `core.getBooleanInput` of GitHub's toolkit does."""
    known = {"true": True, "True": True, "TRUE": True}
    known |= {"false": False, "False": False, "FALSE": False}
    if text not in known:
        raise ValueError("must be `true` or `false`.")
    return known[text]


def one_of(words: type[E]) -> Callable[[str], E]:
    """Return a reader of one of the words of an enumeration."""

    def read(text: str) -> E:
        try:
            return words(text.lower())
        except ValueError:
            choices = ", ".join(f"`{word.value}`" for word in words)
            raise ValueError(f"must be one of {choices}.") from None

    return read


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of a whole number from `low` to `high`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}.")
        return int(text)

    return read


def listed(read_one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return a reader of a list: one per line or comma, blank and `#` lines ignored."""

    def read(text: str) -> tuple[T, ...]:
        lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
        items = [item.strip() for line in lines for item in line.split(",") if item.strip()]
        if not items:
            raise ValueError("lists nothing.")
        return tuple(_read_item(read_one, item) for item in items)

    return read


def _read_item(read_one: Callable[[str], T], item: str) -> T:
    try:
        return read_one(item)
    except ValueError as problem:
        raise WrongItem(quoted(item, problem)) from None


def duration(text: str) -> float:
    """Read a length of time such as `90s`, `10m` or `6h`, in seconds."""
    match = _DURATION.fullmatch(text)
    if not match or not float(match[1]):
        raise ValueError("must be a number and `s`, `m` or `h`, such as `10m`.")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def path(text: str) -> str:
    """Read the path of a file, which does not climb out of where it starts."""
    if ".." in text.split("/") or not text.isprintable():
        raise ValueError("must be a path without `..`.")
    return text


def renewal(life: float) -> Callable[[str], float]:
    """Return a reader of how early to renew: a duration, or a share of `life`; in seconds."""

    def read(text: str) -> float:
        share = re.fullmatch(r"([0-9]{1,3})%", text)
        if share and 0 < int(share[1]) <= 100:
            return int(share[1]) / 100 * life
        try:
            return duration(text)
        except ValueError:
            raise ValueError("must be a duration such as `6h`, or a share such as `50%`.") from None

    return read
