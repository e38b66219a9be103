"""The action: from the runner's environment to annotations, outputs, a summary and a status."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rotate.errors import GitHubUnavailable, OutOfTime
from rotate.faces import action, wiring
from rotate.faces.action import main
from rotate.faces.masks import Masks
from rotate.faces.publishing import Writers
from rotate.foreign import visible
from rotate.matrix import matrix
from rotate.model.plan import Command
from rotate.report import Outcome, RegistryReport, Report, Result, document
from rotate.reporting import Reporter
from sandbox.runner.commands import KNOWN_COMMANDS, parse_command
from tests.unit.examples import GITHUB_TOKEN, HOST, PASSWORD, agenda, found, repository, result
from tests.unit.faces.acme import GIVEN, QUOTED, RUNNER, Acme

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give the signals back afterwards."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Acme:
    """Return an internet in which all is well, and the runner's environment for it."""
    internet = Acme()
    internet.install(monkeypatch)
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"INPUT_{name.upper()}", value)
    return internet


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where the runner's file commands are."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def report(*results: Result, command: Command = Command.RUN) -> Report:
    """Return a report with two registries of one host."""
    registries = tuple(RegistryReport(name=name, host=HOST) for name in ("a", "b"))
    return Report(command=command, registries=registries, results=results)


def failed(number: int, remedy: str = "Wait.") -> Result:
    """Return that a repository failed for a reason of its own."""
    return result(
        target=repository(f"acme/{number}"),
        outcome=Outcome.FAILED,
        written=(),
        expires_at=None,
        reason=f"GitHub: {number}\nis down",
        remedy=remedy,
    )


def annotated(said: str, level: str) -> list[str]:
    """Return the annotations of a level, all of which have our title."""
    lines = [line for line in said.splitlines() if line.startswith(f"::{level} ")]
    assert all("title=rotate-ecr-token" in line for line in lines)
    return [line.split("::", 2)[2] for line in lines]


@pytest.fixture
def log() -> action._Log:
    """Return a log in which a password is masked."""
    masks = Masks(lambda _: None)
    masks.add(PASSWORD)
    return action._Log(masks)


