"""The proxy, its exceptions and the one CA bundle hold for every client alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from types import MappingProxyType

from sandbox import Fault
from tests.integration.failures.case import (
    ALL,
    GET,
    NOT_FETCHED,
    NOT_PROVED,
    NOT_WRITTEN,
    OIDC,
    READ,
    ROTATION,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import HOST, TOKEN_PROVED, World

CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")
NOWHERE = "http://127.0.0.1:1"
"""No proxy listens there."""


def around_the_proxy(
    host: str,
    fails: str,
    asked: Mapping[str, int],
    at_most: Mapping[str, int] = MappingProxyType({}),
) -> Case:
    """Return the case of a host that is not to be asked through the proxy, the only way to it."""
    return Case(
        name=host,
        environment={"NO_PROXY": f"example.com,{host}"},
        inputs={"timeout": "20s"},
        asked=asked,
        at_most=at_most,
        advice=(fails,),
    )


@each(
    Case(
        name="no proxy answers",
        environment={"HTTPS_PROXY": NOWHERE},
        inputs={"timeout": "10s"},
        asked={},
        advice=("the request failed: ProxyError", "proxy"),
    ),
    around_the_proxy(".actions.githubusercontent.com", "GitHub OIDC: the request failed", READ),
    # Five attempts in each of two regions, as many as there is time for.
    around_the_proxy(".amazonaws.com", "sts:AssumeRoleWithWebIdentity: ", READ, {OIDC: 10}),
    around_the_proxy("api.ecr.us-east-1.amazonaws.com", "ecr:GetAuthorizationToken: ", NOT_FETCHED),
    around_the_proxy(HOST, f"{HOST}: the request failed", NOT_PROVED),
    around_the_proxy("api.github.com", "GET /orgs/acme/codespaces/secrets: ", TOKEN_PROVED),
)
@both_faces
def test_no_way_there(world: World, face: Face, case: Case) -> None:
    """Every client goes the way that the variables say, even where it leads nowhere."""
    hold(world, face, case)


@each(
    *(
        Case(
            name=name,
            environment=dict.fromkeys(set(CA_BUNDLES) - {name}, ""),
            status=0,
            written=ALL,
            asked=ROTATION,
        )
        for name in CA_BUNDLES
    ),
)
@both_faces
def test_variables(world: World, face: Face, case: Case) -> None:
    """Any one of the variables for a CA bundle is enough for every client."""
    hold(world, face, case)


@each(
    Case(
        name="nobody is trusted",
        environment=dict.fromkeys(CA_BUNDLES, ""),
        inputs={"timeout": "10s"},
        asked={},
        advice=("the request failed: SSLError",),
    )
)
@both_faces
def test_stranger(world: World, face: Face, case: Case) -> None:
    """Whoever has no certificate that is trusted is asked nothing, by no client."""
    hold(world, face, case)


@each(
    Case(
        name="a bundle that is not there",
        environment=dict.fromkeys(CA_BUNDLES, "/nowhere/ca.pem"),
        status=2,
        asked={},
        advice=("REQUESTS_CA_BUNDLE: `/nowhere/ca.pem` cannot be read as certificates",),
    ),
    Case(
        name="a folder",
        environment=dict.fromkeys(CA_BUNDLES, "/"),
        status=2,
        asked={},
        advice=("REQUESTS_CA_BUNDLE: `/` cannot be read as certificates", "Name a PEM file"),
    ),
)
@both_faces
def test_no_bundle(world: World, face: Face, case: Case) -> None:
    """A bundle that cannot be read is a wrong input; it does not mean to trust somebody else."""
    hold(world, face, case)


@each(
    *(
        Case(
            name=name,
            faults=(Fault(service=service, body="slowly", drip=1.0, times=None),),
            inputs={"timeout": "3s"},
            asked=asked,
            advice=(fails, "Run again"),
        )
        for name, service, asked, fails in (
            ("OIDC", "oidc", {OIDC: 1, **READ}, "GitHub OIDC: the request failed: "),
            ("STS", "sts", NOT_FETCHED, "sts:AssumeRoleWithWebIdentity: "),
            ("ECR", "ecr", NOT_PROVED, "ecr:GetAuthorizationToken: "),
            ("registry", "registry", NOT_WRITTEN, f"{HOST}: the request failed: "),
            ("GitHub", "github", {**TOKEN_PROVED, GET: 1}, "secrets: the request failed: "),
        )
    )
)
@both_faces
def test_answer_without_end(world: World, face: Face, case: Case) -> None:
    """A run ends with its timeout and reports, even if an answer comes byte by byte for ever."""
    started = monotonic()
    hold(world, face, case)
    assert monotonic() - started < 13.0


@each(
    Case(
        name="credentials that never come",
        environment={"AWS_CONFIG_FILE": str(Path(__file__).with_name("no_answer.ini"))},
        inputs={"timeout": "1s", "role-to-assume": ""},
        asked={},
        at_most={GET: 5},
        reports=False,
        advice=("timeout: something was still under way", "which shows each request as it ends"),
    )
)
@both_faces
def test_no_end(world: World, face: Face, case: Case) -> None:
    """A run ends soon after its timeout, even if a program that boto3 calls never does."""
    started = monotonic()
    hold(world, face, case)
    assert monotonic() - started < 25.0
