"""A plan shows what a run would write and what that costs; a matrix shares it out."""

from __future__ import annotations

import json

import pytest

from tests.integration.fleet import (
    DATA_NAMES,
    add_fleet,
    app_of,
    command_line_with,
    document,
    fresh_prod,
    run_file,
    seed,
)
from tests.integration.world import NAMES, PASSWORD, World, advice, outcomes, said

FLEET = document(
    "registry: prod, organization: acme, repositories: [api, web]",
    'registry: prod, repositories: ["acme/svc-*", "!acme/svc-old"]',
    "registry: data, secret-prefix: ECR_DATA, repositories: [globex/ml, globex/etl]",
)


@pytest.fixture(autouse=True)
def _fleet(world: World) -> None:
    add_fleet(world)


def test_nothing_is_written(world: World) -> None:
    """A plan names each secret that would be written; only GitHub is asked, and it only reads."""
    run = run_file(world, FLEET, {"command": "plan"}, id_token=False)
    assert run.exit_status == 0
    assert set(world.asked) == {"github GET"}
    assert outcomes(run) == {
        "organization acme": ("planned", list(NAMES)),
        "repository acme/svc-a": ("planned", list(NAMES)),
        "repository acme/svc-b": ("planned", list(NAMES)),
        "repository globex/ml": ("planned", list(DATA_NAMES)),
        "repository globex/etl": ("planned", list(DATA_NAMES)),
    }
    assert "5 planned" in run.summary
    assert (run.outputs["rotated"], run.outputs["expires-at"]) == ("0", "")


def test_the_plan_is_what_is_done(world: World) -> None:
    """A dry run names exactly what the run then writes, where some is fresh and some in part."""
    seed(world, "acme/svc-a", hours=1)
    seed(world, "acme/svc-b", hours=9)
    seed(world, "globex/ml", hours=9, names=DATA_NAMES[1:])
    text = f"defaults: {{renew-before: 50%, secrets: password}}\n{FLEET}"
    planned = run_file(world, text, {"dry-run": "true"})
    done = run_file(world, text)
    assert (planned.exit_status, done.exit_status) == (0, 0)
    words = {"planned": "rotated", "fresh": "fresh"}
    assert outcomes(done) == {
        name: (words[outcome], written) for name, (outcome, written) in outcomes(planned).items()
    }
    assert outcomes(done)["repository acme/svc-a"] == ("fresh", [])
    assert outcomes(done)["repository acme/svc-b"] == ("rotated", [PASSWORD])


def test_cost_of_a_user(world: World) -> None:
    """The readers of each secret that are kept are in the cost that is told."""
    plan = world.action({"scope": "user", "command": "plan"})
    [cost] = [note for note in said(plan, "notice") if "requests" in note]
    world.sandbox.forget_requests()
    assert world.action({"scope": "user"}).exit_status == 0
    assert f"{len(world.paths('GET')) + len(world.paths('PUT'))} requests" in cost


def test_cost(world: World) -> None:
    """The cost that is told is what the run then asks of GitHub."""
    text = document(
        "registry: prod, organization: acme",
        "registry: data, secret-prefix: ECR_DATA, repositories: [globex/ml, globex/etl]",
    )
    plan = run_file(world, text, {"command": "plan"})
    [cost] = [note for note in said(plan, "notice") if "requests" in note]
    world.sandbox.forget_requests()
    assert run_file(world, text).exit_status == 0
    reads, writes = len(world.paths("GET")), len(world.paths("PUT"))
    assert f"{reads + writes} requests and {reads + 5 * writes} points" in cost
    assert "no waiting" in cost
    assert cost in plan.summary


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ("writes-per-minute: 5", "about 2 min"),
        ("writes-per-hour: 7", "about 2 h"),
    ],
)
def test_minutes(world: World, limits: str, told: str) -> None:
    """Beyond the limits the minutes are told that they stretch a run to."""
    run = run_file(world, f"limits: {{{limits}}}\n{FLEET}", {"command": "plan"})
    assert run.exit_status == 0
    [cost] = [note for note in said(run, "notice") if "requests" in note]
    assert told in cost