def test_run(acme: Acme, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is well ends with status 0, and no secret is on any line but its mask."""
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Registry secrets: 1 rotated") for line in lines)
    assert f"::add-mask::{GITHUB_TOKEN}" in lines
    assert [
        line for line in lines if PASSWORD in line and not line.startswith("::add-mask::")
    ] == []
    assert "### Registry secrets: 1 rotated" in (files / "GITHUB_STEP_SUMMARY").read_text()
    assert "rotated" in (files / "GITHUB_OUTPUT").read_text()


def test_signals(acme: Acme, files: Path) -> None:
    """A signal stops the run."""
    before = [signal.getsignal(number) for number in SIGNALS]
    assert main() == 0
    assert not set(before) & {signal.getsignal(number) for number in SIGNALS}


def test_what_follows_folded_lines(
    acme: Acme, files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is to be read first is not folded away with the lines of the targets."""
    monkeypatch.setattr(action, "_UNFOLDED", 0)
    acme.status = 409
    assert main() == 1
    said = capsys.readouterr().out
    assert said.index("::group::") < said.index("::endgroup::") < said.index("::error")


def test_end_among_folded_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends a run while its targets are written is not folded away with them."""

    def run(*_: object, reporter: Reporter, **__: object) -> Report:
        reporter.agenda(agenda(*(found(repository(f"acme/{n}")) for n in range(21))))
        raise OutOfTime

    monkeypatch.setattr(wiring, "run", run)
    assert main() == 1
    said = capsys.readouterr().out
    assert said.index("::group::") < said.index("::endgroup::") < said.index("::error")


def test_failure(acme: Acme, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run in which something failed says why, and ends with status 1."""
    acme.status = 409
    assert main() == 1
    (error,) = annotated(capsys.readouterr().out, "error")
    assert error.startswith("PUT /repos/acme/api/codespaces/secrets/")


def test_wrong_inputs(
    acme: Acme,
    files: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wrong inputs, misspelt ones included, are one annotation and status 2."""
    monkeypatch.setenv("INPUT_VERIFY", "maybe")
    monkeypatch.setenv("INPUT_SECRTES", "all")
    monkeypatch.setenv("INPUT_ARGS", "what every container action may have")
    monkeypatch.setenv("INPUT_ENTRYPOINT", "/another")
    assert main() == 2
    (error,) = [line for line in capsys.readouterr().out.splitlines() if "::error" in line]
    assert "verify: `maybe` must be" in error
    assert "Did you mean `secrets`?" in error
    assert "args" not in error
    assert "entrypoint" not in error
    assert "### Nothing was attempted" in (files / "GITHUB_STEP_SUMMARY").read_text()
    assert acme.internet.sent == []


@pytest.mark.parametrize("debug", ["1", "", "0"])
def test_debug(
    debug: str,
    acme: Acme,
    files: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A job that runs with debug logging has a line for each request, which no other has."""
    monkeypatch.setenv("RUNNER_DEBUG", debug)
    shown = debug == "1"
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    traced = [line for line in lines if line.startswith("::debug::")]
    assert len(traced) == shown * (len(acme.internet.sent) + len(acme.aws.sent))
    asked = f"::debug::GET {HOST}/v2/: 200 "
    assert any(line.startswith(asked) for line in traced) is shown


@pytest.mark.parametrize("ends", [True, False])
def test_secret_in_what_is_published(
    ends: bool, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a foreign text quotes, no secret is in the summary or in an output."""

    def run(*_: object, masks: Masks, **__: object) -> tuple[Report, Writers]:
        masks.add(QUOTED)
        if ends:
            raise GitHubUnavailable(f"no {QUOTED}", where="GET /user")
        return report(replace(failed(1), reason=f"no {QUOTED}")), {}

    monkeypatch.setattr(wiring, "run", run)
    assert main() == 1
    summary, output = (
        (files / name).read_text() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")
    )
    assert "no ***" in summary
    assert ('"no ***"' in output) is not ends
    assert QUOTED not in summary + output


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("path", ["/nowhere/file", "/dev/full"])
@pytest.mark.parametrize(
    "unwritable",
    [["GITHUB_OUTPUT"], ["GITHUB_STEP_SUMMARY"], ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]],
)
def test_file_that_cannot_be_written(
    unwritable: list[str],
    path: str,
    files: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files that the runner does not take are named once; all else is told, and the run failed."""
    for name in unwritable:
        monkeypatch.setenv(name, path)
    assert main() == 1
    said = capsys.readouterr().out
    (error,) = annotated(said, "error")
    assert error.startswith(f"{', '.join(unwritable)}: what the run came to cannot be written")
    assert "Registry secrets: 1 rotated" in said
    for other in {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}.difference(unwritable):
        assert "rotated" in (files / other).read_text()


def test_error_without_a_summary(
    acme: Acme, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong inputs are told though the summary cannot be written, with their own status."""
    monkeypatch.setenv("INPUT_VERIFY", "maybe")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/file")
    assert main() == 2
    inputs, summary = annotated(capsys.readouterr().out, "error")
    assert inputs.startswith("inputs: 1 fault")
    assert summary.startswith("GITHUB_STEP_SUMMARY: ")


def test_half_a_character(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign text of which UTF-8 knows no bytes keeps the summary from nobody."""

    def run(*_: object, **__: object) -> Report:
        raise GitHubUnavailable("no \ud83d", where="GET /user")

    monkeypatch.setattr(wiring, "run", run)
    assert main() == 1
    assert r"no \ud83d" in (files / "GITHUB_STEP_SUMMARY").read_text()


def test_summary_is_added(acme: Acme, files: Path) -> None:
    """What another program wrote into the summary stays, and before ours."""
    (files / "GITHUB_STEP_SUMMARY").write_text("theirs\n")
    assert main() == 0
    summary = (files / "GITHUB_STEP_SUMMARY").read_text()
    assert summary.startswith("theirs\n### Registry secrets: 1 rotated")


def test_no_summary(acme: Acme, monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    """Where the runner takes no summary, none is written."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert main() == 0


def test_outputs() -> None:
    """The outputs are those of the contract."""
    assert action._outputs(report(result(), result(outcome=Outcome.FRESH), failed(1))) == {
        "registry": HOST,
        "expires-at": "2026-07-02T00:00:00Z",
        "rotated": "1",
        "fresh": "1",
        "failed": "1",
        "report": json.dumps(document(report(result(), result(outcome=Outcome.FRESH), failed(1)))),
        "matrix": "",
    }


def test_output_of_a_registry_without_a_host() -> None:
    """A registry whose host AWS did not tell is left out of the output."""
    unknown = RegistryReport(name="c", host=None)
    known = report(result())
    outputs = action._outputs(replace(known, registries=(*known.registries, unknown)))
    assert outputs["registry"] == HOST


@pytest.mark.parametrize("outcome", [Outcome.PLANNED, Outcome.FRESH])
def test_matrix(outcome: Outcome) -> None:
    """A plan is a job matrix, too; one in which nothing is due is an empty one."""
    planned = report(result(outcome=outcome, expires_at=None), command=Command.PLAN)
    outputs = action._outputs(planned)
    assert json.loads(outputs["matrix"]) == matrix(planned)
    assert outputs["expires-at"] == ""


def test_annotations(log: action._Log, capsys: pytest.CaptureFixture[str]) -> None:
    """Notes, warnings and failures are annotations, without secrets, on a line each."""
    action._tell(replace(report(failed(1)), notes=(f"a {PASSWORD}",), warnings=("b",)), log)
    said = capsys.readouterr().out
    assert annotated(said, "notice") == ["a ***"]
    assert annotated(said, "warning") == ["b"]
    assert annotated(said, "error") == ["GitHub: 1%0Ais down%0A- repository acme/1%0A%0AWait."]


@pytest.mark.parametrize(
    ("failures", "more"), [(10, []), (11, ["1 more failure"]), (13, ["3 more failures"])]
)
def test_many_failures(
    failures: int, more: list[str], log: action._Log, capsys: pytest.CaptureFixture[str]
) -> None:
    """GitHub shows ten annotations of a step, so that the others are only counted."""
    action._tell(
        report(*(failed(number, remedy=f"Do {number}.") for number in range(failures))), log
    )
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("::error")]) == 10
    assert [line.partition(":")[0] for line in lines if "more failure" in line] == more


@pytest.mark.parametrize(("targets", "folded"), [(20, False), (21, True)])
def test_many_targets_are_folded(
    targets: int, folded: bool, log: action._Log, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines of many targets are folded, and what follows them is not."""
    log.agenda(agenda(*(found(repository(f"acme/{n}")) for n in range(targets))))
    log.unfold()
    log.unfold()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{targets} targets"
    commands = [line for line in lines if line.startswith("::")]
    assert commands == ["::group::Targets", "::endgroup::"] * folded


def test_log(log: action._Log, capsys: pytest.CaptureFixture[str]) -> None:
    """Notes and warnings of the log are annotations, its lines are lines, and all can be shown."""
    log.note(f"a {PASSWORD}")
    log.warn(f"b {PASSWORD}")
    log.write(f"c {PASSWORD}")
    log.debug(f"d {PASSWORD}\x1b")
    said = capsys.readouterr().out
    assert (annotated(said, "notice"), annotated(said, "warning")) == (["a ***"], ["b ***"])
    assert said.splitlines()[-2:] == ["c ***", "::debug::d ***\ufffd"]


WORDS = ["::", "##[", "]", "%0A", "%25", "\n", "\r", "\x85", " ", ":", ",", "=", "acme", "error"]
TEXTS = st.lists(st.sampled_from([*WORDS, *KNOWN_COMMANDS]) | st.text(max_size=3), max_size=9).map(
    "".join
)
"""Texts in which commands are hidden."""


def test_line_with_colons(log: action._Log, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that is no command stays as it is."""
    log.write("role arn:aws:iam::123456789012:role/pull")
    assert capsys.readouterr().out == "role arn:aws:iam::123456789012:role/pull\n"


@given(TEXTS)
@example("a\n::set-output::b\r\nc")
@example("\t::error::it")
@example("is ##[add-mask]a")
def test_no_line_of_the_log_is_a_command(text: str) -> None:
    """Whatever a line quotes, the runner reads no command in it, and all of its words are there."""
    with redirect_stdout(StringIO()) as said:
        action._Log(Masks(lambda _: None)).write(text)
    line = said.getvalue().removesuffix("\n")
    assert parse_command(line) is None
    assert len(line.splitlines()) <= 1
    assert "".join(line.split()) == "".join(visible(text).split())


@given(TEXTS)
def test_annotations_are_read_as_they_were_written(text: str) -> None:
    """Whatever an annotation quotes, the runner reads one command with just that text."""
    with redirect_stdout(StringIO()) as said:
        action._Log(Masks(lambda _: None)).fail(text)
    line = said.getvalue().removesuffix("\n")
    assert "\n" not in line
    assert "\r" not in line
    read = parse_command(line)
    assert read
    assert (read.name, read.properties) == ("error", {"title": "rotate-ecr-token"})
    assert read.data == visible(text)
