"""What GitHub's runner does to a container action, with or without a container.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.container import Container
from sandbox.internet import Sandbox
from sandbox.job import Job
from sandbox.runner.commands import FileCommandError, parse_file_command
from sandbox.runner.environment import Folders, job_variables
from sandbox.runner.log import Annotation, JobLog
from sandbox.runner.metadata import read_metadata
from sandbox.runner.process import CANCELLATION, Finished, Signals, run_process

_PROJECT = Path(__file__).resolve().parents[2]
_IN_CONTAINER = Path("/github")
"""Where a container shows the folders of its job.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support
"""

_SCHEDULED: Mapping[str, object] = {"schedule": "17 * * * *"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a step left behind.

    `log` is what a person sees, both streams in order of arrival, masked; `stdout` and
    `stderr` are raw. `masked_outputs` names the outputs that hold a masked value, which
    GitHub drops between jobs. `complaints` are the runner's own reasons to fail the step.
    `files` are the paths that appeared in the workspace. `left` is what every file holds that
    the step made or changed, the runner's own files for outputs and the like included, by its
    path from the job's root. `seconds` is the process's life.
    """

    exit_status: int
    log: str
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    masked_outputs: tuple[str, ...]
    summary: str
    annotations: tuple[Annotation, ...]
    masks: tuple[str, ...]
    complaints: tuple[str, ...]
    files: tuple[str, ...]
    left: Mapping[str, str]
    seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether the step is green."""
        return self.exit_status == 0 and not self.complaints


class Runner:
    """Runs the action as a step of a job, in a world that consists of the sandbox.

    `action` is the action's folder, where `action.yml` and the entry point are: the project's
    own, unless another is given. The step is a process in the place of the `container`, unless
    there is one.
    """

    def __init__(
        self, sandbox: Sandbox, *, action: Path = _PROJECT, container: Container | None = None
    ) -> None:
        self._sandbox = sandbox
        self._container = container
        self.action = action.resolve()

    def run(
        self,
        command: Sequence[str] | None = None,
        *,
        inputs: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        event: Mapping[str, object] | None = None,
        files: Mapping[str, str | bytes] | None = None,
        job: Job | None = None,
        repository: str = "acme/ops",
        id_token: bool = True,
        permissions: Mapping[str, str] | None = None,
        debug: bool = False,
        timeout: float = 120.0,
        cancel: threading.Event | None = None,
        signals: Signals = CANCELLATION,
    ) -> Run:
        """Run the action, or the command in its place, and return what came of it.

        `inputs` and `environment` are the step's `with` and `env`, `files` what the workspace
        holds, `id_token` the permission `id-token: write`, `permissions` those of the job's
        `GITHUB_TOKEN`: `contents: read` unless some are given. The job has the IDs that the
        sandbox's GitHub knows its repository, owner and actor by. Once `cancel` is set the job is
        cancelled, as by a person, unless other `signals` are to end it. Raises `TimeoutError` after
        `timeout` seconds.
        """
        job = self._with_ids(job or Job(repository=repository))
        log = JobLog(debug=debug)
        metadata = read_metadata(self.action / "action.yml")
        token = self._workflow_token(job, permissions)
        log.mask(token)
        with tempfile.TemporaryDirectory() as root:
            folders = Folders(root=Path(root), seen_at=_IN_CONTAINER if self._container else None)
            folders.create(event or _SCHEDULED, files or {})
            given = folders.contents()
            variables = {
                **job_variables(job),
                **folders.variables(),
                **metadata.variables(inputs or {}, log, token=token),
                **(self._id_token_variables(job) if id_token else {}),
                **({"RUNNER_DEBUG": "1"} if debug else {}),
            }
            finished = run_process(
                self._command(command, folders),
                environment={**self._machine(folders), **variables, **(environment or {})},
                folder=folders.workspace,
                log=log,
                timeout=timeout,
                cancel=cancel,
                signals=signals,
            )
            return _outcome(finished, log, folders, given=given)

    def _workflow_token(self, job: Job, permissions: Mapping[str, str] | None) -> str:
        if self._sandbox.github.id_of(job.repository) is None:
            return ""
        return self._sandbox.github.workflow_token(job.repository, permissions)

    def _with_ids(self, job: Job) -> Job:
        names = (job.repository, job.owner, job.actor)
        found = {name: self._sandbox.github.id_of(name) for name in names}
        known = {name: number for name, number in found.items() if number is not None}
        return replace(job, ids={**known, **job.ids})

    def _command(self, command: Sequence[str] | None, folders: Folders) -> Sequence[str]:
        if self._container is None:
            return command or (sys.executable, str(self.action / "entrypoint.py"))
        bundle = Path(self._sandbox.environment["SSL_CERT_FILE"]).parent
        return self._container.command(
            *(command or self._container.entrypoint),
            folder=folders.variables()["GITHUB_WORKSPACE"],
            volumes={
                folders.root: str(_IN_CONTAINER),
                folders.scratch: "/tmp",  # noqa: S108  # nosec B108  # Its own, which nobody else sees.
                bundle: str(bundle),
            },
        )

    def _machine(self, folders: Folders) -> dict[str, str]:
        machine = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TMPDIR": str(folders.scratch),
        }
        own = self._container.environment if self._container else machine
        return own | self._sandbox.environment

    def _id_token_variables(self, job: Job) -> dict[str, str]:
        grant = self._sandbox.oidc.grant(job)
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": grant.url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": grant.token,
        }


def _outcome(
    finished: Finished, log: JobLog, folders: Folders, *, given: Mapping[str, bytes]
) -> Run:
    outputs = _outputs(folders, log)
    left = {
        path: content.decode("utf-8", "replace")
        for path, content in folders.contents().items()
        if given.get(path) != content
    }
    return Run(
        exit_status=finished.exit_status,
        log="".join(f"{line}\n" for line in log.lines),
        stdout=finished.stdout,
        stderr=finished.stderr,
        outputs=outputs,
        masked_outputs=tuple(name for name, value in outputs.items() if log.masked(value) != value),
        summary=folders.summary.read_text(encoding="utf-8"),
        annotations=tuple(log.annotations),
        masks=tuple(log.masks),
        complaints=tuple(log.complaints),
        files=folders.in_workspace(left.keys() - given.keys()),
        left=left,
        seconds=finished.seconds,
    )


def _outputs(folders: Folders, log: JobLog) -> dict[str, str]:
    try:
        return parse_file_command(folders.output.read_text(encoding="utf-8"))
    except FileCommandError as error:
        log.complain(f"Unable to process file command 'output' successfully. {error}")
        return {}
