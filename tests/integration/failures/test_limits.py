"""GitHub's rate limits are waited for, but never past the deadline."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sandbox import Fault
from sandbox.github import Limits
from tests.integration.failures.case import (
    ALL,
    API,
    BUT_THE_PASSWORD,
    GET,
    OPS,
    PUT,
    ROTATION,
    WEB,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import (
    HOST,
    NAMES,
    PASSWORD,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
)

DAY = 86400
REPOSITORY = {"scope": "repository", "organization": ""}
SECONDARY = {"message": "You have exceeded a secondary rate limit."}


def limit(
    status: int, headers: dict[str, str], *, path: str | None = None, times: int | None = 1
) -> tuple[Fault]:
    """Return a fault by which GitHub asks for patience."""
    method = "PUT" if path else None
    return (
        Fault(
            service="github",
            method=method,
            path=path,
            status=status,
            headers=headers,
            body=SECONDARY,
            times=times,
        ),
    )


def reset_in(seconds: float) -> dict[str, str]:
    """Return the headers of the primary limit, which ends in so many seconds."""
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{time.time() + seconds:.0f}"}


def the_hour_is_used_up(world: World) -> Mapping[str, str]:
    """Let GitHub allow as many requests as three keys and the writes of one target take."""
    world.github.limits = Limits(allowance=6)
    return {}


def one_at_a_time(world: World) -> Mapping[str, str]:
    """Let GitHub refuse a request that comes while another is under way."""
    world.github.limits = Limits(concurrent=1)
    world.github.response_time = 1.0
    return {}


def the_password_of_web_is_missing(world: World) -> Mapping[str, str]:
    """Let one request be all that is missing: two at once would race for the limit."""
    for name, value in ((SERVER, HOST), (USER, "AWS")):
        world.github.seed(*WEB, name, value)
    return {}


@each(
    *(
        Case(name=name, faults=faults, status=0, written=ALL, asked={**ROTATION, PUT: 4})
        for name, faults in {
            "403 with Retry-After": limit(403, {"retry-after": "1"}, path=PASSWORD),
            "429 with Retry-After": limit(429, {"retry-after": "1"}, path=PASSWORD),
            "Retry-After: 0": limit(429, {"retry-after": "0"}, path=PASSWORD),
            "403 with reset": limit(403, reset_in(1), path=PASSWORD),
            "429 with reset": limit(429, reset_in(1), path=PASSWORD),
        }.items()
    )
)
@both_faces
def test_short(world: World, face: Face, case: Case) -> None:
    """Where GitHub says when to come back, that is when the request is sent again, not before."""
    hold(world, face, case)
    *_, refused, repeated = [each for each in world.sandbox.requests if each.method == "PUT"]
    assert (repeated.when - refused.when).total_seconds() >= 1


@each(
    Case(
        name="secondary limit",
        given=one_at_a_time,
        inputs=REPOSITORY,
        status=0,
        written={OPS: NAMES},
        asked={**TOKEN_PROVED, GET: 1, PUT: 4},
    )
)
@both_faces
def test_concurrent(world: World, face: Face, case: Case) -> None:
    """Of two requests at once GitHub refuses one, which is sent again, and then all is written."""
    hold(world, face, case)
    puts = [each.status for each in world.sandbox.requests if each.method == "PUT"]
    assert sorted(filter(None, puts)) == [204, 204, 204, 403]


@each(
    *(
        Case(
            name=name,
            faults=limit(status, headers, times=None),
            inputs={"timeout": "50s"},
            unfinished="not-attempted",
            asked={**TOKEN_PROVED, GET: 1},
            advice=("rate limit", "`secrets: password`"),
        )
        for name, status, headers in (
            ("403 for a day", 403, {"retry-after": f"{DAY}"}),
            ("429 for a day", 429, {"retry-after": f"{DAY}"}),
            (
                "403 reset in a day",
                403,
                {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 10},
            ),
            ("403 unannounced", 403, {}),
            ("429 unannounced", 429, {}),
            ("429 with nonsense", 429, {"retry-after": "soon"}),
        )
    ),
    Case(
        name="in the midst of a target",
        faults=limit(403, {"retry-after": f"{DAY}"}, path=PASSWORD),
        written=BUT_THE_PASSWORD,
        asked=ROTATION,
        advice=("rate limit", "`secrets: password`"),
    ),
    Case(
        name="primary limit",
        # By then all keys are read.
        faults=(Fault(service="sts", delay=1),),
        given=the_hour_is_used_up,
        inputs={
            **REPOSITORY,
            "repositories": "acme/api, acme/web, globex/ml",
            "concurrency": "1",
        },
        written={API: NAMES},
        unfinished="not-attempted",
        asked={**TOKEN_PROVED, GET: 3, PUT: 3},
        advice=("rate limit", "repository acme/web", "repository globex/ml"),
    ),
    Case(
        name="between two targets",
        faults=limit(403, {"retry-after": f"{DAY}"}, path="acme/web"),
        given=the_password_of_web_is_missing,
        inputs={
            **REPOSITORY,
            "repositories": "acme/api, acme/web",
            "concurrency": "1",
            "secrets": "password",
        },
        written={API: NAMES},
        unfinished="not-attempted",
        asked={**TOKEN_PROVED, GET: 4, PUT: 4},
        advice=("rate limit", "repository acme/web"),
    ),
)
@both_faces
def test_past_the_deadline(world: World, face: Face, case: Case) -> None:
    """A limit that outlasts the run ends it at once: what was written stays, the rest is named."""
    hold(world, face, case)
