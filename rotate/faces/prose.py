"""Our texts, taken apart: words, code between backticks, and examples to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import dedent
from typing import NamedTuple

_CODE = re.compile(r"`([^`\n]+)`")


class Piece(NamedTuple):
    """A part of a text."""

    text: str
    code: bool
    """Whether it is to be taken literally."""


def spans(text: str) -> Iterator[Piece]:
    """Yield what a paragraph consists of: what stands between backticks is code."""
    for number, part in enumerate(_CODE.split(text)):
        if part:
            yield Piece(part, code=number % 2 == 1)


def paragraphs(text: str) -> list[Piece]:
    """Return the paragraphs of a text; JSON and what is indented is an example, whole as it is."""
    parts = re.split(r"\n{2,}", text.strip("\n"))
    pieces: list[Piece] = []
    for is_example, group in groupby(parts, key=_is_example):
        texts = list(group)
        if is_example:
            texts = [dedent("\n\n".join(texts))]
        pieces += (Piece(one, code=is_example) for one in texts)
    return pieces


def _is_example(part: str) -> bool:
    return part.startswith(("    ", "{"))
