"""YAML as people write it: in the order given, with quotes only where they are needed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import yaml


class _Writer(yaml.SafeDumper):
    """Indents the items of a list below their key, as GitHub's and AWS's documentation does."""

    def increase_indent(self, *_: object, **__: object) -> None:
        super().increase_indent()

    def ignore_aliases(self, data: object) -> bool:
        return True


def block(values: Mapping[str, object], *, indent: int = 0) -> str:
    """Return a mapping as lines of YAML, each behind so many blanks."""
    text = yaml.dump(dict(values), Dumper=_Writer, sort_keys=False, width=1000)
    return textwrap.indent(text, " " * indent)
