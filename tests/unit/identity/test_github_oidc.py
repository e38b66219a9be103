"""The workflow's ID token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.errors import IdTokenNotAllowed, IdTokenRefused, IdTokenUnavailable
from rotate.identity.github_oidc import IdTokens, claims
from rotate.remedies import Claims
from rotate.web import Reply
from tests.unit.fake_clients import FakeWeb, id_token, response

RUNNER = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://pipelines.actions.githubusercontent.com/token?v=2",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-bearer",
}


def mint(
    answer: Reply | str,
    environment: dict[str, str] = RUNNER,
    *,
    audience: str = "sts.amazonaws.com",
) -> list[str]:
    """Mint a token; return it behind everything that was masked, and the address asked."""
    masked: list[str] = []
    web = FakeWeb(answers=[answer])
    token = IdTokens(environment=environment, web=web, mask=masked.append).mint(audience)
    (request,) = web.sent
    assert request.headers["Authorization"] == "Bearer the-bearer"
    return [*masked, token, str(request.url)]


def test_mint() -> None:
    """A token is asked for the audience, with the runner's right, and masked."""
    masked, token, url = mint(response(200, '{"value": "the-token"}'))
    assert (masked, token) == ("the-token", "the-token")
    assert url == f"{RUNNER['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=sts.amazonaws.com"


def test_audience_is_no_more_than_one() -> None:
    """An audience asks for nothing else, whatever stands in it."""
    *_, url = mint(response(200, '{"value": "the-token"}'), audience="a&audience=b c")
    assert url.endswith("&audience=a%26audience%3Db+c")


@pytest.mark.parametrize("missing", RUNNER)
def test_not_allowed(missing: str) -> None:
    """Without the runner's address or right, nothing is asked."""
    with pytest.raises(IdTokenNotAllowed):
        mint(response(200), {**RUNNER, missing: ""})


@pytest.mark.parametrize("status", [204, 302, 400, 401, 403, 404])
def test_refused(status: int) -> None:
    """Any other answer than 200 is a refusal, whose body is not shown."""
    with pytest.raises(IdTokenRefused, match=f"HTTP {status}") as caught:
        mint(response(status, '{"value": "the-token"}'))
    assert "the-token" not in f"{caught.value!r}{caught.value.remedy}"


@pytest.mark.parametrize(
    "text",
    ["", "<html>the-bearer</html>", "[]", "{}", '"text"', '{"value": ""}', '{"value": 1}', "null"],
)
def test_answer_without_a_token(text: str) -> None:
    """An answer that holds no token fails, is not shown, and may be better the next time."""
    with pytest.raises(IdTokenUnavailable, match="holds no ID token") as caught:
        mint(response(200, text))
    assert "the-bearer" not in repr(caught.value)


def test_no_answer() -> None:
    """No answer at all may be better the next time."""
    with pytest.raises(IdTokenUnavailable, match="it hangs"):
        mint("it hangs")


def test_claims() -> None:
    """A token says which workflow it is for, and to whom it is addressed."""
    content = {
        "sub": "repo:acme/ops:ref:refs/heads/main",
        "aud": "sts.amazonaws.com",
        "iss": "https://token.actions.githubusercontent.com",
        "repository_owner_id": "1",
        "repository_id": 2,
    }
    assert claims(id_token(content)) == Claims(
        sub="repo:acme/ops:ref:refs/heads/main",
        audience="sts.amazonaws.com",
        issuer="https://token.actions.githubusercontent.com",
        owner_id="1",
        repository_id="2",
    )


@pytest.mark.parametrize("sub", ["", "a", "ab", "abc"])
def test_claims_of_any_length(sub: str) -> None:
    """A token leaves out how its base64 is filled up, whatever its length."""
    assert claims(id_token({"sub": sub})).sub == sub


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "a.b.c.d", "a.é.c", f"a.{'!' * 8}.c", id_token([]), id_token([1]), id_token(None)],
)
def test_unreadable_token(token: str) -> None:
    """A token that cannot be read says nothing."""
    assert claims(token) == Claims(sub="", audience="", issuer="")


@given(st.text())
def test_any_token_may_be_looked_at(token: str) -> None:
    """No text makes looking at it fail."""
    claims(token)
    claims(f"a.{token}.c")
