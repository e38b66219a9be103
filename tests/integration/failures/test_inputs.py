"""Wrong inputs and files are found before anything is asked of anybody."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.integration.failures.case import Case, Face, both_faces, each, hold
from tests.integration.fleet import app_of, document
from tests.integration.world import World, advice

REPOSITORY = {"scope": "repository", "organization": ""}
FILE = document(
    "registry: prod, organization: acme, repositories: [api, web]", "registry: data, user: true"
)


def wrong(name: str, inputs: Mapping[str, str], *faults: str) -> Case:
    """Return the case of inputs that are wrong."""
    return Case(name=name, inputs=inputs, status=2, asked={}, advice=faults)


def wrong_file(name: str, content: str | bytes, *faults: str) -> Case:
    """Return the case of a configuration file that is wrong."""
    return Case(name=name, file=content, status=2, asked={}, advice=faults)


def app_and_token(world: World) -> Mapping[str, str]:
    """Return the inputs of an App, and a token beside them."""
    return {**app_of(world), "github-token": world.token}


@each(
    wrong("ARN", {"role-to-assume": "codespaces-pull"}, "role-to-assume"),
    wrong("account of 11 digits", {"registry": "12345678901"}, "registry"),
    wrong("host outside of ECR", {"registry": "docker.io"}, "registry"),
    wrong("no repository", {**REPOSITORY, "repositories": "../ops"}, "repositories"),
    wrong("glob", {**REPOSITORY, "repositories": "acme/[z-a]*/x"}, "repositories"),
    wrong("session name", {"role-session-name": "a b"}, "role-session-name"),
    wrong("visibility of a repository", {**REPOSITORY, "visibility": "all"}, "visibility"),
    wrong("store of a user", {"scope": "user", "organization": "", "stores": "actions"}, "stores"),
    wrong("no token", {"github-token": ""}, "github-token"),
    wrong("outside of the workspace", {"config": "../rotate.yml"}, "config"),
    wrong("from the root", {"config": "/etc/passwd"}, "config: `/etc/passwd` cannot be read"),
    wrong("misspelt", {"verfiy": "false"}, "verfiy"),
    wrong(
        "several at once",
        {"verify": "maybe", "secrets": "some", "secret-prefix": "GITHUB_", "concurrency": "0"},
        *("verify", "secrets", "secret-prefix", "concurrency", "4 faults"),
    ),
    Case(
        name="App and token",
        given=app_and_token,
        status=2,
        asked={},
        advice=("github-token: must be absent with `app-id`",),
    ),
)
@both_faces
def test_inputs(world: World, face: Face, case: Case) -> None:
    """Every fault is named at once, and not a single request is made."""
    hold(world, face, case)


@each(
    wrong_file("10 MB", b"#" * 10_000_000, "larger than 1 MB"),
    wrong_file("not UTF-8", "# Köln\n".encode("latin-1") + FILE.encode(), "not UTF-8"),
    wrong_file("binary", bytes(range(256)), "config: is not"),
    wrong_file("truncated", FILE[: FILE.rindex("api")], "is not YAML", "line"),
    wrong_file("nested", b"a: " + b"[" * 5000, "nested too deeply"),
    wrong_file(
        "unknown key",
        FILE.replace("organization: acme", "organisation: acme"),
        "targets[0].organisation (line 12): is not a key here.",
        "Did you mean `organization`?",
    ),
    wrong_file("wrong type", FILE.replace("version: 1", "version: {}"), "version (line 1)"),
    wrong_file(
        "no repository", FILE.replace("[api, web]", "[../api]"), "repositories (line 12)", "../api"
    ),
)
@both_faces
def test_file(world: World, face: Face, case: Case) -> None:
    """Every fault in a file is named with its path and line, and not a single request is made."""
    hold(world, face, case)


@pytest.mark.parametrize(
    ("inputs", "faults"),
    [
        ({"verfiy": "false"}, ["verfiy", "Did you mean `verify`?"]),
        ({"verify": "maybe", "secrets": "some"}, ["verify", "secrets", "2 faults"]),
    ],
    ids=["misspelt", "several at once"],
)
def test_summary(world: World, inputs: dict[str, str], faults: list[str]) -> None:
    """The action's summary names every fault too, and what a misspelt input may have meant."""
    run = world.action(inputs)
    assert run.exit_status == 2
    assert all(fault in advice(run) for fault in faults)
    assert run.summary.startswith("### Nothing was attempted")
    assert all(fault in run.summary for fault in faults)
