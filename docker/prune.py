"""Leaves of the packages only what three services of AWS need: `prune.py <site-packages>`.

botocore carries the description of every AWS service, and reads all of their endpoints into memory
for each one that is called.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

_SERVICES = {"ecr", "ecr-public", "sts"}
_IN_VAIN = ("urllib3/contrib/pyopenssl.py", "dateutil/tz/win.py")
"""What is for pyOpenSSL and for Windows. botocore and dateutil try to import it to find out whether
they are there. Lazily that succeeds, and loads all of cryptography: 6 MiB, 15 ms."""

_ENDPOINTS = {"api.ecr", "api.ecr-public", "sts"}


def main(packages: Path) -> None:
    """Prune what is installed there."""
    data = packages / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in _SERVICES:
            shutil.rmtree(folder)
    for examples in data.rglob("examples-*"):
        examples.unlink()
    for unused in ("data", "examples"):
        shutil.rmtree(packages / "boto3" / unused)
    for module in _IN_VAIN:
        (packages / module).unlink()
    endpoints = data / "endpoints.json"
    endpoints.write_text(json.dumps(_pruned(json.loads(endpoints.read_text()))))


def _pruned(endpoints: dict[str, list[dict[str, dict[str, object]]]]) -> object:
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in _ENDPOINTS & services.keys()}
    return endpoints


if __name__ == "__main__":
    main(Path(sys.argv[1]))
