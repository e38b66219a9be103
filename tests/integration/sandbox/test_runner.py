"""The sandbox's runner treats an action as GitHub's does."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGTERM

import jwt
import pytest

from sandbox import Run, Runner, Sandbox
from sandbox.runner import SHUTDOWN, Annotation
from tests.worlds.github import Client

ACTION = """
inputs:
  aws-region: {default: us-east-1}
  verify: {default: true}
  two words: {description: Without a default}
"""
IDS = """
import json, os, urllib.request
request = urllib.request.Request(os.environ["ACTIONS_ID_TOKEN_REQUEST_URL"])
request.add_header("Authorization", "Bearer " + os.environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
for name in ("REPOSITORY", "REPOSITORY_OWNER", "ACTOR"):
    print(os.environ[f"GITHUB_{name}_ID"])
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["value"])
"""
SECRET = "hunter2"


@pytest.fixture(name="runner")
def _runner(world: Sandbox, tmp_path: Path) -> Runner:
    (tmp_path / "action.yml").write_text(ACTION)
    return Runner(world, action=tmp_path)


def echo(runner: Runner, *lines: str, debug: bool = False) -> Run:
    """Run a step that prints the lines."""
    return runner.run(["printf", r"%s\n", *lines], debug=debug)


def python(runner: Runner, program: str, **options: object) -> Run:
    """Run a step that is a Python program."""
    run: Run = runner.run([sys.executable, "-c", program], **options)  # type: ignore[arg-type]
    return run


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread or process does, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_inputs(runner: Runner) -> None:
    """Inputs become variables, hyphens kept, spaces not, defaults and empty ones included."""
    run = runner.run(["env"], inputs={"AWS-Region": "eu-west-1"})
    assert {"INPUT_AWS-REGION=eu-west-1", "INPUT_VERIFY=true", "INPUT_TWO_WORDS="} <= set(
        run.stdout.splitlines()
    )


def test_the_project_is_the_action() -> None:
    """Unless told otherwise the runner runs the action at the root of the project."""
    with Sandbox() as sandbox:
        assert Runner(sandbox).action == Path(__file__).resolve().parents[3]


def test_entry_point(runner: Runner) -> None:
    """Without a command the entry point runs, in the workspace."""
    program = "import os; print(os.getcwd() == os.environ['GITHUB_WORKSPACE'])"
    (runner.action / "entrypoint.py").write_text(program)
    assert runner.run().stdout == "True\n"


def test_the_ids_are_those_of_the_api(client: Client, tmp_path: Path) -> None:
    """Variables and ID token name repository, owner and actor by the IDs that the API shows."""
    (tmp_path / "action.yml").write_text(ACTION)
    runner = Runner(client.sandbox, action=tmp_path)
    *told, token = python(runner, IDS, repository="acme/api").stdout.split()
    claims = jwt.decode(token, options={"verify_signature": False})
    repository, user = client.ask("GET", "/repos/acme/api").json(), client.ask("GET", "/user")

    names = ("repository_id", "repository_owner_id", "actor_id")
    assert told == [claims[name] for name in names]
    assert told == [str(each["id"]) for each in (repository, repository["owner"], user.json())]


def test_unknown_input(runner: Runner) -> None:
    """An input that action.yml does not name is warned of."""
    run = runner.run(["true"], inputs={"verfiy": "no"})
    assert run.log.startswith("Warning: Unexpected input(s) 'verfiy', valid inputs are ['aws-")


def test_nothing_is_inherited(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step sees nothing of the caller's environment."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    assert "AWS_PROFILE" not in runner.run(["env"]).stdout


@pytest.mark.parametrize("id_token", [True, False])
def test_id_token_permission(runner: Runner, id_token: bool) -> None:
    """Only with `id-token: write` is there a URL to ask for ID tokens."""
    run = runner.run(["env"], id_token=id_token)
    assert ("ACTIONS_ID_TOKEN_REQUEST_URL=" in run.stdout) is id_token


def test_masks(runner: Runner) -> None:
    """A mask hides the whole value and each of its lines from what comes after it."""
    run = echo(runner, SECRET, f"::add-mask::{SECRET}%0Asecond", f"a {SECRET}second b", "second")
    assert run.log == f"{SECRET}\na *** b\n***\n"
    assert run.masks == (f"{SECRET}\nsecond", SECRET, "second")


def test_a_mask_on_one_stream_holds_on_the_other(runner: Runner) -> None:
    """A mask flushed to standard output hides what goes to standard error after it."""
    program = f"""
