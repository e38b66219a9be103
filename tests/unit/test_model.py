"""The words of the project as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rotate.model.plan import Command
from rotate.model.registry import Identity
from rotate.model.target import Scope, Target
from rotate.report import Outcome, Report
from tests.unit.examples import (
    REGION,
    ROLE,
    plan,
    public_source,
    registry,
    result,
    source,
    target,
)


@pytest.mark.parametrize(
    ("place", "login", "label"),
    [
        (target(), "acme", "organization acme"),
        (target(scope=Scope.REPOSITORY, owner="acme/api"), "acme", "repository acme/api"),
        (target(scope=Scope.USER, owner=""), "", "user"),
    ],
)
def test_target(place: Target, login: str, label: str) -> None:
    """A place is known by its level and its owner."""
    assert (place.login, place.label) == (login, label)


def test_names() -> None:
    """The names are those that GitHub Codespaces looks for, the password last."""
    assert target(prefix="ECR_B").names == (
        "ECR_B_CONTAINER_REGISTRY_SERVER",
        "ECR_B_CONTAINER_REGISTRY_USER",
        "ECR_B_CONTAINER_REGISTRY_PASSWORD",
    )


def test_life_of_tokens() -> None:
    """A token lives twelve hours; one of ECR Public no longer than a role's session."""
    assert source().token_life == 12 * 3600
    assert public_source().token_life == 3600
    assert public_source(identity=Identity(region="us-east-1")).token_life == 12 * 3600


def test_last_role() -> None:
    """The last role of a chain is the one whose session asks for tokens."""
    chained = source().identity
    assert chained.last_role == ROLE
    assert replace(chained, chain=("first", "last")).last_role == "last"
    assert Identity(region=REGION).last_role is None


def test_registry_by_name() -> None:
    """A plan knows its registries by name."""
    other = registry(name="other")
    assert plan(registries=(registry(), other)).registry("other") is other


@pytest.mark.parametrize(
    ("outcome", "succeeded"),
    [
        (Outcome.ROTATED, True),
        (Outcome.FRESH, True),
        (Outcome.PLANNED, True),
        (Outcome.STALE, False),
        (Outcome.FAILED, False),
        (Outcome.NOT_ATTEMPTED, False),
    ],
)
def test_success(outcome: Outcome, succeeded: bool) -> None:
    """A run succeeds where nothing failed, was left out or is stale."""
    results = (result(), result(outcome=outcome))
    report = Report(command=Command.RUN, registries=(), results=results)
    assert report.succeeded is succeeded
    assert report.count(outcome) == (2 if outcome is Outcome.ROTATED else 1)
