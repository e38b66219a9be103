"""As fast as GitHub's limits allow, and never faster; bursts are free."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sandbox import Fault
from sandbox.github import DOCUMENTED, Limits
from tests.integration.fleet import add_fleet, app_of, document, fresh_prod, run_file, seed
from tests.integration.world import NAMES, World, outcomes, said

SERVICES = [f"acme/pace-{number}" for number in range(6)]
FLEET = document(f"registry: prod, repositories: [{', '.join(SERVICES)}]")


@pytest.fixture(autouse=True)
def _fleet(world: World) -> None:
    add_fleet(world)
    for name in SERVICES:
        world.github.repository(name)


def limited(text: str, **limits: int) -> str:
    """Return the file with these limits in it."""
    pairs = ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in limits.items())
    return f"limits: {{{pairs}}}\n{text}"


def refused(world: World) -> list[datetime]:
    """Return when GitHub refused a request because of a limit."""
    return [each.when for each in world.sandbox.requests if each.status in (403, 429)]


def test_burst(world: World) -> None:
    """Under the documented limits an organization's writes follow one another at once."""
    world.github.limits = DOCUMENTED
    assert world.action({"scope": "organization"}).exit_status == 0
    writes = [each.when for each in world.sandbox.requests if each.method == "PUT"]
    assert max(writes) - min(writes) < timedelta(seconds=10)
    assert refused(world) == []


def test_small_fleet(world: World) -> None:
    """A fleet that fits into the documented limits is not slowed down at all."""
    world.github.limits = DOCUMENTED
    run = run_file(world, FLEET)
    assert run.exit_status == 0
    assert all(world.repository(name) == fresh_prod(world) for name in SERVICES)
    assert refused(world) == []
    assert run.seconds < 25


@pytest.mark.parametrize("concurrency", ["1", "8"])
@pytest.mark.parametrize(
    ("ours", "theirs", "fit"),
    [
        ({"writes_per_minute": 8}, Limits(writes_per_minute=8), 2),
        ({"writes_per_hour": 8}, Limits(writes_per_hour=8), 2),
        # Three writes to each of three, and at most six keys.
        ({"points_per_minute": 53}, Limits(points=53), 3),
    ],
    ids=["writes a minute", "writes an hour", "points a minute"],
)
def test_more_than_fits(
    world: World, ours: dict[str, int], theirs: Limits, fit: int, concurrency: str
) -> None:
    """What does not fit before the end is not attempted: no request is refused, nothing is half."""
    world.github.limits = theirs
    inputs = {"timeout": "30s", "concurrency": concurrency}
    run = run_file(world, limited(FLEET, **ours), inputs)
    assert run.exit_status == 1
    assert run.seconds < 25
    assert refused(world) == []
    became = outcomes(run)
    rotated = [name for name in SERVICES if became[f"repository {name}"][0] == "rotated"]
    assert len(rotated) == fit
    if concurrency == "1":
        # Among those that are begun at once, any may be the first.
        assert rotated == SERVICES[:fit]
    for name in (name for name in SERVICES if name not in rotated):
        assert became[f"repository {name}"] == ("not-attempted", [])
        assert world.repository(name) == {}
    assert all("rate limit" in error for error in said(run, "error"))


def test_most_urgent_first(world: World) -> None:
    """Where not all fits before the end, it is the most urgent that is written."""
    for hours, name in enumerate(SERVICES[1:], start=7):
        seed(world, name, hours=hours)
    text = limited(FLEET.replace("{registry", "{renew-before: 6h, registry"), writes_per_minute=6)
    run = run_file(world, text, {"timeout": "30s", "concurrency": "1"})
    assert run.exit_status == 1
    became = {name for name, (outcome, _) in outcomes(run).items() if outcome == "rotated"}
    assert became == {f"repository {name}" for name in (SERVICES[0], SERVICES[-1])}


def test_each_installation_has_its_own(world: World) -> None:
    """An App's owners do not wait for one another: each has the limits to itself."""
    world.github.limits = Limits(writes_per_minute=6)
    text = document("registry: prod, repositories: [acme/api, acme/web, globex/ml, globex/etl]")
    inputs = app_of(world) | {"timeout": "30s"}
    run = run_file(world, limited(text, writes_per_minute=6), inputs)
    assert run.exit_status == 0
    assert run.outputs["rotated"] == "4"
    assert refused(world) == []


def test_limit_on_concurrent_requests(world: World) -> None:
    """No more requests are under way at once than may be, however many workers there are."""
    world.github.limits = Limits(concurrent=2)
    world.github.response_time = 0.02
    run = run_file(world, limited(FLEET, concurrent=2), {"concurrency": "20"})
    assert run.exit_status == 0
    assert refused(world) == []
    assert run.outputs["rotated"] == str(len(SERVICES))


def test_refusal_pauses_all(world: World) -> None:
    """One worker's 429 holds back every worker until GitHub welcomes requests again."""
    world.fault(Fault(method="PUT", status=429, headers={"retry-after": "3"}, body={}, skip=4))
    run = run_file(world, FLEET, {"concurrency": "3"})
    assert run.exit_status == 0
    assert all(set(world.repository(name)) == set(NAMES) for name in SERVICES)
    [when] = refused(world)
    under_way = when + timedelta(seconds=1)
    welcome = when + timedelta(seconds=3)
    asked = [each.when for each in world.sandbox.requests if each.service == "github"]
    assert not [moment for moment in asked if under_way < moment < welcome]
    assert max(asked) > welcome


def test_pause_does_not_stop_another_credential(world: World) -> None:
    """A limit on one installation does not hold back the other."""
    waits = {"retry-after": "86400"}
    world.fault(Fault(path="/repos/globex/", status=429, headers=waits, body={}, times=None))
    text = document("registry: prod, repositories: [globex/ml, globex/etl, acme/api, acme/web]")
    run = run_file(world, text, app_of(world) | {"timeout": "50s"})
    assert run.exit_status == 1
    assert {name: outcome for name, (outcome, _) in outcomes(run).items()} == {
        "repository globex/ml": "not-attempted",
        "repository globex/etl": "not-attempted",
        "repository acme/api": "rotated",
        "repository acme/web": "rotated",
    }
    assert run.seconds < 25


def test_pause_does_not_hold_up_another_credential(world: World) -> None:
    """While one installation waits for GitHub, the other is written to the end beside it."""
    waits = {"retry-after": "4"}
    world.fault(Fault(method="PUT", path="/repos/acme/", status=429, headers=waits, body={}))
    services = ", ".join(SERVICES)
    text = document(f"registry: prod, repositories: [{services}, globex/ml, globex/etl]")
    run = run_file(world, text, app_of(world) | {"concurrency": "2"})
    assert run.exit_status == 0
    [when] = refused(world)
    puts = [each for each in world.sandbox.requests if each.method == "PUT"]
    others = [each.when for each in puts if each.path.startswith("/repos/globex/")]
    assert max(others) < when + timedelta(seconds=4) < max(each.when for each in puts)
