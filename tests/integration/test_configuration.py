"""Every fault in a configuration file is told in one go, before anything is asked of anybody."""

from __future__ import annotations

import json

import pytest

from tests.integration.fleet import REGISTRIES, app_of, command_line_with, document, run_file
from tests.integration.world import ROLE, World, advice

GOOD = document(
    "registry: prod, organization: acme, repositories: [api, web]",
    "registry: data, secret-prefix: ECR_DATA, repositories: 'globex/*', secrets: password",
    "registry: prod, user: true",
    top="defaults: {renew-before: 50%}\nlimits: {writes-per-minute: 40}\n",
)

STANDARD = ("role-to-assume", "aws-region", "github-token")
"""The inputs that every other command takes here."""


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        pytest.param(b"", ["config: is empty"], id="empty"),
        pytest.param(b"- a\n- b\n", ["must be a mapping"], id="list"),
        pytest.param(
            GOOD.replace("secret-prefix", "secret-prefx").encode(),
            ["targets[1].secret-prefx (line 15): is not a key here.", "Did you mean `secret-pre"],
            id="unknown key",
        ),
        pytest.param(
            GOOD.replace("registry: data", "registry: dta").encode(),
            ["targets[1].registry (line 15)", "`dta`", "Did you mean `data`?"],
            id="unknown registry",
        ),
        pytest.param(
            GOOD.replace("globex/*", "../../etc").encode(),
            ["targets[1].repositories (line 15)", "`../../etc`"],
            id="no repository",
        ),
        pytest.param(
            GOOD.replace('"210987654321"', "21098765432").encode(),
            ["registries.data.registry (line 11)", "12-digit account ID"],
            id="account of 11 digits",
        ),
        pytest.param(
            GOOD.replace("50%", "often").encode(), ["renew-before (line 2)", "50%"], id="duration"
        ),
        pytest.param(
            GOOD.replace(": 40", ": none").encode(),
            ["limits.writes-per-minute (line 3): `none` must be a whole number"],
            id="limit",
        ),
        pytest.param(
            GOOD.replace("version: 1", "version: 2").encode(),
            ["version (line 1): `2` must be 1."],
            id="version",
        ),
        pytest.param(
            GOOD.replace("organization: acme", "organization: [acme").encode(),
            ["is not YAML"],
            id="syntax",
        ),
        pytest.param(
            b"a: &a [x]\nb: *a\n",
            ["is an alias", "registries (line 1): is missing", "targets (line 1): is missing"],
            id="alias",
        ),
        pytest.param(
            GOOD.replace("user: true", "user: true, organization: acme").encode(),
            ["targets[2] (line 16): names both an organization and a user"],
            id="two kinds",
        ),
    ],
)
def test_fault(world: World, content: bytes, faults: list[str]) -> None:
    """A fault is told with its path, its line and a suggestion, and nothing is asked or written."""
    run = run_file(world, content)
    assert run.exit_status == 2
    assert world.asked == {}
    assert [fault for fault in faults if fault not in advice(run)] == []
    assert "Traceback" not in run.log
    assert run.summary.startswith("### Nothing was attempted")
    assert all(fault in run.summary for fault in faults)


def test_all_faults_at_once(world: World) -> None:
    """What is wrong in the file and beside it is told together, from top to bottom."""
    text = GOOD.replace(ROLE, "arn:role", 1).replace("50%", "0%").replace("password", "some")
    run = run_file(world, text, {"concurrency": "0", "verify": "false", "timeout": "soon"})
    assert run.exit_status == 2
    assert world.asked == {}
    places = ["verify", "concurrency", "timeout", "(line 2)", "(line 6)", "(line 15)"]
    found = [advice(run).find(place) for place in places]
    assert -1 not in found
    assert found == sorted(found)


@pytest.mark.parametrize(
    "path", ["../rotate.yml", "a/../../rotate.yml", "missing.yml", "."], ids=str
)
def test_no_such_file(world: World, path: str) -> None:
    """A path that is not that of a file in the workspace is a fault."""
    run = run_file(world, GOOD, {"config": path})
    assert run.exit_status == 2
    assert world.asked == {}
    assert "config" in advice(run)


def test_no_secret_is_quoted(world: World) -> None:
    """A token that stands in the file by mistake is not repeated."""
    text = GOOD.replace("version: 1\n", f"version: 1\ngithub-token: {world.token}\n")
    run = run_file(world, text)
    assert run.exit_status == 2
    assert "github-token (line 2): is not a key here." in advice(run)


def test_token_and_app(world: World) -> None:
    """A token and an App together are a fault, as is an App for a user's secrets."""
    run = run_file(world, GOOD, app_of(world) | {"github-token": world.token})
    assert run.exit_status == 2
    assert world.asked == {}
    assert "github-token: must be absent with `app-id`" in advice(run)
    assert "cannot write a user's secrets" in advice(run)


def test_inputs_beside_a_file(world: World) -> None:
    """The inputs of a registry and a target must be absent, and each that is not is named."""
    run = run_file(world, GOOD, {"role-to-assume": ROLE, "scope": "organization"})
    assert run.exit_status == 2
    assert world.asked == {}
    assert "role-to-assume: must be absent with `config`" in advice(run)
    assert "scope: must be absent with `config`" in advice(run)


def test_offline(world: World) -> None:
    """A file is checked without any credential, and without asking anybody."""
    done = command_line_with(world, GOOD, "plan", "--offline", inputs={"github-token": ""})
    assert done.returncode == 0
    assert world.asked == {}
    assert "The inputs are valid." in done.stderr
    for line in ("organization acme (acme/api, acme/web)", "globex/*", "user: ECR secrets"):
        assert line in done.stderr


def test_offline_finds_faults(world: World) -> None:
    """Checked offline, a fault ends with 2 and is told as ever."""
    text = GOOD.replace("secret-prefix", "secret-prefx")
    done = command_line_with(world, text, "plan", "--offline", inputs={"github-token": ""})
    assert done.returncode == 2
    assert world.asked == {}
    assert "targets[1].secret-prefx (line 15): is not a key here." in done.stderr


def test_schema(world: World) -> None:
    """The schema that is printed takes what the program takes, and knows no other key."""
    done = world.command_line("schema", inputs=dict.fromkeys(STANDARD, ""))
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert set(schema["required"]) == {"version", "registries", "targets"}
    assert schema["additionalProperties"] is False


def test_values_as_text(world: World) -> None:
    """An account ID that begins with a zero keeps it, though YAML takes it for a number."""
    registries = REGISTRIES.replace('"210987654321"', "012345678901")
    text = document("registry: data, repositories: acme/api").replace(REGISTRIES, registries)
    done = command_line_with(world, text, "plan", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["registries"][1]["host"].startswith("012345678901.dkr.ecr.")
