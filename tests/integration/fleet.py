"""The fleet: more repositories, a second region, an App, and configuration files for all of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sandbox import Run
from sandbox.github import Level, Store
from tests.integration.world import ACCOUNT, HOST, NAMES, OTHER_ACCOUNT, REGION, ROLE, World

EUROPE = "eu-west-1"
DATA_HOST = f"{OTHER_ACCOUNT}.dkr.ecr.{EUROPE}.amazonaws.com"
DATA_NAMES = tuple(name.replace("ECR", "ECR_DATA", 1) for name in NAMES)

PERMISSIONS = {
    "codespaces_secrets": "write",
    "dependabot_secrets": "write",
    "organization_codespaces_secrets": "write",
    "secrets": "write",
}
"""What the App may do where it is installed."""

REGISTRIES = f"""\
registries:
  prod:
    role-to-assume: {ROLE}
    aws-region: {REGION}
  data:
    role-to-assume: {ROLE}
    aws-region: {EUROPE}
    registry: "{OTHER_ACCOUNT}"
    probe-image: base/devcontainer:latest
"""

NO_LIMITS = """\
limits:
  concurrent: 100
  points-per-minute: 100000
  writes-per-minute: 100000
  writes-per-hour: 100000
"""
"""What lets hundreds of secrets be written in a test's time."""

_NO_INPUTS = {"role-to-assume": "", "aws-region": "", "config": "rotate.yml"}
"""With a file, the standard inputs of a registry must be absent."""


def document(*targets: str, top: str = "") -> str:
    """Return a configuration file with both registries, and targets in YAML's flow style."""
    lines = "".join(f"  - {{{target}}}\n" for target in targets)
    return f"version: 1\n{top}{REGISTRIES}targets:\n{lines}"


def add_fleet(world: World) -> None:
    """Add services, an image in the other region, and the age of the organization's secrets."""
    for name in ("acme/ml", "acme/svc-a", "acme/svc-b", "acme/svc-old", "globex/etl"):
        world.github.repository(name)
    world.aws.repository(OTHER_ACCOUNT, EUROPE, "base/devcontainer", allow_pull_from=(ACCOUNT,))
    seed(world, "acme", level="organization", hours=13)


def app_of(
    world: World,
    owners: Iterable[str] = ("acme", "globex"),
    permissions: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the inputs of a new App that these owners have installed."""
    app = world.github.register_app(PERMISSIONS if permissions is None else permissions)
    for owner in owners:
        world.github.install(app, owner)
    return {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}


def run_file(
    world: World,
    content: str | bytes,
    inputs: Mapping[str, str] | None = None,
    **options: Any,  # noqa: ANN401
) -> Run:
    """Run the action with a configuration file in its workspace."""
    files = {"rotate.yml": content}
    return world.action({**_NO_INPUTS, **(inputs or {})}, files=files, **options)


def command_line_with(
    world: World, content: str, *arguments: str, inputs: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line where there is a configuration file."""
    given = {**_NO_INPUTS, **(inputs or {})}
    return world.command_line(*arguments, inputs=given, files={"rotate.yml": content})


def seed(
    world: World,
    owner: str,
    *,
    hours: float,
    level: Level = "repository",
    names: Iterable[str] = NAMES,
    store: Store = "codespaces",
) -> None:
    """Let an owner hold secrets that were written so many hours ago."""
    age = timedelta(hours=hours)
    for name in names:
        value = world.stale.get(name, "older")
        world.github.seed(level, owner, name, value, store=store, age=age)


def passwords(world: World) -> dict[str, str]:
    """Return the newest password that AWS has issued in each region."""
    return {token.region: token.password for token in world.aws.tokens}


def fresh_data(world: World) -> dict[str, str]:
    """Return what the secrets of the registry `data` hold once they are rotated."""
    values = (DATA_HOST, "AWS", passwords(world)[EUROPE])
    return dict(zip(DATA_NAMES, values, strict=True))


def fresh_prod(world: World) -> dict[str, str]:
    """Return what the secrets of the registry `prod` hold once they are rotated."""
    return dict(zip(NAMES, (HOST, "AWS", passwords(world)[REGION]), strict=True))


def written(world: World) -> list[str]:
    """Return the places that were written to, each once, in the order of the first write."""
    return list(dict.fromkeys(path.partition("/secrets/")[0] for path in world.paths("PUT")))
