"""Authorization tokens of ECR and ECR Public."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.errors import (
    AwsPermissionMissing,
    AwsRefusal,
    AwsUnavailable,
    RotateError,
    UnusableCredential,
)
from rotate.model.registry import Authorization, Service, TokenSource
from rotate.registries.ecr import EcrTokens
from tests.unit.examples import (
    ACCOUNT,
    HOST,
    NOW,
    PASSWORD,
    TWELVE_HOURS,
    authorization,
    public_source,
    source,
)
from tests.unit.fake_clients import FakeIdentities, FakeSession

VISIBLE = st.characters(min_codepoint=32, max_codepoint=126)


def encoded(text: str) -> str:
    """Return a text as AWS encodes it."""
    return b64encode(text.encode()).decode()


TOKEN = encoded(f"AWS:{PASSWORD}")
BEYOND = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14)))
"""In UTC, a moment of a year that no date can have."""


def data(**changes: object) -> dict[str, object]:
    """Return one token of AWS's answer, with changes."""
    given: dict[str, object] = {
        "authorizationToken": TOKEN,
        "expiresAt": NOW + TWELVE_HOURS,
        "proxyEndpoint": f"https://{HOST}",
    }
    return given | changes


def authorize(
    answer: Mapping[str, Any] | RotateError,
    source: TokenSource = source(),  # noqa: B008 - a frozen value
    *,
    account: str | None = ACCOUNT,
    ends: datetime | None = None,
) -> tuple[Authorization, list[str]]:
    """Return what a source is authorized to with that answer, and what was masked."""
    masked: list[str] = []
    session = FakeSession(answer=answer, account=account, expires_at=ends)
    identities = FakeIdentities(session=session)
    authorized = EcrTokens(identities=identities, mask=masked.append).authorize(source)
    assert identities.opened == [source.identity]
    assert session.calls == [
        (source.service, "get_authorization_token", source.region, "authorizationData")
    ]
    return authorized, masked


def test_prepare() -> None:
    """What is made ready is the source's service, for its identity."""
    masked: list[str] = []
    identities = FakeIdentities(session=FakeSession(answer={}))
    EcrTokens(identities=identities, mask=masked.append).prepare(source())
    assert identities.prepared == [(source().identity, Service.ECR)]


def test_private() -> None:
    """ECR's one token is decoded, and every form of it is masked."""
    authorized, masked = authorize({"authorizationData": [data()]})
    assert authorized == authorization()
    assert masked == [TOKEN, f"AWS:{PASSWORD}", PASSWORD]


def test_public() -> None:
    """ECR Public gives a single token, for the one host that all share."""
    answer = {"authorizationData": data(proxyEndpoint="elsewhere")}
    authorized, _ = authorize(answer, public_source())
    assert authorized == authorization(host="public.ecr.aws")


@pytest.mark.parametrize(
    ("of", "session_life", "life"),
    [
        (public_source(), timedelta(hours=1), timedelta(hours=1)),
        (public_source(), timedelta(hours=36), TWELVE_HOURS),
        (public_source(), None, TWELVE_HOURS),
        (source(), timedelta(hours=1), TWELVE_HOURS),
    ],
)
def test_token_that_ends_with_its_session(
    of: TokenSource, session_life: timedelta | None, life: timedelta
) -> None:
    """A token of ECR Public ends with the session that asked for it, at the latest."""
    ends = None if session_life is None else NOW + session_life
    authorized, _ = authorize({"authorizationData": data()}, of, ends=ends)
    assert authorized.expires_at == NOW + life


def test_no_endpoint() -> None:
    """Where AWS names no endpoint, the token is for no host."""
    given = data()
    del given["proxyEndpoint"]
    authorized, _ = authorize({"authorizationData": [given]})
    assert not authorized.host


