"""What GitHub refuses is explained and not repeated; what passes is asked for again."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import Fault
from tests.integration.answers import DECOY
from tests.integration.failures.case import (
    ACME,
    ALL,
    API,
    BUT_THE_PASSWORD,
    GET,
    HANG,
    HANG_TRIES,
    NOT_WRITTEN,
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
from tests.integration.world import NAMES, PASSWORD, SERVER, TOKEN_PROVED, USER, World

REFUSED = {**TOKEN_PROVED, GET: 1}
"""The requests of a run that learns from GitHub's first answer that it may not write."""

SECRETS = "https://api.github.com/orgs/acme/codespaces/secrets"
SSO = "https://github.com/orgs/acme/sso?authorization_request=A1"


def fine_grained(world: World) -> Mapping[str, str]:
    """Return the inputs with a token that may write other secrets."""
    octocat = world.github.user("octocat")
    permissions = {"organization_secrets": "write"}
    return {"github-token": world.github.fine_grained_token(octocat, "acme", permissions)}


def suspended(world: World) -> Mapping[str, str]:
    """Return the inputs with an App that the organization has suspended."""
    app = world.github.register_app(PERMISSIONS)
    world.github.suspend(world.github.install(app, "acme"))
    return {"app-id": str(app.id), "app-private-key": app.private_key, "github-token": ""}


def free_plan(world: World) -> Mapping[str, str]:
    """Return the inputs with an organization that pays nothing."""
    world.github.organization("small", "free", owners=["octocat"])
    return {"organization": "small"}


@each(
    Case(
        name="401",
        inputs={"github-token": DECOY},
        asked=REFUSED,
        advice=("HTTP 401", "Make a new token"),
    ),
    Case(
        name="403 missing scope",
        given=lambda world: {"github-token": world.classic_token("gist")},
        asked=REFUSED,
        advice=("a classic token the scope `admin:org`",),
    ),
    Case(
        name="403 missing permission",
        given=fine_grained,
        asked=REFUSED,
        advice=(
            "Resource not accessible by personal access token",
            "needs `organization_codespaces_secrets: write`",
        ),
    ),
    Case(
        name="403 workflow's own token",
        given=lambda world: {"github-token": world.github.workflow_token("acme/ops")},
        asked=REFUSED,
        advice=("the workflow's own `GITHUB_TOKEN`: that one can never write these secrets",),
    ),
    Case(
        name="403 single sign-on",
        faults=(
            Fault(
                service="github",
                status=403,
                headers={"X-GitHub-SSO": f"required; url={SSO}"},
                body={"message": "Resource protected by organization SAML enforcement."},
                times=None,
            ),
        ),
        asked=REFUSED,
        advice=(SSO,),
    ),
    Case(
        name="403 suspended App",
        given=suspended,
        asked={**TOKEN_PROVED, GET: 1, POST: 1},
        advice=("acme has suspended the GitHub App", "Let acme end the suspension, at https://"),
    ),
    Case(
        name="404 on the Free plan",
        given=free_plan,
        asked=REFUSED,
        advice=("HTTP 404", "On the Free plan an organization has no Codespaces secrets"),
    ),
    Case(
        name="403 for writing alone",
        faults=(Fault(method="PUT", status=403, body={"message": "No."}, times=None),),
        asked={**NOT_WRITTEN, PUT: 2},
        advice=("GitHub answered HTTP 403: No.", "`admin:org`"),
    ),
    Case(
        name="404 for writing alone",
        faults=(Fault(method="PUT", path=SERVER, status=404, body={}, times=None),),
        written={ACME: (USER,)},
        asked={**NOT_WRITTEN, PUT: 2},
        advice=("GitHub answered HTTP 404", "`admin:org`"),
    ),
    Case(
        name="409",
        faults=(Fault(method="PUT", path=PASSWORD, status=409, body=DECOY, times=None),),
        written=BUT_THE_PASSWORD,
        asked=ROTATION,
        advice=("GitHub answered HTTP 409: no message",),
    ),
    Case(
        name="422",
        faults=(
            Fault(
                method="PUT",
                path=PASSWORD,
                status=422,
                body={"message": "Bad request - the limit of 100 secrets is reached"},
                times=None,
            ),
        ),
        written=BUT_THE_PASSWORD,
        # The key is read once more, to tell whether it is the reason.
        asked={**ROTATION, GET: 6},
        advice=("Bad request - the limit of 100 secrets is reached",),
    ),
)
@both_faces
def test_refused(world: World, face: Face, case: Case) -> None:
    """What is refused is asked for once, and the permission, scope or plan is named."""
    hold(world, face, case)


