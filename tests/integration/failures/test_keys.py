"""Values are sealed with the key that GitHub has now, or not at all."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from sandbox import Fault
from tests.integration.failures.case import (
    ALL,
    GET,
    NOT_WRITTEN,
    PUT,
    ROTATION,
    Case,
    Face,
    both_faces,
    each,
    hold,
)
from tests.integration.world import World


def key(content: bytes, *, number: int = 0, suffix: str = "") -> Fault:
    """Return the fault by which GitHub answers this as a public key, once."""
    encoded = b64encode(content).decode() + suffix
    body = {"key_id": f"{number:04}", "key": encoded}
    return Fault(service="github", path="public-key", status=200, body=body)


def no_key(body: Mapping[str, object]) -> Fault:
    """Return the fault by which GitHub answers something else than a key."""
    return Fault(service="github", path="public-key", status=200, body=body, times=None)


@each(
    *(
        Case(
            name=name,
            faults=(fault,),
            asked=NOT_WRITTEN,
            advice=(message, "The password there is still the old one.", "organization acme"),
        )
        for name, fault, message in (
            ("short", key(bytes(range(31))), "31 bytes instead of 32"),
            ("long", key(bytes(range(33))), "33 bytes instead of 32"),
            ("all zero", key(bytes(32)), "all zeros"),
            ("bad base64", key(bytes(range(32)), suffix="%"), "not base64"),
        )
    ),
    *(
        Case(
            name=f"{body}",
            faults=(no_key(body),),
            asked=NOT_WRITTEN,
            advice=("the answer holds no public key",),
        )
        for body in ({}, {"key_id": "0123"}, {"key": "AAAA"})
    ),
)
@both_faces
def test_unusable(world: World, face: Face, case: Case) -> None:
    """With a key that cannot seal, that target fails without a write."""
    hold(world, face, case)


STALE = key(bytes(range(32)))
"""A key that seals well, and is not GitHub's any more."""


@each(
    Case(
        name="replaced once",
        faults=(STALE,),
        status=0,
        written=ALL,
        asked={**ROTATION, GET: 6, PUT: 5},
    ),
    Case(
        name="replaced each time",
        faults=tuple(key(bytes(range(32)), number=number) for number in range(20)),
        asked={**NOT_WRITTEN, GET: 6, PUT: 4},
        advice=("improperly encrypted",),
    ),
)
@both_faces
def test_replaced_between_read_and_write(world: World, face: Face, case: Case) -> None:
    """A key that is stale by the time of writing is fetched once more, and not for ever."""
    hold(world, face, case)
