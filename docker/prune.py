"""Leaves of the packages only what three services of AWS need: `prune.py <site-packages>`.

botocore carries the packed description of every AWS service. For each one that is called it reads
all operations, with their documentation, and the endpoints of all services.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

_CALLED = {
    "ecr": ("CompleteLayerUpload", "DescribeRepositories", "GetAuthorizationToken"),
    "ecr-public": ("GetAuthorizationToken",),
    "sts": ("AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"),
}
"""The operations of each service that are called at all."""

_IN_VAIN = ("urllib3/contrib/pyopenssl.py", "dateutil/tz/win.py")
"""What is for pyOpenSSL and for Windows. botocore and dateutil try to import it to find out whether
they are there. Lazily that succeeds, and loads all of cryptography: 6 MiB, 15 ms."""

_ENDPOINTS = {"api.ecr", "api.ecr-public", "sts"}


def main(packages: Path) -> None:
    """Prune what is installed there."""
    data = packages / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in _CALLED:
            shutil.rmtree(folder)
    for examples in data.rglob("examples-*"):
        examples.unlink()
    for service, operations in _CALLED.items():
        for packed in (data / service).rglob("*.json.gz"):
            _unpack(packed, operations)
    for unused in ("data", "examples"):
        shutil.rmtree(packages / "boto3" / unused)
    for module in _IN_VAIN:
        (packages / module).unlink()
    endpoints = data / "endpoints.json"
    endpoints.write_text(json.dumps(_pruned(json.loads(endpoints.read_text()))))


def _unpack(packed: Path, operations: Collection[str]) -> None:
    """Put a description in the place of the packed one: botocore looks for that first."""
    description = json.loads(gzip.decompress(packed.read_bytes()))
    if "operations" in description:
        description = _narrowed(description, operations)
    packed.with_suffix("").write_text(json.dumps(description))
    packed.unlink()


def _narrowed(description: dict[str, Any], called: Collection[str]) -> dict[str, Any]:
    """Return what describes these operations alone: the shapes that lead on from them."""
    operations = {name: _undocumented(description["operations"][name]) for name in called}
    shapes: dict[str, Any] = {}
    waiting: list[Any] = [*operations.values()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = part.get("shape")
            if isinstance(name, str) and name not in shapes:
                shapes[name] = _undocumented(description["shapes"][name])
                waiting.append(shapes[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return description | {"operations": operations, "shapes": shapes, "documentation": ""}


def _undocumented(part: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(part, list):
        return [_undocumented(one) for one in part]
    if not isinstance(part, dict):
        return part
    # A member of a shape may be called `documentation`, too.
    return {
        name: _undocumented(value)
        for name, value in part.items()
        if name != "documentation" or isinstance(value, dict)
    }


def _pruned(endpoints: dict[str, list[dict[str, dict[str, object]]]]) -> object:
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in _ENDPOINTS & services.keys()}
    return endpoints


if __name__ == "__main__":
    main(Path(sys.argv[1]))