@each(
    *(
        Case(name=name, faults=(fault,), status=0, written=ALL, asked={**ROTATION, PUT: 4})
        for name, fault in {
            "500": Fault(method="PUT", path=PASSWORD, status=500),
            "408": Fault(method="PUT", path=PASSWORD, status=408, body={}),
            "503 in HTML": Fault(method="PUT", path=PASSWORD, status=503, body="<html>"),
            "200 in HTML": Fault(method="PUT", path=PASSWORD, status=200, body="<html>"),
            "reset": Fault(method="PUT", path=PASSWORD, reset=True),
            "answer lost": Fault(method="PUT", path=PASSWORD, reset=True, after=True),
            "answer replaced": Fault(method="PUT", path=PASSWORD, status=502, after=True),
        }.items()
    ),
    *(
        Case(name=name, faults=(fault,), status=0, written=ALL, asked={**ROTATION, GET: 6})
        for name, fault in {
            "502 for a read": Fault(service="github", method="GET", status=502),
            "reset of a read": Fault(service="github", method="GET", reset=True),
            "read cut off": Fault(service="github", method="GET", truncate=20),
            "HTML for a read": Fault(service="github", method="GET", status=200, body="<p>"),
        }.items()
    ),
)
@both_faces
def test_passes(world: World, face: Face, case: Case) -> None:
    """What passes is sent again, a write whose fate is unknown too, and all is written."""
    hold(world, face, case)


@each(
    Case(
        name="502",
        faults=(Fault(method="PUT", path=PASSWORD, status=502, times=None),),
        written=BUT_THE_PASSWORD,
        asked={**NOT_WRITTEN, PUT: 7},
        advice=("GitHub answered HTTP 502", "https://www.githubstatus.com"),
    ),
    Case(
        name="every answer lost",
        faults=(Fault(method="PUT", path=PASSWORD, reset=True, after=True, times=None),),
        written=ALL,
        reported=BUT_THE_PASSWORD,
        asked={**NOT_WRITTEN, PUT: 7},
        advice=("the request failed", "https://www.githubstatus.com"),
    ),
    Case(
        name="502 for reads",
        faults=(Fault(service="github", method="GET", status=502, times=None),),
        asked={**TOKEN_PROVED, GET: 5},
        advice=("GitHub answered HTTP 502", "https://www.githubstatus.com"),
    ),
    Case(
        name="hang",
        faults=(Fault(service="github", delay=30, times=None),),
        inputs=HANG,
        asked=TOKEN_PROVED,
        at_most={GET: HANG_TRIES},
        advice=("the request failed: ReadTimeout", "https://www.githubstatus.com"),
    ),
)
@both_faces
def test_lasts(world: World, face: Face, case: Case) -> None:
    """What does not pass fails the target in time; the password is the last to be new."""
    hold(world, face, case)


def redirect(method: str, status: int, location: str) -> Case:
    """Return the case of a redirect that leaves GitHub."""
    return Case(
        name=f"{method} {status} to {location or 'nowhere'}",
        faults=(
            Fault(
                service="github",
                method=method,
                status=status,
                headers={"Location": location} if location else {},
                times=None,
            ),
        ),
        asked=REFUSED if method == "GET" else {**NOT_WRITTEN, PUT: 2},
        advice=(f"HTTP {status}: a redirect to another host is not followed",),
    )


@each(
    redirect("GET", 307, "https://example.com/secrets"),
    redirect("PUT", 307, "https://example.com/secrets"),
    redirect("PUT", 302, "https://example.com/secrets"),
    redirect("PUT", 301, "https://api.github.com.example.com/"),
    redirect("PUT", 308, "http://api.github.com/"),
    redirect("PUT", 307, "//example.com/secrets"),
    redirect("PUT", 307, ""),
)
@both_faces
def test_redirect_to_another_host(world: World, face: Face, case: Case) -> None:
    """Another host never gets the token: it is not even connected to."""
    hold(world, face, case)


def renamed(world: World) -> Mapping[str, str]:
    """Let a repository be named otherwise by now, and return the inputs with its old name."""
    world.github.rename("acme/api", "service")
    return {"scope": "repository", "organization": "", "repositories": "acme/api"}


@each(
    Case(
        name="renamed repository",
        given=renamed,
        status=0,
        written={API: NAMES},
        asked={**TOKEN_PROVED, GET: 4, PUT: 3},
    ),
    *(
        Case(
            name=f"PUT {status}",
            faults=(
                Fault(
                    method="PUT",
                    path=PASSWORD,
                    status=status,
                    headers={"Location": f"{SECRETS}/{PASSWORD}"},
                ),
            ),
            status=0,
            written=ALL,
            asked={**ROTATION, PUT: 4},
        )
        for status in (307, 308)
    ),
)
@both_faces
def test_redirect_within_github(world: World, face: Face, case: Case) -> None:
    """GitHub's own redirect is followed, with the same method and body."""
    hold(world, face, case)


@each(
    *(
        Case(
            name=f"{status} for {name}",
            faults=(Fault(method="PUT", path=name, status=status, body={}, times=None),),
            written={ACME: written},
            asked={**NOT_WRITTEN, PUT: puts},
            advice=(f"PUT /orgs/acme/codespaces/secrets/{name}", f"HTTP {status}: {message}"),
        )
        for status, message in (
            (200, "only 201 and 204 mean that a secret was written"),
            (202, "no message"),
        )
        for name, written, puts in ((SERVER, (USER,), 2), (PASSWORD, (SERVER, USER), 3))
    )
)
@both_faces
def test_other_success_is_none(world: World, face: Face, case: Case) -> None:
    """Only 201 and 204 mean that a secret was written."""
    hold(world, face, case)
