"""Texts as Markdown, read back by somebody else's parser."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rotate.faces.markdown import alert, bullets, cell, escaped, explained
from rotate.faces.prose import spans

PARSER = MarkdownIt("gfm-like", {"linkify": False})
TEXTS = st.text(alphabet="ab_ *`|<>&;lt#[]()!~\\\\-", max_size=40)


def seen(html: str) -> str:
    """Return the characters that a reader sees, without the blanks between them."""
    return "".join(unescape(re.sub(r"</?(p|code)>", "", html)).split())


@given(TEXTS)
def test_escaped(text: str) -> None:
    """Whatever a text holds, a reader sees all of its characters, and no element but code."""
    html = PARSER.render("x " + escaped(text))
    meant = "x" + "".join(piece.text for piece in spans(text))
    assert set(re.findall(r"</?(\w+)", html)) <= {"p", "code"}
    assert seen(html) == "".join(meant.split())


@given(TEXTS)
def test_cell(text: str) -> None:
    """Whatever a text holds, it is one cell of a table."""
    row = f"| a | b |\n| --- | --- |\n| {cell('x ' + text)} | end |\n"
    cells = re.findall(r"<td>(.*?)</td>", PARSER.render(row))
    assert len(cells) == 2
    assert cells[1] == "end"
    assert set(re.findall(r"</?(\w+)", cells[0])) <= {"code"}


def test_code_stays_code() -> None:
    """What stands between backticks is code, whose bar alone would end a cell."""
    assert escaped("pass `a_|*` and *c*") == r"pass `a_|*` and \*c\*"
    assert cell("pass `a_|*`\nand *c|") == r"pass `a_\|*` and \*c\|"


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("~~gone~~", r"\~\~gone\~\~"),
        ("#1 of 2", r"\#1 of 2"),
        ("one\n# two", "one\n\\# two"),
        ("see #1", "see #1"),
    ],
)
def test_markup_is_escaped(text: str, as_written: str) -> None:
    """What GitHub alone strikes out, and what begins a line as a heading, is shown as written."""
    assert escaped(text) == as_written


def test_example() -> None:
    """An example stands between the usual fences."""
    assert explained("Do:\n\n    a: b") == "Do:\n\n```\na: b\n```"


def test_alert() -> None:
    """Every line of an alert is quoted, and none ends with a blank."""
    assert alert("NOTE", "one\n\ntwo") == "> [!NOTE]\n> one\n>\n> two"


@pytest.mark.parametrize(("texts", "shown"), [(["a"], "a"), (["a", "b"], "- a\n- b")])
def test_bullets(texts: list[str], shown: str) -> None:
    """One text alone is no list."""
    assert bullets(texts) == shown


@pytest.mark.parametrize("ticks", ["```", "`````"])
def test_example_with_a_fence(ticks: str) -> None:
    """An example that holds a fence does not end at it."""
    html = PARSER.render(explained(f"Do:\n\n    {ticks}\n    <b>\n    {ticks}\n\nthen"))
    assert html == (
        f"<p>Do:</p>\n<pre><code>{ticks}\n&lt;b&gt;\n{ticks}\n</code></pre>\n<p>then</p>\n"
    )
