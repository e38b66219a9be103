"""The command line: the same inputs as options, the same plan, the same exit status."""

from __future__ import annotations

import argparse
import json
import os
import re
import stat
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib.util import find_spec
from typing import TextIO

from actions_toolkit.command import Command as WorkflowCommand

from rotate import __version__, exit_status
from rotate.errors import RotateError
from rotate.faces import init, wiring
from rotate.faces.arguments import Parser, add_option
from rotate.faces.clock import SystemClock
from rotate.faces.lines import Lines
from rotate.faces.masks import Masks
from rotate.faces.publishing import published
from rotate.faces.words import explanation, headline
from rotate.foreign import inert
from rotate.matrix import matrix
from rotate.model.plan import Command
from rotate.report import Report, failures, lines
from rotate.reporting import Reporter
from rotate.settings.inputs import INPUTS
from rotate.settings.schema import schema
from rotate.trace import silent

_HELP = {
    Command.RUN: "write a new credential to every target that is due",
    Command.PLAN: "show what a run would write, and what it costs; asks only GitHub",
    Command.STATUS: "show how fresh each target is; asks only GitHub",
    Command.DOCTOR: "check every link from the workflow to the secrets; writes nothing",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a person or a script calls it, and return the exit status."""
    options = _options(arguments)
    if options.command == "schema":
        print(json.dumps(schema(), indent=2))
        return 0
    if options.command == "init":
        return init.run(options)
    clock = SystemClock()
    clock.stop_on_signals()
    masks = Masks(_announce)
    fail = partial(_fail, masks)
    try:
        with _reporter(masks, machine=options.json or options.matrix) as reporter:
            report, files = wiring.run(
                {known.name: getattr(options, known.name) or "" for known in INPUTS},
                environment=os.environ,
                clock=clock,
                masks=masks,
                reporter=reporter,
                fail=fail,
                offline=options.offline,
                trace=partial(_tell, masks) if options.verbose else silent,
            )
    except RotateError as error:
        fail(error)
        return exit_status.of_error(error)
    _show(report, masks, options)
    is_published = published(files, fail)
    return exit_status.of_report(report, hindered=clock.stopped or not is_published)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    words = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    if words and words[0].startswith("-") and words[0] not in _WITHOUT_A_COMMAND:
        parser.error(f"{_without_value(words[0])}: the command comes first, then its options")
    options, unknown = parser.parse_known_args(words)
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(map(_without_value, unknown))}")
    if options.offline and options.matrix:
        # What is due, nobody knows without asking. An option cannot be in two groups of argparse's.
        parser.error("argument --matrix: not allowed with argument --offline")
    return options


_WITHOUT_A_COMMAND = ("-h", "--help", "--version")

_OPTION = re.compile(r"(--?[a-z][a-z-]*)(=.*)?", re.DOTALL)


def _without_value(word: str) -> str:
    """Return an option's name alone: the value of a misspelt one may be a secret."""
    option = _OPTION.fullmatch(word)
    return option[1] if option else "…"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="rotate-ecr-token",
        description="Keep the registry secrets of GitHub Codespaces fresh.",
        epilog="Exit status: 0 all is fresh or was rotated; 1 something failed, was not attempted "
        "or is stale; 2 the options are wrong and nothing was attempted.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(offline=False, matrix=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in Command:
        # By its value: argparse lists the commands as `repr` shows them.
        sub = commands.add_parser(command.value, help=_HELP[command])
        _add_options(sub, command)
    commands.add_parser("schema", help="print the JSON Schema of the configuration file")
    init.add_options(commands.add_parser("init", help="write the files that a set-up consists of"))
    return parser


def _add_options(parser: argparse.ArgumentParser, command: Command) -> None:
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print the report as JSON")
    if command is Command.PLAN:
        printed.add_argument(
            "--matrix", action="store_true", help="print what is due as a job matrix, by owner"
        )
        parser.add_argument(
            "--offline", action="store_true", help="only check the inputs; needs no credential"
        )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="print a line for each request to standard error: what was asked of whom, the status "
        "and the time it took",
    )
    for known in INPUTS:
        if known.name != "command":
            add_option(parser, known)


def _announce(secret: str) -> None:
    """Mask a secret in a workflow's log; anywhere else, saying it aloud would reveal it."""
    if os.environ.get("GITHUB_ACTIONS") == "true" and not _is_file(sys.stderr):
        # The runner reads both streams, and standard output may be JSON.
        _write(str(WorkflowCommand("add-mask", {}, secret)), sys.stderr)


def _is_file(stream: TextIO) -> bool:
    """Whether what is said goes to a file, in which no runner reads a mask."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        # What has no descriptor is something of the caller's.
        return False


def _reporter(masks: Masks, *, machine: bool) -> AbstractContextManager[Reporter]:
    """Return a progress bar on a terminal, and plain lines anywhere else."""
    if _is_terminal() and not machine:
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

        from rotate.faces.terminal import terminal  # noqa: PLC0415

        return terminal(Console(), partial(_clean, masks))
    stream = sys.stderr if machine else sys.stdout
    return nullcontext(Lines(lambda text: _write(_clean(masks, text), stream)))


def _clean(masks: Masks, text: str) -> str:
    return inert(masks.redact(text))


def _tell(masks: Masks, text: str) -> None:
    """Say to people what a program that reads standard output must not read."""
    _write(_clean(masks, text), sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    """Write a line as one piece: between the two of `print`, another thread's line may fall.

    The runner would not know a mask that another line precedes, and would mask too much of one that
    another line follows.
    """
    stream.write(f"{text}\n")


def _fail(masks: Masks, error: RotateError) -> None:
    """Say what made all of it fail."""
    _tell(masks, f"{error}\n\n{error.remedy}")


def _is_terminal() -> bool:
    """Whether a person watches, and what draws for people is installed (the extra `cli`)."""
    return sys.stdout.isatty() and find_spec("rich") is not None


def _show(report: Report, masks: Masks, options: argparse.Namespace) -> None:
    """Say what became of everything; the last is what a person must read first."""
    if not (options.json or options.matrix or options.offline or report.checks):
        _show_table(report)
    for warning in report.warnings:
        _tell(masks, f"warning: {warning}")
    for note in report.notes:
        _tell(masks, f"note: {note}")
    for failure in failures(report):
        _tell(masks, f"\n{explanation(failure)}\n")
    if options.matrix:
        print(json.dumps(matrix(report)))
    elif options.json:
        for line in lines(report):
            print(masks.redact(line))
    elif not options.offline:
        print(headline(report))


def _show_table(report: Report) -> None:
    if _is_terminal():
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

        from rotate.faces.terminal import table  # noqa: PLC0415

        Console().print(table(report))
