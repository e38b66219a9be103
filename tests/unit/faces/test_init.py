"""`init` asks for what it was not told, and replaces nothing unasked."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from rotate import setup
from rotate.faces import init
from rotate.faces.cli import main
from rotate.setup import OPTIONS
from tests.unit.setup.examples import GIVEN, read

ARGUMENTS = ["init", *(f"--{name}={text}" for name, text in GIVEN.items())]
WORKFLOW = ".github/workflows/rotate-ecr-token.yml"
NOTHING = dict.fromkeys((option.name for option in OPTIONS), "")


class Terminal(StringIO):
    """A terminal at which somebody has already typed the answers."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


class Interrupted(Terminal):
    """A terminal at which somebody presses Ctrl-C."""

    def readline(self, _: int | None = -1) -> str:  # type: ignore[override] # of the base's base
        """Answer nothing."""
        raise KeyboardInterrupt


class Person:
    """Answers questions, and remembers them."""

    def __init__(self, *answers: str) -> None:
        self._answers = iter(answers)
        self.questions: list[str] = []

    def __call__(self, question: str) -> str:
        """Return the next answer."""
        self.questions.append(question)
        return next(self._answers)


@pytest.fixture(autouse=True)
def _nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test ask a person, unless it says so."""
    monkeypatch.setattr(sys, "stdin", StringIO())


def test_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder every file is printed behind its path, and then what is left to do."""
    assert main(ARGUMENTS) == 0
    out = capsys.readouterr().out
    for path, text in setup.files(read()).items():
        assert f"# ----- {path}\n\n{text}" in out
    assert out.endswith(f"What is left to do, in this order:\n\n{setup.steps(read())}")


def test_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a folder every file is written, and named."""
    assert main([*ARGUMENTS, f"--output={tmp_path}"]) == 0
    out = capsys.readouterr().out
    for path, text in setup.files(read()).items():
        assert (tmp_path / path).read_text(encoding="utf-8") == text
        assert f"Written: {tmp_path / path}\n" in out


def test_nothing_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that differs stays, and none of the others is written; `--force` replaces it."""
    mine = tmp_path / WORKFLOW
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")

    assert main([*ARGUMENTS, f"--output={tmp_path}"]) == 2
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "rotate-ecr-token").exists()
    assert f"output: `{WORKFLOW}` exists already. Pass `--force`" in capsys.readouterr().err
    assert main([*ARGUMENTS, f"--output={tmp_path}", "--force"]) == 0
    assert mine.read_text(encoding="utf-8") == setup.files(read())[WORKFLOW]


def test_the_same_again(tmp_path: Path) -> None:
    """What is there already, to the letter, is in nobody's way."""
    assert main([*ARGUMENTS, f"--output={tmp_path}"]) == 0
    assert main([*ARGUMENTS, f"--output={tmp_path}"]) == 0


def test_a_folder_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be written, that is said without a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert main([*ARGUMENTS, f"--output={tmp_path / 'file'}", "--force"]) == 2
    assert "cannot be written: Not a directory." in capsys.readouterr().err


def test_wrong_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that is wrong is said in one go, and the status is 2."""
    assert main(["init", "--aws-account=1", "--branch=a b"]) == 2
    err = capsys.readouterr().err
    for name in ("ops-repository", "branch", "aws-account", "aws-region", "ecr-repositories"):
        assert f"\n- {name}: " in err
    assert "`rotate-ecr-token init --help` explains each of them." in err


def test_switches() -> None:
    """A switch without a value is on."""
    assert main([*ARGUMENTS, "--config", "--oidc-provider=false"]) == 0


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option has a help."""
    with pytest.raises(SystemExit):
        main(["init", "--help"])
    out = capsys.readouterr().out
    assert all(f"--{option.name} " in out for option in OPTIONS)
    assert all(option.meaning.endswith(".") for option in OPTIONS)


def test_questions() -> None:
    """What is absent is asked for, in order, and a blank answer is the suggestion."""
    person = Person("", "", "organization", "", "123456789012", "", "base", "", "")
    suggestions = {"ops-repository": "acme/ops", "aws-region": "eu-west-1"}
    answers = init.ask(NOTHING, suggestions, person)

    assert answers["ops-repository"] == "acme/ops"
    assert answers["aws-region"] == "eu-west-1"
    assert answers["scope"] == "organization"
    assert person.questions[0] == "Repository that the workflow will run in [acme/ops]: "
    assert "AWS account of the role: " in person.questions
    assert setup.read(answers).account == "123456789012"


