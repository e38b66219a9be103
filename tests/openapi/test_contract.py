"""What is not as GitHub describes it is found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rotate.grant import needed
from rotate.model.target import Scope, Store, Target
from sandbox.faults import Exchange
from tests.openapi.contract import Contract
from tests.worlds.github import ORGANIZATION, Client

SECRET = f"{ORGANIZATION}/PASSWORD"


@pytest.fixture
def written(client: Client, exchanges: list[Exchange]) -> Exchange:
    """Return the exchange by which a secret was created."""
    client.put(SECRET, members={"visibility": "private"})
    return exchanges[-1]


@pytest.fixture
def listed(client: Client, exchanges: list[Exchange]) -> Exchange:
    """Return the exchange by which an organization's repositories were listed."""
    client.ask("GET", "/orgs/acme/repos?per_page=100")
    return exchanges[-1]


def sent(exchange: Exchange, **members: object) -> Exchange:
    """Return the exchange with other members in the body of its request; None takes one out."""
    return replace(exchange, sent=_with(json.loads(exchange.sent), members))


def _with(body: Mapping[str, Any], members: Mapping[str, object]) -> bytes:
    changed = {**body, **members}
    return json.dumps({name: each for name, each in changed.items() if each is not None}).encode()


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"visibility": None}, "'visibility' is a required property"),
        ({"visibility": "internal"}, "'internal' is not one of"),
        ({"key_id": 12}, "12 is not of type 'string'"),
        ({"encrypted_value": "plain text"}, "does not match"),
        ({"selected_repository_ids": ["1"]}, "'1' is not of type 'integer'"),
        ({"note": "hello"}, "'note' was unexpected"),
    ],
)
def test_request(
    contract: Contract, written: Exchange, members: dict[str, object], complaint: str
) -> None:
    """Each member of a body is as described, none is missing, and none is made up."""
    assert not contract.deviations([written])
    [deviation] = contract.deviations([sent(written, **members)])
    assert deviation.startswith(f"PUT {SECRET} is asked:")
    assert complaint in deviation


@pytest.mark.parametrize(
    ("method", "path", "complaint"),
    [
        ("GET", "/orgs/acme/codespaces/passwords", "Path not found"),
        ("POST", "/orgs/acme/repos", "Missing required request body"),
        ("DELETE", "/orgs/acme/repos", "Operation delete not found"),
        ("GET", "/orgs/acme/repos?per_page=many", "many"),
        ("GET", "/orgs/acme/repos?sort=size", "'size' is not one of"),
        ("GET", "/orgs/acme/repos?page_size=100", "there is no parameter 'page_size'"),
    ],
)
def test_address(
    contract: Contract, listed: Exchange, method: str, path: str, complaint: str
) -> None:
    """Paths, methods and parameters are those that there are."""
    assert not contract.deviations([listed])
    [deviation] = contract.deviations([replace(listed, method=method, path=path, genuine=False)])
    assert complaint in deviation


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"private": None}, "'private' is a required property"),
        ({"id": "1296269"}, "'1296269' is not of type 'integer'"),
        ({"owner": {"login": "acme"}}, "'avatar_url' is a required property"),
        ({"pushed_at": "yesterday"}, "'yesterday' is not a 'date-time'"),
    ],
)
def test_answer(
    contract: Contract, listed: Exchange, answer: dict[str, object], complaint: str
) -> None:
    """An answer has all that the described one has, down to the last entry of a list."""
    *others, last = json.loads(listed.answer)
    poorer = json.loads(_with(last, answer))
    [deviation] = contract.deviations(
        [replace(listed, answer=json.dumps([*others, poorer]).encode())]
    )
    assert deviation.startswith("GET /orgs/acme/repos?per_page=100 is answered with 200:")
    assert complaint in deviation


@pytest.mark.parametrize(
    ("status", "answer", "complaint"),
    [
        (202, b"{}", "Unknown response http status: 202"),
        (418, b"{}", "'message' is a required property"),
        (404, b"", "Missing response data"),
        (302, b'{"message": "Found"}', "'documentation_url' is a required property"),
    ],
)
def test_refusal(
    contract: Contract, listed: Exchange, status: int, answer: bytes, complaint: str
) -> None:
    """Every status but the described ones is a refusal, and says why."""
    exchange = replace(listed, status=status, answer=answer)
    [deviation] = contract.deviations([exchange])
    assert complaint in deviation
    assert not contract.deviations([replace(exchange, genuine=False)])


def test_others(contract: Contract, client: Client, exchanges: list[Exchange]) -> None:
    """A test that sends nonsense on purpose may do so if it is refused, and only then."""
    client.put(SECRET, members={"visibility": "nobody"})
    client.ask("GET", "/orgs/acme/nowhere")
    assert {exchange.status for exchange in exchanges[1:]} == {422, 404}
    assert not contract.deviations(exchanges, own=False)
    assert len(contract.deviations(exchanges)) == 2
    accepted = [replace(exchange, status=204, answer=b"") for exchange in exchanges[1:]]
    assert len(contract.deviations(accepted, own=False)) == 2


def test_permissions_of_installation_tokens(contract: Contract) -> None:
    """GitHub describes no permission for some of our places; docs/adr/0012 rests on that."""
    places = [
        Target(registry="prod", scope=scope, store=store)
        for scope in (Scope.ORGANIZATION, Scope.REPOSITORY)
        for store in Store
    ]

    assert {needed(place).permission for place in places} - contract.permissions == {
        "codespaces_secrets",
        "organization_codespaces_secrets",
        "organization_dependabot_secrets",
    }
