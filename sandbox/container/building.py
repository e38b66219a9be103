"""Builds the Dockerfile with buildah, on a base that Debian's packages make.

What stands in for the official image of Python is like it in what the action's image rests on: a
`python3` with pip on the path, whose standard library comes uncompiled.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from sandbox.container.running import Container

_PROJECT = Path(__file__).resolve().parents[2]
_IMAGE = "rotate-ecr-token"
_TOOLS = ("buildah", "mmdebstrap", "unshare")
_PACKAGES = (
    *("base-files", "coreutils", "dash", "findutils", "libc-bin"),
    *("python3.15", "python3-pip-whl"),
)

_BASE = dedent(
    """
    FROM scratch
    ADD base.tar /
    RUN mkdir -p /usr/local/bin /usr/local/lib/python3.15/dist-packages \\
        && ln -s /usr/bin/python3.15 /usr/local/bin/python3 \\
        && cd /usr/local/lib/python3.15/dist-packages \\
        && python3 -m zipfile -e /usr/share/python-wheels/pip-*.whl .
    """
)

_CERTIFICATES = Path("/etc/ssl/certs")


def missing() -> str | None:
    """Return what this machine lacks to build the image and run it, None if it is all there."""
    if absent := [tool for tool in _TOOLS if not shutil.which(tool)]:
        return f"{', '.join(absent)} not installed"
    return None if os.geteuid() == 0 else "only root may mount and change the root folder"


def build(folder: Path) -> Container:
    """Build the image in an empty folder, which from then on holds it, and lay it out to run.

    Raises `RuntimeError` with what a tool said that failed.
    """
    context = folder / "base"
    context.mkdir()
    (context / "Dockerfile").write_text(_BASE)
    _bootstrap(context / "base.tar")
    _buildah(folder, "build", "--quiet", "--tag", "base", str(context))
    _buildah(
        *(folder, "build", "--quiet", "--tag", _IMAGE),
        *("--build-arg", "BASE=localhost/base", *_mounts(), str(_PROJECT)),
    )
    container = _buildah(folder, "from", "--pull-never", _IMAGE)
    return Container(
        root=Path(_buildah(folder, "mount", container)),
        config=_config(folder, _IMAGE),
        added=_added(folder),
    )


def _bootstrap(archive: Path) -> None:
    """Unpack the packages and what they depend on, unconfigured, into an archive."""
    _run(
        *("mmdebstrap", "--quiet", "--variant=extract", f"--include={','.join(_PACKAGES)}"),
        # A mirror may be a snapshot, whose Release file has expired.
        """--aptopt=Acquire::Check-Valid-Until "false";""",
        *("sid", str(archive)),
    )


def _mounts() -> Iterator[str]:
    """Yield the options that let pip find packages as it does on this machine."""
    listed = _run(sys.executable, "-m", "pip", "config", "debug")
    lines = (line.strip().split(", exists: ") for line in listed.splitlines())
    files = (Path(line[0]) for line in lines if line[1:] == ["True"])
    # A folder of pip's own also holds what its configuration names, such as constraints.
    own = (file.parent if file.parent.name == "pip" else file for file in files)
    for path in (_CERTIFICATES, *own):
        if path.exists():
            yield f"--volume={path}:{path}:ro"


def _added(folder: Path) -> int:
    """Return the size of the layers that the base has not, in bytes, compressed as pushed."""
    _buildah(folder, "push", "--quiet", _IMAGE, f"oci:{folder / 'pushed'}")
    blobs = folder / "pushed" / "blobs" / "sha256"
    index = json.loads((folder / "pushed" / "index.json").read_bytes())
    digest = index["manifests"][0]["digest"].removeprefix("sha256:")
    layers = json.loads((blobs / digest).read_bytes())["layers"]
    below = len(_config(folder, "base")["rootfs"]["diff_ids"])
    return sum(layer["size"] for layer in layers[below:])


def _config(folder: Path, image: str) -> Any:  # noqa: ANN401  JSON
    return json.loads(_buildah(folder, "inspect", "--type=image", image))["OCIv1"]


def _buildah(folder: Path, command: str, *arguments: str) -> str:
    """Run a command of buildah, whose storage is a folder like any other, and return its answer."""
    storage = ("--root", str(folder / "storage"), "--runroot", str(folder / "run"))
    isolation = ("--isolation", "chroot") if command in {"build", "from"} else ()
    return _run("buildah", *storage, "--storage-driver=vfs", command, *isolation, *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()
