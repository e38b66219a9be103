"""The exit status: 0 all is well, 1 something failed or was not attempted, 2 wrong inputs."""

from __future__ import annotations

from rotate.errors import InvalidSettings, RotateError
from rotate.report import Report

_WELL, _FAILED, _INVALID = 0, 1, 2


def of_report(report: Report, *, stopped: bool) -> int:
    """Return the status of a run that came to its end, or was told to stop before."""
    return _WELL if report.succeeded and not stopped else _FAILED


def of_error(error: RotateError) -> int:
    """Return the status of a run that attempted nothing."""
    return _INVALID if isinstance(error, InvalidSettings) else _FAILED
