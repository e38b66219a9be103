"""What somebody else wrote, made fit to be shown or read."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rotate.foreign import inert, parsed, phrase, shortened, visible
from sandbox.runner.commands import KNOWN_COMMANDS, parse_command

REPLACED = "\N{REPLACEMENT CHARACTER}"
WORDS = ("::", "##[", "]", ":", "\n", "\r", "\t", "\x1b[2J", "\xa0", "\x85", "\u2028", "\ud800")
TEXTS = st.lists(st.sampled_from((*WORDS, *KNOWN_COMMANDS)) | st.text(max_size=3), max_size=9).map(
    "".join
)
"""Texts in which commands and sequences are hidden."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Not Found", "Not Found"),
        ("", ""),
        ("a\n\tb \r\n c\u2028d", "a b c d"),
        ("a\x1b[31mb\x00c\x7f\x9b", f"a{REPLACED}[31mb{REPLACED}c{REPLACED}{REPLACED}"),
        ("\ud83d alone", f"{REPLACED} alone"),
        ("\u202egnp.exe\u2066", f"{REPLACED}gnp.exe{REPLACED}"),
        ("⚠️ naïve 👍", "⚠️ naïve 👍"),
        ("::error::x ##[error]", ": :error::x ## [error]"),
        (None, "None"),
        ("word " * 1000, "word " * 200 + "…"),
        ("x" * 1000, "x" * 1000),
        ("x" * 1001, "…"),
    ],
)
def test_phrase(text: object, shown: str) -> None:
    """A message is a line of visible characters, no command, and cut between words."""
    assert phrase(text) == shown


@given(TEXTS)
@example("a\n::set-output::b\r\nc")
@example("\t::error::it")
@example("is ##[add-mask]a")
def test_no_line_is_a_command(text: str) -> None:
    """Whatever a text says, the runner reads no command in it, and all that is visible is there."""
    shown = inert(text)
    assert not any(map(parse_command, shown.splitlines()))
    assert "".join(shown.split()) == "".join(visible(text).split())


@given(TEXTS)
def test_every_character_is_seen(text: str) -> None:
    """What is shown can be written to any file, and none of it moves a cursor."""
    shown = visible(text)
    assert len(shown) == len(text)
    assert shown.encode().decode() == shown
    assert not {character for character in shown if ord(character) < 32} - {"\n", "\t"}


@given(st.text(alphabet="ab ", max_size=30), st.integers(1, 20))
def test_no_word_is_cut(text: str, longest: int) -> None:
    """A text that is cut keeps whole words alone: half of a secret would not be known as one."""
    shown = shortened(text, longest)
    if len(text) <= longest:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert f"{text.lstrip()} ".startswith(f"{shown.removesuffix('…').strip()} ".lstrip())
        assert len(shown) <= longest + 1


@pytest.mark.parametrize(
    "text", ["", "<html>", b"\xff", "[" * 100_000, '{"a":' * 100_000, "9" * 5000]
)
def test_no_json(text: str | bytes) -> None:
    """What is not JSON, or is nested beyond reading, says nothing."""
    assert parsed(text) is None


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_json(value: object) -> None:
    """JSON says what it says."""
    assert parsed(json.dumps(value)) == value
