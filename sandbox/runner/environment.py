"""The variables and files that a job gives to its steps.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.job import Job

_SERVER = "https://github.com"
_API = "https://api.github.com"
_FILE_COMMANDS = {
    "GITHUB_ENV": "set_env",
    "GITHUB_OUTPUT": "set_output",
    "GITHUB_PATH": "add_path",
    "GITHUB_STATE": "save_state",
    "GITHUB_STEP_SUMMARY": "step_summary",
}


@dataclass(frozen=True, kw_only=True)
class Folders:
    """The folders of one job, under one root, which a container shows to the step as `seen_at`."""

    root: Path
    seen_at: Path | None = None

    @property
    def workspace(self) -> Path:
        """Where the step runs."""
        return self.root / "workspace"

    @property
    def output(self) -> Path:
        """The file that `GITHUB_OUTPUT` names."""
        return self._command("GITHUB_OUTPUT")

    @property
    def summary(self) -> Path:
        """The file that `GITHUB_STEP_SUMMARY` names."""
        return self._command("GITHUB_STEP_SUMMARY")

    @property
    def scratch(self) -> Path:
        """What is `/tmp` in a container."""
        return self.root / "tmp"

    def create(self, event: Mapping[str, object], files: Mapping[str, str | bytes]) -> None:
        """Make the folders, the empty command files, the event, and the workspace's files."""
        for name in ("workspace", "workflow", "file_commands", "home", "runner_temp", "tmp"):
            (self.root / name).mkdir()
        for variable in _FILE_COMMANDS:
            self._command(variable).touch()
        (self.root / "workflow" / "event.json").write_text(json.dumps(event), encoding="utf-8")
        for name, content in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def contents(self) -> dict[str, bytes]:
        """Return what every file below the root holds now, by its path from there."""
        paths = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}

    def in_workspace(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return those of the paths that are in the workspace, by their path from there."""
        start = f"{self.workspace.name}/"
        return tuple(sorted(path.removeprefix(start) for path in paths if path.startswith(start)))

    def variables(self) -> dict[str, str]:
        """Return the variables that hold paths, as the step sees them."""
        seen = Folders(root=self.seen_at or self.root)
        return {
            "GITHUB_WORKSPACE": str(seen.workspace),
            "GITHUB_EVENT_PATH": str(seen.root / "workflow" / "event.json"),
            "HOME": str(seen.root / "home"),
            "RUNNER_TEMP": str(seen.root / "runner_temp"),
            "RUNNER_TOOL_CACHE": "/opt/hostedtoolcache",
            "RUNNER_WORKSPACE": str(seen.root),
            **{variable: str(seen._command(variable)) for variable in _FILE_COMMANDS},
        }

    def _command(self, variable: str) -> Path:
        return self.root / "file_commands" / f"{_FILE_COMMANDS[variable]}_7f3a"


def job_variables(job: Job) -> dict[str, str]:
    """Return the variables that describe the job."""
    return {
        "CI": "true",
        "GITHUB_ACTION": "__self",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": job.actor,
        "GITHUB_ACTOR_ID": str(job.actor_id),
        "GITHUB_API_URL": _API,
        "GITHUB_BASE_REF": "",
        "GITHUB_EVENT_NAME": job.event_name,
        "GITHUB_GRAPHQL_URL": f"{_API}/graphql",
        "GITHUB_HEAD_REF": "",
        "GITHUB_JOB": "rotate",
        "GITHUB_REF": job.ref,
        "GITHUB_REF_NAME": job.ref_name,
        "GITHUB_REF_PROTECTED": "true",
        "GITHUB_REF_TYPE": job.ref_type,
        "GITHUB_REPOSITORY": job.repository,
        "GITHUB_REPOSITORY_ID": str(job.repository_id),
        "GITHUB_REPOSITORY_OWNER": job.owner,
        "GITHUB_REPOSITORY_OWNER_ID": str(job.owner_id),
        "GITHUB_RETENTION_DAYS": "90",
        "GITHUB_RUN_ATTEMPT": str(job.run_attempt),
        "GITHUB_RUN_ID": str(job.run_id),
        "GITHUB_RUN_NUMBER": str(job.run_number),
        "GITHUB_SERVER_URL": _SERVER,
        "GITHUB_SHA": job.sha,
        "GITHUB_TRIGGERING_ACTOR": job.actor,
        "GITHUB_WORKFLOW": job.workflow,
        "GITHUB_WORKFLOW_REF": job.workflow_ref,
        "GITHUB_WORKFLOW_SHA": job.sha,
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": "GitHub Actions 7",
        "RUNNER_OS": "Linux",
    }
