"""The exit status: 0 all is well, 1 something failed or was not attempted, 2 wrong inputs."""

from __future__ import annotations

from rotate.errors import InvalidSettings, RotateError
from rotate.report import Report

_WELL, _FAILED, _INVALID = 0, 1, 2


def of_report(report: Report, *, hindered: bool) -> int:
    """Return the status of a run that has a report, and was hindered perhaps: told to stop, say."""
    return _WELL if report.succeeded and not hindered else _FAILED


def of_error(error: RotateError) -> int:
    """Return the status of a run that has no report."""
    return _INVALID if isinstance(error, InvalidSettings) else _FAILED
