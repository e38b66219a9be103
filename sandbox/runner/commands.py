"""Workflow commands and file commands, parsed as GitHub's runner parses them.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
and, for what it leaves open, `ActionCommand.cs` and `FileCommandManager.cs` of
https://github.com/actions/runner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

KNOWN_COMMANDS = frozenset(
    {
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "notice",
        "remove-matcher",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    }
)

_DATA_ESCAPES = {"%0D": "\r", "%0A": "\n", "%25": "%"}
_PROPERTY_ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_OLD_ESCAPES = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%25": "%"}


class FileCommandError(ValueError):
    """A file command's file that the runner does not accept, with the runner's message."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One `::name key=value,...::data` line or its old form, unescaped; the name in lower case."""

    name: str
    data: str
    properties: Mapping[str, str] = field(default_factory=dict)


def parse_command(line: str, names: Collection[str] = KNOWN_COMMANDS) -> Command | None:
    """Return the command in the line, or None if it holds none of these names.

    The old form, `##[name key=value;...]data`, is one wherever it stands in a line.
    """
    return _at_the_start(line.lstrip(), names) or _within(line, names)


def _at_the_start(line: str, names: Collection[str]) -> Command | None:
    head, separator, data = line.removeprefix("::").partition("::")
    name, _, properties = head.partition(" ")
    if not line.startswith("::") or not separator or name.lower() not in names:
        return None
    return Command(
        name=name.lower(),
        data=_unescape(data, _DATA_ESCAPES),
        properties=_properties(properties, ",", _PROPERTY_ESCAPES),
    )


def _within(line: str, names: Collection[str]) -> Command | None:
    head, closing, data = line.partition("##[")[2].partition("]")
    name, _, properties = head.partition(" ")
    if not closing or name.lower() not in names:
        return None
    return Command(
        name=name.lower(),
        data=_unescape(data, _OLD_ESCAPES),
        properties=_properties(properties, ";", _OLD_ESCAPES),
    )


def _properties(text: str, separator: str, escapes: Mapping[str, str]) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(separator) if "=" in part)
    return {key: _unescape(value, escapes) for key, _, value in pairs}


def _unescape(text: str, escapes: Mapping[str, str]) -> str:
    for escaped, character in escapes.items():
        text = text.replace(escaped, character)
    return text


def parse_file_command(text: str) -> dict[str, str]:
    """Return the names and values of a file such as `GITHUB_OUTPUT`'s.

    Raises `FileCommandError`.
    """
    values: dict[str, str] = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        name, operator, rest = _first_operator(line)
        if not line:
            continue
        if not name or not operator:
            raise FileCommandError(f"Invalid format '{line}'")
        values[name] = rest if operator == "=" else _heredoc(lines, rest)
    return values


def _first_operator(line: str) -> tuple[str, str, str]:
    """Split the line at `=` or at `<<`, whichever comes first."""
    return min(line.partition("="), line.partition("<<"), key=lambda parts: len(parts[0]))


def _heredoc(lines: Iterator[str], delimiter: str) -> str:
    value: list[str] = []
    for line in lines:
        if line == delimiter:
            return "\n".join(value)
        value.append(line)
    raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")
