"""The files of the workspace: what is read from it, and the page that is written to it.

A checkout holds what its author likes, links too. In a workflow no path may therefore lead out of
the workspace; elsewhere the person who typed it may open what they name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from errno import EACCES
from pathlib import Path

from rotate.errors import Fault, InvalidSettings
from rotate.settings.document import LARGEST

_WORKSPACE = "GITHUB_WORKSPACE"
_TEMPORARY = "RUNNER_TEMP"
"""A container sees it, too: `ContainerActionHandler` of https://github.com/actions/runner."""


def load(environment: Mapping[str, str], path: str) -> bytes:
    """Return the start of a file; enough to see that it is too long.

    Raises:
        OSError: it cannot be read, or leads out of the workspace; `strerror` says so.
    """
    file = _confined(environment, path, _WORKSPACE, example="rotate-ecr-token.yml")
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def page_file(environment: Mapping[str, str], path: str | None) -> Path | None:
    """Return where the page goes, once it is sure that it can be written there.

    Raises:
        InvalidSettings: it cannot, which is better known before GitHub is asked.
    """
    if path is None:
        return None
    try:
        file = _confined(environment, path, _WORKSPACE, _TEMPORARY, example="site/index.html")
        is_new = not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()
    except OSError as error:
        problem = f"`{path}` cannot be written: {error.strerror}."
        raise InvalidSettings((Fault(path="html", problem=problem),)) from None
    if is_new:
        # Whoever publishes it must not find an empty page, should this run come to nothing.
        file.unlink()
    return file


def _confined(environment: Mapping[str, str], path: str, *variables: str, example: str) -> Path:
    """Return the file that a path leads to: in a workflow, below the folder in which it begins.

    Raises:
        PermissionError: it begins in no folder of `variables`, or leads out of it.
    """
    workspace = environment.get(_WORKSPACE)
    if not workspace:
        return Path(path)
    named = Path(workspace, path)
    folders = [environment[variable] for variable in variables if environment.get(variable)]
    begin = next((folder for folder in folders if named.is_relative_to(folder)), None)
    file = Path(os.path.realpath(named))
    if file.is_relative_to(os.path.realpath(begin or workspace)):
        return file
    raise PermissionError(
        EACCES,
        f"a link leads out of `{begin}`; put the file itself there"
        if begin
        else f"it is outside of the workspace; write its path from there, such as `{example}`",
    )
