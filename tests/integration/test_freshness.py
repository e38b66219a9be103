"""Only what is due is rotated, by GitHub's own clock; and `status` tells how fresh it all is."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sandbox import Fault
from tests.integration.fleet import (
    add_fleet,
    command_line_with,
    document,
    fresh_prod,
    run_file,
    seed,
    written,
)
from tests.integration.world import (
    HOST,
    NAMES,
    PASSWORD,
    ROTATION,
    SERVER,
    USER,
    World,
    advice,
    outcomes,
    said,
)

HOLDERS = ("acme/api", "acme/web", "globex/ml")
ALL = document(f"registry: prod, renew-before: 6h, repositories: [{', '.join(HOLDERS)}]")


@pytest.fixture(autouse=True)
def _fleet(world: World) -> None:
    add_fleet(world)


@pytest.mark.parametrize(
    ("renew_before", "outcome"),
    [("6h", "fresh"), ("430m", "rotated"), ("58%", "fresh"), ("59%", "rotated"), ("", "rotated")],
)
def test_renew_before(world: World, renew_before: str, outcome: str) -> None:
    """Five hours after the last write seven are left, which is 58 % of twelve."""
    seed(world, "acme/ops", hours=5)
    run = world.action({"renew-before": renew_before})
    assert run.exit_status == 0
    assert outcomes(run)["repository acme/ops"][0] == outcome
    asked = {"github GET": 1} if outcome == "fresh" else {**ROTATION, "github GET": 2}
    assert world.asked == (asked if renew_before else ROTATION)


def test_fresh(world: World) -> None:
    """Where nothing is due, the end of what stands is told, and the job needs no ID token."""
    seed(world, "acme/ops", hours=5)
    password = world.github.secrets("repository", "acme/ops")[PASSWORD]
    run = world.action({"renew-before": "1h"}, id_token=False)
    assert run.exit_status == 0
    assert world.repository() == world.stale
    ends = password.updated_at + timedelta(hours=12)
    assert run.outputs["expires-at"] == f"{ends:%Y-%m-%dT%H:%M:%SZ}"
    assert (run.outputs["rotated"], run.outputs["fresh"]) == ("0", "1")


@pytest.mark.parametrize("missing", NAMES)
def test_missing_is_due(world: World, missing: str) -> None:
    """A target that lacks one of its three secrets is due, however new the others are."""
    seed(world, "acme/api", hours=0, names=set(NAMES) - {missing})
    run = world.action({"renew-before": "1h", "repositories": "acme/api"})
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.fresh()


def test_force(world: World) -> None:
    """Forced, what is fresh is rotated, and nobody asks how fresh it is."""
    run = world.action({"renew-before": "1h", "force": "true"})
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == ROTATION


def test_only_what_is_due(world: World) -> None:
    """Of several targets those that are due are rotated, and the others are left alone."""
    for name, hours in zip(HOLDERS, (1, 7, 13), strict=True):
        seed(world, name, hours=hours)
    run = run_file(world, ALL)
    assert run.exit_status == 0
    assert {name: outcome for name, (outcome, _) in outcomes(run).items()} == {
        "repository acme/api": "fresh",
        "repository acme/web": "rotated",
        "repository globex/ml": "rotated",
    }
    assert world.repository("acme/api") == world.stale
    assert world.repository("acme/web") == world.repository("globex/ml") == fresh_prod(world)


def test_most_urgent_first(world: World) -> None:
    """What is missing comes first, then what has the least time left."""
    seed(world, "acme/api", hours=7)
    seed(world, "acme/web", hours=13)
    run = run_file(world, ALL, {"concurrency": "1"})
    assert run.exit_status == 0
    ordered = ("globex/ml", "acme/web", "acme/api")
    assert written(world) == [f"/repos/{name}/codespaces" for name in ordered]


def test_input_beside_a_file(world: World) -> None:
    """The input goes for the targets that have no `renew-before` of their own."""
    for name in HOLDERS:
        seed(world, name, hours=5)
    text = document(
        "registry: prod, repositories: acme/api",
        "registry: prod, repositories: acme/web, renew-before: 8h",
    )
    run = run_file(world, text, {"renew-before": "6h"})
    assert {name: outcome for name, (outcome, _) in outcomes(run).items()} == {
        "repository acme/api": "fresh",
        "repository acme/web": "rotated",
    }


@pytest.mark.parametrize(
    ("ahead", "hours", "status"), [(7, 11, 1), (-7, 1, 0)], ids=["behind", "ahead"]
)
def test_wrong_clock(world: World, ahead: int, hours: int, status: int) -> None:
    """Ages are told by GitHub's clock, where the runner's own is hours behind or ahead."""
    world.sandbox.clock.advance(hours=ahead)
    seed(world, "acme/ops", hours=hours)
    run = world.action({"command": "status", "renew-before": "6h"})
    assert run.exit_status == status
    assert outcomes(run)["repository acme/ops"][0] == ("stale" if status else "fresh")


def test_date_of_the_answer(world: World) -> None:
    """It is the `Date` of GitHub's answers that counts: two hours on, the same secrets are due."""
    seed(world, "acme/ops", hours=5)
    world.fault(Fault(service="github", skew=timedelta(hours=2), times=None))
    run = world.action({"renew-before": "6h"})
    assert run.exit_status == 0
    assert world.repository() == world.fresh()


