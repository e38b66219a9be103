"""The three secrets reach every level and store, whole and in the right order."""

from __future__ import annotations

import pytest

from sandbox import Fault
from sandbox.github import Level, Store
from tests.integration.world import (
    HOST,
    NAMES,
    PASSWORD,
    ROTATION,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    outcomes,
)

STORES: tuple[Store, ...] = ("codespaces", "dependabot", "actions")


@pytest.mark.parametrize(
    ("level", "owner", "scope", "reads"),
    [
        pytest.param("organization", "acme", "admin:org", 2, id="organization"),
        pytest.param("repository", "acme/ops", "repo", 1, id="repository"),
        pytest.param("user", "octocat", "codespace:secrets", 5, id="user"),
    ],
)
def test_rotation(world: World, level: Level, owner: str, scope: str, reads: int) -> None:
    """With no scope but the documented one, the three secrets hold the token that AWS issued."""
    run = world.action({"scope": level, "github-token": world.classic_token(scope)})
    assert run.exit_status == 0
    assert world.values(level, owner) == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": reads, "github PUT": 3}
    assert run.outputs["rotated"] == "1"


@pytest.mark.parametrize(
    ("level", "owner", "permission"),
    [
        pytest.param("organization", "acme", "organization_codespaces_secrets", id="organization"),
        pytest.param("repository", "acme/ops", "codespaces_secrets", id="repository"),
        pytest.param("user", "octocat", "codespaces_user_secrets", id="user"),
    ],
)
def test_fine_grained_token(world: World, level: Level, owner: str, permission: str) -> None:
    """A fine-grained token needs no permission but the documented one."""
    login = owner.partition("/")[0]
    token = world.github.fine_grained_token(
        world.github.user("octocat"), login, {permission: "write"}
    )
    assert world.action({"scope": level, "github-token": token}).exit_status == 0
    assert world.values(level, owner) == world.fresh()


def test_installation_token(world: World) -> None:
    """An App's installation token writes the secrets of a repository."""
    app = world.github.register_app({"codespaces_secrets": "write"})
    token = world.github.installation_token(world.github.install(app, "acme"))
    assert world.action({"github-token": token}).exit_status == 0
    assert world.repository() == world.fresh()


def test_new_secrets(world: World) -> None:
    """Where nothing stood before, all three are created."""
    run = world.action({"repositories": "acme/api"})
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.fresh()
    assert world.repository() == world.stale
    assert world.asked == ROTATION


def test_order(world: World) -> None:
    """The password is written last, so that it never stands beside another registry's host."""
    run = world.action()
    assert run.exit_status == 0
    *others, last = (path.rpartition("/")[2] for path in world.paths("PUT"))
    assert sorted(others) == [SERVER, USER]
    assert last == PASSWORD


def test_no_password_without_its_server(world: World) -> None:
    """Where one of the others cannot be written, the password is not even sent."""
    world.fault(Fault(method="PUT", path=SERVER, status=422, body={"message": "No room."}))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert {path.rpartition("/")[2] for path in world.paths("PUT")} == {SERVER, USER}
    assert outcomes(run) == {"repository acme/ops": ("failed", [USER])}
    assert "No room." in advice(run)


def test_stores_of_a_repository(world: World) -> None:
    """One token goes to every store that is asked for."""
    run = world.action({"stores": "codespaces, dependabot\nactions"})
    assert run.exit_status == 0
    assert all(world.values("repository", "acme/ops", store) == world.fresh() for store in STORES)
    assert world.asked == {**TOKEN_PROVED, "github GET": 3, "github PUT": 9}


def test_stores_of_an_organization(world: World) -> None:
    """The other stores alone leave the one for Codespaces as it is."""
    run = world.action({"scope": "organization", "stores": "dependabot,actions"})
    assert run.exit_status == 0
    assert world.values("organization", "acme") == world.stale
    for store in STORES[1:]:
        assert world.values("organization", "acme", store) == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": 4, "github PUT": 6}


def test_several_repositories(world: World) -> None:
    """However many repositories there are, one token is fetched."""
    names = ("acme/api", "acme/web", "globex/ml")
    run = world.action({"repositories": "# ours\nacme/api, acme/web\n\nglobex/ml"})
    assert run.exit_status == 0
    assert all(world.repository(name) == world.fresh() for name in names)
    assert world.asked == {**TOKEN_PROVED, "github GET": 3, "github PUT": 9}


def test_prefix(world: World) -> None:
    """Another prefix makes other secrets, in upper case, beside those that stand."""
    run = world.action({"secret-prefix": "ecr_data"})
    assert run.exit_status == 0
    assert world.repository() == world.stale | {
        name.replace("ECR", "ECR_DATA", 1): value for name, value in world.fresh(HOST).items()
    }
    assert sorted(path.rpartition("/")[2] for path in world.paths("PUT")) == sorted(
        name.replace("ECR", "ECR_DATA", 1) for name in NAMES
    )
