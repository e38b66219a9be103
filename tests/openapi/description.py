"""GitHub's OpenAPI description of its interface, cut down to what is spoken here.

GitHub publishes it as an npm package. A newer one: `npm view @octokit/openapi version
dist.integrity` prints the two constants.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PACKAGE = "@octokit/openapi"
VERSION = "23.0.2"
INTEGRITY = (
    "sha512-"
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
)

Description = dict[str, Any]

_MEMBER = "package/generated/api.github.com.json"
_SECONDS = 180
_SPOKEN = re.compile(
    r"/(orgs/{org}|repos/{owner}/{repo}|user)/(codespaces|dependabot|actions)/secrets(/.*)?"
    r"|/(orgs/{org}|repos/{owner}/{repo}|user|users/{username})(/installation|/repos)?"
    r"|/app(/installations(/{installation_id}(/access_tokens)?)?)?"
    r"|/repos/{owner}/{repo}/(issues(/{issue_number}(/comments)?)?|labels(/{name})?)"
    r"|/repos/{owner}/{repo}/actions/variables(/{name})?|/app-manifests/{code}/conversions"
    r"|/installation/repositories|/rate_limit"
)


class UnavailableError(Exception):
    """The description cannot be fetched on this machine; the message says why."""


def description(folder: Path) -> Description:
    """Return the paths spoken here, and what they refer to; `folder` keeps them for next time.

    Raises:
        UnavailableError: npm is not installed, or cannot fetch the package.
        ValueError: the package is not the one that is pinned here.
    """
    kept = folder / f"{hashlib.sha256((INTEGRITY + _SPOKEN.pattern).encode()).hexdigest()}.json"
    if not kept.exists():
        with TemporaryDirectory(dir=folder) as packed:
            part = Path(packed, "part.json")
            part.write_text(json.dumps(_part(_fetched(Path(packed)))), encoding="utf-8")
            # Another worker may be as far.
            part.replace(kept)
    found: Description = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _fetched(folder: Path) -> Description:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is not installed")
    done = subprocess.run(  # noqa: S603
        [npm, "pack", "--silent", "--pack-destination", str(folder), f"{PACKAGE}@{VERSION}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    if done.returncode:
        raise UnavailableError(f"npm does not fetch {PACKAGE}: {done.stdout}{done.stderr}")
    return _unpacked(folder / done.stdout.strip())


def _unpacked(package: Path) -> Description:
    found = f"sha512-{b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()}"
    if found != INTEGRITY:
        raise ValueError(f"{PACKAGE} {VERSION} is {found}, and not {INTEGRITY}")
    with tarfile.open(package) as archive:
        member = archive.extractfile(_MEMBER)
        if member is None:
            raise ValueError(f"{PACKAGE} {VERSION} has no {_MEMBER}")
        whole: Description = json.load(member)
    return whole


def _part(whole: Description) -> Description:
    paths = {path: item for path, item in whole["paths"].items() if _SPOKEN.fullmatch(path)}
    part: Description = {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "servers": whole["servers"],
        "paths": paths,
        "components": {},
    }
    missing = set(_references(paths))
    while missing:
        kind, name = missing.pop()
        kept = part["components"].setdefault(kind, {})
        if name not in kept:
            kept[name] = whole["components"][kind][name]
            missing |= set(_references(kept[name]))
    return part


def _references(node: object) -> Iterator[tuple[str, str]]:
    """Yield kind and name of every component that is referred to."""
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            _, _, kind, name = reference.split("/")
            yield kind, name
        for each in node.values():
            yield from _references(each)
