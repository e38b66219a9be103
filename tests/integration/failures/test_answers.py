"""An answer that no service would give costs no other its outcome, and nobody their terminal."""

from __future__ import annotations

from sandbox import Fault
from tests.integration.failures.case import (
    ALL,
    API,
    BUT_THE_PASSWORD,
    ECR,
    GET,
    OIDC,
    PUT,
    REGISTRY,
    ROTATION,
    STS,
    WEB,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import NAMES, PASSWORD, SERVER, TOKEN_PROVED, USER, World
from tests.unit.internet import BOMB

STANDING = r"secrets\?per_page"
ENDLESS = "https://api.github.com/orgs/acme/codespaces/secrets?per_page=100&page=2"
TWO_TARGETS = {
    "scope": "repository",
    "organization": "",
    "repositories": "acme/api, acme/ops",
    "renew-before": "6h",
}


def says(message: str, shown: str) -> Case:
    """Return the case of a message that GitHub refuses the password with."""
    return Case(
        name=repr(message[:20]),
        faults=(Fault(method="PUT", path=PASSWORD, status=409, body={"message": message}),),
        written=BUT_THE_PASSWORD,
        asked=ROTATION,
        advice=(f"HTTP 409: {shown}\n",),
    )


@each(
    says("half of \ud83d", "half of \N{REPLACEMENT CHARACTER}"),
    says("\x1b[2J\x9b gone", "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER} gone"),
    says("a\n::stop-commands::x\n##[error]b", "a ::stop-commands::x ## [error]b"),
    says("word " * 100_000, f"{'word ' * 200}…"),
    says("x" * 100_000, "…"),
)
@both_faces
def test_message(world: World, face: Face, case: Case) -> None:
    """Whatever a message holds, it is told in a line that nobody takes for more than words."""
    hold(world, face, case)


def unreadable(name: str, body: str | bytes, says: str, **headers: str) -> Case:
    """Return the case of an answer that lists the secrets in a way that cannot be read."""
    return Case(
        name=name,
        faults=(Fault(path=STANDING, status=200, body=body, headers=headers, times=None),),
        asked={**TOKEN_PROVED, GET: 5},
        advice=(says, "https://www.githubstatus.com"),
    )


@each(
    unreadable("nested without end", "[" * 100_000, "is not JSON"),
    unreadable("a bomb", BOMB, "the request failed: ProtocolError", **{"content-encoding": "gzip"}),
    Case(
        name="a circle",
        faults=(
            Fault(path="secrets\\?", headers={"link": f'<{ENDLESS}>; rel="next"'}, times=None),
        ),
        asked={**TOKEN_PROVED, GET: 2},
        advice=("the listing leads back to a page before",),
    ),
    Case(
        name="a secret by another name",
        faults=(
            Fault(
                method="PUT",
                path=PASSWORD,
                status=307,
                headers={
                    "location": f"https://api.github.com/orgs/acme/codespaces/secrets/{NAMES[0]}"
                },
            ),
        ),
        written=BUT_THE_PASSWORD,
        asked=ROTATION,
        advice=("HTTP 307: a redirect of a write to something else is not followed",),
    ),
)
@both_faces
def test_answer(world: World, face: Face, case: Case) -> None:
    """What cannot be read, has no end or leads astray fails the target, and nothing is lost."""
    hold(world, face, case)


def dated(date: str, **outcome: object) -> Case:
    """Return the case of secrets of `acme/ops` that GitHub says were written then."""
    secrets = [{"name": name, "created_at": date, "updated_at": date} for name in NAMES]
    body = {"total_count": len(secrets), "secrets": secrets}
    return Case(
        name=date,
        faults=(Fault(path=rf"acme/ops/.*{STANDING}", status=200, body=body, times=None),),
        inputs=TWO_TARGETS,
        **outcome,  # type: ignore[arg-type]
    )


@each(
    dated(
        "9999-12-31T23:59:59Z",
        status=0,
        written={API: NAMES, ("repository", "acme/ops"): NAMES},
        asked={**TOKEN_PROVED, GET: 4, PUT: 6},
    ),
    dated(
        "9999-12-31T23:59:59-14:00",
        written={API: NAMES},
        asked={**TOKEN_PROVED, GET: 3, PUT: 3},
        advice=("the answer lists no secrets", "repository acme/ops"),
    ),
)
@both_faces
def test_date(world: World, face: Face, case: Case) -> None:
    """A date that cannot be keeps no other target from being written, nor passes for fresh."""
    hold(world, face, case)


def announced(name: str, *twice: str, **request: str) -> Case:
    """Return the case of a request whose answer is announced: it is made again, and all is well."""
    return Case(
        name=name,
        faults=(Fault(**request, early=103, delay=0.2),),  # type: ignore[arg-type]
        status=0,
        written=ALL,
        asked=ROTATION | {kind: ROTATION[kind] + 1 for kind in twice},
    )


@each(
    announced("ID token", OIDC, service="oidc"),
    announced("STS", OIDC, STS, service="sts"),
    announced("ECR", ECR, service="ecr"),
    announced("registry", REGISTRY, service="registry"),
    announced("a read", GET, path="public-key"),
    announced("a write", PUT, method="PUT", path=PASSWORD),
    Case(
        name="a write before one that is refused",
        faults=(
            Fault(method="PUT", path=f"acme/api/.*{USER}", early=103, delay=0.2),
            Fault(method="PUT", path=f"acme/web/.*{USER}", status=409, body={"message": "no"}),
        ),
        inputs={
            **TWO_TARGETS,
            "repositories": "acme/api, acme/web",
            "renew-before": "",
            "concurrency": "1",
        },
        written={API: NAMES, WEB: (SERVER,)},
        asked={**TOKEN_PROVED, GET: 2, PUT: 6},
        advice=("HTTP 409: no",),
    ),
)
@both_faces
def test_announcement(world: World, face: Face, case: Case) -> None:
    """What only announces an answer is none, and no later request takes the answer for its own."""
    hold(world, face, case)
