"""Who runs again with debug logging sees every request, and no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox import Fault
from tests.integration.world import ACCOUNT, HOST, ROTATION, World

LINE = re.compile(r"(?:##\[debug\])?((?:GET|PUT|POST) \S+(?: \S+)?: \S+) \(\d+\.\d\d s\)")

SITE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
logging.getLogger("botocore.endpoint").setLevel(logging.DEBUG)
logging.getLogger("somebody").debug("logging is on")
"""
"""What turns every library's debug log on before a program begins."""

EVERY_REQUEST = [
    *(
        "GET run-actions-1-azure-eastus.actions.githubusercontent.com/",
        "POST sts.us-east-1.amazonaws.com",
    ),
    *("POST api.ecr.us-east-1.amazonaws.com", f"GET {HOST}/v2/: 200"),
    "GET api.github.com/repos/acme/ops/codespaces/secrets/public-key: 200",
    *(
        f"PUT api.github.com/repos/acme/ops/codespaces/secrets/ECR_CONTAINER_REGISTRY_{name}: 204"
        for name in ("SERVER", "USER", "PASSWORD")
    ),
]
"""How the line of each request of a rotation begins."""


def lines(text: str) -> list[str]:
    """Return the lines of requests, without their times."""
    return [match[1] for line in text.splitlines() if (match := LINE.fullmatch(line))]


def unseen(traced: list[str]) -> list[str]:
    """Return the requests of a rotation of which there is no line."""
    return [begun for begun in EVERY_REQUEST if not any(line.startswith(begun) for line in traced)]


def test_debug_run(world: World) -> None:
    """A debug run has a line for each request, with its answer."""
    run = world.action(debug=True)
    assert run.exit_status == 0
    traced = lines(run.log)
    assert unseen(traced) == []
    assert len(traced) == sum(ROTATION.values())


def test_usual_run(world: World) -> None:
    """Any other run has no such line, not even one that the runner would hide."""
    run = world.action(environment={"RUNNER_DEBUG": ""})
    assert run.exit_status == 0
    assert "::debug::" not in run.stdout


def test_verbose(world: World) -> None:
    """On the command line the lines are on standard error, and the report stays JSON."""
    done = world.command_line("run", "--json")
    assert done.returncode == 0
    assert unseen(lines(done.stderr)) == []
    assert lines(done.stdout) == []


def test_failures_are_seen(world: World) -> None:
    """What was asked again, and would be seen nowhere else, is told with its kind."""
    world.fault(Fault(service="registry", reset=True))
    world.fault(Fault(service="ecr", status=503))
    world.fault(Fault(method="PUT", path="USER", status=502))
    traced = lines(world.action(debug=True).log)
    assert any(line.startswith(f"GET {HOST}/v2/:") and line.endswith("Error") for line in traced)
    assert any(line.endswith("ecr:GetAuthorizationToken: 503") for line in traced)
    assert any(line.startswith("PUT") and line.endswith("USER: 502") for line in traced)


@pytest.mark.parametrize("face", ["action", "command line"])
def test_logging_of_libraries(
    world: World, tmp_path_factory: pytest.TempPathFactory, face: str
) -> None:
    """Whoever turns Python's logging on sees nothing of it: botocore's shows every secret."""
    site = tmp_path_factory.mktemp("site")
    Path(site, "sitecustomize.py").write_text(SITE, encoding="utf-8")
    # The account is asked for too: that request is signed.
    environment = {"PYTHONPATH": str(site)}
    inputs = {"allowed-account-ids": ACCOUNT}
    if face == "action":
        run = world.action(inputs, environment=environment, debug=True)
        status, stderr = run.exit_status, run.stderr
    else:
        done = world.command_line("run", inputs=inputs, environment=environment, verbose=False)
        status, stderr = done.returncode, done.stderr
    assert status == 0
    assert stderr == "DEBUG:somebody:logging is on\n"
