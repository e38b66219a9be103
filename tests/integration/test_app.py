"""A GitHub App: a token for each owner that installed it, and clear words where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox import Fault, Run
from tests.integration.fleet import (
    PERMISSIONS,
    add_fleet,
    app_of,
    document,
    fresh_prod,
    run_file,
)
from tests.integration.world import ROTATION, World, advice, outcomes

HALF = "-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----"
BOTH = document("registry: prod, repositories: [acme/api, acme/web, globex/ml, globex/etl]")


@pytest.fixture(autouse=True)
def _fleet(world: World) -> None:
    add_fleet(world)


def tokens_asked_for(world: World) -> int:
    """Return how many installation tokens GitHub was asked for."""
    return len([path for path in world.paths("POST") if path.endswith("/access_tokens")])


def installation_tokens(run: Run) -> set[str]:
    """Return the tokens of installations that were masked: not the workflow's own, that is."""
    return {
        mask for mask in run.masks if mask.startswith("ghs_") and not mask.startswith("ghs_15368_")
    }


def token_with_little_left(world: World, installation: int) -> Fault:
    """Return the fault that answers a genuine token which ends in four minutes."""
    expires_at = datetime.now(UTC) + timedelta(minutes=4)
    token = world.github.installation_token(installation)
    body = {"token": token, "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"}
    return Fault(path="access_tokens", status=201, body=body)


def test_one_token_for_each_owner(world: World) -> None:
    """An owner's token is made once for all of its repositories, and everything is masked."""
    run = run_file(world, BOTH, app_of(world))
    assert run.exit_status == 0
    for name in ("acme/api", "acme/web", "globex/ml", "globex/etl"):
        assert world.repository(name) == fresh_prod(world)
    assert tokens_asked_for(world) == 2
    assert len(installation_tokens(run)) == 2


def test_inputs_alone(world: World) -> None:
    """An App needs no file: its ID and key go with the inputs of one target."""
    app = world.github.register_app({"codespaces_secrets": "write"})
    world.github.install(app, "acme")
    key = {"app-private-key": app.private_key, "github-token": ""}
    assert world.action({"app-id": app.client_id, **key}).exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, "github GET": 2, "github POST": 1}


def test_key_on_one_line(world: World) -> None:
    r"""A key whose line ends were turned into a literal `\n` is understood, and masked."""
    inputs = app_of(world)
    inputs["app-private-key"] = inputs["app-private-key"].replace("\n", "\\n")
    world.sandbox.canaries.add(inputs["app-private-key"])
    assert run_file(world, BOTH, inputs).exit_status == 0
    assert world.repository("globex/ml") == fresh_prod(world)


def test_installed_by_a_person(world: World) -> None:
    """A person who installed the App is found as an organization is."""
    world.github.repository("octocat/dotfiles")
    text = document("registry: prod, repositories: ['octocat/*']")
    assert run_file(world, text, app_of(world, ["octocat"])).exit_status == 0
    assert world.repository("octocat/dotfiles") == fresh_prod(world)


def test_not_installed(world: World) -> None:
    """An owner that has not installed the App is looked up once and named; others are rotated."""
    run = run_file(world, BOTH, app_of(world, ["acme"]))
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.repository("acme/web") == fresh_prod(world)
    assert world.repository("globex/ml") == {}
    assert "not installed by globex" in advice(run)
    assert "- repository globex/ml\n- repository globex/etl" in advice(run)
    assert {outcome for outcome, _ in outcomes(run).values()} == {"rotated", "failed"}
    assert world.paths("GET").count("/orgs/globex/installation") == 1


def test_not_installed_for_some_repositories(world: World) -> None:
    """A repository that the installation does not cover fails alone."""
    app = world.github.register_app(PERMISSIONS)
    world.github.install(app, "acme", repositories=["acme/api"])
    inputs = {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}
    run = run_file(world, document("registry: prod, repositories: [acme/api, acme/web]"), inputs)
    assert run.exit_status == 1
    assert outcomes(run)["repository acme/api"][0] == "rotated"
    assert outcomes(run)["repository acme/web"] == ("failed", [])
    assert "repository acme/web" in advice(run)


