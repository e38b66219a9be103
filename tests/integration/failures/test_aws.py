"""STS and ECR: each error is asked again as often as that may help, and says what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sandbox import Fault
from tests.integration.answers import DECOY, ecr_refuses, sts_refuses
from tests.integration.failures.case import (
    ALL,
    ECR,
    HANG,
    HANG_TRIES,
    NOT_FETCHED,
    NOT_PROVED,
    OIDC,
    READ,
    ROTATION,
    STS,
    Case,
    Face,
    both_faces,
    each,
    hold,
    lasting,
)
from tests.integration.leaks import is_id_token
from tests.integration.world import ROLE, SUBJECT, World

FOREIGN = f'{{"authorizationToken": "{DECOY}", "SecretAccess'
CUT = (
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
    f"<SecretAccessKey>{DECOY}</SecretAccessKey><SessionTok"
)


def sts(name: str, code: str, message: str, *advice: str, status: int = 400) -> Case:
    """Return the case of an error that STS repeats, and is asked for once."""
    refusal = lasting(sts_refuses(code, message, status=status))
    return Case(name=name, faults=(refusal,), asked=NOT_FETCHED, advice=advice)


def ecr(name: str, code: str, message: str, *advice: str) -> Case:
    """Return the case of an error that ECR repeats, and is asked for once."""
    return Case(
        name=name, faults=(lasting(ecr_refuses(code, message)),), asked=NOT_PROVED, advice=advice
    )


@each(
    sts("AccessDenied", "AccessDenied", "No.", f"sub={SUBJECT}", "trust policy", ROLE, status=403),
    sts(
        "wrong audience",
        "InvalidIdentityToken",
        "Incorrect token audience",
        "Incorrect token audience",
        "aws iam create-open-id-connect-provider",
    ),
    sts(
        "no provider",
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account",
        "--client-id-list sts.amazonaws.com",
    ),
    sts("duration", "ValidationError", "Too long.", "Lower `role-duration-seconds`"),
    sts("long policy", "PackedPolicyTooLarge", "Too large.", "shorten `session-policy`"),
    sts("bad policy", "MalformedPolicyDocument", "Bad.", "Correct or shorten `session-policy`"),
    sts("region", "RegionDisabledException", "Off.", "Activate the region", status=403),
    sts("skew", "SignatureDoesNotMatch", "Signature not yet current: x", "Set the clock"),
    sts("another", "Strange", "No such thing.", "AWS answered Strange: No such thing."),
    Case(
        name="quotes the ID token",
        faults=(
            Fault(service="oidc", status=200, body={"value": DECOY}),
            sts_refuses("InvalidIdentityToken", f"No good: {DECOY}"),
        ),
        asked=NOT_FETCHED,
        advice=("No good: ***",),
    ),
)
@both_faces
def test_sts_refuses(world: World, face: Face, case: Case) -> None:
    """What STS refuses for good is asked for once, in one region, and names what to correct."""
    hold(world, face, case)


@each(
    ecr("AccessDenied", "AccessDeniedException", "not you", '"ecr:GetAuthorizationToken"'),
    ecr(
        "another",
        "InvalidParameterException",
        "Invalid registry.",
        "InvalidParameterException: Invalid registry.",
    ),
    ecr("skew", "InvalidSignatureException", "Signature expired: 1 < 2", "Set the clock"),
    ecr("wrong key", "InvalidSignatureException", "The signature does not match.", "not match"),
    Case(
        name="not of AWS",
        faults=(Fault(service="ecr", status=403, body=FOREIGN, times=None),),
        asked=NOT_PROVED,
        advice=("ecr:GetAuthorizationToken", "is a proxy in between?"),
    ),
    Case(
        name="keys never known",
        faults=(lasting(ecr_refuses("UnrecognizedClientException", "Invalid token.")),),
        asked={**NOT_PROVED, ECR: 4},
        advice=("UnrecognizedClientException",),
    ),
)
@both_faces
def test_ecr_refuses(world: World, face: Face, case: Case) -> None:
    """What ECR refuses for good is asked for once, and new keys that stay unknown four times."""
    hold(world, face, case)


@each(
    *(
        Case(name=name, faults=(fault,), status=0, written=ALL, asked={**ROTATION, OIDC: 2, STS: 2})
        for name, fault in {
            "expired": sts_refuses("ExpiredTokenException", "Token expired"),
            "verification key": sts_refuses(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider",
            ),
            "IDP": sts_refuses("IDPCommunicationError", "Try again."),
            "Throttling": sts_refuses("Throttling", "Rate exceeded"),
            "ThrottledException": sts_refuses("ThrottledException", "Rate exceeded", status=429),
            "500": sts_refuses("InternalFailure", "", status=500),
            "503 in HTML": Fault(service="sts", status=503, body=f"<html>{DECOY}"),
            "200 in HTML": Fault(service="sts", status=200, body="<html></html>"),
            "reset": Fault(service="sts", reset=True),
            "cut off": Fault(service="sts", truncate=600),
            "cut off in a secret": Fault(service="sts", status=200, body=CUT),
            "answer lost": Fault(service="sts", after=True, reset=True),
        }.items()
    )
)
@both_faces
def test_sts_passes(world: World, face: Face, case: Case) -> None:
    """Whatever passes at STS is asked for again, each time with an ID token of its own."""
    hold(world, face, case)
    assert sum(map(is_id_token, world.sandbox.canaries)) == 2


@each(
    *(
        Case(name=name, faults=(fault,), status=0, written=ALL, asked={**ROTATION, ECR: asked})
        for name, fault, asked in (
            (
                "keys known at last",
                replace(ecr_refuses("UnrecognizedClientException", "Invalid."), times=3),
                4,
            ),
            ("throttled", ecr_refuses("ThrottlingException", "Rate exceeded"), 2),
            ("500", ecr_refuses("ServerException", "", status=500), 2),
            ("reset", Fault(service="ecr", reset=True), 2),
            ("cut off", Fault(service="ecr", truncate=1000), 2),
            ("HTML", Fault(service="ecr", status=200, body="<html>Sign in</html>"), 2),
        )
    )
)
@both_faces
def test_ecr_passes(world: World, face: Face, case: Case) -> None:
    """Whatever passes at ECR is asked for again, in the same session."""
    hold(world, face, case)


@each(
    Case(
        name="unknown profile",
        environment={"AWS_PROFILE": "nowhere"},
        asked={OIDC: 1, **READ},
        advice=("configuration says (ProfileNotFound)", "a profile, file or program"),
    ),
    Case(
        name="no token file",
        environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": ROLE},
        inputs={"role-to-assume": ""},
        asked=READ,
        advice=("configuration says (FileNotFoundError)", "a profile, file or program"),
    ),
    Case(
        name="no JSON",
        environment={"AWS_CONFIG_FILE": str(Path(__file__).with_name("no_credentials.ini"))},
        inputs={"role-to-assume": ""},
        asked=READ,
        advice=("configuration says (JSONDecodeError)", "`credential_process` must print JSON"),
    ),
)
@both_faces
def test_configuration_of_aws(world: World, face: Face, case: Case) -> None:
    """What is wrong in AWS's own configuration is told as that, and AWS is asked nothing."""
    hold(world, face, case)


