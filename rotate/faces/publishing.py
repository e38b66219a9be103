"""The files in which a run is told: each is written, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rotate.errors import NotPublished, RotateError

Writers = Mapping[str, Callable[[], object]]
"""What writes each file, by the name that its reader knows it by."""


def published(writers: Writers, fail: Callable[[RotateError], None]) -> bool:
    """Write every file, and return whether all could be; `fail` tells once of those that could not.

    A run that nobody can read of has failed, though its secrets were written.
    """
    problems: dict[str, Exception] = {}
    for name, write in writers.items():
        try:
            write()
        except Exception as error:
            # actions-toolkit raises nothing more special where there is no such file.
            problems[name] = error
    if problems:
        fail(NotPublished(problems))
    return not problems
