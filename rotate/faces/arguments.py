"""Options of the command line, made from what is known of an input."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn, Protocol

_QUOTED = re.compile(r"""(["'])(?:\\.|(?!\1)[^\\])*\1""")
"""A text as `repr` shows it."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the options, but not with which value: it may be a secret."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - what the base takes
        """Take what the base takes."""
        # Of an abbreviation that is ambiguous, argparse shows the value as it is.
        super().__init__(allow_abbrev=False, **given)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end the process."""
        # The first that argparse quotes is what was given; then come the choices that there are.
        super().error(_QUOTED.sub("…", message, count=1))


class Described(Protocol):
    """Something that a value is given to, by name."""

    @property
    def name(self) -> str:
        """The option's name, without dashes."""

    @property
    def meaning(self) -> str:
        """What the help says."""

    @property
    def default(self) -> str:
        """What it is where it is absent; blank if that depends."""


def add_option(parser: argparse.ArgumentParser, known: Described) -> None:
    """Add an option of that name; one that is `true` or `false` is a switch."""
    default = f" Default: {known.default}." if known.default else ""
    # argparse formats help with `%`.
    text = (known.meaning + default).replace("%", "%%")
    if known.default in ("true", "false"):
        # Without a value, a switch is on.
        parser.add_argument(
            f"--{known.name}", dest=known.name, nargs="?", const="true", metavar="BOOL", help=text
        )
    else:
        parser.add_argument(f"--{known.name}", dest=known.name, metavar="VALUE", help=text)
