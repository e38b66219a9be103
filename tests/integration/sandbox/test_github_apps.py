"""GitHub Apps get in the sandbox what they would get from GitHub."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from sandbox.github import App
from tests.worlds.github import REPOSITORY, Client


def assertion(app: App, *, issuer: str = "", issued: int = -30, expires: int = 500) -> str:
    """Return a web token of an App, its times given in seconds from now."""
    now = int(time.time())
    claims = {"iat": now + issued, "exp": now + expires, "iss": issuer or app.client_id}
    return jwt.encode(claims, app.private_key, "RS256")


def test_an_app_finds_its_installations(client: Client) -> None:
    """An App's web token shows the App and where it is installed."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    number = client.github.install(app, "acme", ["acme/api"])
    signed = assertion(app)
    found = [
        client.ask("GET", f"{path}/installation", token=signed)
        for path in ("/orgs/acme", "/users/acme", "/repos/acme/api")
    ]

    assert client.ask("GET", "/app", token=signed).json()["slug"] == app.slug
    assert len(client.ask("GET", "/app/installations", token=signed).json()) == 1
    assert [each.json()["id"] for each in found] == [number] * 3
    assert client.ask("GET", "/orgs/globex/installation", token=signed).status_code == 404
    client.github.install(app, "octocat")
    assert client.ask("GET", "/users/octocat/installation", token=signed).status_code == 200
    assert client.ask("GET", "/orgs/octocat/installation", token=signed).status_code == 404
    assert client.ask("GET", "/repos/acme/web/installation", token=signed).status_code == 404


def test_an_installation_token_lives_an_hour(client: Client) -> None:
    """A token asked for by an App can be narrowed, sees its repositories, and expires."""
    app = client.github.register_app({"codespaces_secrets": "write", "secrets": "write"})
    path = f"/app/installations/{client.github.install(app, 'acme')}/access_tokens"
    wanted = {"repositories": ["api"], "permissions": {"codespaces_secrets": "write"}}
    answer = client.ask("POST", path, wanted, token=assertion(app, issuer=str(app.id)))
    token = answer.json()["token"]
    seen = client.ask("GET", "/installation/repositories", token=token).json()

    assert answer.status_code == 201
    assert {token, app.private_key} <= client.sandbox.canaries
    assert [each["full_name"] for each in seen["repositories"]] == ["acme/api"]
    assert client.put(f"{REPOSITORY}/PASSWORD", token=token).status_code == 201
    assert client.ask("GET", "/repos/acme/api/actions/secrets", token=token).status_code == 403

    client.sandbox.clock.advance(minutes=61)
    expired = client.ask("GET", REPOSITORY, token=token)
    assert (expired.status_code, expired.json()["message"]) == (401, "Bad credentials")


def test_a_new_token_is_not_known_at_once(client: Client) -> None:
    """Where GitHub lags behind itself, a new token is refused at first; others are not."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    number = client.github.install(app, "acme")
    client.github.replication_lag = 3.0
    token = client.github.installation_token(number)
    other = client.github.workflow_token("acme/api")

    assert client.ask("GET", REPOSITORY, token=token).status_code == 401
    assert client.ask("GET", "/repos/acme/api", token=other).status_code == 200
    client.sandbox.clock.advance(seconds=3)
    assert client.ask("GET", REPOSITORY, token=token).status_code == 200


def test_a_suspended_installation_gets_no_token(client: Client) -> None:
    """Who asks for a token of an installation that was suspended is told so, in GitHub's words."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    number = client.github.install(app, "acme")
    client.github.suspend(number)
    path, signed = f"/app/installations/{number}", assertion(app)
    answer = client.ask("POST", f"{path}/access_tokens", token=signed)

    assert client.ask("GET", path, token=signed).json()["suspended_at"]
    assert answer.status_code == 403
    assert answer.json()["message"] == "This installation has been suspended"


@pytest.mark.parametrize(
    "wanted", [{"repositories": ["ml"]}, {"permissions": {"organization_secrets": "write"}}]
)
def test_a_token_is_never_wider_than_its_installation(
    client: Client, wanted: dict[str, object]
) -> None:
    """Repositories and permissions beyond the installation's are refused."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    path = f"/app/installations/{client.github.install(app, 'acme')}/access_tokens"

    assert client.ask("POST", path, wanted, token=assertion(app)).status_code == 422


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"expires": 700}, "too far in the future"),
        ({"expires": -1}, "must be a numeric value representing the future time"),
        ({"issued": 120}, "'Issued at' claim"),
        ({"issuer": "Iv1.unknown"}, "Integration not found"),
    ],
)
def test_a_web_token_must_be_in_order(client: Client, times: dict[str, Any], message: str) -> None:
    """An App's web token with a wrong issuer or wrong times is refused, with GitHub's words."""
    app = client.github.register_app({})
    answer = client.ask("GET", "/app", token=assertion(app, **times))

    assert answer.status_code == 401
    assert message in answer.json()["message"]


def test_a_web_token_must_be_signed_by_its_app(client: Client) -> None:
    """Another App's signature is no signature."""
    one, other = client.github.register_app({}), client.github.register_app({})

    assert (
        client.ask("GET", "/app", token=assertion(one, issuer=other.client_id)).status_code == 401
    )
