"""A run as lines of text."""

from __future__ import annotations

import pytest

from rotate.faces.lines import Lines
from rotate.model.target import Store
from rotate.report import Check, CheckOutcome, Outcome
from tests.unit.examples import (
    HOST,
    PASSWORD,
    agenda,
    credential,
    found,
    registry,
    repository,
    result,
    target,
)

SERVER, USER, SECRET = target().names
NAMES = "ECR_CONTAINER_REGISTRY_{SERVER,USER,PASSWORD}"
STILL = "the password is still the old one"


@pytest.fixture
def written() -> list[str]:
    """Return what was written."""
    return []


@pytest.fixture
def lines(written: list[str]) -> Lines:
    """Return lines that end up in `written`."""
    return Lines(written.append)


def test_agenda(lines: Lines, written: list[str]) -> None:
    """A run begins with what there is to do, and with what was left out."""
    notices = ("acme/old is archived; it is left out.",)
    lines.agenda(agenda(found(target()), notices=notices, warnings=("acme is named twice.",)))
    assert written == ["warning: acme is named twice.", f"note: {notices[0]}", "1 target"]


def test_agenda_with_fresh_targets(lines: Lines, written: list[str]) -> None:
    """Where some targets are fresh, the others are counted by themselves."""
    api, web = found(repository("acme/api")), found(repository("acme/web"))
    lines.agenda(agenda(found(target()), fresh=(api, web)))
    assert written == ["3 targets, 1 due"]


def test_note(lines: Lines, written: list[str]) -> None:
    """What is good to know is a line."""
    lines.note("acme is archived.")
    assert written == ["note: acme is archived."]


@pytest.mark.parametrize(
    ("verify", "image", "how"),
    [
        (True, None, "genuine, pull not tested (no `probe-image`)"),
        (False, None, "not verified, pull not tested (no `probe-image`)"),
        (True, "base:latest", "genuine, may pull base:latest"),
    ],
)
def test_proved(
    verify: bool, image: str | None, how: str, lines: Lines, written: list[str]
) -> None:
    """A credential is told by its host, its end and its proof, never by its password."""
    lines.proved(registry(verify=verify, probe_image=image), credential())
    assert written == [f"{HOST}: new token until 2026-07-02 00:00 UTC, {how}"]
    assert PASSWORD not in written[0]


def test_checked(lines: Lines, written: list[str]) -> None:
    """What was found of a link is a line."""
    lines.checked(Check(name="schedule", outcome=CheckOutcome.OK, detail="every 3 h"))
    assert written == ["✅ schedule: every 3 h"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, f"organization acme: rotated {NAMES}, valid until 2026-07-02 00:00 UTC"),
        (
            {"outcome": Outcome.PLANNED, "expires_at": None, "written": (SECRET,)},
            f"organization acme: planned {SECRET}",
        ),
        (
            {"target": target(store=Store.ACTIONS), "written": (SECRET,)},
            f"organization acme, actions: rotated {SECRET}, valid until 2026-07-02 00:00 UTC",
        ),
        (
            {"outcome": Outcome.FRESH, "written": (), "left": 5400.0},
            "organization acme: fresh, valid until 2026-07-02 00:00 UTC (1 h 30 min left)",
        ),
        (
            {"outcome": Outcome.STALE, "written": (), "left": -60.0, "reason": "expired"},
            "organization acme: stale, expired, valid until 2026-07-02 00:00 UTC (1 min ago)",
        ),
        (
            {"outcome": Outcome.FAILED, "written": (), "reason": "GitHub is down"},
            "organization acme: failed, nothing written",
        ),
        (
            {"outcome": Outcome.FAILED, "written": (SERVER,), "reason": "GitHub is down"},
            f"organization acme: failed, written: {SERVER}; {STILL}",
        ),
        (
            {"outcome": Outcome.NOT_ATTEMPTED, "written": (), "reason": "no time"},
            "organization acme: not-attempted, nothing written",
        ),
    ],
)
def test_finished(changes: dict[str, object], line: str, lines: Lines, written: list[str]) -> None:
    """What became of a target is one line; why it failed is told once, at the end."""
    lines.finished(result(**changes))
    assert written == [line]
