"""What the program asks of GitHub is as GitHub describes it, at each level and in each store."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from rotate.deadline import Deadline
from rotate.faces.clock import SystemClock
from rotate.model.plan import App, Limits
from rotate.model.target import Scope, Store, Target, Visibility
from rotate.seal import seal
from rotate.stores.credentials import AppInstallations, Credentials, OneToken
from rotate.stores.github import GitHub
from rotate.stores.pace import Pace
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from rotate.transport import trusting
from sandbox.faults import Exchange
from tests.openapi.contract import Contract
from tests.worlds.github import Client

API_URL = "https://api.github.com"
READERS = ("acme/api", "acme/web")
ABOUT_SECRETS = {"GET ", "GET /public-key", "PUT /NAME"}
WITH_READERS = ABOUT_SECRETS | {"GET /NAME/repositories"}


def connect(token: Callable[[], str]) -> GitHub:
    """Return the API as that token sees it."""
    deadline = Deadline(clock=SystemClock(), seconds=60)
    pace = Pace(deadline=deadline, limits=Limits())
    return GitHub(
        api_url=API_URL,
        token=token,
        deadline=deadline,
        pace=pace,
        trust=trusting(os.environ["SSL_CERT_FILE"]),
    )


def as_token(token: str) -> Credentials:
    """Return the credentials of a personal access token."""
    return OneToken(github=connect(lambda: token))


def secrets(credentials: Credentials) -> GitHubSecrets:
    """Return the secrets as the credentials see them."""
    return GitHubSecrets(credentials=credentials, repositories=GitHubRepositories(credentials))


def rotate(store: GitHubSecrets, target: Target) -> None:
    """Do with a target what a rotation does."""
    access = store.access(target, store.standing(target))
    key = store.public_key(target)
    for name in target.names:
        store.write(target, name, seal("value", key), access[name])


def operations(exchanges: Sequence[Exchange], base: str, names: Sequence[str]) -> set[str]:
    """Return what was asked below a level's secrets, whichever secret it was about."""
    asked = {f"{each.method} {each.path.partition('?')[0]}" for each in exchanges}
    below = {each.replace(f"{base}/secrets", "") for each in asked if base in each}
    for name in names:
        below = {each.replace(name, "NAME") for each in below}
    return below


@pytest.mark.parametrize(
    ("scope", "store"),
    [
        *((scope, store) for scope in (Scope.ORGANIZATION, Scope.REPOSITORY) for store in Store),
        (Scope.USER, Store.CODESPACES),
    ],
)
def test_rotation(
    contract: Contract, client: Client, exchanges: list[Exchange], scope: Scope, store: Store
) -> None:
    """Secrets are created, given to repositories, and updated with their readers kept."""
    owner = {Scope.ORGANIZATION: "acme", Scope.REPOSITORY: "acme/api", Scope.USER: ""}[scope]
    kept = Target(registry="prod", scope=scope, owner=owner, store=store)
    visibility = Visibility.SELECTED if scope is Scope.ORGANIZATION else None
    held = secrets(as_token(client.token))
    rotate(held, kept)
    rotate(held, replace(kept, visibility=visibility, readers=READERS))
    rotate(held, kept)

    assert not contract.deviations(exchanges)
    level = {"organization": "/orgs/acme", "repository": "/repos/acme/api", "user": "/user"}[scope]
    expected = ABOUT_SECRETS if scope is Scope.REPOSITORY else WITH_READERS
    assert operations(exchanges, f"{level}/{store}", kept.names) == expected
    assert [each.status for each in exchanges if each.method == "PUT"] == [201] * 3 + [204] * 6


def test_repositories(contract: Contract, client: Client, exchanges: list[Exchange]) -> None:
    """Repositories are looked up, under a former name too, and listed page by page."""
    for number in range(101):
        client.github.repository(f"acme/service-{number}")
    client.github.repository("octocat/dotfiles")
    client.github.rename("acme/web", "site-2")
    directory = GitHubRepositories(as_token(client.token))

    assert directory.repository("acme/web").full_name == "acme/site-2"
    assert len(directory.repositories("acme")) == 104
    assert [each.full_name for each in directory.repositories("octocat")] == ["octocat/dotfiles"]
    assert not contract.deviations(exchanges)
    assert [(each.path.partition("?")[0], each.status) for each in exchanges] == [
        ("/repos/acme/web", 301),
        (f"/repositories/{client.github.id_of('acme/site-2')}", 200),
        ("/orgs/acme/repos", 200),
        ("/orgs/acme/repos", 200),
        ("/orgs/octocat/repos", 404),
        ("/user/repos", 200),
        ("/user/repos", 200),
    ]


def test_app(contract: Contract, client: Client, exchanges: list[Exchange]) -> None:
    """An App finds where it is installed, gets a token there, and lists what that may touch."""
    app = client.github.register_app({"codespaces_secrets": "write"})
    for owner in ("acme", "octocat"):
        client.github.repository(f"{owner}/thing")
        client.github.install(app, owner)
    installations = AppInstallations(
        app=App(id=app.client_id, private_key=app.private_key), connect=connect, mask=lambda _: None
    )
    directory = GitHubRepositories(installations)

    assert [each.full_name for each in directory.repositories("octocat")] == ["octocat/thing"]
    rotate(
        secrets(installations),
        Target(registry="prod", scope=Scope.REPOSITORY, owner="acme/thing"),
    )
    assert not contract.deviations(exchanges)
    assert {each.path.partition("?")[0] for each in exchanges if "secrets" not in each.path} == {
        "/orgs/octocat/installation",
        "/users/octocat/installation",
        "/orgs/acme/installation",
        *(each.path for each in exchanges if each.path.endswith("/access_tokens")),
        "/installation/repositories",
    }
