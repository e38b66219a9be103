"""What the running workflow says of itself, if one runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class WorkflowRun:
    """A run of a workflow, as people find it."""

    repository: str
    number: str
    """As GitHub counts the runs of one workflow."""
    url: str


def running(environment: Mapping[str, str]) -> WorkflowRun | None:
    """Return the running workflow; None outside of one.

    https://docs.github.com/actions/reference/workflows-and-actions/variables
    """
    try:
        server, repository, number, run = (environment[f"GITHUB_{name}"] for name in _VARIABLES)
    except KeyError:
        return None
    if not server.startswith("https://"):
        return None
    url = f"{server}/{repository}/actions/runs/{run}"
    return WorkflowRun(repository=repository, number=number, url=url)


_VARIABLES = ("SERVER_URL", "REPOSITORY", "RUN_NUMBER", "RUN_ID")


def schedule(environment: Mapping[str, str]) -> str | None:
    """Return the schedule of the running workflow, which the event's payload carries."""
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
        return str(event["schedule"])
    except (KeyError, OSError, ValueError, TypeError):
        return None
