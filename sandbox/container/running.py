"""An image that is laid out in a folder, and how a step is run in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socketpair
from typing import Any

_MOUNT = """
root=$1
shift
while [ "$1" != -- ]; do
    mkdir -p "$root$2" && mount --bind "$1" "$root$2" || exit 125
    shift 2
done
shift
unset PWD
exec "$@"
"""
"""What `docker run` does, as far as a step can tell: its volumes are mounted for nobody else, and
the process that began it ends as the program of the container, which signals thus reach. It is
bash that hands on variables with a hyphen in their name; dash drops them."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container that each run finds as the last one left it.

    `root` is the folder that becomes its `/`, `config` what the image says of itself
    (https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md), and `added` the compressed
    size, in bytes, of the layers on top of the base.
    """

    root: Path
    config: Mapping[str, Any]
    added: int

    @property
    def entrypoint(self) -> tuple[str, ...]:
        """What runs where no command is given."""
        return tuple(self.config["config"]["Entrypoint"])

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the image sets."""
        return dict(variable.split("=", 1) for variable in self.config["config"]["Env"])

    def command(
        self, *program: str, folder: str = "/", volumes: Mapping[Path, str] | None = None
    ) -> Sequence[str]:
        """Return the command that runs a program in a folder of the container.

        `volumes` are folders of this machine, and where the program sees them.
        """
        return self._mounted(volumes or {}, *self._inside(folder, *program))

    @contextmanager
    def entered(self, *program: str, volumes: Mapping[Path, str]) -> Iterator[Sequence[str]]:
        """Yield the command that runs a program where all is mounted already.

        That is the engine's part, and none of what the program takes.
        """
        ours, theirs = socketpair()
        holder = subprocess.Popen(  # noqa: S603  it holds the mounts, and ends with our socket
            self._mounted(volumes, _tool("cat")), stdin=theirs.fileno(), stdout=theirs.fileno()
        )
        theirs.close()
        with holder, ours:
            # What comes back tells that everything is mounted.
            ours.send(b"?")
            ours.recv(1)
            mounts = f"--mount=/proc/{holder.pid}/ns/mnt"
            yield (_tool("nsenter"), mounts, *self._inside("/", *program))

    def _mounted(self, volumes: Mapping[Path, str], *command: str) -> Sequence[str]:
        mounts = [name for pair in volumes.items() for name in map(str, pair)]
        mount = (_tool("unshare"), "--mount", _tool("bash"), "-c", _MOUNT, "mount")
        return (*mount, str(self.root), *mounts, "--", *command)

    def _inside(self, folder: str, *program: str) -> Sequence[str]:
        return (_tool("unshare"), f"--root={self.root}", f"--wd={folder}", *program)


def _tool(name: str) -> str:
    """Return the path of a tool: the program's own environment need not lead to it."""
    return shutil.which(name) or name
