"""Hundreds of targets stay readable: counts and failures first, the rest folded."""

from __future__ import annotations

import json

import pytest

from tests.integration.fleet import NO_LIMITS, app_of, document, run_file
from tests.integration.world import PASSWORD, ROTATION, World, said

MANY = 200
SERVICES = [f"acme/svc-{number:03}" for number in range(MANY)]
TEXT = document('registry: prod, secrets: password, repositories: "acme/svc-*"', top=NO_LIMITS)


@pytest.fixture(autouse=True)
def _services(world: World) -> None:
    for name in SERVICES:
        world.github.repository(name)
        for secret, value in world.stale.items():
            world.github.seed("repository", name, secret, value)


def test_many(world: World) -> None:
    """All are rotated; log and summary have the counts in sight and the targets folded."""
    run = run_file(world, TEXT, {"concurrency": "16"})
    assert run.exit_status == 0
    assert (run.outputs["rotated"], run.outputs["failed"]) == (str(MANY), "0")
    assert len(json.loads(run.outputs["report"])["targets"]) == MANY
    password = world.issued.password
    assert all(world.repository(name)[PASSWORD] == password for name in SERVICES)
    pages = 3
    assert world.asked == {**ROTATION, "github GET": pages + 2 * MANY, "github PUT": MANY}
    assert folded(run.log) == MANY
    assert f"{MANY} rotated" in run.log.splitlines()[-1]
    assert run.summary.startswith(f"### Registry secrets: {MANY} rotated")
    before, _, table = run.summary.partition("<details>")
    assert len(before.splitlines()) < 5
    assert table.count("✅ rotated") == MANY
    assert table.rstrip().endswith("</details>")
    assert run.annotations == ()


def test_many_failures(world: World) -> None:
    """Failures of many causes are counted in full, and ten of them annotated."""
    nowhere = [f"nobody-{number:02}/svc" for number in range(12)]
    text = TEXT.replace("acme/svc-*", f"acme/svc-*, {', '.join(nowhere)}")
    inputs = app_of(world, ["acme"]) | {"command": "plan", "concurrency": "16"}
    run = run_file(world, text, inputs)
    assert run.exit_status == 1
    assert run.outputs["failed"] == "12"
    assert len(said(run, "error")) == 10
    assert "2 more failures" in run.log
    headline = run.summary.splitlines()[0]
    assert f"{MANY} planned" in headline
    assert "12 failed" in headline
    rows = [line for line in run.summary.splitlines() if line.startswith("| ❌")]
    assert len(rows) == 12
    assert run.summary.index("| ❌") < run.summary.index("| 📝")


def test_many_failures_of_one_cause(world: World) -> None:
    """A cause that fails all is annotated once, and the annotation stays readable."""
    run = run_file(world, TEXT, {"concurrency": "16"}, id_token=False)
    assert run.exit_status == 1
    [error] = said(run, "error")
    assert "id-token: write" in error
    assert len(error.splitlines()) < 60
    assert run.outputs["failed"] == str(MANY)
    assert world.paths("PUT") == []


def folded(log: str) -> int:
    """Return how many lines of targets stand within the group, which all of them must."""
    before, _, rest = log.partition("##[group]")
    inside, _, after = rest.partition("##[endgroup]")
    assert "acme/svc" not in before + after
    return inside.count("repository acme/svc")
