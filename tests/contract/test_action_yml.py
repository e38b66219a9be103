"""`action.yml` says what `rotate.settings.inputs` says, and names the outputs that are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rotate.faces import action
from rotate.model.plan import Command
from rotate.report import Report
from rotate.settings.inputs import INPUTS, Input

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def metadata() -> dict[str, Any]:
    """Return `action.yml`."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def on_one_line(text: str) -> str:
    """Return a text with single blanks between its words."""
    return " ".join(text.split())


def outputs() -> dict[str, str]:
    """Return what the action writes for a run that had nothing to do."""
    return action._outputs(Report(command=Command.RUN, registries=(), results=()))


def test_the_marketplace_takes_it(metadata: dict[str, Any]) -> None:
    """The Marketplace lists no action whose description has 125 characters or more."""
    assert len(metadata["description"]) < 125


def test_names_of_inputs(metadata: dict[str, Any]) -> None:
    """The inputs are those that are read, in the same order."""
    assert list(metadata["inputs"]) == [known.name for known in INPUTS]


@pytest.mark.parametrize("known", INPUTS, ids=lambda known: known.name)
def test_input(known: Input, metadata: dict[str, Any]) -> None:
    """Each input has the meaning and the default that it is read with, and may be absent."""
    described = metadata["inputs"][known.name]
    assert on_one_line(described["description"]) == on_one_line(known.meaning)
    assert described.get("default", "") == (known.default or known.runner_default)
    assert described["required"] is False


def test_outputs(metadata: dict[str, Any]) -> None:
    """The outputs are those that are written, in the same order, each with a description."""
    assert list(metadata["outputs"]) == list(outputs())
    assert all(described["description"] for described in metadata["outputs"].values())


def test_report_is_json() -> None:
    """The output `report` is the JSON of the contract."""
    assert json.loads(outputs()["report"])["version"] == 1


def test_runs_in_a_container(metadata: dict[str, Any]) -> None:
    """The action runs in a container, whose Dockerfile is there to be built."""
    assert metadata["runs"]["using"] == "docker"
    image = str(metadata["runs"]["image"])
    assert image.startswith("docker://") or (ROOT / image).is_file()
