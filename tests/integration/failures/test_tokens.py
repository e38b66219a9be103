"""What ECR answers in place of a good token is sent nowhere."""

from __future__ import annotations

from datetime import timedelta

from sandbox import Fault
from tests.integration.answers import DECOY, authorization
from tests.integration.failures.case import (
    ECR,
    NOT_PROVED,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import HOST, OTHER_HOST, REGION, World


def answer(data: object) -> tuple[Fault]:
    """Return a fault by which ECR answers this in place of a token."""
    return (Fault(service="ecr", status=200, body={"authorizationData": data}, times=None),)


def unusable(name: str, data: object, *advice: str) -> Case:
    """Return the case of an answer that is no token for this registry."""
    return Case(
        name=name,
        faults=answer(data),
        asked=NOT_PROVED,
        advice=(*advice, "the old secrets stand"),
    )


@each(
    unusable("none", [], "AWS answered 0 tokens"),
    unusable("several", [authorization(), authorization()], "AWS answered 2 tokens"),
    unusable("no colon", [authorization(decoded=f"AWS{DECOY}")], "not `user:password`"),
    unusable("no password", [authorization(decoded="AWS:")], "not `user:password`"),
    unusable("no user", [authorization(decoded=f":{DECOY}")], "not `user:password`"),
    unusable("empty", [authorization(encoded="")], "not `user:password`"),
    unusable("bad base64", [authorization(encoded=f"{DECOY}%")], "not base64"),
    unusable("not ASCII", [authorization(decoded=f"AWS:{DECOY}ß")], "not base64"),
    unusable("other user", [authorization(decoded=f"root:{DECOY}")], "not for the user AWS"),
    unusable("expired", [authorization(life=timedelta(hours=-1))], "ends at"),
    unusable("nearly expired", [authorization(life=timedelta(minutes=4))], "ends at"),
    unusable("no end", [authorization() | {"expiresAt": None}], "does not say when"),
    unusable(
        "host outside of ECR",
        [authorization(endpoint=f"https://{HOST}.example.com")],
        f"`{HOST}.example.com` is not a host of ECR",
    ),
    unusable(
        "host of a stranger",
        [authorization(endpoint="https://example.com/.dkr.ecr.us-east-1.amazonaws.com")],
        "is not a host of ECR",
    ),
    unusable("without TLS", [authorization(endpoint=f"http://{HOST}")], "is not a host of ECR"),
    unusable("no host", [authorization(endpoint="")], "is not a host of ECR"),
    unusable(
        "other region",
        [authorization(endpoint=f"https://{HOST.replace(REGION, 'eu-west-1')}")],
        "for eu-west-1",
    ),
    unusable("other account", [authorization(endpoint=f"https://{OTHER_HOST}")], "for account"),
)
@both_faces
def test_unusable(world: World, face: Face, case: Case) -> None:
    """What is no token for this registry is asked for once, shown to nobody and sent nowhere."""
    hold(world, face, case)


@each(
    *(
        Case(
            name=name,
            faults=answer(data),
            asked={**NOT_PROVED, ECR: 5},
            advice=("ecr:GetAuthorizationToken: the answer is not one of AWS's",),
        )
        for name, data in {
            "no time": [authorization() | {"expiresAt": "soon"}],
            "text for a token": ["token"],
            "text for the list": "token",
        }.items()
    )
)
@both_faces
def test_malformed(world: World, face: Face, case: Case) -> None:
    """An answer of another shape, which may be one that was cut off, is asked for again."""
    hold(world, face, case)
