"""What this repository's own workflows may do, and in which order they do it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rotate import settings
from rotate.model.target import Store
from tests.contract.documentation import ROOT, page

_SHELLCHECK = str(Path(sys.executable).parent / "shellcheck")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow by the name of its file."""
    return dict(yaml.safe_load(page(f".github/workflows/{name}.yml")))


def scripts() -> Iterator[Any]:
    """Yield the shell script of every step."""
    for path in WORKFLOWS:
        for name, job in workflow(path.stem)["jobs"].items():
            for number, step in enumerate(job.get("steps", ())):
                if "run" in step:
                    yield pytest.param(step["run"], id=f"{path.stem}-{name}-{number}")


@pytest.mark.parametrize("script", list(scripts()))
def test_scripts_of_steps(script: str) -> None:
    """What a step has bash do is held to what other scripts are."""
    done = subprocess.run(  # noqa: S603 - a locked tool, on a file of the repository
        [_SHELLCHECK, "--shell=bash", "-"],
        input=script,
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stdout


def rights(permission: str) -> dict[str, set[str]]:
    """Return the jobs that have a permission to write, by workflow."""
    found = {
        path.stem: {
            name
            for name, job in workflow(path.stem)["jobs"].items()
            if job.get("permissions", {}).get(permission) == "write"
        }
        for path in WORKFLOWS
    }
    return {name: jobs for name, jobs in found.items() if jobs}


def test_who_may_write() -> None:
    """Only these jobs may change the repository, its packages or its attestations."""
    assert rights("contents") == {"release": {"tag"}}
    assert rights("packages") == {"release": {"build", "index"}}
    assert rights("attestations") == {"release": {"build", "index", "publish"}}
    assert rights("actions") == {"live": {"hand-over"}}


def test_who_may_ask_for_an_id_token() -> None:
    """Only these jobs can be somebody to AWS, to PyPI, to GitHub Pages, or to who signs."""
    assert rights("id-token") == {
        "live": {"rotate"},
        "release": {"build", "index", "publish"},
        "rotate": {"rotate"},
        "status": {"publish"},
    }


def test_dependencies_have_no_rights() -> None:
    """Where the tools of developers run, there is nothing to steal: no right, and no secret."""
    for path in WORKFLOWS:
        for job in workflow(path.stem)["jobs"].values():
            text = yaml.safe_dump(job)
            if re.search(r"make |\.venv|\.ci/run", text):
                assert job["permissions"] == {"contents": "read"}
                assert "secrets." not in text
                assert "github.token" not in text


def test_a_release_is_made_of_what_was_tested() -> None:
    """Nothing is built before the tests have passed, or published before the image was tried."""
    jobs = workflow("release")["jobs"]

    assert jobs["test"]["uses"] == "$/.github/workflows/ci.yml"
    assert "test" in jobs["build"]["needs"]
    assert jobs["package"]["needs"] == "test"
    assert jobs["try"]["uses"] == "$/.github/workflows/self-test.yml"
    assert jobs["try"]["with"]["image"] == jobs["tag"]["env"]["RELEASED"]
    assert "try" in jobs["publish"]["needs"]
    assert "publish" in jobs["tag"]["needs"]


def test_a_maintainer_approves() -> None:
    """What cannot be taken back, or spends a real account, waits for a maintainer."""
    guarded = {
        (path.stem, name): job["environment"]
        for path in WORKFLOWS
        for name, job in workflow(path.stem)["jobs"].items()
        if "environment" in job
        and path.stem != "status"  # Which runs in its callers' repositories.
    }

    assert guarded == {
        ("live", "rotate"): "live",
        ("live", "pull"): "live",
        ("release", "publish"): "release",
    }


def test_the_live_targets(tmp_path: Path) -> None:
    """live.yml writes to both stores what it pulls with, as the file says that it makes."""
    steps = workflow("live")["jobs"]["rotate"]["steps"]
    (step,) = (step for step in steps if step.get("name") == "Describe the target")
    variables = {
        "ROLE": "arn:aws:iam::123456789012:role/codespaces-pull",
        "REGION": "us-east-1",
        "PROBE_IMAGE": "base/devcontainer:latest",
        "GITHUB_REPOSITORY_OWNER": "acme",
        "GITHUB_REPOSITORY": "acme/action",
    }
    assert step["env"].keys() <= variables.keys()
    subprocess.run(  # noqa: S603 - a step of this repository
        ["/bin/bash", "-e", "-c", step["run"]], cwd=tmp_path, env=variables, check=True
    )

    plan = settings.read(
        {"config": "live.yml"}, {}, load=lambda path: (tmp_path / path).read_bytes(), offline=True
    )

    targets = [selection.target for selection in plan.selections]
    assert [(target.owner, target.store) for target in targets] == [
        ("acme", Store.CODESPACES),
        ("acme", Store.ACTIONS),
    ]
    pulled = set(re.findall(r"secrets\.(LIVE_CONTAINER_\w+)", page(".github/workflows/live.yml")))
    assert {name for target in targets for name in target.names} == pulled
