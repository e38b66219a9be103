"""Many registries, many places, one run."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from sandbox import Fault
from tests.integration.fleet import (
    DATA_HOST,
    DATA_NAMES,
    EUROPE,
    add_fleet,
    app_of,
    document,
    fresh_data,
    fresh_prod,
    run_file,
    seed,
    written,
)
from tests.integration.world import (
    HOST,
    NAMES,
    OTHER_ACCOUNT,
    OTHER_HOST,
    PASSWORD,
    REGION,
    ROLE,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    outcomes,
    said,
)

FLEET = document(
    'registry: prod, organization: acme, repositories: [api, web, "svc-*", "!svc-old"]',
    "registry: data, secret-prefix: ECR_DATA, secrets: password, "
    'repositories: [acme/ml, "globex/*"], stores: [codespaces, dependabot, actions]',
    top="defaults: {renew-before: 50%}\n",
)
REPOSITORIES = ("acme/ml", "globex/ml", "globex/etl")

AWS_TWICE = {name: 2 * count for name, count in TOKEN_PROVED.items()} | {"registry GET": 3}
"""The requests for a token in each of two regions, one of which is probed with an image."""


@pytest.fixture(autouse=True)
def _fleet(world: World) -> None:
    add_fleet(world)


def readers(world: World) -> set[tuple[int, ...]]:
    """Return the IDs of those who may read each of the organization's secrets."""
    held = world.github.secrets("organization", "acme").values()
    return {secret.selected_repository_ids for secret in held}


def test_one_run_for_all(world: World) -> None:
    """Two registries in two regions reach two organizations through an App, in three stores."""
    run = run_file(world, FLEET, app_of(world))
    assert run.exit_status == 0
    assert world.values("organization", "acme") == fresh_prod(world)
    chosen = [world.github.id_of(f"acme/{name}") for name in ("api", "web", "svc-a", "svc-b")]
    assert readers(world) == {tuple(sorted(number for number in chosen if number))}
    for name in REPOSITORIES:
        for store in ("codespaces", "dependabot", "actions"):
            assert world.values("repository", name, store) == fresh_data(world)
    assert world.repository() == world.stale
    assert {name: run.outputs[name] for name in ("rotated", "fresh", "failed")} == {
        "rotated": "10",
        "fresh": "0",
        "failed": "0",
    }
    assert run.outputs["registry"] == f"{HOST},{DATA_HOST}"


def test_requests_of_one_run(world: World) -> None:
    """Each owner is asked once for its installation, token and repositories, each place twice."""
    assert run_file(world, FLEET, app_of(world)).exit_status == 0
    owners = 2 * 2
    places = 10 * 2
    assert world.asked == {
        **AWS_TWICE,
        "github POST": 2,
        # The readers' IDs are known from the listing of their owner.
        "github GET": owners + places,
        "github PUT": 10 * 3,
    }


def test_nothing_to_do(world: World) -> None:
    """A second run right after the first asks AWS for nothing and writes nothing."""
    app = app_of(world)
    assert run_file(world, FLEET, app).exit_status == 0
    held = world.values("organization", "acme")
    world.sandbox.forget_requests()
    run = run_file(world, FLEET, app, id_token=False)
    assert run.exit_status == 0
    assert set(world.asked) == {"github GET", "github POST"}
    assert world.values("organization", "acme") == held
    assert {outcome for outcome, _ in outcomes(run).values()} == {"fresh"}
    assert (run.outputs["rotated"], run.outputs["fresh"]) == ("0", "10")


def test_user_beside_others(world: World) -> None:
    """A personal access token writes its user's secrets beside an organization's and others'."""
    text = document(
        "registry: prod, user: true, repositories: [acme/api, globex/ml]",
        "registry: prod, organization: globex",
        'registry: data, secret-prefix: ECR_DATA, repositories: "acme/svc-?"',
    )
    run = run_file(world, text)
    assert run.exit_status == 0
    assert world.values("user", "octocat") == fresh_prod(world)
    assert world.values("organization", "globex") == fresh_prod(world)
    assert world.repository("acme/svc-a") == world.repository("acme/svc-b") == fresh_data(world)
    assert set(outcomes(run)) == {
        "user",
        "organization globex",
        "repository acme/svc-a",
        "repository acme/svc-b",
    }
    assert world.asked["ecr GetAuthorizationToken"] == 2


