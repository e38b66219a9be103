"""The job of self-test.yml that uses the action itself, step by step as GitHub's runner does it.

A process stands in the container's place, and loopback in that of Docker's bridge.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import Job, Sandbox, demo, standalone
from sandbox.runner.commands import parse_file_command
from sandbox.runner.environment import Folders, job_variables
from sandbox.runner.log import JobLog
from sandbox.runner.metadata import read_metadata

_PROJECT = Path(__file__).resolve().parents[2]
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_DOCKER = """\
#!/bin/sh
test "$1 $2 $3" = "network inspect bridge" && echo 127.0.0.1
"""


class Steps:
    """The steps of the job by name, and what those that ran have put out."""

    def __init__(self, folder: Path) -> None:
        workflow = yaml.safe_load((_PROJECT / ".github/workflows/self-test.yml").read_text())
        self._steps = {
            step["name"]: step for step in workflow["jobs"]["action"]["steps"] if "name" in step
        }
        self._folders = Folders(root=folder / "github")
        self._folders.root.mkdir()
        self._folders.create({}, {})
        self._programs = folder / "bin"
        self._programs.mkdir()
        (self._programs / "docker").write_text(_DOCKER)
        (self._programs / "docker").chmod(0o755)
        self._outputs: dict[str, str] = {}

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a step, and remember its outputs."""
        step = self._steps[name]
        command, variables = self._command(step)
        done = subprocess.run(  # noqa: S603  a step of this repository
            command,
            cwd=_PROJECT if "run" in step else self._folders.workspace,
            env={**self._machine(), **variables, **self._evaluated(step.get("env", {}))},
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        written = parse_file_command(self._folders.output.read_text(encoding="utf-8"))
        self._folders.output.write_text("")
        outputs = {f"steps.{step.get('id')}.outputs.{key}": text for key, text in written.items()}
        self._outputs |= outputs
        return done

    def end(self) -> None:
        """End what the steps left running, as the runner does when a job is over."""
        process = self._folders.root / "runner_temp" / "sandbox" / "pid"
        os.kill(int(process.read_text(encoding="utf-8")), signal.SIGTERM)

    def _command(self, step: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
        if "run" in step:
            script = step["run"].replace(".venv/bin/python", sys.executable)
            return ["bash", "-e", "-c", script], {}
        assert step["uses"] == "./"
        metadata = read_metadata(_PROJECT / "action.yml")
        inputs = metadata.variables(self._evaluated(step["with"]), JobLog(debug=False))
        return [sys.executable, str(_PROJECT / "entrypoint.py")], inputs

    def _machine(self) -> dict[str, str]:
        job = Job(
            repository="rotate-ecr-token/rotate-ecr-token",
            ref="refs/pull/1/merge",
            event_name="pull_request",
        )
        path = f"{self._programs}:{os.environ['PATH']}"
        return {**job_variables(job), **self._folders.variables(), "PATH": path}

    def _evaluated(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Replace each expression by what it names, or by nothing, as GitHub does."""
        return {
            name: _EXPRESSION.sub(lambda found: self._outputs.get(found[1], ""), text)
            for name, text in texts.items()
        }


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    """Begin the job, with the sandbox open."""
    steps = Steps(tmp_path)
    opened = steps.run("Open the sandbox")
    assert opened.returncode == 0, opened.stderr
    yield steps
    steps.end()


def test_the_steps_work(steps: Steps) -> None:
    """The action rotates in a job of another repository, and a codespace of the sandbox pulls."""
    rotated, checked = steps.run("Rotate"), steps.run("Pull as a codespace does")

    assert rotated.returncode == 0, rotated.stdout
    assert checked.returncode == 0, checked.stdout
    assert "All checks passed." in checked.stdout


def test_the_job_can_fail(steps: Steps) -> None:
    """Where the action has not rotated, the job is red."""
    checked = steps.run("Pull as a codespace does")

    assert checked.returncode != 0


def test_the_check_can_fail(capsys: pytest.CaptureFixture[str]) -> None:
    """Yesterday's secrets, which the sandbox begins with, do not pass for new ones."""
    with Sandbox() as sandbox:
        demo.set_up(sandbox)

        assert standalone.check(sandbox.environment) == 1
    assert "FAILED a codespace of acme/api can pull" in capsys.readouterr().out


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    """A sandbox that cannot be opened is told at once, with what was wrong."""
    start = [sys.executable, "-m", "sandbox", "start", str(tmp_path / "sandbox")]
    # https://www.rfc-editor.org/rfc/rfc5737: an address of nobody.
    done = subprocess.run(  # noqa: S603  the sandbox itself
        [*start, "--address", "192.0.2.1"],
        cwd=_PROJECT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "192.0.2.1" in done.stderr
