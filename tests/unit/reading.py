"""Reading inputs as a workflow of `acme/ops` gives them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rotate import settings
from rotate.errors import InvalidSettings
from rotate.model.plan import Plan
from tests.unit.examples import GITHUB_TOKEN

RUNNER = {
    "AWS_REGION": "us-east-1",
    "GITHUB_REPOSITORY": "acme/ops",
    "GITHUB_REPOSITORY_OWNER": "acme",
    "GITHUB_RUN_ID": "42",
    "GITHUB_TOKEN": GITHUB_TOKEN,
}

FILE = "rotate.yml"


def load(path: str, content: str | bytes = "") -> bytes:
    """Return the content of the one file that there is."""
    if path != FILE:
        raise FileNotFoundError(2, "No such file or directory")
    return content if isinstance(content, bytes) else content.encode()


def read(
    given: Mapping[str, str],
    environment: Mapping[str, str] = RUNNER,
    *,
    file: str | bytes = "",
    offline: bool = False,
) -> Plan:
    """Return the plan of those inputs, in a workflow of `acme/ops`."""
    return settings.read(given, environment, load=lambda path: load(path, file), offline=offline)


def read_file(file: str | bytes) -> Plan:
    """Return the plan of a configuration file."""
    return read({"config": FILE}, file=file)


def faults(
    given: Mapping[str, str], environment: Mapping[str, str] = RUNNER, *, file: str | bytes = ""
) -> list[str]:
    """Return what is wrong with those inputs."""
    with pytest.raises(InvalidSettings) as caught:
        read(given, environment, file=file)
    return [str(fault) for fault in caught.value.faults]
