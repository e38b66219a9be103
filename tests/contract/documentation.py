"""The code blocks of the documentation."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
)
"""What users read, by path in the repository."""

_FENCE = re.compile(r"^ *```", re.MULTILINE)
_BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def page(path: str) -> str:
    """Return a page by its path in the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a page in a language, in order."""
    return [textwrap.dedent(code) for name, code in _BLOCK.findall(text) if name == language]


def every_block(text: str) -> list[tuple[str, str]]:
    """Return the language and the code of every block of a page; each must have a language."""
    found = [(language, textwrap.dedent(code)) for language, code in _BLOCK.findall(text)]
    assert len(_FENCE.findall(text)) == 2 * len(found), "a block has no language, or no end"
    return found


def shell_commands(program: str) -> list[str]:
    """Return every call of a program that the pages show, once, as one line without its name."""
    shell = "\n".join(code for path in PAGES for code in blocks(page(path), "sh"))
    joined = re.sub(r"\\\n\s*", "", shell)
    calls = re.findall(rf"(?:^|[ (]){program} ((?:[^\n|()]|\(.*?\))+)", joined, re.MULTILINE)
    return list(dict.fromkeys(call.strip() for call in calls))
