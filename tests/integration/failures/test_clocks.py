"""Ages are told by GitHub's own clock, and an App's token is replaced before its hour ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sandbox import Fault
from sandbox.github import App
from tests.integration.failures.case import (
    ALL,
    GET,
    OPS,
    POST,
    PUT,
    ROTATION,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.fleet import PERMISSIONS
from tests.integration.world import NAMES, TOKEN_PROVED, World


def _inputs_of(app: App) -> Mapping[str, str]:
    return {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}


def short_lived(world: World) -> Mapping[str, str]:
    """Return the inputs of an App whose first token has four minutes left, and is genuine."""
    app = world.github.register_app(PERMISSIONS)
    installation = world.github.install(app, "acme")
    expires_at = datetime.now(UTC) + timedelta(minutes=4)
    body = {
        "token": world.github.installation_token(installation),
        "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    world.fault(Fault(path="access_tokens", status=201, body=body))
    return _inputs_of(app)


def lagging(seconds: float) -> Callable[[World], Mapping[str, str]]:
    """Return what lets GitHub know an App's new token so late, and gives the inputs of the App."""

    def given(world: World) -> Mapping[str, str]:
        app = world.github.register_app(PERMISSIONS)
        world.github.install(app, "acme")
        world.github.replication_lag = seconds
        return _inputs_of(app)

    return given


@each(
    Case(
        name="new token known after a moment",
        given=lagging(0.1),
        status=0,
        written=ALL,
        asked={**TOKEN_PROVED, POST: 1, PUT: 3},
        # The App is looked up, and one of the other requests is made up to five times.
        at_most={GET: 1 + ROTATION[GET] + 4},
    ),
    Case(
        name="new token that stays unknown",
        given=lagging(3600),
        asked={**TOKEN_PROVED, POST: 1},
        at_most={GET: 1 + 5},
        advice=("the token of the App's installation", "that the App is still installed there"),
    ),
)
@both_faces
def test_new_token(world: World, face: Face, case: Case) -> None:
    """A token that an App has just got is tried again for a few seconds, and then given up."""
    hold(world, face, case)


@each(
    Case(
        name="installation token near its hour",
        given=short_lived,
        status=0,
        written=ALL,
        asked={**ROTATION, GET: 6, POST: 2},
    )
)
@both_faces
def test_installation_token(world: World, face: Face, case: Case) -> None:
    """A token that is about to end is replaced before it is used once more."""
    hold(world, face, case)


def written_ago(hours: int) -> Callable[[World], Mapping[str, str]]:
    """Return what lets the repository's secrets be that old, and leaves them if they are young."""

    def given(world: World) -> Mapping[str, str]:
        for name, value in world.stale.items():
            world.github.seed(*OPS, name, value, age=timedelta(hours=hours))
        return {"scope": "repository", "organization": "", "renew-before": "50%"}

    return given


@each(
    Case(
        name="GitHub's clock as ours",
        given=written_ago(1),
        status=0,
        asked={GET: 1},
    ),
    Case(
        name="GitHub's clock ahead",
        given=written_ago(1),
        faults=(Fault(service="github", skew=timedelta(hours=8), times=None),),
        status=0,
        written={OPS: NAMES},
        asked={**TOKEN_PROVED, GET: 2, PUT: 3},
    ),
    Case(
        name="GitHub's clock behind",
        # By our own clock they would be due.
        given=written_ago(9),
        faults=(Fault(service="github", skew=-timedelta(hours=8), times=None),),
        status=0,
        asked={GET: 1},
    ),
)
@both_faces
def test_age(world: World, face: Face, case: Case) -> None:
    """How old a secret is, the clock that dated it tells: this machine's may be off."""
    hold(world, face, case)
