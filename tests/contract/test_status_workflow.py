"""The workflow that publishes the status, and what docs/status-page.md shows of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from rotate.settings import values
from tests.contract.documentation import blocks, page

_OURS = "rotate-ecr-token/rotate-ecr-token"
PATH = ".github/workflows/status.yml"
ACTION: dict[str, Any] = yaml.safe_load(page("action.yml"))
# YAML 1.1 reads the key `on` as a boolean.
WORKFLOW: dict[Any, Any] = yaml.safe_load(page(PATH))
CALLABLE = WORKFLOW[True]["workflow_call"]
STATUS, PUBLISH = WORKFLOW["jobs"]["status"], WORKFLOW["jobs"]["publish"]
SHOWN: list[dict[str, Any]] = [
    yaml.safe_load(text) for text in blocks(page("docs/status-page.md"), "yaml")
]
(CALLER,) = (part["jobs"]["status"] for part in SHOWN if "jobs" in part)
STEPS = [step for part in SHOWN for step in part.get("steps", ())]


def step(job: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the step of a job that uses an action."""
    (found,) = (step for step in job["steps"] if step["uses"].startswith(action))
    return dict(found)


def test_the_action_is_given_what_it_takes() -> None:
    """The status is asked for with inputs of `action.yml`, and ends before its job must."""
    given = step(STATUS, _OURS)["with"]
    minutes = values.duration(ACTION["inputs"]["timeout"]["default"]) / 60

    assert given.keys() <= ACTION["inputs"].keys()
    assert given["command"] == "status"
    assert minutes < STATUS["timeout-minutes"] <= minutes + 5


def test_the_page_that_is_written_is_the_one_that_is_published() -> None:
    """The folder that is handed over holds the page, as what a site begins with."""
    written = step(STATUS, _OURS)["with"]["html"]
    handed_over = step(STATUS, "actions/upload-pages-artifact")

    assert written == f"{handed_over['with']['path']}/index.html"
    assert f"hashFiles('{written}')" in handed_over["if"]


def test_what_is_stale_is_published() -> None:
    """A red status keeps nobody from the page, and where there is none nothing is deployed."""
    assert step(STATUS, "actions/upload-pages-artifact")["if"].startswith("${{ !cancelled()")
    assert STATUS["outputs"] == {"page": "${{ steps.page.outcome }}"}
    assert PUBLISH["needs"] == "status"
    assert PUBLISH["if"] == "${{ !cancelled() && needs.status.outputs.page == 'success' }}"


def test_who_deploys_sees_no_secret() -> None:
    """The job that may deploy runs nothing but GitHub's own action, and is given no secret."""
    assert PUBLISH["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in PUBLISH["steps"]] == ["actions/deploy-pages"]
    assert "secrets" not in yaml.dump(PUBLISH)
    assert STATUS["permissions"] == {"contents": "read"}


def test_the_expressions_name_what_can_be_passed() -> None:
    """Every input and secret that an expression reads is one that a caller gives."""
    text = page(PATH)

    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == CALLABLE["inputs"].keys()
    assert set(re.findall(r"\bsecrets\.(\w+)", text)) == CALLABLE["secrets"].keys()


def test_the_caller_passes_what_is_taken() -> None:
    """The documented caller passes known inputs and secrets, and grants what both jobs need."""
    assert CALLER["uses"] == f"{_OURS}/{PATH}@v1"
    assert CALLER["with"].keys() <= CALLABLE["inputs"].keys()
    assert CALLER["secrets"].keys() <= CALLABLE["secrets"].keys()
    assert CALLER["permissions"] == STATUS["permissions"] | PUBLISH["permissions"]
    assert CALLER["if"] == "${{ !cancelled() }}"


@pytest.mark.parametrize("shown", STEPS, ids=lambda shown: shown["uses"].partition("@")[0])
def test_the_steps_work(shown: dict[str, Any]) -> None:
    """Every step that is shown gives this action what it takes, or is pinned to a commit."""
    if shown["uses"].startswith(_OURS):
        assert shown["with"].keys() <= ACTION["inputs"].keys()
    else:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", shown["uses"])
