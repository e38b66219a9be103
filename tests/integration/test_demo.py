"""The demo tells the truth, and keeps the secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import Run, Runner, Sandbox, demo

_PROJECT = Path(__file__).resolve().parents[2]
_LONG_WORD = re.compile(r"[\w+/=-]{30,}", re.ASCII)
_KINDS_OF_CHARACTER = ("[A-Z]", "[a-z]", "[0-9]")

KEY_LINES = (
    "403 Forbidden: Your authorization token has expired. Reauthenticate and try again.",
    "- uses: rotate-ecr-token/rotate-ecr-token@v1",
    "organization acme: rotated",
    "its exit status is 0",
    "### Registry secrets: 1 rotated",
    "rotated: 1",
    "200 OK: sha256:",
    "ok     a codespace can pull its image",
    "All checks passed.",
)


@pytest.fixture(scope="module")
def shown() -> str:
    """Run the demo as `make demo` does, and return what it shows."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.demo"],
        cwd=_PROJECT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def random_words(text: str) -> list[str]:
    """Return the long words that mix all kinds of characters, as every secret does."""
    return [
        word
        for word in _LONG_WORD.findall(text)
        if all(re.search(kind, word) for kind in _KINDS_OF_CHARACTER)
    ]


@pytest.mark.parametrize("line", KEY_LINES)
def test_the_story_is_told(shown: str, line: str) -> None:
    """Whoever reads the demo sees the problem, the workflow, the run, and the proof."""
    assert line in shown


def test_no_check_fails(shown: str) -> None:
    """Every check that the demo shows is passed."""
    assert "FAILED" not in shown


def test_no_secret_is_shown(shown: str) -> None:
    """Nothing in the demo looks like a secret."""
    assert random_words(shown) == []


def test_a_secret_would_be_found() -> None:
    """What looks for secrets would know the demo's own."""
    with Sandbox() as sandbox:
        sandbox.aws.role(demo.ROLE, trust={})
        password = sandbox.aws.issue_token(demo.ROLE, demo.REGION).password
        octocat = sandbox.github.user("octocat")
        # Chance makes a token without a digit once in a while.
        tokens = (sandbox.github.personal_token(octocat) for _ in range(100))
        token = next(token for token in tokens if any(map(str.isdigit, token)))
    assert random_words(f"{password}\n'{token}'") == [password, token]


def test_a_run_that_rotates_nothing_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo does not take the word of a green run for it."""
    dry = demo.WORKFLOW.replace("${{ inputs.dry-run }}", "true")
    monkeypatch.setattr(demo, "WORKFLOW", dry)

    assert demo.main() == 1
    out = capsys.readouterr().out
    assert "ok     the run succeeded" in out
    assert "FAILED a codespace can log in to the registry" in out


def test_a_secret_in_the_log_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo fails once it has shown a secret, as a log without masks does."""
    masked = Runner.run

    def unmasked(runner: Runner, *, inputs: Mapping[str, str], id_token: bool) -> Run:
        run = masked(runner, inputs=inputs, id_token=id_token)
        return replace(run, log=run.stdout)

    monkeypatch.setattr(Runner, "run", unmasked)

    assert demo.main() == 1
    assert "FAILED no secret is in anything shown above" in capsys.readouterr().out
