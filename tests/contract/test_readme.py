"""The README's tables name the inputs and outputs that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rotate.settings.inputs import INPUTS

ROOT = Path(__file__).parents[2]
_EDGE_OF_A_CELL = re.compile(r"(?<!\\)\|")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading of the README, without its head."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in _EDGE_OF_A_CELL.split(line)[1:-1]] for line in lines]


def unquoted(cell: str) -> str:
    """Return a cell without the marks of code."""
    return cell.removeprefix("`").removesuffix("`")


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    """Return the outputs of `action.yml`."""
    metadata = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return dict(metadata["outputs"])


def test_inputs() -> None:
    """The table of inputs names each of them, in their order."""
    assert [unquoted(row[0]) for row in rows("Inputs")] == [known.name for known in INPUTS]


def test_defaults() -> None:
    """Each default in the table is the one that is used; a blank one stands for none."""
    shown = {unquoted(row[0]): unquoted(row[1]) for row in rows("Inputs")}
    assert shown == {known.name: known.default or known.runner_default for known in INPUTS}


def test_outputs(outputs: dict[str, Any]) -> None:
    """The table of outputs names each of them, in their order."""
    assert [unquoted(row[0]) for row in rows("Outputs")] == list(outputs)


@pytest.mark.parametrize("heading", ["Inputs", "Outputs"])
def test_meanings(heading: str) -> None:
    """Every row says what it is about."""
    assert all(row[-1].endswith(".") for row in rows(heading))
