"""The command line: the same inputs as options."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BufferedWriter, FileIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from rotate import __main__ as entry
from rotate import __version__
from rotate.errors import GitHubUnavailable
from rotate.faces import cli, wiring
from rotate.faces.cli import main
from rotate.faces.masks import Masks
from rotate.faces.publishing import Writers
from rotate.model.plan import Command
from rotate.report import Check, CheckOutcome, Outcome, Report
from rotate.reporting import Reporter
from rotate.settings.inputs import INPUTS
from rotate.settings.schema import schema
from sandbox.runner.commands import parse_command
from tests.unit.examples import GITHUB_TOKEN, HOST, PASSWORD, result
from tests.unit.faces.acme import GIVEN, RUNNER, Acme

OPTIONS = [f"--{name}={value}" for name, value in GIVEN.items()]
QUOTED = "ghp_that_is_quoted"
PLANNED = result(outcome=Outcome.PLANNED, expires_at=None)
LINK = Check(name="ID token", outcome=CheckOutcome.OK)
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Screen(StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Return that this is one."""
        return True


class Pipe(TextIOWrapper):
    """A pipe, which remembers each piece that was written at once."""

    def __init__(self) -> None:
        """Lead to nobody: no piece has to wait for a reader."""
        super().__init__(BufferedWriter(FileIO(os.devnull, "w")), encoding="utf-8")
        self.pieces: list[str] = []

    def write(self, text: str, /) -> int:
        """Remember a piece."""
        self.pieces.append(text)
        return super().write(text)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give the signals back afterwards."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Acme:
    """Return an internet in which all is well, and the environment for it."""
    internet = Acme()
    internet.install(monkeypatch)
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)
    return internet


def given(*arguments: str) -> dict[str, str | None]:
    """Return what those arguments are as inputs."""
    options = cli._parser().parse_args(arguments)
    return {known.name: getattr(options, known.name) for known in INPUTS}


