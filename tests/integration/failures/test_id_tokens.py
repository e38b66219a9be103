"""GitHub's OIDC service: what is refused is asked for once, what passes is asked for again."""

from __future__ import annotations

from sandbox import Fault
from tests.integration.answers import DECOY
from tests.integration.failures.case import (
    ALL,
    HANG,
    HANG_TRIES,
    OIDC,
    READ,
    ROTATION,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import World

ELSEWHERE = {"Location": "https://example.com/"}


def oidc(**fault: object) -> tuple[Fault]:
    """Return a fault of GitHub's OIDC service."""
    return (Fault(service="oidc", **fault),)  # type: ignore[arg-type]


@each(
    Case(
        name="no id-token: write",
        environment={"ACTIONS_ID_TOKEN_REQUEST_URL": "", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""},
        asked=READ,
        advice=("permissions:\n      id-token: write",),
    ),
    *(
        Case(
            name=f"{status}",
            faults=oidc(status=status, headers=ELSEWHERE, body=f"not for {DECOY}", times=None),
            asked={OIDC: 1, **READ},
            advice=(f"HTTP {status}", "id-token: write"),
        )
        for status in (302, 307, 400, 401, 403, 404)
    ),
)
@both_faces
def test_refused(world: World, face: Face, case: Case) -> None:
    """What cannot be is asked for once; the body, which may echo a token, is not shown."""
    hold(world, face, case)


@each(
    *(
        Case(name=name, faults=faults, status=0, written=ALL, asked={**ROTATION, OIDC: 2})
        for name, faults in {
            "500": oidc(status=500, body=DECOY),
            "429": oidc(status=429, body=DECOY),
            "reset": oidc(reset=True),
            "cut off": oidc(truncate=100),
            "HTML": oidc(status=200, body=f"<html>{DECOY}</html>"),
            "no value": oidc(status=200, body={"count": 1, "echo": DECOY}),
            "empty value": oidc(status=200, body={"value": ""}),
            "value is no text": oidc(status=200, body={"value": 7}),
        }.items()
    )
)
@both_faces
def test_passes(world: World, face: Face, case: Case) -> None:
    """Whatever passes is asked for again, and nobody hears of it."""
    hold(world, face, case)


@each(
    Case(
        name="503",
        faults=oidc(status=503, body=DECOY, times=None),
        asked={OIDC: 5, **READ},
        advice=("GitHub OIDC: the answer was HTTP 503", "https://www.githubstatus.com"),
    ),
    Case(
        name="no value",
        faults=oidc(status=200, body={"echo": DECOY}, times=None),
        asked={OIDC: 5, **READ},
        advice=("GitHub OIDC: the answer holds no ID token",),
    ),
    Case(
        name="hang",
        faults=oidc(delay=30, times=None),
        inputs=HANG,
        asked=READ,
        at_most={OIDC: HANG_TRIES},
        advice=("GitHub OIDC: the request failed: ReadTimeout",),
    ),
)
@both_faces
def test_lasts(world: World, face: Face, case: Case) -> None:
    """What does not pass ends the run, and the old secrets stand."""
    hold(world, face, case)
