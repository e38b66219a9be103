"""What a run costs at GitHub."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotate.cost import Cost, bill, estimate, savings
from rotate.model.plan import App, Command, GitHubAccess, Limits
from rotate.model.target import Target
from rotate.report import Outcome, Report, Result
from rotate.stores.pace import Pace
from tests.unit.examples import plan, repository, result, target
from tests.unit.fakes import FakeClock, deadline

BY_APP = plan(github=GitHubAccess(app=App(id="1", private_key="key")))


def planned(place: Target, **changes: object) -> Result:
    """Return that a target's three secrets would be written, with changes."""
    given = {"outcome": Outcome.PLANNED, "written": place.names, "reads": 1, **changes}
    return result(target=place, **given)


def report(*results: Result) -> Report:
    """Return the report of a plan."""
    return Report(command=Command.PLAN, registries=(), results=results)


def repositories(number: int, owner: str = "acme") -> list[Result]:
    """Return that as many repositories of an owner would be written."""
    return [planned(repository(f"{owner}/{n}")) for n in range(number)]


def test_one_target() -> None:
    """A target costs a point for each request that finds it out, and five for each write."""
    assert estimate(plan(), report(planned(target(), reads=5))) == Cost(
        requests=8, points=20, minutes=0.0
    )


def test_narrow_points() -> None:
    """Where points are narrower than writes, they are what takes the time."""
    narrow = plan(limits=Limits(points_per_minute=100))
    assert estimate(narrow, report(*repositories(20))).minutes == 3.0


def test_what_is_not_written_costs_nothing() -> None:
    """A target that is fresh or fails costs nothing, and a password alone a third."""
    fresh = planned(target(), outcome=Outcome.FRESH)
    password = planned(repository("acme/api"), written=("ECR_CONTAINER_REGISTRY_PASSWORD",))
    assert estimate(plan(), report(fresh, password)) == Cost(requests=2, points=6, minutes=0.0)


def test_nothing() -> None:
    """A plan without targets costs nothing."""
    assert estimate(plan(), report()) == Cost(requests=0, points=0, minutes=0.0)


@pytest.mark.parametrize(
    ("targets", "minutes"),
    [(26, 0), (27, 1), (53, 1), (54, 2), (166, 6), (167, 60), (334, 120)],
)
def test_minutes(targets: int, minutes: float) -> None:
    """Writing is as fast as GitHub's minute and hour allow, the first burst at once."""
    assert estimate(plan(), report(*repositories(targets))).minutes == minutes


def test_limits_of_the_plan() -> None:
    """Where the plan sets limits of its own, they count."""
    slow = plan(limits=Limits(writes_per_minute=3))
    assert estimate(slow, report(*repositories(3))).minutes == 2
    assert bill(slow, report(*repositories(3))).endswith("about 2 min at the file's limits.")


@pytest.mark.parametrize(("limit", "minutes"), [(16, 0), (15, 1), (8, 1), (7, 2)])
def test_points(limit: int, minutes: float) -> None:
    """A read costs one point and a write five; what a minute does not allow waits."""
    slow = plan(limits=Limits(points_per_minute=limit))
    assert estimate(slow, report(*repositories(1))).minutes == minutes


def test_one_write_never_waits() -> None:
    """A single write is within any limit."""
    narrow = plan(limits=Limits(writes_per_minute=1, writes_per_hour=1, points_per_minute=6))
    one = planned(repository("acme/api"), written=("ECR_CONTAINER_REGISTRY_PASSWORD",))
    assert estimate(narrow, report(one)).minutes == 0


def test_an_app_has_the_limits_for_each_owner() -> None:
    """An App writes for each owner with a credential of its own, beside the others."""
    both = report(*repositories(27, "acme"), *repositories(27, "globex"))
    assert estimate(plan(), both).minutes == 2
    assert estimate(BY_APP, both).minutes == 1


@settings(max_examples=20)
@given(st.integers(1, 400))
def test_estimate_is_what_the_pace_takes(targets: int) -> None:
    """The minutes of the estimate are those that the pace takes for the writes, to a few."""
    clock = FakeClock()
    pace = Pace(deadline=deadline(1e9, clock=clock), limits=Limits())
    for _ in range(3 * targets):
        with pace.admitted(write=True):
            pass
    estimated = estimate(plan(), report(*repositories(targets))).minutes
    assert estimated == pytest.approx(clock.monotonic() / 60, rel=0.1, abs=0.5)


@pytest.mark.parametrize(
    ("targets", "text"),
    [
        (1, "Writing this takes 4 requests and 16 points; no waiting at GitHub's"),
        (167, "Writing this takes 668 requests and 2672 points; about 1 h at GitHub's"),
    ],
)
def test_bill(targets: int, text: str) -> None:
    """The bill says what is asked of GitHub, and how long that takes."""
    assert bill(plan(), report(*repositories(targets))).startswith(text)


def test_savings() -> None:
    """Three repositories of an owner that hold the same could share one organization secret."""
    mine = (*repositories(2), *repositories(1, "ACME"))
    (saved,) = savings(report(*mine, *repositories(2, "globex")))
    assert saved == (
        "3 repositories of acme hold the same ECR secrets in codespaces; one organization secret "
        "that they may read takes 3 writes instead of 9."
    )


@pytest.mark.parametrize(
    "results",
    [
        repositories(2),
        [planned(repository(f"acme/{n}", prefix=f"ECR_{n}")) for n in range(3)],
        [planned(repository(f"acme/{n}"), host=f"host-{n}") for n in range(3)],
        [planned(target(owner=f"acme-{n}")) for n in range(3)],
        [*repositories(2), planned(target(owner="acme"))],
        [planned(repository(f"acme/{n}"), written=("ECR_PASSWORD",)) for n in range(3)],
        [planned(repository(f"acme/{n}"), outcome=Outcome.FRESH) for n in range(3)],
    ],
)
def test_no_savings(results: list[Result]) -> None:
    """Nothing is saved where the secrets differ, are few, or are not written."""
    assert savings(report(*results)) == ()


def test_owner_in_two_spellings() -> None:
    """GitHub's names ignore case: an owner in two spellings has one credential, not two."""
    both = report(*repositories(27, "acme"), *repositories(27, "Acme"))
    assert estimate(BY_APP, both).minutes == 2
