"""What passes is asked for again, with a new ID token; what does not is not."""

from __future__ import annotations

import re

import pytest

from sandbox import Fault
from tests.integration.answers import DECOY, ecr_refuses, sts_refuses
from tests.integration.world import ROTATION, World, advice

OIDC = "oidc GET"
STS = "sts AssumeRoleWithWebIdentity"
ECR = "ecr GetAuthorizationToken"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(sts_refuses("ExpiredTokenException", "Token expired"), id="expired"),
        pytest.param(
            sts_refuses(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider",
            ),
            id="verification key",
        ),
        pytest.param(sts_refuses("IDPCommunicationError", "Try again."), id="IDP"),
        pytest.param(sts_refuses("Throttling", "Rate exceeded"), id="throttled"),
        pytest.param(sts_refuses("InternalFailure", "", status=500), id="500"),
        pytest.param(Fault(service="sts", status=503, body="<html>"), id="503 in HTML"),
        pytest.param(Fault(service="sts", status=200, body="<html></html>"), id="200 in HTML"),
        pytest.param(Fault(service="sts", reset=True), id="reset"),
        pytest.param(Fault(service="sts", truncate=600), id="cut off"),
        pytest.param(Fault(service="sts", after=True, reset=True), id="answer lost"),
    ],
)
def test_sts_is_asked_again(world: World, fault: Fault) -> None:
    """Whatever passes at STS is asked for again, each time with an ID token of its own."""
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, OIDC: 2, STS: 2}
    assert sum(canary.count(".") == 2 for canary in world.sandbox.canaries) == 2
    assert run.annotations == ()


def test_cut_off_in_a_secret(world: World) -> None:
    """An answer that ends in the middle of a secret shows nothing of it."""
    world.sandbox.canaries.add(DECOY)
    begun = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
    body = f"{begun}<SecretAccessKey>{DECOY}</SecretAccessKey><SessionTok"
    world.fault(Fault(service="sts", status=200, body=body))
    assert world.action().exit_status == 0
    assert world.asked == {**ROTATION, OIDC: 2, STS: 2}


def test_sts_echoes_the_id_token(world: World) -> None:
    """A refusal that quotes the ID token is shown without it."""
    world.sandbox.canaries.add(DECOY)
    fault = sts_refuses("InvalidIdentityToken", f"No good: {DECOY}")
    world.fault(Fault(service="oidc", status=200, body={"value": DECOY}))
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "No good: ***" in advice(run)


def test_sts_never_comes_back(world: World) -> None:
    """What does not pass in time ends the run, with the old secrets as they were."""
    world.fault(Fault(service="sts", status=503, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert ECR not in world.asked
    assert "sts" in advice(run) or "timeout" in advice(run)
    assert run.seconds < 15


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(service="oidc", status=500), id="500"),
        pytest.param(Fault(service="oidc", reset=True), id="reset"),
        pytest.param(Fault(service="oidc", truncate=100), id="cut off"),
        pytest.param(Fault(service="oidc", status=200, body="<html>"), id="HTML"),
        pytest.param(Fault(service="oidc", status=200, body={"value": 7}), id="no text"),
    ],
)
def test_oidc_is_asked_again(world: World, fault: Fault) -> None:
    """Whatever passes at GitHub's OIDC service is asked for again."""
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, OIDC: 2}


@pytest.mark.parametrize("status", [302, 401, 403])
def test_oidc_refuses(world: World, status: int) -> None:
    """A refusal is not asked for again, and its body, which may echo a token, is not shown."""
    world.sandbox.canaries.add(DECOY)
    headers = {"Location": "https://example.com/"}
    body = f"not for {DECOY}"
    world.fault(Fault(service="oidc", status=status, headers=headers, body=body, times=None))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {OIDC: 1, "github GET": 1}
    assert f"HTTP {status}" in advice(run)
    assert "id-token: write" in advice(run)


def test_oidc_hangs(world: World) -> None:
    """A service that hangs is not waited for past the deadline."""
    world.fault(Fault(service="oidc", delay=30, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert re.search("GitHub OIDC|timeout", advice(run))
    assert run.seconds < 15


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            ecr_refuses("UnrecognizedClientException", "The security token is invalid."),
            id="keys not known yet",
        ),
        pytest.param(ecr_refuses("ThrottlingException", "Rate exceeded"), id="throttled"),
        pytest.param(ecr_refuses("ServerException", "", status=500), id="500"),
        pytest.param(Fault(service="ecr", reset=True), id="reset"),
        pytest.param(Fault(service="ecr", truncate=1000), id="cut off"),
    ],
)
def test_ecr_is_asked_again(world: World, fault: Fault) -> None:
    """Whatever passes at ECR is asked for again, in the same session."""
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, ECR: 2}


def test_ecr_refuses(world: World) -> None:
    """What ECR refuses for good is asked for once, and shown in its own words."""
    world.fault(ecr_refuses("InvalidParameterException", "Invalid registry."))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {OIDC: 1, STS: 1, ECR: 1, "github GET": 1}
    assert "InvalidParameterException: Invalid registry." in advice(run)


@pytest.mark.parametrize("service", ["sts", "ecr"])
def test_answer_that_is_not_of_aws(world: World, service: str) -> None:
    """The body of a refusal that AWS did not write is not shown: it may hold a secret."""
    world.sandbox.canaries.add(DECOY)
    body = f'{{"authorizationToken": "{DECOY}", "SecretAccess'
    world.fault(Fault(service=service, status=403, body=body, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert DECOY not in run.log
    assert "proxy" in advice(run)
