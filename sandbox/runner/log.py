"""A job's log as a person sees it: commands carried out, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sandbox.runner.commands import KNOWN_COMMANDS, Command, parse_command

_WITHDRAWN = frozenset({"add-path", "save-state", "set-env", "set-output"})
_LEVELS = frozenset({"error", "notice", "warning"})


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What the run's page shows; `level` is `error`, `warning` or `notice`."""

    level: str
    message: str
    title: str | None = None
    file: str | None = None
    line: int | None = None


class JobLog:
    """Turns a step's output into the log, line by line.

    `masks` are the secrets in the order in which they were registered, `complaints` what
    the runner itself fails the step for. The runner also masks common encodings of a
    secret; nothing should count on that, and it is left out here.
    """

    def __init__(self, *, debug: bool = False) -> None:
        self.lines: list[str] = []
        self.masks: list[str] = []
        self._hidden: list[str] = []
        self.annotations: list[Annotation] = []
        self.complaints: list[str] = []
        self._debug = debug
        self._resume: str | None = None

    def feed(self, line: str) -> None:
        """Take one line of either stream."""
        names = KNOWN_COMMANDS if self._resume is None else {self._resume}
        command = parse_command(line, names)
        if command is None:
            self._show(line)
        elif command.name == self._resume:
            self._resume = None
            self._show(line)
        else:
            self._obey(command)

    def warn(self, message: str) -> None:
        """Annotate with a warning of the runner's own."""
        self._annotate(Annotation(level="warning", message=message))

    def complain(self, message: str) -> None:
        """Fail the step for a reason of the runner's own."""
        self.complaints.append(message)
        self._annotate(Annotation(level="error", message=message))

    def mask(self, secret: str) -> None:
        """Register a secret that the runner knows by itself, such as the job's token."""
        if secret:
            self._hidden.append(secret)

    def masked(self, text: str) -> str:
        """Return the text with every registered secret replaced by `***`."""
        return _mask(text, [*self._hidden, *self.masks])

    def _obey(self, command: Command) -> None:
        if command.name == "add-mask":
            self._add_mask(command.data)
        elif command.name in _LEVELS:
            self._annotate(_annotation(command))
        elif command.name in _WITHDRAWN:
            self.complain(f"The `{command.name}` command is disabled. Please use files instead.")
        elif command.name == "stop-commands":
            self._resume = command.data.lower()
        elif command.name in {"group", "endgroup"} or (command.name == "debug" and self._debug):
            self._show(f"##[{command.name}]{command.data}")

    def _add_mask(self, secret: str) -> None:
        if not secret.strip():
            self.complain("Can't add secret mask for empty string in ##[add-mask] command.")
            return
        # Also line by line: https://github.com/actions/runner, AddMaskCommandExtension
        values = dict.fromkeys((secret, *filter(None, re.split("[\r\n]", secret))))
        self.masks.extend(value for value in values if value not in self.masks)

    def _annotate(self, annotation: Annotation) -> None:
        shown = replace(annotation, message=self.masked(annotation.message))
        self.annotations.append(shown)
        self._show(f"{shown.level.capitalize()}: {shown.message}")

    def _show(self, text: str) -> None:
        self.lines.append(self.masked(text))


def _annotation(command: Command) -> Annotation:
    line = command.properties.get("line", "")
    return Annotation(
        level=command.name,
        message=command.data,
        title=command.properties.get("title"),
        file=command.properties.get("file"),
        line=int(line) if line.isdecimal() else None,
    )


def _mask(text: str, secrets: Iterable[str]) -> str:
    """Replace each stretch that secrets cover, touching ones as one, like the runner does."""
    covered = [False] * len(text)
    for secret in secrets:
        for start in _occurrences(text, secret):
            covered[start : start + len(secret)] = [True] * len(secret)
    kept = [
        character if not hidden else "" if position and covered[position - 1] else "***"
        for position, (character, hidden) in enumerate(zip(text, covered, strict=True))
    ]
    return "".join(kept)


def _occurrences(text: str, secret: str) -> Iterator[int]:
    """Yield where the secret occurs, overlapping occurrences included."""
    start = text.find(secret)
    while start >= 0:
        yield start
        start = text.find(secret, start + 1)
