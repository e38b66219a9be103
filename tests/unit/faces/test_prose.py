"""Our texts, taken apart."""

from __future__ import annotations

import pytest

from rotate import remedies
from rotate.faces.prose import paragraphs, spans


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("plain", [("plain", False)]),
        ("pass `a` or `b`", [("pass ", False), ("a", True), (" or ", False), ("b", True)]),
        ("one ` alone", [("one ` alone", False)]),
        ("`a\nb`", [("`a\nb`", False)]),
        ("``", [("``", False)]),
    ],
)
def test_spans(text: str, parts: list[tuple[str, bool]]) -> None:
    """What stands between two backticks of a line is code."""
    assert list(spans(text)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one\n\ntwo", [("one", False), ("two", False)]),
        ("\n\none\n", [("one", False)]),
        (
            "Do:\n\n    a:\n      b\n\n    c\n\nthen",
            [("Do:", False), ("a:\n  b\n\nc", True), ("then", False)],
        ),
        ('Give:\n\n{\n  "a": 1\n}', [("Give:", False), ('{\n  "a": 1\n}', True)]),
    ],
)
def test_paragraphs(text: str, parts: list[tuple[str, bool]]) -> None:
    """An example is whole, and stands at the margin, so that it can be copied."""
    assert paragraphs(text) == parts


def test_the_longest_remedy() -> None:
    """Commands between sentences are examples, and the sentences are not."""
    claims = remedies.Claims(
        sub="repo:acme/ops:ref:refs/heads/main", audience="sts.amazonaws.com", issuer="https://x"
    )
    remedy = remedies.oidc_provider("arn:aws:iam::123456789012:role/pull", claims)
    assert [piece.code for piece in paragraphs(remedy)] == [False, True, False, True]
