"""The sandbox for other programs: `python -m sandbox start`, and then `python -m sandbox check`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sandbox import standalone


def main() -> int:
    """Do what the command line says, and return the exit status."""
    given = _parser().parse_args()
    match given.command:
        case "start":
            return standalone.start(given.folder, given.address)
        case "serve":
            return standalone.serve(given.folder, given.address)
        case _:
            return standalone.check(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in (
        ("start", "open the demo's world in the background, and print what a step needs"),
        ("serve", "be that world, in the foreground"),
    ):
        command = commands.add_parser(name, help=meaning)
        command.add_argument("folder", type=Path, help="where its CA bundle goes")
        command.add_argument("--address", default="127.0.0.1", help="where its proxy listens")
    commands.add_parser("check", help="pull as a codespace of that world does")
    return parser


if __name__ == "__main__":
    sys.exit(main())
