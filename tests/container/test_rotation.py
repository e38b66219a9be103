"""The container as GitHub's runner starts it, against the sandbox."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox import Fault
from sandbox.container import Container
from tests.integration.moments import once
from tests.integration.test_sessions import chain
from tests.integration.world import (
    HOST,
    IMAGE,
    NAMES,
    PASSWORD,
    TOKEN_PROVED,
    World,
    advice,
    outcomes,
)

ORGANIZATION = {"scope": "organization", "organization": "acme"}


def compiled(container: Container) -> set[str]:
    """Return the compiled modules that the container holds."""
    return {str(path) for path in container.root.rglob("*.pyc")}


def test_organization(world: World) -> None:
    """A container writes the three secrets of an organization, and tells the runner."""
    run = world.action(ORGANIZATION)
    assert (run.exit_status, run.stderr, run.complaints) == (0, "", ())
    assert world.values("organization", "acme") == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": 2, "github PUT": 3}
    assert run.outputs["registry"] == HOST
    assert run.outputs["rotated"] == "1"
    assert "1 rotated" in run.summary
    assert run.files == ()


def test_configuration_file(world: World) -> None:
    """A container reads the file from the workspace that the runner shows it."""
    file = """
    version: 1
    registries:
      prod:
        role-to-assume: arn:aws:iam::123456789012:role/codespaces-pull
        aws-region: us-east-1
    targets:
      - repositories: [acme/*]
    """
    inputs = {"config": "ecr/fleet.yml", "role-to-assume": "", "aws-region": ""}
    run = world.action(inputs, files={"ecr/fleet.yml": file})
    assert run.exit_status == 0, run.log
    assert set(outcomes(run)) == {f"repository acme/{name}" for name in ("api", "ops", "web")}
    assert world.repository("acme/web") == world.fresh()


def test_every_operation(world: World) -> None:
    """The image has kept the description of every operation of AWS's that is ever called."""
    runs = (
        world.action({**chain(world), **ORGANIZATION, "command": "doctor"}),
        world.action({"command": "doctor", "probe-image": f"{IMAGE}:latest"}),
        world.action({"registry": "public.ecr.aws", "aws-region": ""}),
    )
    assert [run.log for run in runs if "fault of rotate-ecr-token" in run.log] == []
    assert {kind for kind in world.asked if kind.startswith(("sts ", "ecr "))} == {
        "sts AssumeRole",
        "sts AssumeRoleWithWebIdentity",
        "sts GetCallerIdentity",
        "ecr GetAuthorizationToken",
        "ecr DescribeRepositories",
        "ecr CompleteLayerUpload",
    }


def test_app(world: World) -> None:
    """A container signs as a GitHub App, for which it needs OpenSSL's bindings."""
    app = world.github.register_app({"codespaces_secrets": "write"})
    world.github.install(app, "acme")
    key = {"app-private-key": app.private_key, "github-token": ""}
    run = world.action({"app-id": app.client_id, **key})
    assert run.exit_status == 0, run.log
    assert world.repository() == world.fresh()


@pytest.mark.parametrize(
    ("command", "exit_status", "outcome"), [("plan", 0, "planned"), ("status", 0, "fresh")]
)
def test_looks(world: World, command: str, exit_status: int, outcome: str) -> None:
    """A container only looks, where it is told to."""
    run = world.action({"command": command})
    assert run.exit_status == exit_status
    assert [became for became, _ in outcomes(run).values()] == [outcome]
    assert world.repository() == world.stale


def test_wrong_inputs(world: World) -> None:
    """A container that is given nonsense says all of it, and asks nobody."""
    run = world.action({"aws-region": "mars", "renew-before": "soon"})
    assert run.exit_status == 2
    assert "aws-region" in advice(run)
    assert "renew-before" in advice(run)
    assert world.asked == {}


def test_the_workspace_is_not_imported(world: World) -> None:
    """Neither the workspace nor a variable of an earlier step can name what is run."""
    module = "raise SystemExit('the workspace was imported')"
    names = ("boto3", "github", "rotate", "json", "sitecustomize", "usercustomize", "start")
    variables = {
        "PYTHONPATH": "/github/workspace",
        "PYTHONSTARTUP": "/github/workspace/start.py",
        "PYTHONHOME": "/github/workspace",
        "PYTHONUSERBASE": "/github/workspace",
        "PYTHONINSPECT": "1",
    }
    files = {f"{name}.py": module for name in names}
    run = world.action(files=files, environment=variables)
    assert (run.exit_status, run.stderr) == (0, "")
    assert world.repository() == world.fresh()


def test_cancelled(world: World) -> None:
    """A signal reaches the program in the container, which finishes the target under way."""
    world.fault(Fault(method="PUT", path=PASSWORD, delay=0.5))
    inputs = {"repositories": "acme/api, acme/web", "concurrency": "1"}
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, lambda: len(world.paths("PUT")) == 2, cancel.set)
        run = world.action(inputs, cancel=cancel)
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.fresh()
    assert outcomes(run)["repository acme/api"] == ("rotated", list(NAMES))
    assert outcomes(run)["repository acme/web"] == ("not-attempted", [])


def test_all_is_compiled(container: Container, world: World) -> None:
    """A rotation finds compiled all that it imports."""
    before = compiled(container)
    assert world.action(ORGANIZATION).exit_status == 0
    assert compiled(container) == before
