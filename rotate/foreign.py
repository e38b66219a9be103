"""What somebody else wrote, made fit to be shown or read: a message, or JSON."""

from __future__ import annotations

import re
from json import loads

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # control characters but tab and line feed
    r"|[\ud800-\udfff]"  # half of a surrogate pair, which cannot be encoded
    r"|[\u202a-\u202e\u2066-\u2069]"  # what turns the direction of writing
)

_LONGEST = 1000
"""Characters of a message; GitHub's and AWS's own have a few hundred at most."""


_COMMAND = re.compile(r"^[^\S\n]*:(?=:)|##(?=\[)", re.MULTILINE)
"""Where a runner reads a command: `::name::` begins a line, `##[name]` may stand anywhere in it.
https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs"""


def phrase(text: object) -> str:
    """Return a foreign message as a short line that is only read."""
    return shortened(inert(" ".join(str(text).split())), _LONGEST)


def inert(text: str) -> str:
    """Return a text that is only read: no runner takes a line of it for a command of the job's."""
    return _COMMAND.sub(r"\g<0> ", visible(text))


def visible(text: str) -> str:
    """Return a text in which every character is seen, and none moves a terminal's cursor.

    They are replaced, not left out: what stands on both sides of one may together be a secret.
    """
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def shortened(text: str, longest: int) -> str:
    """Return a text of `longest` characters or a little more; what is left out ends in `…`.

    It is cut at a space: half of a secret would not be known as one.
    """
    if len(text) <= longest:
        return text
    kept, _, _ = text[:longest].rpartition(" ")
    return f"{kept} …".lstrip()


def parsed(text: str | bytes) -> object:
    """Return what a text of JSON says; None where it is none, or is nested too deeply."""
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None