def test_savings(world: World) -> None:
    """Where one organization secret would do the work of many repositories, that is said."""
    text = document('registry: prod, repositories: ["acme/svc-*", globex/ml]')
    run = run_file(world, text, {"command": "plan"})
    [savings] = [note for note in said(run, "notice") if "organization secret" in note]
    assert savings.startswith("3 repositories of acme")
    assert "takes 3 writes instead of 9" in savings


def test_no_savings(world: World) -> None:
    """Two repositories, or those of different stores and prefixes, are not worth a note."""
    text = document(
        "registry: prod, repositories: [acme/api, acme/web]",
        "registry: data, secret-prefix: ECR_DATA, repositories: [acme/api, acme/web]",
        "registry: prod, stores: dependabot, repositories: [acme/api, acme/web]",
    )
    run = run_file(world, text, {"command": "plan"})
    assert not [note for note in said(run, "notice") if "organization secret" in note]


def test_matrix(world: World) -> None:
    """The matrix has a shard for each owner with something due, as output and on request."""
    plan = run_file(world, FLEET, {"command": "plan"})
    shards = {"include": [{"owners": "acme"}, {"owners": "globex"}]}
    assert json.loads(plan.outputs["matrix"]) == shards
    done = command_line_with(world, FLEET, "plan", "--matrix")
    assert done.returncode == 0
    assert json.loads(done.stdout) == shards


def test_matrix_of_what_is_due(world: World) -> None:
    """An owner whose targets are all fresh has no shard, and the token's user has one."""
    for name in ("globex/ml", "globex/etl"):
        seed(world, name, hours=1, names=DATA_NAMES)
    user = "  - {registry: prod, user: true, renew-before: 12h}\n"
    text = f"defaults: {{renew-before: 6h}}\n{FLEET}{user}"
    plan = run_file(world, text, {"command": "plan"})
    shards = {shard["owners"] for shard in json.loads(plan.outputs["matrix"])["include"]}
    assert shards == {"acme", "@user"}


def test_empty_matrix(world: World) -> None:
    """Where nothing is due the matrix is empty, for a workflow to skip its jobs by."""
    seed(world, "acme/ops", hours=1)
    run = world.action({"command": "plan", "renew-before": "6h"})
    assert run.exit_status == 0
    assert json.loads(run.outputs["matrix"]) == {"include": []}


def test_owners(world: World) -> None:
    """A shard looks at what its owners have, and not a single request goes to any other."""
    run = run_file(world, FLEET, app_of(world) | {"owners": "ACME"})
    assert run.exit_status == 0
    assert world.values("organization", "acme") == fresh_prod(world)
    assert world.repository("acme/svc-a") == fresh_prod(world)
    assert world.repository("globex/ml") == {}
    assert not [each for each in world.sandbox.requests if "globex" in each.path]
    assert world.asked["github POST"] == 1
    assert world.asked["ecr GetAuthorizationToken"] == 1
    assert set(outcomes(run)) == {
        "organization acme",
        "repository acme/svc-a",
        "repository acme/svc-b",
    }


def test_owner_without_targets(world: World) -> None:
    """An owner who has no target is misspelt, not a success: nobody is asked anything."""
    run = run_file(world, FLEET, {"owners": "globx"})
    assert run.exit_status == 2
    assert "`globx` owns none of the targets. Did you mean `globex`?" in advice(run)
    assert world.asked == {}


def test_shards_make_the_whole(world: World) -> None:
    """The shards of the matrix together write what one run would, each place once."""
    text = f"{FLEET}  - {{registry: prod, user: true}}\n"
    plan = run_file(world, text, {"command": "plan"})
    world.sandbox.forget_requests()
    for shard in json.loads(plan.outputs["matrix"])["include"]:
        assert run_file(world, text, shard).exit_status == 0
    assert len(world.paths("PUT")) == len(set(world.paths("PUT"))) == 6 * 3


def test_plan_of_an_app(world: World) -> None:
    """An App's plan asks once for each owner's installation and token."""
    run = run_file(world, FLEET, app_of(world) | {"command": "plan"})
    assert run.exit_status == 0
    assert world.asked["github POST"] == 2
    assert json.loads(run.outputs["matrix"])["include"] == [
        {"owners": "acme"},
        {"owners": "globex"},
    ]