def test_nothing_is_asked_twice() -> None:
    """What was told as an option is not asked for."""
    given = {**NOTHING, **GIVEN, "organization": "acme", "owner-id": "1", "repository-id": "2"}
    person = Person("app")

    assert init.ask(given, {}, person)["github-access"] == "app"
    assert len(person.questions) == 1


def test_only_what_makes_sense_is_asked() -> None:
    """The questions follow from the answers before them."""
    given = {**NOTHING, **GIVEN, "scope": "user", "registry": "public.ecr.aws"}
    given |= {"ecr-repositories": "", "probe-image": "acme/base:latest"}
    person = Person("1", "2", "")
    init.ask(given, {}, person)

    assert not any("rganization" in question for question in person.questions[2:])
    assert len(person.questions) == 3


def test_a_wrong_answer_is_asked_again() -> None:
    """What is wrong with an answer is said, and the question put again."""
    given = {**NOTHING, **GIVEN, "aws-account": "", "organization": "acme"}
    person = Person("", "12", "1234", "123456789012", "")
    answers = init.ask(given, {}, person)

    assert answers["aws-account"] == "123456789012"
    for again in person.questions[2:4]:
        problem, question = again.splitlines()
        assert problem.startswith("aws-account: `12")
        assert question == person.questions[1]


def test_a_suggestion_is_there_again() -> None:
    """Whoever gave a wrong answer may still take what was suggested."""
    given = {**NOTHING, **GIVEN, "aws-region": "", "organization": "acme"}
    person = Person("", "Ireland", "", "")

    assert init.ask(given, {"aws-region": "eu-west-1"}, person)["aws-region"] == "eu-west-1"


def test_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the questions are beside what is printed."""
    monkeypatch.setattr(sys, "stdin", Terminal("\nglobex\n\n"))
    assert main(ARGUMENTS) == 0
    out, err = capsys.readouterr()
    assert "Organizations that get the secrets" in err
    assert "Organizations that get the secrets" not in out
    assert "organization: globex" in out


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard input was closed before the start, nothing is asked, as in a script."""
    monkeypatch.setattr(sys, "stdin", None)
    assert main(ARGUMENTS) == 0
    assert main(["init"]) == 2
    assert "\n- ops-repository: " in capsys.readouterr().err


def test_questions_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question is on the screen when its answer is awaited, which is typed on the same line."""
    screen = BytesIO()

    class Watched(Terminal):
        def readline(self, _: int | None = -1) -> str:  # type: ignore[override] # as above
            assert screen.getvalue().endswith(b": ")
            return super().readline()

    monkeypatch.setattr(sys, "stdin", Watched("\nglobex\n\n"))
    monkeypatch.setattr(sys, "stderr", TextIOWrapper(screen, encoding="utf-8", line_buffering=True))
    assert main(ARGUMENTS) == 0


@pytest.mark.parametrize("terminal", [Terminal("acme/ops\n"), Interrupted()])
def test_answers_that_end(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever leaves the questions gets no files, and no traceback."""
    monkeypatch.setattr(sys, "stdin", terminal)
    assert main(["init"]) == 2
    assert "answers: ended before the last question." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("git@github.com:acme/ops.git", "acme/ops"),
        ("ssh://git@github.com/acme/ops", "acme/ops"),
        ("https://github.com/acme/ops.git", "acme/ops"),
        ("https://octocat@github.com/acme/ops.js/", "acme/ops.js"),
        ("https://gitlab.com/acme/ops.git", ""),
        ("https://notgithub.com/acme/ops.git", ""),
        ("", ""),
    ],
)
def test_the_remote_of_a_clone(
    remote: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repository that one stands in is suggested, if it is one of GitHub's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    subprocess.run(["git", "init", "--quiet"], check=True)  # noqa: S607 - whichever git there is
    with (tmp_path / ".git" / "config").open("a", encoding="utf-8") as file:
        file.write(f'[remote "origin"]\n\turl = {remote}\n' if remote else "")

    expected = {"ops-repository": name, "aws-region": "eu-west-1"}
    assert init._suggestions() == {key: text for key, text in expected.items() if text}


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_of_the_shell(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The region that other programs for AWS would take is suggested."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "eu-west-1")
    assert init._suggestions() == {"aws-region": "eu-west-1"}


def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed, nothing is suggested."""
    monkeypatch.setenv("PATH", "")
    assert init._repository_here() == ""
