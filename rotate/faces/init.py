"""`rotate-ecr-token init`: asks for what was not given, and writes the files of a set-up."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from rotate import exit_status, setup
from rotate.errors import Fault, InvalidOptions
from rotate.faces.arguments import add_option
from rotate.setup.options import Option

_GITHUB_REMOTE = re.compile(r"(?:.*[@/])?github\.com[:/](?P<name>[^/]+/[^/]+?)(?:\.git)?/?")
"""An address that git fetches from: https://git-scm.com/docs/git-clone#_git_urls"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add every option of a set-up, and where its files go."""
    for option in setup.OPTIONS:
        add_option(parser, option)
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        help="Folder that the files go to: the root of the repository with the workflow. "
        "Absent: they are printed.",
    )
    parser.add_argument(
        "--force", action="store_true", help="Replace files that are there already."
    )


def run(options: argparse.Namespace) -> int:
    """Write or print the files and the steps that are left, and return the exit status."""
    given = {option.name: getattr(options, option.name) or "" for option in setup.OPTIONS}
    try:
        # There is none where it was closed before the start.
        if sys.stdin and sys.stdin.isatty():
            given = ask(given, _suggestions(), _answer)
        plan = setup.read(given)
        texts = setup.files(plan)
        if options.output:
            _write(options.output, texts, replace=options.force)
    except InvalidOptions as error:
        print(f"{error}\n\n{error.remedy}", file=sys.stderr)
        return exit_status.of_error(error)
    shown = "".join(_listed(options.output, texts) if options.output else _printed(texts))
    print(f"{shown}\nWhat is left to do, in this order:\n\n{setup.steps(plan)}", end="")
    return 0


def ask(
    given: Mapping[str, str], suggestions: Mapping[str, str], answer: Callable[[str], str]
) -> dict[str, str]:
    """Return the options with an answer to every question whose option is absent.

    `suggestions` are what a blank answer stands for; an answer that is wrong is asked for again.
    """
    answers = dict(given)
    for option in setup.OPTIONS:
        if option.question and not answers[option.name] and option.applies(answers):
            suggestion = suggestions.get(option.name, option.default)
            answers[option.name] = _right_answer(option, answers, suggestion, answer)
    return answers


def _right_answer(
    option: Option, answers: Mapping[str, str], suggestion: str, answer: Callable[[str], str]
) -> str:
    hint = f" [{suggestion}]" if suggestion else ""
    question = f"{option.question}{hint}: "
    text = answer(question) or suggestion
    while problems := _problems(option, {**answers, option.name: text}):
        text = answer(f"{'; '.join(problems)}\n{question}") or suggestion
    return text


def _problems(option: Option, answers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with an answer by itself; what is still to come is not missed yet."""
    try:
        setup.read(answers)
    except InvalidOptions as error:
        return [str(fault) for fault in error.faults if fault.path == option.name]
    return []


def _answer(question: str) -> str:
    """Ask beside standard output, which may be a file."""
    print(question, end="", file=sys.stderr, flush=True)
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        raise InvalidOptions((Fault(path="answers", problem="ended before the last question."),))
    return line.strip()


def _suggestions() -> dict[str, str]:
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    found = {"ops-repository": _repository_here(), "aws-region": region}
    return {name: text for name, text in found.items() if text}


def _repository_here() -> str:
    """Return the GitHub repository that the current folder is a clone of, if it is one."""
    git = shutil.which("git")
    if not git:
        return ""
    asked = subprocess.run(  # noqa: S603 - a program of the machine, with words of ours
        [git, "config", "--get", "remote.origin.url"], capture_output=True, check=False, text=True
    )
    found = _GITHUB_REMOTE.fullmatch(asked.stdout.strip())
    return found["name"] if found else ""


def _write(folder: Path, texts: Mapping[str, str], *, replace: bool) -> None:
    """Write the files; none of them if others are in their place.

    Raises:
        InvalidOptions: others are, or one cannot be written.
    """
    in_the_way = [path for path, text in texts.items() if _differs(folder / path, text)]
    if in_the_way and not replace:
        advice = "Pass `--force` to replace it."
        raise InvalidOptions(
            tuple(
                Fault(path="output", problem=f"`{path}` exists already.", suggestion=advice)
                for path in in_the_way
            )
        )
    for path, text in texts.items():
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        except OSError as error:
            problem = f"`{path}` cannot be written: {error.strerror}."
            raise InvalidOptions((Fault(path="output", problem=problem),)) from None


def _differs(path: Path, text: str) -> bool:
    """Tell whether something else stands there."""
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _listed(folder: Path, texts: Mapping[str, str]) -> list[str]:
    return [f"Written: {folder / path}\n" for path in texts]


def _printed(texts: Mapping[str, str]) -> list[str]:
    return [f"# ----- {path}\n\n{text}\n" for path, text in texts.items()]