def test_key_of_another_app(world: World) -> None:
    """A key that does not belong to the App ends the run with advice on the App's own inputs."""
    other = app_of(world)
    text = document("registry: prod, repositories: [acme/api, acme/web]")
    run = run_file(world, text, {**app_of(world), "app-private-key": other["app-private-key"]})
    assert run.exit_status == 1
    assert tokens_asked_for(world) == 0
    assert world.paths("PUT") == []
    assert "app-private-key" in advice(run)
    assert "github-token" not in advice(run)


@pytest.mark.parametrize(
    ("target", "permission"),
    [
        ("repositories: acme/api", "codespaces_secrets"),
        ("repositories: acme/api, stores: dependabot", "dependabot_secrets"),
        ("repositories: acme/api, stores: actions", "secrets"),
        ("organization: acme", "organization_codespaces_secrets"),
    ],
)
def test_missing_permission(world: World, target: str, permission: str) -> None:
    """What the App must be allowed is named, and nothing is written without it."""
    granted = {name: level for name, level in PERMISSIONS.items() if name != permission}
    run = run_file(world, document(f"registry: prod, {target}"), app_of(world, ["acme"], granted))
    assert run.exit_status == 1
    assert world.paths("PUT") == []
    assert f"`{permission}: write`" in advice(run)


def test_token_is_replaced_in_time(world: World) -> None:
    """A token with less than five minutes left is replaced before it is used again."""
    app = world.github.register_app(PERMISSIONS)
    world.fault(token_with_little_left(world, world.github.install(app, "acme")))
    inputs = {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}
    run = run_file(world, document("registry: prod, repositories: [acme/api, acme/web]"), inputs)
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.repository("acme/web") == fresh_prod(world)
    assert tokens_asked_for(world) == 2
    assert len(installation_tokens(run)) == 2


def test_outage_of_one_installation(world: World) -> None:
    """Where one installation gets no token, its targets fail and the others are rotated."""
    app = world.github.register_app(PERMISSIONS)
    number = world.github.install(app, "globex")
    world.github.install(app, "acme")
    world.fault(Fault(path=f"{number}/access_tokens", status=422, body={}, times=None))
    inputs = {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}
    run = run_file(world, BOTH, inputs)
    assert run.exit_status == 1
    assert world.repository("acme/api") == fresh_prod(world)
    assert world.repository("globex/ml") == {}
    assert "- repository globex/ml\n- repository globex/etl" in advice(run)


def test_outage_of_tokens(world: World) -> None:
    """A token that GitHub does not give is asked for five times, for all targets of an owner."""
    world.fault(Fault(path="access_tokens", status=502, times=None))
    text = document("registry: prod, repositories: [acme/api, acme/web, acme/ml]")
    run = run_file(world, text, app_of(world, ["acme"]))
    assert run.exit_status == 1
    assert tokens_asked_for(world) == 5
    assert {outcome for outcome, _ in outcomes(run).values()} == {"failed"}
    assert "HTTP 502" in advice(run)


@pytest.mark.parametrize(
    ("change", "target", "fault"),
    [
        pytest.param(
            {"github-token": "ghp_0"}, "repositories: acme/api", "github-token", id="both"
        ),
        pytest.param({}, "user: true", "cannot write a user's secrets", id="user"),
        pytest.param({"app-id": ""}, "repositories: acme/api", "app-id", id="no ID"),
        pytest.param({"app-id": "rotate"}, "repositories: acme/api", "app-id", id="name"),
        pytest.param({"app-private-key": ""}, "organization: acme", "app-private-key", id="no key"),
        pytest.param(
            {"app-private-key": "key.pem"}, "organization: acme", "app-private-key", id="path"
        ),
        pytest.param({"app-private-key": HALF}, "organization: acme", "can sign", id="half a key"),
    ],
)
def test_wrong_inputs(world: World, change: dict[str, str], target: str, fault: str) -> None:
    """What cannot be is found before anything is asked of anybody."""
    run = run_file(world, document(f"registry: prod, {target}"), {**app_of(world), **change})
    assert run.exit_status == 2
    assert world.asked == {}
    assert fault in advice(run)
