"""Splitting a plan by owner."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from rotate.matrix import MOST_SHARDS, matrix
from rotate.model.plan import Command
from rotate.model.target import USER, Scope
from rotate.report import Outcome, Report
from tests.unit.examples import repository, result, target

OWNERS = st.integers(0, 400).map("owner-{}".format)


def planned(*owners: str, outcome: Outcome = Outcome.PLANNED) -> Report:
    """Return the plan of a target of each owner."""
    results = (result(target=repository(f"{owner}/api"), outcome=outcome) for owner in owners)
    return Report(command=Command.PLAN, registries=(), results=tuple(results))


def shards(report: Report) -> list[list[str]]:
    """Return the owners of each job."""
    return [entry["owners"].split(",") for entry in matrix(report)["include"]]


def test_one_job_for_each_owner() -> None:
    """Each owner is one job, however many targets it has."""
    assert shards(planned("acme", "globex", "acme")) == [["acme"], ["globex"]]


def test_nothing_due() -> None:
    """What is not due is no job."""
    assert matrix(planned("acme", outcome=Outcome.FRESH)) == {"include": []}


def test_user() -> None:
    """The targets of the token's user are a job under a name that no owner can have."""
    own = result(target=target(scope=Scope.USER, owner=""), outcome=Outcome.PLANNED)
    report = Report(command=Command.PLAN, registries=(), results=(own,))
    assert shards(report) == [[USER]]


def test_owner_in_two_spellings() -> None:
    """GitHub's names ignore case: an owner in two spellings is one job, or it would run twice."""
    assert len(shards(planned("acme", "Acme"))) == 1


def test_more_owners_than_jobs() -> None:
    """Owners that share a job are told apart by a comma alone."""
    owners = [f"owner-{n}" for n in range(MOST_SHARDS + 1)]
    jobs = shards(planned(*owners))
    assert len(jobs) == MOST_SHARDS
    assert sorted(owner for job in jobs for owner in job) == sorted(owners)


@given(st.lists(OWNERS, max_size=600))
def test_each_owner_is_in_one_job(owners: list[str]) -> None:
    """There are never more jobs than GitHub allows, and each owner is in exactly one."""
    jobs = shards(planned(*owners))
    assert len(jobs) == min(len(set(owners)), MOST_SHARDS)
    assert sorted(owner for job in jobs for owner in job) == sorted(set(owners))


@settings(max_examples=10)
@given(st.lists(st.integers(1, 9), min_size=257, max_size=270))
def test_work_is_spread(sizes: list[int]) -> None:
    """No job has more than its share and the work of one owner."""
    owners = [f"owner-{n}" for n, size in enumerate(sizes) for _ in range(size)]
    work = Counter(owners)
    heaviest = max(sum(work[owner] for owner in job) for job in shards(planned(*owners)))
    assert heaviest <= len(owners) / MOST_SHARDS + max(sizes)
