"""A registry that refuses the new token keeps it from being written."""

from __future__ import annotations

from sandbox import Fault
from tests.integration.answers import DECOY
from tests.integration.failures.case import (
    ALL,
    HANG,
    HANG_TRIES,
    NOT_PROVED,
    NOT_WRITTEN,
    REGISTRY,
    ROTATION,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import HOST, IMAGE, World

DENIED = {"errors": [{"code": "DENIED", "message": f"{DECOY} is not authorized."}]}
EXPIRED = {"errors": [{"code": "DENIED", "message": "Your authorization token has expired."}]}


def refused(name: str, *advice: str, asked: int = 1, image: str = "", **fault: object) -> Case:
    """Return the case of a registry that always answers like this."""
    return Case(
        name=name,
        faults=(Fault(service="registry", times=None, **fault),),  # type: ignore[arg-type]
        inputs={"probe-image": image},
        asked={**NOT_WRITTEN, REGISTRY: asked},
        advice=(HOST, *advice),
    )


@each(
    refused("400", "Set `aws-region` to the region", status=400, body=DECOY),
    refused("401", "Check that `registry` is the host you mean", status=401, body=DECOY),
    refused("403 expired", "expired already", status=403, body=EXPIRED),
    refused("403 denied", '"ecr:BatchGetImage"', status=403, body=DENIED),
    refused("404", "Check `registry`, and any proxy", status=404, body=DECOY),
    *(
        refused(
            f"{status} to another host",
            "Check `registry`, and any proxy",
            status=status,
            headers={"Location": "https://example.com/v2/"},
        )
        for status in (301, 302, 307)
    ),
    refused(
        "bearer token of another host",
        "does not accept the new token",
        status=401,
        headers={"WWW-Authenticate": 'Bearer realm="https://example.com/token/"'},
    ),
    refused(
        "may not pull",
        f"may not pull {IMAGE}",
        f"repository/{IMAGE}",
        asked=2,
        image=f"{IMAGE}:latest",
        path="manifests",
        status=403,
        body=DENIED,
    ),
    refused(
        "no such image",
        f"there is no image {IMAGE}:latest",
        asked=2,
        image=f"{IMAGE}:latest",
        path="manifests",
        status=404,
    ),
)
@both_faces
def test_refused(world: World, face: Face, case: Case) -> None:
    """A registry that refuses the token is asked once, the reasons told apart, nothing written."""
    hold(world, face, case)


@each(
    *(
        Case(
            name=name,
            faults=(fault,),
            status=0,
            written=ALL,
            asked={**ROTATION, REGISTRY: 2},
        )
        for name, fault in {
            "503": Fault(service="registry", status=503),
            "429": Fault(service="registry", status=429),
            "reset": Fault(service="registry", reset=True),
        }.items()
    )
)
@both_faces
def test_passes(world: World, face: Face, case: Case) -> None:
    """What passes at the registry is asked for again."""
    hold(world, face, case)


@each(
    refused("503", "`verify: false`", asked=5, status=503),
    refused("reset", "`verify: false`", asked=5, reset=True),
    Case(
        name="hang",
        faults=(Fault(service="registry", delay=30, times=None),),
        inputs=HANG,
        asked=NOT_PROVED,
        at_most={REGISTRY: HANG_TRIES},
        advice=(f"{HOST}: the request failed: ReadTimeout", "`verify: false`"),
    ),
)
@both_faces
def test_lasts(world: World, face: Face, case: Case) -> None:
    """A registry that never answers fails the run, and the advice says how to do without."""
    hold(world, face, case)
