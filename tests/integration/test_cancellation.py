"""A job that is cancelled leaves no target half written, and says what it did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox import Fault
from tests.integration.world import NAMES, PASSWORD, World, advice, outcomes


def once(condition: Callable[[], bool], act: Callable[[], object]) -> None:
    """Act as soon as the condition holds, or after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    act()


def test_cancelled(world: World) -> None:
    """A cancelled job finishes the target under way, begins no other, and reports both."""
    world.fault(Fault(method="PUT", path=PASSWORD, delay=0.5))
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, lambda: len(world.paths("PUT")) == 2, cancel.set)
        inputs = {"repositories": "acme/api, acme/web", "concurrency": "1"}
        run = world.action(inputs, cancel=cancel)
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.fresh()
    assert world.repository("acme/web") == {}
    assert outcomes(run) == {
        "repository acme/api": ("rotated", list(NAMES)),
        "repository acme/web": ("not-attempted", []),
    }
    assert "cancelled" in advice(run)
    assert "rotated" in run.summary


def test_cancelled_at_the_end(world: World) -> None:
    """A cancelled job fails even where all that it was to write is written."""
    world.fault(Fault(method="PUT", path=PASSWORD, delay=0.5))
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, lambda: len(world.paths("PUT")) == 2, cancel.set)
        run = world.action(cancel=cancel)
    assert run.exit_status == 1
    assert world.repository() == world.fresh()
    assert outcomes(run) == {"repository acme/ops": ("rotated", list(NAMES))}


def test_cancelled_before_anything_was_written(world: World) -> None:
    """A job that is cancelled while AWS answers writes nothing."""
    world.fault(Fault(service="sts", delay=0.5))
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, lambda: "oidc GET" in world.asked, cancel.set)
        run = world.action(cancel=cancel)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "github PUT" not in world.asked
    assert outcomes(run) == {"repository acme/ops": ("not-attempted", [])}
    assert "cancelled" in advice(run)


def test_cancelled_while_waiting(world: World) -> None:
    """A cancelled job does not sit out a rate limit."""
    world.fault(Fault(service="github", status=429, headers={"retry-after": "60"}, times=None))
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, lambda: "registry GET" in world.asked, cancel.set)
        run = world.action(cancel=cancel)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert run.seconds < 30
    assert "cancelled" in advice(run)
