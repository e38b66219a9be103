"""A client generated from GitHub's description understands the sandbox's every answer."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from githubkit import AppAuthStrategy, GitHub
from githubkit.exception import RequestFailed

from sandbox import Sandbox
from sandbox.github import Store
from tests.worlds.github import Client, sealed

STORES: tuple[Store, ...] = ("codespaces", "dependabot", "actions")
NAME = "ECR_CONTAINER_REGISTRY_PASSWORD"


def connected(sandbox: Sandbox, credential: Any) -> GitHub[Any]:  # noqa: ANN401
    """Return githubkit with a token or an App, in the sandbox."""
    return GitHub(
        credential,
        proxy=sandbox.environment["HTTPS_PROXY"],
        ssl_verify=ssl.create_default_context(cafile=sandbox.environment["SSL_CERT_FILE"]),
        http_cache=False,
        auto_retry=False,
    )


@pytest.fixture
def github(client: Client) -> Iterator[Any]:
    """Return githubkit as an owner of `acme`; its methods have no end of types."""
    with connected(client.sandbox, client.token) as github:
        yield github


@pytest.mark.parametrize("store", STORES)
def test_organization(client: Client, github: Any, store: Store) -> None:  # noqa: ANN401
    """Secrets of an organization are written, shown, and listed with those that may read them."""
    api = getattr(github.rest, store)
    key = api.get_org_public_key("acme").parsed_data
    value = sealed({"key": key.key, "key_id": key.key_id}, "value")
    chosen = [client.github.id_of("acme/api")]
    write = _writing(api.create_or_update_org_secret, "acme", NAME, visibility="selected", **value)

    assert [write(selected_repository_ids=chosen) for _ in range(2)] == [201, 204]
    assert [each.name for each in api.list_org_secrets("acme").parsed_data.secrets] == [NAME]
    assert api.get_org_secret("acme", NAME).parsed_data.visibility == "selected"
    selected = api.list_selected_repos_for_org_secret("acme", NAME).parsed_data
    assert [each.full_name for each in selected.repositories] == ["acme/api"]


@pytest.mark.parametrize("store", STORES)
def test_repository(github: Any, store: Store) -> None:  # noqa: ANN401
    """Secrets of a repository are written, shown and listed."""
    api = getattr(github.rest, store)
    key = api.get_repo_public_key("acme", "api").parsed_data
    value = sealed({"key": key.key, "key_id": key.key_id}, "value")
    write = _writing(api.create_or_update_repo_secret, "acme", "api", NAME, **value)

    assert [write() for _ in range(2)] == [201, 204]
    assert api.list_repo_secrets("acme", "api").parsed_data.total_count == 1
    assert api.get_repo_secret("acme", "api", NAME).parsed_data.name == NAME


def test_user(client: Client, github: Any) -> None:  # noqa: ANN401
    """Secrets of a user are written, shown, and listed with the repositories that have them."""
    api = github.rest.codespaces
    key = api.get_public_key_for_authenticated_user().parsed_data
    value = sealed({"key": key.key, "key_id": key.key_id}, "value")
    chosen = [client.github.id_of("acme/api")]
    write = _writing(api.create_or_update_secret_for_authenticated_user, NAME, **value)

    assert [write(selected_repository_ids=chosen) for _ in range(2)] == [201, 204]
    assert api.list_secrets_for_authenticated_user().parsed_data.total_count == 1
    assert api.get_secret_for_authenticated_user(NAME).parsed_data.visibility == "selected"
    selected = api.list_repositories_for_secret_for_authenticated_user(NAME).parsed_data
    assert [each.full_name for each in selected.repositories] == ["acme/api"]


def test_repositories(github: Any) -> None:  # noqa: ANN401
    """Repositories are shown and listed."""
    assert github.rest.repos.get("acme", "api").parsed_data.full_name == "acme/api"
    for listing in (
        github.rest.repos.list_for_org("acme"),
        github.rest.repos.list_for_authenticated_user(),
    ):
        assert "acme/web" in [each.full_name for each in listing.parsed_data]


def test_app(client: Client) -> None:
    """An App finds its installations, and gets a token that lists what it may touch."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    numbers = {login: client.github.install(app, login) for login in ("acme", "octocat")}
    strategy = AppAuthStrategy(app.client_id, app.private_key)
    with connected(client.sandbox, strategy) as github:
        api: Any = github.rest.apps
        assert api.get_org_installation("acme").parsed_data.id == numbers["acme"]
        assert api.get_user_installation("octocat").parsed_data.id == numbers["octocat"]
        assert len(api.list_installations().parsed_data) == 2
        token = api.create_installation_access_token(numbers["acme"]).parsed_data.token
    with connected(client.sandbox, token) as github:
        found = github.rest.apps.list_repos_accessible_to_installation().parsed_data
        assert found.repositories[0].full_name == "acme/api"


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        ("ghp_nobody", "/user", 401),
        ("", "/user", 401),
        (None, "/orgs/globex/codespaces/secrets", 404),
        (None, "/repos/acme/nowhere", 404),
    ],
)
def test_refusals(client: Client, token: str | None, path: str, status: int) -> None:
    """A refusal is one to githubkit too, with GitHub's message and where it is documented."""
    with (
        connected(client.sandbox, client.token if token is None else token) as github,
        pytest.raises(RequestFailed) as refused,
    ):
        github.request("GET", path)
    assert refused.value.response.status_code == status
    assert {"message", "documentation_url"} <= refused.value.response.json().keys()


def _writing(put: Callable[..., Any], *place: str, **members: object) -> Callable[..., int]:
    """Return what writes a secret, and returns the status that this is answered with."""
    return lambda **more: int(put(*place, **members, **more).status_code)
