"""What an answer of GitHub's is, or which error."""

from __future__ import annotations

import pytest

from rotate.errors import GitHubDenied, RotateError
from rotate.stores.answer import answered


@pytest.mark.parametrize("status", [403, 404, 409, 422])
@pytest.mark.parametrize("text", ["", "{}", "[]", '{"message": ""}'])
def test_error_without_a_message(status: int, text: str) -> None:
    """An error that says nothing is told as one."""
    with pytest.raises(RotateError, match=f"HTTP {status}: no message$"):
        answered(status, {}, text, "GET /")


def test_denial_that_says_no_more() -> None:
    """Where GitHub names neither a permission nor single sign-on, none is named."""
    with pytest.raises(GitHubDenied) as caught:
        answered(403, {}, '{"message": "no"}', "GET /")
    assert not caught.value.single_sign_on
    assert "None" not in caught.value.remedy
