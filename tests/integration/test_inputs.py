"""Wrong inputs are found before anything is asked of anybody."""

from __future__ import annotations

import pytest

from tests.integration.world import World, advice


@pytest.mark.parametrize(
    ("inputs", "faults"),
    [
        pytest.param({"role-to-assume": "codespaces-pull"}, ["role-to-assume"], id="ARN"),
        pytest.param({"registry": "12345678901"}, ["registry"], id="account of 11 digits"),
        pytest.param({"registry": "docker.io"}, ["registry"], id="host outside of ECR"),
        pytest.param({"repositories": "../ops"}, ["repositories"], id="no repository"),
        pytest.param({"role-session-name": "a b"}, ["role-session-name"], id="session name"),
        pytest.param({"visibility": "all"}, ["visibility"], id="visibility of a repository"),
        pytest.param({"scope": "user", "stores": "actions"}, ["stores"], id="store of a user"),
        pytest.param({"github-token": ""}, ["github-token"], id="no token"),
        pytest.param({"verfiy": "false"}, ["verfiy", "Did you mean `verify`?"], id="misspelt"),
        pytest.param(
            {"verify": "maybe", "secrets": "some", "secret-prefix": "GITHUB_", "concurrency": "0"},
            ["verify", "secrets", "secret-prefix", "concurrency", "4 faults"],
            id="several at once",
        ),
    ],
)
def test_wrong_inputs(world: World, inputs: dict[str, str], faults: list[str]) -> None:
    """Every fault is named in one annotation, and not a single request is made."""
    run = world.action(inputs)
    assert run.exit_status == 2
    assert world.asked == {}
    assert world.repository() == world.stale
    assert all(fault in advice(run) for fault in faults)
    assert run.summary.startswith("### Nothing was attempted")
    assert all(fault in run.summary for fault in faults)