DOWN = Fault(service="sts", host="us-east-1", status=503, times=None)
"""STS of one region is down."""


@each(
    *(
        Case(name=name, faults=(fault,), status=0, written=ALL, asked={**ROTATION, OIDC: 6, STS: 6})
        for name, fault in {
            "503": DOWN,
            "reset": Fault(service="sts", host="us-east-1", reset=True, times=None),
        }.items()
    )
)
@both_faces
def test_region_of_sts_is_down(world: World, face: Face, case: Case) -> None:
    """Where STS of one region is down, another region's gives the session that ECR accepts."""
    hold(world, face, case)
    hosts = [each.host for each in world.sandbox.requests if each.service == "sts"]
    assert hosts == ["sts.us-east-1.amazonaws.com"] * 5 + ["sts.us-west-2.amazonaws.com"]


@each(
    Case(
        name="both regions of STS",
        faults=(Fault(service="sts", status=503, times=None),),
        asked={OIDC: 10, STS: 10, **READ},
        advice=("sts:AssumeRoleWithWebIdentity", "https://health.aws.amazon.com"),
    ),
    Case(
        # botocore cannot read it, and does not tell a refusal from an answer that was cut off.
        name="STS not of AWS",
        faults=(Fault(service="sts", status=403, body=FOREIGN, times=None),),
        asked={OIDC: 10, STS: 10, **READ},
        advice=("the request failed: ResponseParserError", "at the proxy or firewall"),
    ),
    Case(
        name="the other region refuses",
        faults=(DOWN, sts_refuses("AccessDenied", "Not in this region.", status=403)),
        asked={OIDC: 6, STS: 6, **READ},
        advice=("AWS answered HTTP 503", "https://health.aws.amazon.com"),
    ),
    Case(
        name="STS hangs",
        faults=(Fault(service="sts", delay=30, times=None),),
        inputs=HANG,
        asked=READ,
        at_most={OIDC: HANG_TRIES, STS: HANG_TRIES},
        advice=("sts:AssumeRoleWithWebIdentity: the request failed: ReadTimeoutError",),
    ),
    Case(
        name="ECR",
        faults=(Fault(service="ecr", status=503, times=None),),
        asked={**NOT_PROVED, ECR: 5},
        advice=("ecr:GetAuthorizationToken", "https://health.aws.amazon.com"),
    ),
    Case(
        name="ECR in HTML",
        faults=(Fault(service="ecr", status=200, body="<html>Sign in</html>", times=None),),
        asked={**NOT_PROVED, ECR: 5},
        advice=("AWS's answer holds no authorizationData",),
    ),
)
@both_faces
def test_lasts(world: World, face: Face, case: Case) -> None:
    """What does not pass ends the run in time, with the old secrets as they were."""
    hold(world, face, case)
