"""Telling people what became of a rotation that nobody watches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from rotate.deadline import Clock
from rotate.errors import Cancelled, RotateError, known
from rotate.faces import summary
from rotate.model.plan import Plan
from rotate.notifications.interface import Notice, Notifications
from rotate.report import Outcome, Report, failures
from rotate.reporting import Reporter

_LONGEST = 60_000
"""Characters of the summary that are told: GitHub takes 65,536 for the body of an issue."""

_FOOTER = (
    "Every run that fails brings this issue up to date, and the first one that succeeds closes it."
)


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """Which rotation it is, the same in every run of it, and which run."""

    key: str
    title: str
    run: str
    """Markdown that leads to the run."""


def rotation_of(plan: Plan, config: str, environment: Mapping[str, str]) -> Rotation:
    """Return which rotation a plan is, from the job that runs it.

    What tells jobs of one workflow apart is in it (the job and step, the file, the owners of a
    matrix, or else the secrets that the inputs name), and nothing that a fixed input would change.
    """
    workflow = environment.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
    job = environment.get("GITHUB_JOB", "")
    parts = [workflow, job, environment.get("GITHUB_ACTION", ""), plan.command, *plan.owners]
    parts += [config] if config else _places(plan)
    owners = f" ({', '.join(plan.owners)})" if plan.owners else ""
    name = environment.get("GITHUB_WORKFLOW", workflow)
    return Rotation(
        key=_named(parts),
        title=f"Registry secrets: {name} / {job} fails{owners}",
        run=f"[Run {environment.get('GITHUB_RUN_NUMBER', '')}]({_address(environment)}) of "
        f"{name} / {job}{owners}",
    )


def _places(plan: Plan) -> list[str]:
    return [
        " ".join((one.target.label, one.target.store, one.target.prefix, *one.patterns))
        for one in plan.selections
    ]


def _address(environment: Mapping[str, str]) -> str:
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    repository = environment.get("GITHUB_REPOSITORY", "")
    return f"{server}/{repository}/actions/runs/{environment.get('GITHUB_RUN_ID', '')}"


def _named(parts: Iterable[str]) -> str:
    return sha256(json.dumps(list(parts)).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Tells of a run once it is over; that nobody can be told is a warning, and no more."""

    rotation: Rotation
    notifications: Notifications
    redact: Callable[[str], str]
    reporter: Reporter
    clock: Clock

    def of_report(self, report: Report) -> None:
        """Tell what a run came to."""
        notice = self._notice(summary.markdown(report), _reasons(report))
        tell = self.notifications.recovered if report.succeeded else self.notifications.failed
        self._tell(tell, notice)

    def of_error(self, error: RotateError) -> None:
        """Tell why a run attempted nothing."""
        notice = self._notice(summary.error_markdown(error), [error.remedy])
        self._tell(self.notifications.failed, notice)

    def _notice(self, markdown: str, reasons: Iterable[str]) -> Notice:
        shown = self.redact(markdown)[:_LONGEST]
        return Notice(
            key=self.rotation.key,
            title=self.rotation.title,
            body=f"{shown}\n\n{self.rotation.run}. {_FOOTER}",
            reasons=_named(sorted(reasons)),
        )

    def _tell(self, tell: Callable[[Notice], None], notice: Notice) -> None:
        try:
            # A run that somebody cancelled is no news to them.
            self.clock.check()
            tell(notice)
        except Cancelled:
            return
        except Exception as error:
            # A fault of this program's in telling of a run must not cost its outputs, either.
            self._warn(known(error))

    def _warn(self, error: RotateError) -> None:
        self.reporter.warn(f"The issue could not be kept: {error}\n\n{error.remedy}")


def _reasons(report: Report) -> list[str]:
    """Return what people must do: the reasons themselves may count seconds."""
    stale = any(result.outcome is Outcome.STALE for result in report.results)
    return [failure.remedy for failure in failures(report)] + [Outcome.STALE] * stale
