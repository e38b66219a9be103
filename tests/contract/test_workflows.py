"""The workflows name what exists, ask for little, and run nobody's code but what they pin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from rotate.errors import Fault
from rotate.schedule import dropped_runs_survived, longest_gap
from rotate.settings import configuration, values
from tests.contract.documentation import PAGES, ROOT, blocks, page

_OURS = "rotate-ecr-token/rotate-ecr-token"
_REUSABLE = f"{_OURS}/.github/workflows/rotate.yml@v1"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHOWN = [text for path in PAGES for text in blocks(page(path), "yaml")]


def triggers(workflow: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what starts a workflow: YAML 1.1 reads its key `on` as a boolean."""
    return dict(workflow[True])


ACTION: dict[str, Any] = yaml.safe_load(page("action.yml"))
ROTATE: dict[str, Any] = yaml.safe_load(page(".github/workflows/rotate.yml"))
CALLABLE = triggers(ROTATE)["workflow_call"]
PLAN, JOB = ROTATE["jobs"]["plan"], ROTATE["jobs"]["rotate"]


def uses(text: str) -> list[str]:
    """Return every action and workflow that a workflow, or a part of one, uses."""
    return re.findall(r"^\s*(?:- )?uses: (\S+)", text, re.MULTILINE)


def ours(job: dict[str, Any]) -> dict[str, str]:
    """Return what a job gives to this action."""
    (step,) = (step for step in job["steps"] if step["uses"].startswith(_OURS))
    given: dict[str, str] = step["with"]
    return given


def callers() -> list[dict[str, Any]]:
    """Return every workflow of the documentation that calls the reusable one."""
    return [yaml.safe_load(text) for text in SHOWN if _REUSABLE in uses(text)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_permitted_but_to_a_job(path: Any) -> None:  # noqa: ANN401
    """No workflow has a permission that all of its jobs would share."""
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}


@pytest.mark.parametrize(
    "text", [*(path.read_text(encoding="utf-8") for path in WORKFLOWS), *SHOWN]
)
def test_what_others_wrote_is_pinned(text: str) -> None:
    """Every action of somebody else is named by the SHA of a commit, in the documentation, too."""
    others = [used for used in uses(text) if not used.startswith((_OURS, "./", "$/"))]

    assert all(_PINNED.fullmatch(used) for used in others), others


@pytest.mark.parametrize("job", [PLAN, JOB], ids=["plan", "rotate"])
def test_the_jobs_give_the_action_what_it_takes(job: dict[str, Any]) -> None:
    """Each job passes on inputs of `action.yml`, and ends soon after the action must have."""
    given = ours(job)
    minutes = values.duration(given.get("timeout", ACTION["inputs"]["timeout"]["default"])) / 60

    assert given.keys() <= ACTION["inputs"].keys()
    assert minutes < job["timeout-minutes"] <= minutes + 5


def test_the_jobs_may_do_little() -> None:
    """Both read the configuration file, and only the one that asks AWS has an ID token."""
    assert PLAN["permissions"] == {"contents": "read"}
    assert JOB["permissions"] == {"contents": "read", "id-token": "write"}


def test_the_plan_feeds_the_matrix() -> None:
    """One job for each entry of the action's matrix rotates the owners of its entry."""
    (step,) = (step for step in PLAN["steps"] if step.get("id") == "plan")

    assert ours(PLAN)["command"] == "plan"
    assert step["uses"].startswith(_OURS)
    assert PLAN["outputs"] == {"matrix": "${{ steps.plan.outputs.matrix }}"}
    assert JOB["needs"] == "plan"
    assert JOB["strategy"]["matrix"] == "${{ fromJSON(needs.plan.outputs.matrix) }}"
    assert JOB["strategy"]["fail-fast"] is False
    assert ours(JOB)["owners"] == "${{ matrix.owners }}"


def test_the_outputs_that_are_read_exist() -> None:
    """What the workflow reads of the action's outputs is in `action.yml`."""
    read = re.findall(r"steps\.plan\.outputs\.([\w-]+)", page(".github/workflows/rotate.yml"))

    assert read
    assert set(read) <= ACTION["outputs"].keys()


def test_what_is_planned_is_what_is_rotated() -> None:
    """Both jobs look at the same file with the same credential, and agree on `force`."""
    shared = ours(PLAN).keys() & ours(JOB).keys()

    assert shared == {"config", "app-id", "app-private-key", "github-token", "force"}
    assert all(ours(PLAN)[name] == ours(JOB)[name] for name in shared)


def test_the_expressions_name_what_can_be_passed() -> None:
    """Every input and secret that an expression reads is one that a caller, or a person, gives."""
    text = page(".github/workflows/rotate.yml")

    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == CALLABLE["inputs"].keys()
    assert set(re.findall(r"\bsecrets\.(\w+)", text)) == CALLABLE["secrets"].keys()


def test_a_person_can_do_what_a_caller_can() -> None:
    """A run by hand takes some of the caller's inputs, in the same words."""
    by_hand = triggers(ROTATE)["workflow_dispatch"]["inputs"]

    assert by_hand.keys() == {"force", "dry-run"}
    assert all(by_hand[name] == CALLABLE["inputs"][name] for name in by_hand)


@pytest.mark.parametrize("caller", callers())
def test_the_callers_pass_what_is_taken(caller: dict[str, Any]) -> None:
    """A documented caller passes known inputs and secrets, and allows what both jobs need."""
    (job,) = caller["jobs"].values()

    assert caller["permissions"] == {}
    assert job["with"].keys() <= CALLABLE["inputs"].keys()
    assert job["secrets"].keys() <= CALLABLE["secrets"].keys()
    assert job["permissions"] == PLAN["permissions"] | JOB["permissions"]


@pytest.mark.parametrize("caller", callers())
def test_the_callers_do_not_wait_for_themselves(caller: dict[str, Any]) -> None:
    """No caller is in the concurrency group of what it calls, which GitHub would cancel."""
    groups = [
        part.get("concurrency", {}).get("group") for part in (caller, *caller["jobs"].values())
    ]

    assert ROTATE["concurrency"]["group"] not in groups


def test_the_group_to_avoid_is_named() -> None:
    """Whoever writes a caller is told the one group that it must not be in."""
    group = ROTATE["concurrency"]["group"]

    assert f"`concurrency` group named `{group}`" in " ".join(page("docs/fleet.md").split())


@pytest.mark.parametrize("caller", callers())
def test_the_callers_survive_a_dropped_run(caller: dict[str, Any]) -> None:
    """With the README's file, the schedule shown beside it leaves room for a dropped run."""
    (schedule,) = triggers(caller)["schedule"]
    window = min(_windows())

    assert dropped_runs_survived(gap=longest_gap(schedule["cron"]), window=window) >= 1


def test_one_schedule_is_recommended() -> None:
    """Whatever workflow a person copies runs as often as the README recommends."""
    (recommended,) = re.findall("as in all the workflows here: `(.+?)`", page("README.md"))
    shown = "".join([*SHOWN, page(".github/workflows/rotate.yml")])

    assert set(re.findall('- cron: "(.+?)"', shown)) == {recommended}


def test_there_is_a_caller() -> None:
    """The README shows how the reusable workflow is called."""
    assert len(callers()) == 1


def _windows() -> Iterator[float]:
    """Yield the `renew-before` of each target of the README's file, in seconds."""
    (file,) = (text for text in blocks(page("README.md"), "yaml") if "\ntargets:" in text)
    faults: list[Fault] = []
    for target in configuration.read(file.encode(), faults).targets:
        yield values.renewal(12 * 3600.0)(target.values["renew-before"].text)
    assert not faults
