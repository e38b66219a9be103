"""A thousand targets at full concurrency while one in twenty meets a fault of some kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from sandbox import Fault, Run
from sandbox.github import Limits
from tests.integration.fleet import (
    DATA_HOST,
    EUROPE,
    NO_LIMITS,
    add_fleet,
    app_of,
    document,
    passwords,
    run_file,
    seed,
)
from tests.integration.world import HOST, NAMES, PASSWORD, REGION, SERVER, USER, World

MANY = 1000
FAULTY = MANY // 20
SEED = 12
OWNERS = ("acme", "globex")
HOSTS = {"prod": HOST, "data": DATA_HOST}
REGIONS = {"prod": REGION, "data": EUROPE}

TEXT = document(
    *(
        f'registry: {registry}, renew-before: 50%, repositories: "{owner}/load-{registry}-*"'
        for owner in OWNERS
        for registry in HOSTS
    ),
    top=NO_LIMITS,
)

WRITES = [rf"/secrets/{name}$" for name in NAMES]
ANY = ["/public-key$", *WRITES]

PASSING: list[tuple[list[str], dict[str, Any]]] = [
    (ANY, {"status": 502}),
    (ANY, {"reset": True}),
    (ANY, {"delay": 9.0}),
    (ANY, {"status": 429, "headers": {"retry-after": "1"}}),
    (WRITES, {"reset": True, "after": True}),
    (["/public-key$"], {"truncate": 10}),
    (["/public-key$"], {"status": 200, "body": "<html>"}),
]
"""Where what may go wrong once, after which the target is rotated nevertheless."""

LASTING: list[tuple[list[str], dict[str, Any]]] = [
    (ANY, {"status": 500}),
    (ANY, {"status": 401, "body": {"message": "Bad credentials"}}),
    (ANY, {"status": 403, "body": {"message": "Resource not accessible by integration"}}),
    (ANY, {"status": 404, "body": {"message": "Not Found"}}),
    (ANY, {"status": 422, "body": {"message": "Bad request"}}),
    (ANY, {"status": 200, "body": "<html>"}),
    (WRITES, {"status": 202, "body": {}}),
    (WRITES, {"status": 307, "headers": {"location": "https://example.com/"}}),
    (WRITES, {"reset": True, "after": True}),
]
"""Where what may go wrong each time, so that the target fails."""


@pytest.fixture(name="load")
def _load(world: World) -> dict[str, str]:
    """Return the registry of each of a thousand repositories, whose secrets have expired."""
    world.github.limits = Limits(allowance=1_000_000)
    add_fleet(world)
    load = {
        f"{owner}/load-{registry}-{number:03}": registry
        for owner in OWNERS
        for registry in HOSTS
        for number in range(MANY // 4)
    }
    for name in load:
        world.github.repository(name)
        seed(world, name, hours=13)
    return load


def test_load(world: World, load: Mapping[str, str]) -> None:
    """Every value is its own target's, the report is exact, and one more run heals the rest."""
    app = app_of(world)
    doomed, unsure = spread_faults(world, sorted(load))
    run = run_file(world, TEXT, {**app, **FULL_SPEED, "force": "true"}, timeout=300)
    first = passwords(world)
    outcomes = told(run)
    assert outcomes.keys() == load.keys()
    assert {name for name, target in outcomes.items() if target["outcome"] == "failed"} == doomed
    assert (run.outputs["rotated"], run.outputs["failed"]) == (
        str(MANY - len(doomed)),
        str(len(doomed)),
    )
    for name, target in outcomes.items():
        new = credential(load[name], first)
        held = world.repository(name)
        written = {secret for secret in NAMES if held[secret] == new[secret]}
        assert set(target["written"]) <= {*written}
        assert held == {s: new[s] if s in written else world.stale[s] for s in NAMES}
        changed = {s for s in written if new[s] != world.stale[s]}
        assert changed <= set(target["written"]) or name in unsure
        assert PASSWORD not in written or {SERVER, USER} <= written

    world.sandbox.faults.clear()
    run = run_file(world, TEXT, {**app, **FULL_SPEED}, timeout=300)
    assert run.exit_status == 0
    second = passwords(world)
    for name, registry in load.items():
        rotated = told(run)[name]["outcome"] == "rotated"
        assert rotated <= (name in doomed)
        assert world.repository(name) == credential(registry, second if rotated else first)


FULL_SPEED = {"concurrency": "64", "timeout": "4m"}


def spread_faults(world: World, names: list[str]) -> tuple[set[str], set[str]]:
    """Arm a fault of every kind; return the targets that fail, and those written unnoticed."""
    random = Random(SEED)  # noqa: S311 - the same load every time
    kinds = [*PASSING, *LASTING]
    doomed, unsure = set(), set()
    for number, name in enumerate(random.sample(names, FAULTY)):
        where, what = kinds[number % len(kinds)]
        lasts = number % len(kinds) >= len(PASSING)
        path = f"/{name}/.*{random.choice(where)}"
        world.fault(Fault(service="github", path=path, times=None if lasts else 1, **what))
        if lasts:
            doomed.add(name)
        if "after" in what:
            unsure.add(name)
    return doomed, unsure


def told(run: Run) -> dict[str, dict[str, Any]]:
    """Return what the report says of each repository."""
    targets = json.loads(run.outputs["report"])["targets"]
    return {target["target"].removeprefix("repository "): target for target in targets}


def credential(registry: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Return what the three secrets of a registry hold with those tokens."""
    return {SERVER: HOSTS[registry], USER: "AWS", PASSWORD: passwords[REGIONS[registry]]}
