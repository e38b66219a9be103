"""The files of the workspace: what is read from it, and the page that is written to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rotate.errors import Fault, InvalidSettings
from rotate.settings.document import LARGEST


def load(environment: Mapping[str, str], path: str) -> bytes:
    """Return the start of a file; enough to see that it is too long.

    Raises:
        OSError: it cannot be read.
    """
    with (_workspace(environment) / path).open("rb") as file:
        return file.read(LARGEST + 1)


def page_file(environment: Mapping[str, str], path: str | None) -> Path | None:
    """Return where the page goes, once it is sure that it can be written there.

    Raises:
        InvalidSettings: it cannot, which is better known before GitHub is asked.
    """
    if path is None:
        return None
    file = _workspace(environment) / path
    is_new = not file.exists()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()
    except OSError as error:
        problem = f"`{path}` cannot be written: {error.strerror}."
        raise InvalidSettings((Fault(path="html", problem=problem),)) from None
    if is_new:
        # Whoever publishes it must not find an empty page, should this run come to nothing.
        file.unlink()
    return file


def _workspace(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("GITHUB_WORKSPACE", "."))
