"""The program that is measured: in the action's image, where that can be built."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.process import Measured, measure
from bench.world import World
from sandbox.container import Container, build, missing

_ENTRYPOINT = Path(__file__).parent.parent / "entrypoint.py"


@dataclass(frozen=True, kw_only=True)
class Program:
    """The action and its command line, in a container or as processes of this Python."""

    container: Container | None = None

    @property
    def python(self) -> str:
        """What it runs in."""
        if self.container is None:
            return f"Python {platform.python_version()}"
        return "the image"

    def action(self, place: World, inputs: Mapping[str, str]) -> Measured:
        """Run the action in a world to its end, and return what that took."""
        given = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
        return self._measured(place, given, self._entrypoint)

    def command_line(self, place: World, *arguments: str) -> Measured:
        """Run the command line in a world to its end, and return what that took."""
        return self._measured(place, {}, (*self._entrypoint[:-1], "-m", "rotate", *arguments))

    @property
    def _entrypoint(self) -> Sequence[str]:
        return self.container.entrypoint if self.container else (sys.executable, str(_ENTRYPOINT))

    def _measured(self, place: World, given: Mapping[str, str], command: Sequence[str]) -> Measured:
        environment = place.environment | dict(given)
        if self.container is None:
            return measure(command, environment)
        bundle = Path(place.environment["SSL_CERT_FILE"]).parent
        volumes = {folder: str(folder) for folder in (place.folder, bundle)}
        with self.container.entered(*command, volumes=volumes) as entered:
            return measure(entered, environment | self.container.environment)


@contextmanager
def program() -> Iterator[Program]:
    """Yield the program, in its image if this machine has what it takes to build one."""
    with TemporaryDirectory() as folder:
        yield Program(container=None if missing() else build(Path(folder)))
