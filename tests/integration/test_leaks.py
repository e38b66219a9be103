"""The search for secrets finds them, in whichever form and place, and masks that come too late."""

from __future__ import annotations

import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from sandbox import Runner, Sandbox
from sandbox.job import Job
from tests.integration.leaks import Shown, born, granted

SECRET = "ghp_/0123456789+abcdefghijklmnopqrstuvwxyz"
USED = "repository acme/ops: new token until tomorrow"
MASK = f"::add-mask::{SECRET}"


def shown(*lines: str, others: tuple[str, ...] = ()) -> Shown:
    """Return what a run showed that was given a secret."""
    return Shown(lines=lines, others=others, given=frozenset({SECRET}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECRET, id="plain"),
        pytest.param(f"https://octocat:{quote(SECRET, safe='')}@github.com", id="URL-encoded"),
        pytest.param(quote(SECRET, safe="").replace("%2F", "%2f"), id="URL-encoded, lower case"),
        pytest.param(SECRET[:25], id="its beginning"),
        *(
            pytest.param(b64encode(f"{user}:{SECRET}:".encode()).decode(), id=f"Basic of {user}")
            for user in ("o", "oc", "oct")
        ),
        pytest.param(urlsafe_b64encode(SECRET.encode()).decode(), id="base64 for URLs"),
    ],
)
def test_leak(text: str) -> None:
    """A secret is found in the stream and beside it, but not in its own mask."""
    assert shown(MASK, f"token {text}").leaked({SECRET})
    assert shown(MASK, others=(f"token {text}",)).leaked({SECRET})
    assert not shown(MASK, USED).leaked({SECRET})


def test_any_part_of_a_secret() -> None:
    """Twenty characters in a row are found wherever they begin, and nineteen are not."""
    for length, leaks in ((20, True), (19, False)):
        parts = (SECRET[start : start + length] for start in range(len(SECRET) - length + 1))
        assert {bool(shown(f"token {part}.").leaked({SECRET})) for part in parts} == {leaks}


@pytest.mark.parametrize(
    ("lines", "late"),
    [((MASK, USED), False), ((USED, MASK), True), (("run", MASK, USED), True), ((), True)],
    ids=["at once", "after its use", "after the first line", "never"],
)
def test_given_secrets_are_masked_first(lines: tuple[str, ...], late: bool) -> None:
    """What was given as an input is masked before anything else is said."""
    assert bool(shown(*lines).masked_late()) is late


@pytest.mark.parametrize(
    ("lines", "late"),
    [
        (("run", MASK, USED), False),
        (("run", USED, MASK), True),
        (("run", USED), True),
        (("run", "::error::No good", MASK), True),
        (("run", "", "No good", MASK, USED), True),
        (("run", MASK, "", "No good", MASK), False),
    ],
    ids=[
        *("in time", "after its use", "never", "after an annotation", "after an error"),
        "before an error",
    ],
)
def test_told_secrets_are_masked_in_time(lines: tuple[str, ...], late: bool) -> None:
    """What the run was told is masked before the line that speaks of it, and before any error."""
    told = Shown(lines=lines, others=(), told=frozenset({SECRET}))
    assert bool(told.masked_late()) is late


@pytest.mark.parametrize("late", [True, False])
def test_token_that_no_line_speaks_of(late: bool) -> None:
    """A token whose registry fails is masked before the error, and not before another's line."""
    one, other = (
        (password, b64encode(f"AWS:{password}".encode()).decode()) for password in ("one", "other")
    )
    masked_one, masked_other = ([f"::add-mask::{text}" for text in each] for each in (one, other))
    error = "::error::No good"
    end = [error, *masked_other] if late else [*masked_other, error]
    told = Shown(lines=(*masked_one, USED, *end), others=(), told=frozenset({*one, *other}))
    assert bool(told.masked_late()) is late


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Open a sandbox for programs that leak on purpose."""
    with Sandbox() as sandbox:
        yield sandbox


LEAKS = {
    "standard output": "print(secret)",
    "standard error": "print(secret, file=sys.stderr)",
    "a line beside its mask": "print(f'::add-mask::{secret}\\n{secret}')",
    "annotation": "print(f'::error::No good: {secret}')",
    "debug line": "print(f'::debug::No good: {secret}')",
    "exception": "raise ValueError(secret)",
    "output": "write('GITHUB_OUTPUT', f'report={secret}')",
    "summary": "write('GITHUB_STEP_SUMMARY', secret)",
    "environment of later steps": "write('GITHUB_ENV', f'TOKEN={secret}')",
    "state": "write('GITHUB_STATE', f'TOKEN={secret}')",
    "file of the workspace": "pathlib.Path('report').write_text(secret)",
    "name of a file": "pathlib.Path(secret.replace('/', '_')).touch()",
    "home": "(pathlib.Path.home() / '.cache').write_text(secret)",
    "temporary file": "tempfile.mkstemp(); pathlib.Path(tempfile.mktemp()).write_text(secret)",
    "folder of the runner": "pathlib.Path(os.environ['RUNNER_TEMP'], 'x').write_text(secret)",
}
"""Each place in which a program may leave a secret, and what leaves it there."""

PROGRAM = """
import os, pathlib, sys, tempfile
secret = "{secret}"
def write(variable, text):
    with open(os.environ[variable], "a") as file:
        file.write(text + chr(10))
{leak}
"""


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_leak_in_each_place(sandbox: Sandbox, leak: str) -> None:
    """A program that leaves a secret anywhere is found out."""
    program = PROGRAM.format(secret=SECRET, leak=leak)
    run = Runner(sandbox).run([sys.executable, "-c", program])
    assert Shown.by_action(run).leaked({SECRET})


def test_no_leak(sandbox: Sandbox) -> None:
    """A program that masks its secret and leaves it nowhere is not found guilty."""
    leak = "print(f'::add-mask::{secret}'); print(f'{secret[:5]}... is fine')"
    run = Runner(sandbox).run([sys.executable, "-c", PROGRAM.format(secret=SECRET, leak=leak)])
    assert run.exit_status == 0
    assert not Shown.by_action(run).leaked({SECRET})


@pytest.mark.parametrize(
    "places",
    [(SECRET, ""), ("", SECRET), ("", "", {"report": SECRET}), ("", "", {SECRET: ""})],
    ids=["output", "error", "file", "name of a file"],
)
def test_leak_of_the_command_line(places: tuple[Any, ...]) -> None:
    """Both streams of the command line are searched, and what it leaves in its workspace."""
    assert Shown.by_command_line(*places).leaked({SECRET})


@pytest.mark.parametrize("lines", [("run",), ("run", USED)])
def test_granted_secrets_are_masked(lines: tuple[str, ...]) -> None:
    """A token that was made for an App is masked at some time."""
    assert Shown(lines=lines, others=(), granted=frozenset({SECRET})).masked_late()
    assert not Shown(lines=(*lines, MASK), others=(), granted=frozenset({SECRET})).masked_late()


def test_every_kind_of_secret_is_known(sandbox: Sandbox) -> None:
    """What AWS, GitHub's OIDC service and an App bring into being is told apart and looked for."""
    before = frozenset(sandbox.canaries)
    id_token = sandbox.oidc.issue(Job(), audience="sts.amazonaws.com")
    sandbox.github.organization("acme")
    app = sandbox.github.register_app({})
    token = sandbox.github.installation_token(sandbox.github.install(app, "acme"))
    assert born(sandbox, before) == {id_token}
    assert granted(sandbox, before) == {token}
    assert {id_token, token, app.private_key} <= sandbox.canaries
