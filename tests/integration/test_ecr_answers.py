"""What ECR answers in place of a good token is sent nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox import Fault
from tests.integration.answers import DECOY, authorization
from tests.integration.world import (
    HOST,
    OTHER_HOST,
    PASSWORD,
    REGION,
    ROTATION,
    TOKEN_FETCHED,
    World,
    advice,
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param([], "AWS answered 0 tokens", id="none"),
        pytest.param([authorization(), authorization()], "AWS answered 2 tokens", id="several"),
        pytest.param([authorization(decoded=f"AWS{DECOY}")], "user:password", id="no colon"),
        pytest.param([authorization(encoded="")], "not `user:password`", id="empty"),
        pytest.param([authorization(encoded=f"{DECOY}%")], "not base64", id="bad base64"),
        pytest.param(
            [authorization(decoded=f"root:{DECOY}")], "not for the user AWS", id="other user"
        ),
        pytest.param([authorization(life=timedelta(hours=-1))], "ends at", id="expired"),
        pytest.param([authorization(life=timedelta(minutes=4))], "ends at", id="nearly expired"),
        pytest.param(
            [authorization(endpoint=f"https://{HOST}.example.com")],
            "is not a host of ECR",
            id="host outside of ECR",
        ),
        pytest.param(
            [authorization(endpoint=f"http://{HOST}")], "is not a host of ECR", id="without TLS"
        ),
        pytest.param([authorization(endpoint="")], "is not a host of ECR", id="no host"),
        pytest.param(
            [authorization(endpoint=f"https://{HOST.replace(REGION, 'eu-west-1')}")],
            "for eu-west-1",
            id="other region",
        ),
        pytest.param(
            [authorization(endpoint=f"https://{OTHER_HOST}")],
            "for account",
            id="other account",
        ),
    ],
)
def test_unusable_answer(world: World, data: object, message: str) -> None:
    """What is no token for this registry is sent nowhere, and GitHub's secrets stay."""
    world.sandbox.canaries.add(DECOY)
    world.fault(Fault(service="ecr", status=200, body={"authorizationData": data}))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {**TOKEN_FETCHED, "github GET": 1}
    assert message in advice(run)
    assert "the old secrets stand" in advice(run)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([authorization() | {"expiresAt": None}], id="no end"),
        pytest.param([authorization() | {"expiresAt": "soon"}], id="no time"),
        pytest.param(["token"], id="text"),
        pytest.param("token", id="no list"),
    ],
)
def test_malformed_answer(world: World, data: object) -> None:
    """An answer of another shape fails the registry as well, not the program."""
    world.sandbox.canaries.add(DECOY)
    world.fault(Fault(service="ecr", status=200, body={"authorizationData": data}, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert run.outputs["failed"] == "1"
    assert "repository acme/ops" in advice(run)


def test_password_with_a_colon(world: World) -> None:
    """Everything past the first colon is the password."""
    world.sandbox.canaries.add(f"{DECOY}:{DECOY}")
    data = [authorization(decoded=f"AWS:{DECOY}:{DECOY}")]
    world.fault(Fault(service="ecr", status=200, body={"authorizationData": data}))
    assert world.action({"verify": "false"}).exit_status == 0
    assert world.repository()[PASSWORD] == f"{DECOY}:{DECOY}"


def test_html_in_place_of_a_token(world: World) -> None:
    """A page of HTML is not a token, however often it is answered."""
    world.fault(Fault(service="ecr", status=200, body="<html>Sign in</html>", times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "registry GET" not in world.asked


def test_proof_is_for_the_newest_token(world: World) -> None:
    """Each run fetches and proves a token of its own."""
    assert world.action().exit_status == 0
    first = world.issued.password
    assert world.action().exit_status == 0
    assert world.issued.password != first
    assert world.repository() == world.fresh()
    assert world.asked == {name: 2 * count for name, count in ROTATION.items()}
