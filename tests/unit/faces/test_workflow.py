"""What the running workflow says of itself."""

from __future__ import annotations

import pytest

from rotate.faces.workflow import WorkflowRun, running

RUNNER = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/ops",
    "GITHUB_RUN_ID": "16180339887",
    "GITHUB_RUN_NUMBER": "42",
}


def test_running() -> None:
    """In a workflow the run has a number and an address."""
    assert running(RUNNER) == WorkflowRun(
        repository="acme/ops",
        number="42",
        url="https://github.com/acme/ops/actions/runs/16180339887",
    )


@pytest.mark.parametrize("missing", RUNNER)
def test_outside(missing: str) -> None:
    """Outside of a workflow there is no run."""
    assert running({name: text for name, text in RUNNER.items() if name != missing}) is None


def test_server_of_another_kind() -> None:
    """A page links to nothing but the web."""
    assert running({**RUNNER, "GITHUB_SERVER_URL": "javascript:alert(1)//"}) is None
