"""YAML is written as people write it."""

from __future__ import annotations

from rotate.setup.yaml_text import block


def test_block() -> None:
    """Names keep their order, items stand below them, lines stay whole, and few texts are quoted.

    What is there twice is written twice.
    """
    twice = {"cut": "no " * 300 + "end"}
    values = {"scope": "user", "on": "true", "a": ["b", twice, twice]}

    assert (
        block(values)
        == f"""\
scope: user
'on': 'true'
a:
  - b
  - cut: {"no " * 300}end
  - cut: {"no " * 300}end
"""
    )


def test_indent() -> None:
    """Each line stands behind as many blanks as are asked for."""
    assert block({"a": "b", "c": "d"}, indent=2) == "  a: b\n  c: d\n"
