"""The folder that a command line works in, and what it leaves there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


class Workspace:
    """A folder that holds files, until it is closed."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._folder = TemporaryDirectory()
        self.path = Path(self._folder.name)
        for name, content in files.items():
            (self.path / name).write_bytes(_bytes(content))
        self._given = self._contents()

    def close(self) -> dict[str, str]:
        """Remove the folder, and return what every new or changed file held, by its path there."""
        contents = self._contents()
        self._folder.cleanup()
        return {
            name: content.decode("utf-8", "replace")
            for name, content in contents.items()
            if self._given.get(name) != content
        }

    def _contents(self) -> dict[str, bytes]:
        files = (path for path in self.path.rglob("*") if path.is_file())
        return {str(path.relative_to(self.path)): path.read_bytes() for path in files}


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
