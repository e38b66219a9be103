"""Values are sealed with the key that GitHub has now, or not at all."""

from __future__ import annotations

from base64 import b64encode

import pytest

from sandbox import Fault
from tests.integration.world import ROTATION, TOKEN_PROVED, World, advice


def key(content: bytes, *, number: int = 0, suffix: str = "") -> dict[str, object]:
    """Return a public key as GitHub would answer it."""
    return {"key_id": f"{number:04}", "key": b64encode(content).decode() + suffix}


def test_replaced_between_read_and_write(world: World) -> None:
    """A key that is stale by the time of writing is fetched once more, for all three secrets."""
    world.fault(Fault(service="github", path="public-key", body=key(bytes(range(32)))))
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked["github GET"] == 2
    assert run.annotations == ()


def test_replaced_again_and_again(world: World) -> None:
    """A key that is stale each time is fetched once more, and not for ever."""
    for number in range(20):
        stale = key(bytes(range(32)), number=number)
        world.fault(Fault(service="github", path="public-key", body=stale))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked["github GET"] == 2
    assert "improperly encrypted" in advice(run)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(key(bytes(range(31))), "31 bytes instead of 32", id="short"),
        pytest.param(key(bytes(range(33))), "33 bytes instead of 32", id="long"),
        pytest.param(key(bytes(32)), "all zeros", id="zero"),
        pytest.param(key(bytes(range(32)), suffix="%"), "not base64", id="bad base64"),
    ],
)
def test_unusable_key(world: World, answer: dict[str, object], message: str) -> None:
    """With a key that cannot seal, that target fails without a write."""
    world.fault(Fault(service="github", path="public-key", body=answer))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {**TOKEN_PROVED, "github GET": 1}
    assert message in advice(run)
    assert "repository acme/ops" in advice(run)


@pytest.mark.parametrize("answer", [{}, {"key_id": "0123"}], ids=str)
def test_no_key(world: World, answer: dict[str, object]) -> None:
    """Without a key, that target fails without a write."""
    world.fault(Fault(service="github", path="public-key", body=answer, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "github PUT" not in world.asked
    assert "the answer holds no public key" in advice(run)


def test_other_targets_go_on(world: World) -> None:
    """Only the target whose key is unusable fails."""
    world.fault(Fault(service="github", path="acme/api/.*public-key", body=key(bytes(32))))
    run = world.action({"repositories": "acme/api, acme/web"})
    assert run.exit_status == 1
    assert world.repository("acme/api") == {}
    assert world.repository("acme/web") == world.fresh()
    assert world.asked == {**ROTATION, "github GET": 2}