@pytest.mark.parametrize("account", [ACCOUNT, None])
def test_account(account: str | None) -> None:
    """The account is that of the session."""
    authorized, _ = authorize({"authorizationData": [data()]}, account=account)
    assert authorized.account == account


@given(st.text(alphabet=VISIBLE, min_size=1))
def test_any_password(password: str) -> None:
    """A password may hold anything, colons included, and be of any length."""
    answer = {"authorizationData": [data(authorizationToken=encoded(f"AWS:{password}"))]}
    authorized, masked = authorize(answer)
    assert authorized.password == password
    assert password in masked


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"authorizationData": None}, "0 tokens instead of one"),
        ({"authorizationData": ["text"]}, "instead of one"),
        ({"authorizationData": []}, "0 tokens instead of one"),
        ({"authorizationData": [data(), data()]}, "2 tokens instead of one"),
        ({"authorizationData": [data(expiresAt=None)]}, "when the token ends"),
        ({"authorizationData": [data(expiresAt=BEYOND)]}, "when the token ends"),
        ({"authorizationData": [{"authorizationToken": TOKEN}]}, "when the token ends"),
        ({"authorizationData": [{}]}, "not `user:password`"),
        ({"authorizationData": [data(authorizationToken="no base64")]}, "not base64"),
        (
            {"authorizationData": [data(authorizationToken=f"{TOKEN[:8]}%{TOKEN[8:]}")]},
            "not base64",
        ),
        ({"authorizationData": [data(authorizationToken=encoded("größe"))]}, "not base64"),
        ({"authorizationData": [data(authorizationToken=encoded(PASSWORD))]}, "user:password"),
        ({"authorizationData": [data(authorizationToken=encoded("AWS:"))]}, "user:password"),
        ({"authorizationData": [data(authorizationToken=encoded(":x"))]}, "user:password"),
        ({"authorizationData": [data(authorizationToken=f"é{TOKEN}")]}, "not base64"),
    ],
)
def test_unusable_answers(answer: dict[str, Any], what: str) -> None:
    """An answer that is not exactly one token is refused, and not shown."""
    with pytest.raises(UnusableCredential, match=what) as caught:
        authorize(answer)
    assert PASSWORD not in f"{caught.value!r}{caught.value.remedy}"
    assert TOKEN not in f"{caught.value!r}{caught.value.remedy}"


@pytest.mark.parametrize(
    ("token", "forms"), [("no base64", ["no base64"]), (encoded("text"), [encoded("text"), "text"])]
)
def test_unusable_token_is_masked(token: str, forms: list[str]) -> None:
    """Every form of a token is masked before anybody looks whether it can be used."""
    masked: list[str] = []
    session = FakeSession(answer={"authorizationData": [data(authorizationToken=token)]})
    tokens = EcrTokens(identities=FakeIdentities(session=session), mask=masked.append)
    with pytest.raises(UnusableCredential):
        tokens.authorize(source())
    assert masked == forms


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
@pytest.mark.parametrize(
    ("of", "actions"),
    [
        (source(), ["ecr:GetAuthorizationToken"]),
        (public_source(), ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]),
    ],
)
def test_missing_permission(code: str, of: TokenSource, actions: list[str]) -> None:
    """Where AWS denies, it is quoted, and the actions that the session needs are named."""
    denied = AwsRefusal(operation="ecr:call", code=code, message="no")
    with pytest.raises(AwsPermissionMissing, match=f"^ecr:call: .*{code}: no") as caught:
        authorize(denied, of)
    assert all(f'"{action}"' in caught.value.remedy for action in actions)


@pytest.mark.parametrize(
    "error",
    [
        AwsRefusal(operation="ecr:call", code="ServerException", message="no"),
        AwsUnavailable(operation="ecr:call", what="it hangs"),
    ],
)
def test_other_failures(error: RotateError) -> None:
    """Any other failure comes out as it is."""
    with pytest.raises(RotateError) as caught:
        authorize(error)
    assert caught.value is error