def test_failures_stay_alone(world: World) -> None:
    """Targets that fail leave all others rotated, and the report says exactly what is where."""
    world.fault(Fault(method="PUT", path=f"acme/web/.*{PASSWORD}", status=422, body={}))
    text = document(
        "registry: prod, repositories: [acme/api, acme/nowhere, acme/web, globex/ml]",
        "registry: prod, organization: nobody",
        "registry: data, secret-prefix: ECR_DATA, organization: globex",
    )
    run = run_file(world, text)
    assert run.exit_status == 1
    report = json.loads(run.outputs["report"])
    expires_at = {entry["name"]: entry["expires_at"] for entry in report["registries"]}
    assert [
        (each["target"], each["outcome"], each["written"], each["registry"], each["expires_at"])
        for each in sorted(report["targets"], key=lambda each: str(each["target"]))
    ] == [
        ("organization globex", "rotated", list(DATA_NAMES), DATA_HOST, expires_at["data"]),
        ("organization nobody", "failed", [], HOST, None),
        ("repository acme/api", "rotated", list(NAMES), HOST, expires_at["prod"]),
        ("repository acme/nowhere", "failed", [], HOST, None),
        ("repository acme/web", "failed", [SERVER, USER], HOST, None),
        ("repository globex/ml", "rotated", list(NAMES), HOST, expires_at["prod"]),
    ]
    assert (run.outputs["rotated"], run.outputs["failed"]) == ("3", "3")
    assert all(bool(each["reason"]) == (each["outcome"] == "failed") for each in report["targets"])
    assert world.repository("acme/api") == world.repository("globex/ml") == fresh_prod(world)
    assert PASSWORD not in world.repository("acme/web")
    assert len(said(run, "error")) == 3


def test_registry_fails_alone(world: World) -> None:
    """A registry that refuses the token stops its own targets only."""
    world.fault(Fault(service="registry", path="manifests", status=403, body={}, times=None))
    text = document(
        "registry: prod, repositories: acme/api",
        "registry: data, secret-prefix: ECR_DATA, repositories: [acme/api, acme/web]",
    )
    run = run_file(world, text)
    assert run.exit_status == 1
    assert world.repository("acme/api") == fresh_prod(world)
    assert world.repository("acme/web") == {}
    assert f"{DATA_HOST}: the new token may not pull base/devcontainer" in advice(run)
    assert "- repository acme/api\n- repository acme/web" in advice(run)
    assert (run.outputs["rotated"], run.outputs["failed"]) == ("1", "2")


def test_registry_that_hangs(world: World) -> None:
    """A registry that AWS is slow to answer for holds up no target of another one."""
    world.fault(Fault(service="ecr", host=EUROPE, delay=4))
    text = document(
        "registry: data, secret-prefix: ECR_DATA, repositories: [acme/api, acme/web]",
        "registry: prod, repositories: acme/ml",
    )
    run = run_file(world, text, {"concurrency": "1"})
    assert run.exit_status == 0
    assert [path.split("/")[3] for path in world.paths("PUT")] == [
        *(["ml"] * 3),
        *(["api"] * 3),
        *(["web"] * 3),
    ]


def test_archived(world: World) -> None:
    """A glob leaves out what is archived, with a notice and without asking for its key."""
    world.github.archive("acme/svc-a")
    run = run_file(world, document('registry: prod, repositories: ["acme/svc-*"]'))
    assert run.exit_status == 0
    assert world.repository("acme/svc-a") == {}
    assert set(outcomes(run)) == {"repository acme/svc-b", "repository acme/svc-old"}
    assert said(run, "notice") == ["acme/svc-a is archived; it is left out."]
    assert not [path for path in world.paths("GET") if path.startswith("/repos/acme/svc-a")]


def test_renamed(world: World) -> None:
    """A repository is found by its former name, and written by its present one."""
    world.github.rename("acme/api", "service")
    run = run_file(world, document("registry: prod, repositories: [acme/api, acme/web]"))
    assert run.exit_status == 0
    assert world.repository("acme/service") == world.repository("acme/web") == fresh_prod(world)
    answers = Counter(
        each.status for each in world.sandbox.requests if each.path.startswith("/repos/acme/api/")
    )
    assert answers == {301: 1}


@pytest.mark.parametrize("command", ["run", "plan"])
def test_two_names(world: World, command: str) -> None:
    """Named by its former and its present name, a repository is one target, with a warning."""
    world.github.rename("acme/api", "service")
    text = document("registry: prod, repositories: [acme/api, acme/service]")
    run = run_file(world, text, {"command": command})
    assert set(outcomes(run)) == {"repository acme/service"}
    assert "acme/api is called acme/service by now" in said(run, "warning")[0]
    assert len(world.paths("PUT")) == (3 if command == "run" else 0)


