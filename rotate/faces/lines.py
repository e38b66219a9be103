"""A run as lines of text: what the action's log and a plain terminal show as it happens."""

from __future__ import annotations

from collections.abc import Callable

from rotate.agenda import Agenda
from rotate.faces.checks import line
from rotate.faces.words import counted, end, secret_names
from rotate.model.registry import Credential, Registry
from rotate.report import Check, Outcome, Result, name
from rotate.times import utc


class Lines:
    """Writes a line for everything it hears; it fulfils `reporting.Reporter`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """Take what writes a line."""
        self.write = write

    def note(self, text: str) -> None:
        """Say what is good to know."""
        self.write(f"note: {text}")

    def warn(self, text: str) -> None:
        """Say what should be fixed."""
        self.write(f"warning: {text}")

    def agenda(self, agenda: Agenda) -> None:
        """Say what there is to do."""
        for warning in agenda.warnings:
            self.warn(warning)
        for notice in agenda.notices:
            self.note(notice)
        due = f", {len(agenda.due)} due" if agenda.fresh else ""
        self.write(f"{counted(agenda.count, 'target')}{due}")

    def proved(self, registry: Registry, credential: Credential) -> None:
        """Say that a registry has a new credential, and what was proved of it."""
        proof = "genuine" if registry.verify else "not verified"
        pull = f"may pull {registry.probe_image}" if registry.probe_image else _NO_PULL
        until = utc(credential.expires_at)
        self.write(f"{credential.server}: new token until {until}, {proof}, {pull}")

    def finished(self, result: Result) -> None:
        """Say what became of a target."""
        self.write(f"{name(result)}: {result.outcome}{_detail(result)}")

    def checked(self, check: Check) -> None:
        """Say what was found of a link; what to do about it is said at the end."""
        self.write(line(check))


_NO_PULL = "pull not tested (no `probe-image`)"


def _detail(result: Result) -> str:
    if result.outcome in (Outcome.FAILED, Outcome.NOT_ATTEMPTED):
        return _written(result)
    names = f" {secret_names(result)}" if result.written else ""
    until = f", valid until {end(result)}" if result.expires_at else ""
    reason = f", {result.reason}" if result.reason else ""
    return f"{names}{reason}{until}"


def _written(result: Result) -> str:
    if not result.written:
        return ", nothing written"
    return f", written: {secret_names(result)}; the password is still the old one"
