"""Values that most tests start from, and the one detail that a test is about."""

# ruff: noqa: ANN401 - the types of changes are those of the fields that they change.

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rotate.agenda import Agenda
from rotate.model.github import Standing
from rotate.model.plan import Command, GitHubAccess, Plan
from rotate.model.registry import (
    Authorization,
    Credential,
    Identity,
    Registry,
    Service,
    TokenSource,
)
from rotate.model.target import Scope, Selection, Target
from rotate.report import Outcome, Result
from rotate.schedule import Found

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TWELVE_HOURS = timedelta(hours=12)
ACCOUNT = "123456789012"
REGION = "us-east-1"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pull"
PASSWORD = "the-password-of-the-registry"
GITHUB_TOKEN = "ghp_the_token_of_github"


def source(**changes: Any) -> TokenSource:
    """Return the source of a token of ECR in one region, with changes."""
    identity = Identity(region=REGION, role=ROLE)
    return replace(TokenSource(identity=identity, region=REGION, service=Service.ECR), **changes)


def public_source(**changes: Any) -> TokenSource:
    """Return the source of a token of ECR Public, with changes."""
    return source(service=Service.ECR_PUBLIC, **changes)


def registry(**changes: Any) -> Registry:
    """Return a private registry, with changes."""
    return replace(Registry(name="default", source=source(), host=HOST), **changes)


def authorization(**changes: Any) -> Authorization:
    """Return what AWS answers for that registry, with changes."""
    given = Authorization(
        user="AWS",
        password=PASSWORD,
        expires_at=NOW + TWELVE_HOURS,
        host=HOST,
        account=ACCOUNT,
    )
    return replace(given, **changes)


def credential(**changes: Any) -> Credential:
    """Return the credential of that registry, with changes."""
    given = Credential(server=HOST, user="AWS", password=PASSWORD, expires_at=NOW + TWELVE_HOURS)
    return replace(given, **changes)


def target(**changes: Any) -> Target:
    """Return the target `organization acme`, with changes."""
    given = Target(registry="default", scope=Scope.ORGANIZATION, owner="acme")
    return replace(given, **changes)


def repository(name: str, **changes: Any) -> Target:
    """Return a target that is a repository, with changes."""
    return target(scope=Scope.REPOSITORY, owner=name, **changes)


def selection(target: Target, *patterns: str) -> Selection:
    """Return the selection of a target, or of what the patterns say in its stead."""
    if target.scope is Scope.REPOSITORY:
        return Selection(target=replace(target, owner=""), patterns=patterns or (target.owner,))
    return Selection(
        target=replace(target, readers=None), patterns=patterns or target.readers or ()
    )


def found(target: Target, *, left: float | None = 3600.0, **changes: Any) -> Found:
    """Return a target as it was found, with that many seconds left, and changes."""
    expires_at = None if left is None else NOW + timedelta(seconds=left)
    return replace(Found(target=target, standing={}, expires_at=expires_at, left=left), **changes)


def standing(target: Target, *, age: timedelta = timedelta(0)) -> dict[str, Standing]:
    """Return that all three secrets of a target stand, written that long ago."""
    return {name: Standing(updated_at=NOW - age) for name in target.names}


def agenda(*due: Found, **changes: Any) -> Agenda:
    """Return that those targets are due, with changes."""
    return replace(Agenda(due=due, fresh=(), failures=(), notices=(), warnings=()), **changes)


def plan(*targets: Target, **changes: Any) -> Plan:
    """Return a plan to rotate those targets with that registry, with changes."""
    given = Plan(
        command=Command.RUN,
        registries=(registry(),),
        selections=tuple(selection(one) for one in targets or (target(),)),
        github=GitHubAccess(token=GITHUB_TOKEN),
    )
    return replace(given, **changes)


def result(**changes: Any) -> Result:
    """Return what became of a target that was rotated, with changes."""
    given = Result(
        target=target(),
        outcome=Outcome.ROTATED,
        host=HOST,
        written=target().names,
        expires_at=NOW + TWELVE_HOURS,
    )
    return replace(given, **changes)
