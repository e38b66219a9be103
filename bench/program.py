"""The program that is measured: in the action's image, where that can be built."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.process import Measured, measure
from bench.world import World
from sandbox.container import Container, build, missing


@dataclass(frozen=True, kw_only=True)
class Program:
    """The command line, in a container or as a process of this Python."""

    container: Container | None = None

    @property
    def python(self) -> str:
        """What it runs in."""
        if self.container is None:
            return f"Python {platform.python_version()}"
        return "the image"

    def __call__(self, place: World, *arguments: str) -> Measured:
        """Run it in a world to its end, and return what that took."""
        if self.container is None:
            return measure([sys.executable, "-m", "rotate", *arguments], place.environment)
        bundle = Path(place.environment["SSL_CERT_FILE"]).parent
        command = self.container.command(
            *(*self.container.entrypoint[:-1], "-m", "rotate", *arguments),
            volumes={folder: str(folder) for folder in (place.folder, bundle)},
        )
        return measure(command, place.environment | self.container.environment)


@contextmanager
def program() -> Iterator[Program]:
    """Yield the program, in its image if this machine has what it takes to build one."""
    with TemporaryDirectory() as folder:
        yield Program(container=None if missing() else build(Path(folder)))
