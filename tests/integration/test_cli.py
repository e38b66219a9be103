"""`python -m rotate` does the same for a person or a script."""

from __future__ import annotations

import json

import pytest

from tests.integration.world import (
    HOST,
    NAMES,
    OTHER_ACCOUNT,
    ROTATION,
    TOKEN_PROVED,
    World,
    cold,
)

pytestmark = cold


def test_run(world: World) -> None:
    """The same options rotate the same secrets; a line for each step, and no masks aloud."""
    done = world.command_line("run", verbose=False)
    assert done.returncode == 0
    assert world.repository() == world.fresh()
    assert world.asked == ROTATION
    assert f"{HOST}: new token until" in done.stdout
    assert "repository acme/ops: rotated" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("stage", ["run", "plan", "status", "doctor"])
def test_nobody_reads(world: World, stage: str) -> None:
    """What nobody reads any more is done to its end, quietly, and is no success."""
    started = world.start(stage, verbose=False)
    assert started.process.stdout
    started.process.stdout.close()
    done = world.finish(started)
    assert done.returncode == 1
    assert "rotate-ecr-token" not in done.stderr
    assert (world.repository() == world.stale) is (stage != "run")


def test_organization(world: World) -> None:
    """An organization's secrets are written from anywhere, with the token of the environment."""
    inputs = {"scope": "organization", "organization": "acme", "github-token": ""}
    done = world.command_line("run", inputs=inputs, environment={"GH_TOKEN": world.token})
    assert done.returncode == 0
    assert world.values("organization", "acme") == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": 2, "github PUT": 3}


@pytest.mark.parametrize("stage", ["run", "plan"])
def test_json(world: World, stage: str) -> None:
    """With `--json`, standard output is the report and nothing else."""
    done = world.command_line(stage, "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    outcome = "rotated" if stage == "run" else "planned"
    [target] = report["targets"]
    assert (report["command"], target["outcome"], target["written"]) == (
        stage,
        outcome,
        list(NAMES),
    )
    assert f"repository acme/ops: {outcome}" in done.stderr


def test_plan(world: World) -> None:
    """A plan asks GitHub alone and writes nothing."""
    done = world.command_line("plan")
    assert done.returncode == 0
    assert world.repository() == world.stale
    assert world.asked == {"github GET": 2}
    assert "1 planned" in done.stdout


@pytest.mark.parametrize("option", ["--github-tokn=", "--github-tokn", "--g="])
def test_misspelt_secret(world: World, option: str) -> None:
    """An option that there is not is named, and its value, which may be a secret, is not shown."""
    words = [option + world.token] if option.endswith("=") else [option, world.token]
    done = world.command_line("run", *words)
    assert done.returncode == 2
    assert world.asked == {}
    assert f"unrecognized arguments: {option.removesuffix('=')}" in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (["--github-token"], ["run"], "--github-token: the command comes first"),
        ([], ["run"], "argument command: invalid choice: …"),
    ],
    ids=["before the command", "for the command"],
)
def test_misplaced_secret(world: World, before: list[str], after: list[str], said: str) -> None:
    """A secret that stands where it should not is not shown."""
    done = world.command_line(*before, world.token, *after)
    assert done.returncode == 2
    assert world.asked == {}
    assert said in done.stderr


def test_masks_in_a_workflow(world: World) -> None:
    """Within GitHub Actions secrets are masked, on the stream that is not the report's."""
    done = world.command_line("run", "--json", environment={"GITHUB_ACTIONS": "true"})
    assert done.returncode == 0
    assert json.loads(done.stdout)["rotated"] == 1
    masks = [line for line in done.stderr.splitlines() if line.startswith("::add-mask::")]
    assert f"::add-mask::{world.issued.password}" in masks
    assert f"::add-mask::{world.token}" == done.stderr.splitlines()[0]
    token = done.stderr.index("new token until")
    assert all(done.stderr.index(mask) < token for mask in masks)


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "false"}], ids=str)
def test_no_masks_elsewhere(world: World, environment: dict[str, str]) -> None:
    """Outside of GitHub Actions a mask would be the very leak that it is to prevent."""
    done = world.command_line("plan", "--json", environment=environment)
    assert done.returncode == 0
    assert "add-mask" not in done.stdout + done.stderr


def test_failure(world: World) -> None:
    """A failure is told with what to do, and the others are rotated."""
    done = world.command_line("run", inputs={"repositories": "acme/api,acme/nowhere"})
    assert done.returncode == 1
    assert world.repository("acme/api") == world.fresh()
    assert "Check the spelling of what is named" in done.stderr
    assert "1 failed, 1 rotated" in done.stdout


def test_refused_account(world: World) -> None:
    """A session in an account that is not allowed fetches nothing."""
    done = world.command_line("run", inputs={"allowed-account-ids": OTHER_ACCOUNT})
    assert done.returncode == 1
    assert world.repository() == world.stale
    assert "ecr GetAuthorizationToken" not in world.asked
    assert "`allowed-account-ids`" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "inputs", "message"),
    [
        pytest.param(["run"], {"aws-region": "nowhere"}, "aws-region", id="bad value"),
        pytest.param(["run", "--verfiy=no"], {}, "verfiy", id="unknown option"),
        pytest.param(["rotate"], {}, "invalid choice", id="unknown command"),
        pytest.param([], {}, "command", id="no command"),
    ],
)
def test_wrong_options(
    world: World, arguments: list[str], inputs: dict[str, str], message: str
) -> None:
    """Wrong options end with 2, and not a single request is made."""
    done = world.command_line(*arguments, inputs=inputs)
    assert done.returncode == 2
    assert world.asked == {}
    assert message in done.stderr
    assert "Traceback" not in done.stderr
