"""What the command line prints to standard error, taken apart as a person reads it."""

from __future__ import annotations

import re
from itertools import dropwhile

_BESIDE = re.compile(
    r"::add-mask::.+"
    r"|(GET|PUT|POST) .+ \(\d+\.\d\d s\)"
    r"|(warning|note): .+"
    r"|[\d,]+ targets?(, [\d,]+ due)?"
    r"|\S+: new token until .+"
    r"|(organization|repository|user) .+: (rotated|fresh|failed|not-attempted)\b.*"
)
"""A line that tells of no error: a mask, a request, a warning, a note, or how far the run is."""

_WRONG_OPTION = re.compile(r"^rotate-ecr-token.*: error: (.+)$", re.MULTILINE)


def errors(text: str, *, reported: bool) -> tuple[str, ...]:
    """Return each error by itself, with its remedy; fails where anything else is said.

    Those of a report stand between blank lines, two of which part one from the next. What ends a
    run without a report is said once: what happened, a blank line, and the remedy.
    """
    if text.startswith("usage: "):
        return tuple(_WRONG_OPTION.findall(text))
    lines = dropwhile(_BESIDE.fullmatch, text.splitlines())
    told = "\n".join(lines)
    if not told:
        return ()
    if not reported:
        paragraphs = told.split("\n\n")
        pairs = zip(paragraphs[::2], paragraphs[1::2], strict=True)
        return tuple("\n\n".join(pair) for pair in pairs)
    assert told.startswith("\n"), f"is neither an error nor beside one: {told}"
    return tuple(told.strip("\n").split("\n\n\n"))