def test_every_input_is_an_option() -> None:
    """Each input is an option of its own name, and absent unless it is given."""
    names = [known.name for known in INPUTS if known.name != "command"]
    values = given("run", *(f"--{name}=x" for name in names))
    assert values == {"command": "run", **dict.fromkeys(names, "x")}
    assert given("plan") == {"command": "plan", **dict.fromkeys(names)}


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["--force"], "true"),
        (["--force=false"], "false"),
        (["--force", "true"], "true"),
        (["--force", "--verify", "false"], "true"),
        (["--verify", "--force"], "true"),
        ([], None),
    ],
)
def test_switches(arguments: list[str], value: str | None) -> None:
    """A switch without a value is on."""
    assert given("run", *arguments)["force"] == value


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rotate"],
        ["run", "--offline"],
        ["status", "--matrix"],
        ["run", "--mispelt=x"],
        ["run", "--timeout"],
        ["schema", "--json"],
    ],
)
def test_wrong_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Options that do not exist end with status 2 and say so."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: rotate-ecr-token" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--github-tokn=ghp_1"], "--github-tokn"),
        (["--github-tokn", "ghp_1"], "--github-tokn …"),
        (["--g=ghp_1"], "--g"),
        (["--ghp_1"], "…"),
        (["--app-private-ky=-----BEGIN\n1="], "--app-private-ky"),
        (["--app-private-ky", "-----BEGIN\n1="], "--app-private-ky …"),
    ],
)
def test_value_of_an_unknown_option(
    arguments: list[str], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What may be a secret under a misspelt name is not shown."""
    with pytest.raises(SystemExit):
        main(["run", *arguments])
    assert capsys.readouterr().err.endswith(f"error: unrecognized arguments: {shown}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--github-token", QUOTED, "run"], "error: --github-token: the command comes first"),
        ([f"--github-token={QUOTED}", "run"], "error: --github-token: the command comes first"),
        ([f"--={QUOTED}", "run"], "error: …: the command comes first"),
        ([f"--version={QUOTED}"], "error: --version: the command comes first"),
        (["--json", "run"], "error: --json: the command comes first, then its options\n"),
        ([QUOTED, "run"], "error: argument command: invalid choice: … (choose from "),
        (["run", f"--json={QUOTED}"], "argument --json: ignored explicit argument …\n"),
        (["run", f"--verbose={QUOTED}"], "--verbose: ignored explicit argument …\n"),
        (["run", f"-v{QUOTED}"], ": error: "),
        (["init", f"--force={QUOTED}"], "argument --force: ignored explicit argument …\n"),
        (["init", f"--o={QUOTED}"], "error: unrecognized arguments: --o\n"),
    ],
)
def test_value_in_the_wrong_place(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What may be a secret is not shown wherever it stands, and what is wrong is said."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert said in err
    assert QUOTED not in err


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever misspells a command is told all of them, as they are typed."""
    with pytest.raises(SystemExit):
        main(["rnu"])
    said = capsys.readouterr().err.partition("invalid choice: … ")[2]
    # Python 3.13.1 no longer quotes them.
    assert said.replace("'", "") == "(choose from run, plan, status, doctor, schema, init)\n"


@pytest.mark.parametrize("option", ["--json", "--offline"])
def test_matrix_alone(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A matrix is no report, and is not known without asking: whoever wants both is told so."""
    with pytest.raises(SystemExit) as caught:
        main(["plan", option, "--matrix"])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f": error: argument --matrix: not allowed with argument {option}\n" in err


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["plan", "--help"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """There is help for everything."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert ("Exit status: 0" in text) is (len(arguments) == 1)
    assert ("50%" in text) is (len(arguments) == 2)


@pytest.mark.parametrize("command", [[], ["init"], *([name] for name in Command)])
def test_help_of_everything(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What the usage names, a word explains."""
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    usage, _, rest = capsys.readouterr().out.partition("\n\n")
    named = re.findall(r"--[a-z-]+|(?<=[{,])[a-z]+", usage)
    explained = re.findall(
        r"^ +(?:-\w, )?(--[a-z-]+|[a-z]+)(?: VALUE| DIR| \[BOOL\])?(?: {2,}|\n {8,})\S",
        rest,
        re.MULTILINE,
    )
    assert len(named) > 1
    assert set(named) <= set(explained)
    assert command or rest.startswith("Keep the registry secrets of GitHub Codespaces fresh.\n")


def test_help_of_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Help says what an absent option stands for, where it stands for anything."""
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    told = dict(re.findall(r" --([a-z-]+) \S+ (?:(?! --[a-z]).)*? Default: (\S+)\.", text))
    known = {known.name: known.default for known in INPUTS if known.default}
    assert told == {name: default for name, default in known.items() if name != "command"}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is that of the package."""
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"{__version__}\n"


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema of the configuration file is printed."""
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == schema()
    assert printed.startswith('{\n  "$schema": ')


def test_run(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is well ends with status 0, a line for each target, and no secret."""
    assert main(["run", *OPTIONS]) == 0
    out, err = capsys.readouterr()
    assert "repository acme/api: rotated" in out
    assert "───" not in out
    assert out.splitlines()[-1].startswith("Registry secrets: 1 rotated, valid until ")
    assert PASSWORD not in out + err
    assert GITHUB_TOKEN not in out + err


def test_failure(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """What failed and what to do is said, and the status is 1."""
    acme.status = 409
    assert main(["run", *OPTIONS]) == 1
    err = capsys.readouterr().err
    assert "HTTP 409: the-message" in err
    assert "\n- repository acme/api\n\nCorrect what GitHub names" in err


def test_wrong_inputs(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong inputs end with status 2, and nobody is asked."""
    assert main(["run", *OPTIONS, "--verify=maybe"]) == 2
    assert "verify: `maybe` must be `true` or `false`." in capsys.readouterr().err
    assert acme.internet.sent == []


def test_json(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is all of standard output; what else is said is said beside it."""
    assert main(["run", "--json", *OPTIONS]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["rotated"] == 1
    assert "repository acme/api: rotated" in err


def test_json_on_a_terminal(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is all of standard output where a person watches, too: no bar, no table."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["run", "--json", *OPTIONS]) == 0
    assert json.loads(screen.getvalue())["rotated"] == 1


@pytest.mark.parametrize(("options", "shown"), [(["-v"], True), (["--verbose"], True), ([], False)])
def test_verbose(
    options: list[str], shown: bool, acme: Acme, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for it has a line for each request, off standard output."""
    assert main(["run", *options, *OPTIONS]) == 0
    out, err = capsys.readouterr()
    traced = [line for line in err.splitlines() if line.endswith(" s)")]
    assert len(traced) == shown * (len(acme.internet.sent) + len(acme.aws.sent))
    assert any(line.startswith(f"GET {HOST}/v2/: 200 ") for line in traced) is shown
    assert f"GET {HOST}" not in out


def test_secret_in_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an address quotes, no secret is in the line of its request."""
    masks = Masks(lambda _: None)
    masks.add(PASSWORD)
    cli._tell(masks, f"GET example.com/{PASSWORD}")
    assert capsys.readouterr() == ("", "GET example.com/***\n")


def test_secret_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a foreign text quotes, a terminal shows no secret beside its bar either."""

    def run(*_: object, masks: Masks, reporter: Reporter, **__: object) -> tuple[Report, Writers]:
        masks.add(QUOTED)
        reporter.note(f"at once {QUOTED}\x1b")
        return Report(command=Command.RUN, registries=(), results=()), {}

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(wiring, "run", run)
    main(["run"])
    assert "at once ***\ufffd" in screen.getvalue()


def test_command_in_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a text quotes, no runner reads a command in it, and no terminal obeys it."""
    cli._tell(Masks(lambda _: None), "::stop-commands::x\na ##[error]b \x1b[2Jc")
    said = capsys.readouterr().err
    assert said == ": :stop-commands::x\na ## [error]b \ufffd[2Jc\n"
    assert not any(map(parse_command, said.splitlines()))


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("fails", [True, False])
def test_secret_in_what_is_told(
    options: list[str],
    fails: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever a foreign text quotes, no secret is in a line, an error or a report."""

    def run(*_: object, masks: Masks, reporter: Reporter, **__: object) -> tuple[Report, Writers]:
        masks.add(QUOTED)
        reporter.note(f"at once {QUOTED}")
        if fails:
            raise GitHubUnavailable(f"no {QUOTED}", where="GET /user")
        failed = result(outcome=Outcome.FAILED, reason=f"reason {QUOTED}", remedy=QUOTED)
        report = Report(
            command=Command.RUN,
            registries=(),
            results=(failed,),
            warnings=(f"mend {QUOTED}",),
            notes=(f"know {QUOTED}",),
        )
        return report, {}

    monkeypatch.setattr(wiring, "run", run)
    assert main(["run", *options]) == 1
    out, err = capsys.readouterr()
    told = ["no ***"] if fails else ["warning: mend ***", "note: know ***", "reason ***"]
    assert all(text in err for text in told)
    assert "at once ***" in out + err
    assert QUOTED not in out + err


def test_matrix(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan is printed as a job matrix, with what is good to know beside it."""
    assert main(["plan", "--matrix", *OPTIONS]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"include": [{"owners": "acme"}]}
    assert "note: Writing this takes 4 requests" in err


def test_offline(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    """The inputs can be checked without a credential and without asking anybody."""
    assert main(["plan", "--offline", "--aws-region=us-east-1"]) == 0
    out, err = capsys.readouterr()
    assert "note: The inputs are valid." in err
    assert "warning: Without `role-to-assume`" in out
    assert acme.internet.sent == []


def test_warnings(
    acme: Acme,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What should be mended is warned of, and what is stale has status 1."""
    event = tmp_path / "event.json"
    event.write_text('{"schedule": "0 0 * * *"}', encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert main(["status", *OPTIONS]) == 1
    assert "warning: The schedule `0 0 * * *` runs every 24 h" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_whole_lines(options: list[str], acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """While others may speak too, each line is one piece: none gets into the middle of a mask."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with Pipe() as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        main(["run", "--verbose", *options, *OPTIONS])
    said = "".join(pipe.pieces)
    assert f"\n::add-mask::{PASSWORD}\n" in said
    assert "\nGET " in said
    assert ("repository acme/api: rotated" in said) is bool(options)
    assert pipe.pieces == said.splitlines(keepends=True)


@pytest.mark.parametrize(("in_a_workflow", "masked"), [("true", True), ("", False)])
def test_masks(
    in_a_workflow: str,
    masked: bool,
    acme: Acme,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a workflow secrets are masked, off standard output; elsewhere they are never said."""
    monkeypatch.setenv("GITHUB_ACTIONS", in_a_workflow)
    with Pipe() as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        main(["run", "--json", *OPTIONS])
    assert (f"::add-mask::{PASSWORD}\n" in pipe.pieces) is masked
    assert "add-mask" not in capsys.readouterr().out


def test_no_masks_in_a_file(acme: Acme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a workflow, too, no secret is said to a file: a later step may upload it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    trace = tmp_path / "trace.log"
    with trace.open("w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stderr", file)
        assert main(["run", "--verbose", *OPTIONS]) == 0
    said = trace.read_text(encoding="utf-8")
    assert f"GET {HOST}/v2/: 200 " in said
    assert "add-mask" not in said
    assert GITHUB_TOKEN not in said


def test_masks_in_what_is_no_file(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that has no descriptor is somebody's who asked for it, and hears of masks."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(sys, "stderr", heard := StringIO())
    assert main(["run", *OPTIONS]) == 0
    assert f"::add-mask::{GITHUB_TOKEN}\n" in heard.getvalue()


def test_terminal(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal there is a bar, and then a table."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["run", *OPTIONS]) == 0
    assert "1/1" in screen.getvalue()
    assert "repository acme/api" in screen.getvalue()
    assert "───" in screen.getvalue()
    assert PASSWORD not in screen.getvalue()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["plan", "--json"], {"results": (PLANNED,)}),
        (["plan", "--matrix"], {"results": (PLANNED,)}),
        (["plan", "--offline"], {}),
        (["doctor"], {"results": (PLANNED,), "checks": (LINK,)}),
    ],
    ids=lambda given: given[-1] if isinstance(given, list) else "",
)
def test_no_table(
    options: list[str], told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is for a program, a check of the inputs and a diagnosis come without a table."""
    report = Report(**{"command": Command(options[0]), "registries": (), "results": (), **told})
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(wiring, "run", lambda *_, **__: (report, {}))
    assert main(options) == 0
    assert "───" not in screen.getvalue()
    assert ("\n" in screen.getvalue()) is ("--offline" not in options)


def test_terminal_without_rich(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what draws is not installed, a terminal shows the lines that a pipe would get."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setitem(sys.modules, "rich", None)
    assert main(["run", *OPTIONS]) == 0
    assert "repository acme/api: rotated" in screen.getvalue()
    assert "───" not in screen.getvalue()


def test_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The module can be run as the program is."""
    monkeypatch.setattr(sys, "argv", ["rotate-ecr-token", "schema"])
    # Whoever imported it before would be warned of.
    monkeypatch.delitem(sys.modules, "rotate.__main__", raising=False)
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("rotate", run_name="__main__")
    assert caught.value.code == 0
    assert json.loads(capsys.readouterr().out) == schema()


@pytest.mark.parametrize(("options", "status"), [(["--version"], 0), (["--mispelt"], 2)])
def test_module_without_a_command(
    options: list[str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What argparse ends by itself has its status, too."""
    monkeypatch.setattr(sys, "argv", ["rotate-ecr-token", *options])
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        entry.main()
    assert caught.value.code == status
    out, err = capsys.readouterr()
    assert (out == f"{__version__}\n", "usage:" in err) == (not status, bool(status))


@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["run", "--help"]])
def test_nobody_reads(arguments: list[str]) -> None:
    """What nobody reads ends quietly, and is no success."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(  # noqa: S603 - our own Python, with our own program
        [sys.executable, "-m", "rotate", *arguments],
        check=False,
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_module_that_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the module runs nothing."""
    monkeypatch.delitem(sys.modules, "rotate.__main__", raising=False)
    runpy.run_module("rotate.__main__", run_name="imported")
