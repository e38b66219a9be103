"""One target or one registry that fails does not stop the others, and the report is exact."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from sandbox import Fault
from tests.integration.answers import sts_refuses
from tests.integration.failures.case import (
    API,
    ECR,
    GET,
    OIDC,
    PUT,
    REGISTRY,
    STS,
    WEB,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.fleet import document
from tests.integration.world import NAMES, TOKEN_PROVED, USER, World

BOTH = {"scope": "repository", "organization": "", "repositories": "acme/api, acme/web"}
ZERO_KEY = {"key_id": "0123", "key": b64encode(bytes(32)).decode()}


@each(
    Case(
        name="a write is refused",
        faults=(Fault(method="PUT", path="acme/api/.*SERVER", status=422, body={}, times=None),),
        inputs=BOTH,
        written={API: (USER,), WEB: NAMES},
        asked={**TOKEN_PROVED, GET: 3, PUT: 5},
        advice=("repository acme/api",),
    ),
    Case(
        name="a key is unusable",
        faults=(Fault(path="acme/api/.*public-key", status=200, body=ZERO_KEY),),
        inputs=BOTH,
        written={WEB: NAMES},
        asked={**TOKEN_PROVED, GET: 2, PUT: 3},
        advice=("all zeros", "repository acme/api"),
    ),
    Case(
        name="a repository does not exist",
        inputs={**BOTH, "repositories": "acme/api, acme/nowhere, acme/web"},
        written={API: NAMES, WEB: NAMES},
        asked={**TOKEN_PROVED, GET: 3, PUT: 6},
        advice=("repository acme/nowhere", "Check the spelling of what is named"),
    ),
    Case(
        name="a repository is down",
        faults=(Fault(path="acme/api/", status=500, times=None),),
        inputs=BOTH,
        written={WEB: NAMES},
        asked={**TOKEN_PROVED, GET: 6, PUT: 3},
        advice=("HTTP 500", "repository acme/api"),
    ),
    *(
        Case(
            name=f"a registry: {name}",
            faults=(fault,),
            file=document(
                "registry: prod, repositories: [acme/api]",
                "registry: data, repositories: [acme/web]",
            ),
            written={API: NAMES},
            asked={**asked, GET: 2, PUT: 3},
            advice=(advice, "repository acme/web"),
        )
        for name, fault, asked, advice in (
            (
                "no session",
                replace(
                    sts_refuses("AccessDenied", "No.", status=403), host="eu-west-1", times=None
                ),
                {OIDC: 2, STS: 2, ECR: 1, REGISTRY: 1},
                "sts:AssumeRoleWithWebIdentity",
            ),
            (
                "no token",
                Fault(service="ecr", host="eu-west-1", status=403, body="{", times=None),
                {OIDC: 2, STS: 2, ECR: 2, REGISTRY: 1},
                "ecr:GetAuthorizationToken",
            ),
            (
                "refused",
                Fault(service="registry", host="eu-west-1", status=401, times=None),
                {OIDC: 2, STS: 2, ECR: 2, REGISTRY: 2},
                "does not accept the new token",
            ),
        )
    ),
)
@both_faces
def test_others_go_on(world: World, face: Face, case: Case) -> None:
    """What can be rotated is rotated, and what cannot is named."""
    hold(world, face, case)


@both_faces
def test_each_reason_is_told(world: World, face: Face) -> None:
    """Two reasons to fail are two errors, each with its own target and remedy."""
    world.fault(Fault(path="acme/api/.*public-key", status=200, body=ZERO_KEY))
    inputs = {**BOTH, "repositories": "acme/api, acme/nowhere"}
    told = face(world, inputs, Case(name="two reasons", asked={}))
    zeros, missing = sorted(told.errors, key=lambda error: "acme/nowhere" in error)
    assert "all zeros" in zeros
    assert "repository acme/nowhere" not in zeros
    assert "Check the spelling of what is named" in missing
    assert "repository acme/api" not in missing
