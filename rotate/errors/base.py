"""The root of every error, and those that no service causes."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rotate import remedies

TRANSIENT = 5
"""Attempts at a request that fails for a passing reason."""


class RotateError(Exception):
    """Something a person must act on."""

    attempts = 1
    """How often a request that fails like this is made at most; more than once where the same
    request may well succeed a moment later."""

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        """Say what happened, where it happened, and what to do."""
        super().__init__(f"{where}: {what}")
        self.what = what
        self.where = where
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong in the inputs; it never quotes the value of a secret."""

    path: str
    """Name of the input, or path in the configuration file."""
    problem: str
    suggestion: str = ""
    line: int | None = None
    """Line in the configuration file."""

    def __str__(self) -> str:
        """Return the fault as one sentence or two."""
        where = f"{self.path} (line {self.line})" if self.line else self.path
        return f"{where}: {self.problem} {self.suggestion}".rstrip()


class InvalidSettings(RotateError):
    """The inputs are wrong; nothing was attempted."""

    _where = "inputs"
    _remedy = remedies.INPUTS

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Gather every fault, so that they can be fixed in one go."""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"- {fault}" for fault in faults)
        super().__init__(
            f"{count}, so nothing was attempted:\n{lines}", where=self._where, remedy=self._remedy
        )
        self.faults = faults


class InvalidOptions(InvalidSettings):
    """The options of `init` are wrong, or its files would replace others."""

    _where = "init"
    _remedy = "Correct the options; `rotate-ecr-token init --help` explains each of them."


class Unexpected(RotateError):
    """A fault of this program."""

    def __init__(self, error: BaseException) -> None:
        """Keep what helps to find the fault, and not the text, which may hold a secret."""
        *_, last = traceback.extract_tb(error.__traceback__)
        super().__init__(
            f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}",
            where="rotate-ecr-token",
            remedy="This is a fault of rotate-ecr-token. Please report the line above at "
            "https://github.com/rotate-ecr-token/rotate-ecr-token/issues.",
        )


def known(error: Exception) -> RotateError:
    """Return an error of ours as it is, and any other as the fault of this program that it is."""
    return error if isinstance(error, RotateError) else Unexpected(error)


class NotPublished(RotateError):
    """Files that would tell what a run came to cannot be written."""

    def __init__(self, problems: Mapping[str, Exception]) -> None:
        """Take, by the name of each file, its error, of which no more is kept than the kind."""
        reasons = dict.fromkeys(map(_kind, problems.values()))
        super().__init__(
            f"what the run came to cannot be written there ({', '.join(reasons)})",
            where=", ".join(problems),
            remedy="The log says what came of the run. See whether the disk (of the self-hosted "
            "runner) is full, and whether those files may be written.",
        )


def _kind(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


class OutOfTime(RotateError):
    """The deadline came first."""

    def __init__(self) -> None:
        """Name the input that sets the deadline."""
        super().__init__(
            "the time this run may take is used up",
            where="timeout",
            remedy="Run again; if it happens often, raise `timeout`, or lower the number of "
            "targets of one run.",
        )


class Stuck(RotateError):
    """Something outlasted the end of the run, which was ended with it."""

    def __init__(self, where: str) -> None:
        """Take what should have ended the run: `timeout`, or a signal."""
        super().__init__(
            "something was still under way long after this run should have ended",
            where=where,
            remedy="Run again: what is listed as rotated is complete, and the next run writes the "
            "rest anew. If it happens again, run with debug logging (`-v` on the command line), "
            "which shows each request as it ends: the next one waits for a name server perhaps, "
            "or for a program that AWS's configuration names.",
        )


class Cancelled(RotateError):
    """The run was told to stop (SIGTERM or SIGINT)."""

    def __init__(self) -> None:
        """Say what became of the rest."""
        super().__init__(
            "the run was cancelled before this was done",
            where="signal",
            remedy="Run again: what is listed as rotated is complete, everything else still holds "
            "the old password.",
        )
