"""Options of the command line, made from what is known of an input."""

from __future__ import annotations

import argparse
from typing import Protocol


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