@pytest.mark.parametrize(
    ("hours", "status", "outcomes_told"),
    [
        pytest.param((1, 2, 3), 0, ("fresh", "fresh", "fresh"), id="fresh"),
        pytest.param((1, 2, 7), 1, ("fresh", "fresh", "stale"), id="due"),
        pytest.param((1, 13, 7), 1, ("fresh", "stale", "stale"), id="expired"),
    ],
)
def test_status(
    world: World, hours: tuple[int, ...], status: int, outcomes_told: tuple[str, ...]
) -> None:
    """Status asks GitHub alone, writes nothing, and fails where something is due or expired."""
    for name, age in zip(HOLDERS, hours, strict=True):
        seed(world, name, hours=age)
    run = run_file(world, ALL, {"command": "status"}, id_token=False)
    assert run.exit_status == status
    told = {name: outcome for name, (outcome, _) in outcomes(run).items()}
    assert told == {
        f"repository {name}": outcome for name, outcome in zip(HOLDERS, outcomes_told, strict=True)
    }
    # Of what a run would write it is asked whether it is archived.
    assert world.asked == {"github GET": 3 + outcomes_told.count("stale")}
    assert all(world.repository(name) == world.stale for name in HOLDERS)


def test_status_in_json(world: World) -> None:
    """The command line prints each target, the worst first, with its end and what is wrong."""
    seed(world, "acme/api", hours=1)
    seed(world, "acme/web", hours=13)
    done = command_line_with(world, ALL, "status", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["command"] == "status"
    missing, expired, fresh = report["targets"]
    assert [each["outcome"] for each in (missing, expired, fresh)] == ["stale", "stale", "fresh"]
    assert missing["expires_at"] is None
    assert "missing" in missing["reason"]
    assert expired["reason"] == "expired"
    assert expired["expires_at"] < fresh["expires_at"]
    assert fresh["registry"] == HOST


def test_status_without_renew_before(world: World) -> None:
    """Without a `renew-before` all that has life left is fresh."""
    seed(world, "acme/ops", hours=11.5)
    assert world.action({"command": "status"}).exit_status == 0
    seed(world, "acme/ops", hours=12.5)
    assert world.action({"command": "status"}).exit_status == 1


def test_status_that_cannot_be_told(world: World) -> None:
    """A target of which GitHub tells nothing fails, and the others are told."""
    seed(world, "acme/ops", hours=1)
    run = world.action({"command": "status", "repositories": "acme/ops, acme/nowhere"})
    assert run.exit_status == 1
    assert {name: outcome for name, (outcome, _) in outcomes(run).items()} == {
        "repository acme/ops": "fresh",
        "repository acme/nowhere": "failed",
    }
    assert "- repository acme/nowhere\n\n" in advice(run)


@pytest.mark.parametrize(
    ("cron", "warned"), [("17 */3 * * *", False), ("0 */8 * * *", True)], ids=["often", "seldom"]
)
def test_hazard_of_the_schedule(world: World, cron: str, warned: bool) -> None:
    """A schedule that leaves no room for a dropped run is warned of."""
    seed(world, "acme/ops", hours=1)
    run = world.action({"command": "status"}, event={"schedule": cron})
    assert run.exit_status == 0
    warnings = [text for text in said(run, "warning") if f"`{cron}`" in text]
    assert bool(warnings) is warned
    assert all("every 8 h" in warning for warning in warnings)


def test_hazard_of_a_shadow(world: World) -> None:
    """A repository's own secret that hides the organization's is warned of."""
    seed(world, "acme", level="organization", hours=1)
    seed(world, "acme/api", hours=30)
    text = document("registry: prod, organization: acme, repositories: [api, web]")
    run = run_file(world, text, {"command": "status"})
    assert run.exit_status == 0
    [warning] = said(run, "warning")
    assert f"acme/api has a secret {PASSWORD} of its own" in warning


def test_no_hazard_of_a_target(world: World) -> None:
    """Where the repository is a target itself, its secret is kept fresh and hides nothing."""
    seed(world, "acme", level="organization", hours=1)
    seed(world, "acme/api", hours=1)
    text = document(
        "registry: prod, organization: acme, repositories: [api, web]",
        "registry: prod, repositories: acme/api",
    )
    run = run_file(world, text, {"command": "status"})
    assert run.exit_status == 0
    assert said(run, "warning") == []


def test_hazard_of_a_user(world: World) -> None:
    """That prebuilds never use a user's secrets is warned of."""
    run = world.action({"command": "status", "scope": "user"})
    assert run.exit_status == 0
    [warning] = said(run, "warning")
    assert "Prebuilds never use a user's secrets" in warning


def test_partial_secrets(world: World) -> None:
    """With `secrets: password`, a due password alone is written where the others stand."""
    seed(world, "acme/api", hours=13)
    seed(world, "acme/web", hours=13, names=[SERVER, PASSWORD])
    text = document(
        "registry: prod, repositories: [acme/api, acme/web]",
        top="defaults: {renew-before: 6h, secrets: password}\n",
    )
    run = run_file(world, text)
    assert run.exit_status == 0
    assert outcomes(run) == {
        "repository acme/api": ("rotated", [PASSWORD]),
        "repository acme/web": ("rotated", [USER, PASSWORD]),
    }
    assert world.asked["github GET"] == 2 * 2