import sys
print("::add-mask::{SECRET}", flush=True)
print("{SECRET}", file=sys.stderr)
"""
    assert python(runner, program).log == "***\n"


def test_empty_mask(runner: Runner) -> None:
    """The runner fails a step that masks nothing."""
    run = echo(runner, "::add-mask::")
    assert run.exit_status == 0
    assert not run.succeeded


def test_annotations(runner: Runner) -> None:
    """Annotations keep all lines and properties, unescaped and masked."""
    run = echo(
        runner,
        f"::add-mask::{SECRET}",
        f"::error title=No%3A no,file=a.yml,line=3::100%25%0A{SECRET}",
    )
    assert run.annotations == (
        Annotation(level="error", message="100%\n***", title="No: no", file="a.yml", line=3),
    )
    assert run.log == "Error: 100%\n***\n"


@pytest.mark.parametrize(("debug", "log"), [(True, "##[debug]hi\n"), (False, "")])
def test_debug(runner: Runner, debug: bool, log: str) -> None:
    """Debug lines show in a debug run only."""
    assert echo(runner, "::debug::hi", debug=debug).log == log


def test_stopped_commands(runner: Runner) -> None:
    """Between stop-commands and its token, commands are text."""
    run = echo(runner, "::stop-commands::T", "::error::x", "::T::", "::GROUP::g")
    assert run.log == "::error::x\n::T::\n##[group]g\n"


def test_outputs_summary_and_files(runner: Runner) -> None:
    """What the step writes to its files is there afterwards."""
    program = f"""
import os, pathlib
print("::add-mask::{SECRET}")
for name, text in {{
    "GITHUB_OUTPUT": "a=1<<2\\nb<<END\\nx\\n{SECRET}\\nEND\\n",
    "GITHUB_STEP_SUMMARY": "# Done",
}}.items():
    with open(os.environ[name], "a") as file:
        file.write(text)
pathlib.Path("made.txt").touch()
"""
    run = python(runner, program, files={"config.yml": "version: 1"})
    assert run.outputs == {"a": "1<<2", "b": f"x\n{SECRET}"}
    assert run.masked_outputs == ("b",)
    assert (run.summary, run.files) == ("# Done", ("made.txt",))


@pytest.mark.parametrize("text", ["no operator", "a<<END\nx"])
def test_malformed_outputs(runner: Runner, text: str) -> None:
    """The runner fails a step whose output file it cannot read."""
    run = python(runner, f"import os; open(os.environ['GITHUB_OUTPUT'], 'w').write({text!r})")
    assert run.complaints[0].startswith("Unable to process file command 'output' successfully.")


def test_cancellation(runner: Runner, tmp_path: Path) -> None:
    """A cancelled step is interrupted first."""
    cancel, started = threading.Event(), tmp_path / "started"
    # A shell lets its background jobs ignore SIGINT, and with them whatever they start.
    program = f"""
import pathlib, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    pathlib.Path({str(started)!r}).touch()
    time.sleep(30)
except KeyboardInterrupt:
    print("interrupted")
"""

    def cancel_once_started() -> None:
        wait_until(started.exists)
        cancel.set()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(cancel_once_started)
        assert python(runner, program, cancel=cancel).log == "interrupted\n"


def test_shutdown(runner: Runner) -> None:
    """A container that is stopped is told to terminate, and nothing before that."""
    cancel = threading.Event()
    cancel.set()
    assert runner.run(["sleep", "30"], cancel=cancel, signals=SHUTDOWN).exit_status == -SIGTERM


def test_a_cancellation_that_comes_too_late(runner: Runner) -> None:
    """Nothing waits for the cancellation of a step that is over."""
    before = threading.active_count()
    runner.run(["true"], cancel=threading.Event())
    wait_until(lambda: threading.active_count() == before)


def test_timeout(runner: Runner) -> None:
    """A step that hangs is killed."""
    with pytest.raises(TimeoutError):
        runner.run(["sleep", "30"], timeout=0.2)