@pytest.mark.parametrize("command", ["run", "plan"])
def test_two_former_names(world: World, command: str) -> None:
    """Named by two former names, for two registries, a repository holds one whole credential."""
    world.github.rename("acme/api", "service")
    world.github.rename("acme/service", "present")
    world.fault(Fault(method="PUT", path=PASSWORD, delay=0.5, times=1))
    text = document(
        "registry: prod, repositories: acme/api", "registry: data, repositories: acme/service"
    )
    run = run_file(world, text, {"command": command})
    assert run.exit_status == 0
    assert len(outcomes(run)) == 1
    (warning,) = said(run, "warning")
    assert "is called acme/present by now, which is a target already" in warning
    if command == "run":
        data = dict(zip(NAMES, fresh_data(world).values(), strict=True))
        assert world.repository("acme/present") in (fresh_prod(world), data)
    assert len(world.paths("PUT")) == (3 if command == "run" else 0)


@pytest.mark.parametrize("command", ["run", "plan", "status"])
def test_archived_by_name(world: World, command: str) -> None:
    """An archived repository is left out with a notice, though it is named outright."""
    world.github.archive("acme/web")
    text = document("registry: prod, repositories: [acme/api, acme/web]")
    run = run_file(world, text, {"command": command})
    assert set(outcomes(run)) == {"repository acme/api"}
    assert "acme/web is archived; it is left out." in said(run, "notice")


def test_named_twice(world: World) -> None:
    """A place that a name and a glob of two entries fit is written once, with a warning."""
    text = document(
        "registry: prod, repositories: Acme/SVC-A",
        'registry: data, repositories: ["acme/svc-*", "!acme/svc-b"]',
    )
    run = run_file(world, text)
    assert run.exit_status == 0
    assert world.repository("acme/svc-a") == fresh_prod(world)
    assert world.repository("acme/svc-b") == {}
    assert "repository acme/svc-a is named twice; it is written once." in said(run, "warning")
    assert len(world.paths("PUT")) == 2 * 3


def test_glob_that_fits_nothing(world: World) -> None:
    """A glob that fits no repository fails alone, and names itself."""
    text = document(
        "registry: prod, repositories: [acme/api, 'acme/scv-*']",
        "registry: prod, repositories: ['globex/m?']",
    )
    run = run_file(world, text)
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.repository("globex/ml") == fresh_prod(world)
    assert "`acme/scv-*` fits no repository" in advice(run)
    assert outcomes(run)["repository acme/scv-*"] == ("failed", [])
    assert run.outputs["rotated"] == "2"


def test_readers_that_cannot_be_told(world: World) -> None:
    """Where a glob of an organization's readers fits nothing, nobody is shut out by a write."""
    text = document(
        "registry: prod, organization: acme, repositories: [api, 'scv-*']",
        "registry: prod, organization: globex, repositories: ml",
    )
    run = run_file(world, text)
    assert run.exit_status == 1
    assert world.values("organization", "acme") == world.stale
    assert world.values("organization", "globex") == fresh_prod(world)
    assert written(world) == ["/orgs/globex/codespaces"]


def test_one_token_for_each_identity_and_region(world: World) -> None:
    """Registries of several accounts in one region share a token, and each is proved."""
    shared = f"  shared: {{role-to-assume: {ROLE}, aws-region: {REGION}, registry: {OTHER_HOST}}}\n"
    text = document(
        "registry: prod, repositories: acme/api",
        "registry: shared, repositories: [acme/web, globex/ml]",
        "registry: data, repositories: acme/ml",
    ).replace("targets:\n", f"{shared}targets:\n")
    run = run_file(world, text)
    assert run.exit_status == 0
    assert {name: count for name, count in world.asked.items() if "github" not in name} == {
        **AWS_TWICE,
        "registry GET": 4,
    }
    values = {**fresh_prod(world), SERVER: OTHER_HOST}
    assert world.repository("acme/web") == world.repository("globex/ml") == values
    assert OTHER_ACCOUNT in world.repository("acme/ml")[SERVER]


def test_one_listing_for_each_level(world: World) -> None:
    """However many targets an organization holds, its secrets are listed once."""
    seed(world, "acme", level="organization", hours=1)
    text = document(
        *(f"registry: prod, organization: acme, secret-prefix: TEAM_{n}" for n in range(5)),
        "registry: prod, organization: acme, secrets: password",
        top="defaults: {renew-before: 12h}\n",
    )
    run = run_file(world, text)
    assert run.exit_status == 0
    listings = [path for path in world.paths("GET") if "secrets?per_page" in path]
    assert listings == ["/orgs/acme/codespaces/secrets?per_page=100"]
    assert len(world.paths("PUT")) == 5 * 3 + 1


def test_glob_of_a_person(world: World) -> None:
    """A glob over a user's own repositories works with that user's token."""
    for name in ("octocat/dotfiles", "octocat/notes"):
        world.github.repository(name)
    run = run_file(world, document("registry: prod, repositories: ['octocat/d*']"))
    assert run.exit_status == 0
    assert world.repository("octocat/dotfiles") == fresh_prod(world)
    assert world.repository("octocat/notes") == {}
