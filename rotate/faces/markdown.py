"""Texts as GitHub-flavoured Markdown, in which no word of somebody else's becomes markup."""

from __future__ import annotations

import re

from rotate.faces.prose import paragraphs, spans

_MARKUP = re.compile(r"[\\`*<>|~]|\](?=[(:\[])|&(?=#?\w+;)|(?<!\w)_|_(?!\w)|^#", re.MULTILINE)
"""What means something outside of code; a `_` within a word does not, nor `[1]` without a link.
https://github.github.com/gfm/#backslash-escapes"""

_TICKS = re.compile(r"`{3,}")


def escaped(text: str) -> str:
    """Return a text that reads as it is written; what stands between backticks stays code."""
    return "".join(
        f"`{piece.text}`" if piece.code else _MARKUP.sub(r"\\\g<0>", piece.text)
        for piece in spans(text)
    )


def cell(text: str) -> str:
    """Return a text as the cell of a table: in one line, and with no end before its own."""
    one_line = " ".join(text.split())
    return "".join(
        f"`{piece.text}`".replace("|", r"\|") if piece.code else _MARKUP.sub(r"\\\g<0>", piece.text)
        for piece in spans(one_line)
    )


def explained(text: str) -> str:
    """Return sentences and examples; YAML, JSON and commands keep their shape."""
    return "\n\n".join(
        _fenced(piece.text) if piece.code else escaped(piece.text) for piece in paragraphs(text)
    )


def _fenced(example: str) -> str:
    longest = max((len(ticks) for ticks in _TICKS.findall(example)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{example}\n{fence}"


def alert(kind: str, text: str) -> str:
    """Return a text as an alert: `CAUTION`, `WARNING` or `NOTE`.

    https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts
    """
    return "\n".join(f"> {line}".rstrip() for line in (f"[!{kind}]", *text.splitlines()))


def folded(title: str, text: str) -> str:
    """Return a text that is shown after a click on its title."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def bullets(texts: list[str]) -> str:
    """Return a list, or the text alone where there is but one."""
    return texts[0] if len(texts) == 1 else "\n".join(f"- {text}" for text in texts)
