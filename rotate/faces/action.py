"""The action: from GitHub's runner to annotations, outputs, a job summary and an exit status."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from actions_toolkit import core
from actions_toolkit.command import issue_command

from rotate import exit_status
from rotate.agenda import Agenda
from rotate.errors import RotateError
from rotate.faces import summary, wiring
from rotate.faces.clock import SystemClock
from rotate.faces.lines import Lines
from rotate.faces.masks import Masks
from rotate.faces.publishing import published
from rotate.faces.words import counted, explanation, headline
from rotate.foreign import inert, visible
from rotate.matrix import matrix
from rotate.model.plan import Command
from rotate.report import Outcome, Report, document, failures
from rotate.settings.inputs import NAMES
from rotate.times import iso
from rotate.trace import silent

_TITLE = "rotate-ecr-token"
_PREFIX = "INPUT_"
_RUNNER_KEYS = {"args", "entrypoint"}
"""What `with` may hold for any container action, beside its inputs:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax"""

_SUMMARY = "GITHUB_STEP_SUMMARY"

_UNFOLDED = 20
"""Lines of targets that the log shows without a click."""

_MOST_ANNOTATIONS = 10
"""GitHub shows ten errors of a step; more would only bury them."""


def main() -> int:
    """Run as GitHub's runner calls it, and return the exit status."""
    clock = SystemClock()
    clock.stop_on_signals()
    masks = Masks(core.set_secret)
    log = _Log(masks)
    fail = partial(_fail, log, masks)
    try:
        report, files = wiring.run(
            _given(os.environ),
            environment=os.environ,
            clock=clock,
            masks=masks,
            reporter=log,
            fail=fail,
            trace=log.debug if os.environ.get("RUNNER_DEBUG") == "1" else silent,
        )
    except RotateError as error:
        fail(error)
        return exit_status.of_error(error)
    log.unfold()
    _tell(report, log)
    files = {
        **files,
        "GITHUB_OUTPUT": partial(_set_outputs, report, masks),
        _SUMMARY: partial(_append, summary.markdown(report), masks),
    }
    is_published = published(files, log.error)
    return exit_status.of_report(report, hindered=clock.stopped or not is_published)


class _Log(Lines):
    """Annotates what should be known, and folds the lines of many targets."""

    def __init__(self, masks: Masks) -> None:
        super().__init__(lambda text: core.info(" ".join(inert(masks.redact(text)).splitlines())))
        self._masks = masks
        self._folded = False

    def note(self, text: str) -> None:
        self._annotate("notice", text)

    def warn(self, text: str) -> None:
        self._annotate("warning", text)

    def fail(self, text: str) -> None:
        self._annotate("error", text)

    def error(self, error: RotateError) -> None:
        self.fail(f"{error}\n\n{error.remedy}")

    def debug(self, text: str) -> None:
        """Say what the log shows only to those who run the job again with debug logging."""
        issue_command("debug", {}, visible(self._masks.redact(text)))

    def _annotate(self, level: str, text: str) -> None:
        # The toolkit's own functions add an empty property for each that is not given.
        issue_command(level, {"title": _TITLE}, visible(self._masks.redact(text)))

    def agenda(self, agenda: Agenda) -> None:
        super().agenda(agenda)
        if agenda.count > _UNFOLDED:
            core.start_group("Targets")
            self._folded = True

    def unfold(self) -> None:
        """End the group, if one was begun: what follows is what matters."""
        if self._folded:
            core.end_group()
            self._folded = False


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    """Return every input by name, unknown ones included, so that a misspelt one is noticed."""
    names = {key.removeprefix(_PREFIX).lower() for key in environment if key.startswith(_PREFIX)}
    return {name: core.get_input(name) for name in (names - _RUNNER_KEYS) | set(NAMES)}


def _fail(log: _Log, masks: Masks, error: RotateError) -> None:
    """Say what made all of it fail."""
    log.unfold()
    log.error(error)
    published({_SUMMARY: partial(_append, summary.error_markdown(error), masks)}, log.error)


def _tell(report: Report, log: _Log) -> None:
    log.write(headline(report))
    for note in report.notes:
        log.note(note)
    for warning in report.warnings:
        log.warn(warning)
    failed = failures(report)
    for failure in failed[:_MOST_ANNOTATIONS]:
        log.fail(explanation(failure))
    if len(failed) > _MOST_ANNOTATIONS:
        more = counted(len(failed) - _MOST_ANNOTATIONS, "more failure")
        log.write(f"{more}: see the output `report`.")


def _set_outputs(report: Report, masks: Masks) -> None:
    for name, value in _outputs(report).items():
        core.set_output(name, masks.redact(value))


def _outputs(report: Report) -> dict[str, str]:
    hosts = (registry.host for registry in report.registries if registry.host)
    planned = matrix(report) if report.command is Command.PLAN else None
    return {
        "registry": ",".join(dict.fromkeys(hosts)),
        "expires-at": iso(report.expires_at) or "",
        "rotated": str(report.count(Outcome.ROTATED)),
        "fresh": str(report.count(Outcome.FRESH)),
        "failed": str(report.count(Outcome.FAILED)),
        "report": json.dumps(document(report)),
        "matrix": json.dumps(planned) if planned else "",
    }


def _append(markdown: str, masks: Masks) -> None:
    """Add to the summary, where the runner takes one."""
    if path := os.environ.get(_SUMMARY):
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(masks.redact_markdown(markdown))
