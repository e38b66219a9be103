"""The worlds that other people's programs are let loose in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.aws import PUBLIC_PULL_POLICY, PULL_POLICY
from sandbox.aws.iam import Policy
from tests.interop.program import Program
from tests.worlds.aws import ACCOUNT, REGION, aws_world
from tests.worlds.github import Client, github_world

_BOTH: Policy = {
    "Version": "2012-10-17",
    "Statement": [*PULL_POLICY["Statement"], *PUBLIC_PULL_POLICY["Statement"]],
}


@pytest.fixture
def world() -> Iterator[Sandbox]:
    """Live in a new sandbox with an AWS."""
    with aws_world() as sandbox:
        yield sandbox


@pytest.fixture
def client() -> Iterator[Client]:
    """Look at a new GitHub as an owner of `acme`."""
    with github_world() as client:
        yield client


@pytest.fixture
def aws(world: Sandbox, tmp_path: Path) -> Program:
    """Return AWS's command line with the key of a user who may fetch tokens of both kinds."""
    key = world.aws.user(ACCOUNT, policy=_BOTH)
    return Program(
        "aws",
        home=tmp_path,
        environment={
            **world.environment,
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        },
    )


@pytest.fixture
def gh(client: Client, tmp_path: Path) -> Program:
    """Return GitHub's command line with the token of an owner of `acme`."""
    environment = {**client.sandbox.environment, "GH_TOKEN": client.token}
    return Program("gh", home=tmp_path, environment=environment)


@pytest.fixture
def skopeo(world: Sandbox, tmp_path: Path) -> Program:
    """Return skopeo, which is not logged in anywhere yet."""
    environment = {**world.environment, "REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")}
    return Program("skopeo", home=tmp_path, environment=environment)
