"""A run that is told to stop leaves no target half written, and says what it did."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import pytest

from sandbox import Fault
from sandbox.runner import CANCELLATION, SHUTDOWN, Signals
from tests.integration.failures.case import API, GET, PUT, STS, Place, held
from tests.integration.failures.stderr import errors
from tests.integration.moments import once
from tests.integration.world import NAMES, PASSWORD, TOKEN_PROVED, World, cold, said

pytestmark = cold


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A moment at which the run is told to stop, and what that must come to."""

    name: str
    fault: Fault
    repositories: str
    moment: Callable[[World], bool]
    outcomes: Mapping[str, str]
    written: tuple[Place, ...] = ()
    asked: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the run said."""

    status: int
    errors: tuple[str, ...]
    report: str
    seconds: float


def by_action(signals: Signals) -> Callable[..., Told]:
    """Return the face that runs the action, and ends its job with those signals."""

    def run(world: World, inputs: Mapping[str, str], moment: Callable[[], bool]) -> Told:
        cancel = threading.Event()
        with ThreadPoolExecutor(1) as threads:
            threads.submit(once, moment, cancel.set)
            run = world.action(inputs, cancel=cancel, signals=signals)
        return Told(
            status=run.exit_status,
            errors=tuple(said(run, "error")),
            report=run.outputs["report"],
            seconds=run.seconds,
        )

    return run


def by_command_line(*numbers: signal.Signals) -> Callable[..., Told]:
    """Return the face that runs the command line, and sends it those signals in one burst."""

    def burst(process: subprocess.Popen[str]) -> None:
        for number in numbers:
            process.send_signal(number)

    def run(world: World, inputs: Mapping[str, str], moment: Callable[[], bool]) -> Told:
        began = time.monotonic()
        started = world.start("run", "--json", inputs=inputs)
        once(moment, partial(burst, started.process))
        done = world.finish(started)
        return Told(
            status=done.returncode,
            errors=errors(done.stderr, reported=True),
            report=done.stdout,
            seconds=time.monotonic() - began,
        )

    return run


def _two_are_written(world: World) -> bool:
    return len(world.paths("PUT")) == 2


SLOW = Fault(method="PUT", path=PASSWORD, delay=1)


@pytest.mark.parametrize(
    "stop",
    [
        Stop(
            name="amid a target",
            fault=SLOW,
            repositories="acme/api, acme/web",
            moment=_two_are_written,
            outcomes={"repository acme/api": "rotated", "repository acme/web": "not-attempted"},
            written=(API,),
            asked={**TOKEN_PROVED, GET: 1, PUT: 3},
        ),
        Stop(
            name="amid the last target",
            fault=SLOW,
            repositories="acme/api",
            moment=_two_are_written,
            outcomes={"repository acme/api": "rotated"},
            written=(API,),
            asked={**TOKEN_PROVED, GET: 1, PUT: 3},
        ),
        Stop(
            name="while AWS answers",
            fault=Fault(service="sts", delay=2),
            repositories="acme/api",
            moment=lambda world: {STS, GET} <= world.asked.keys(),
            outcomes={"repository acme/api": "not-attempted"},
            asked={**TOKEN_PROVED, GET: 1},
        ),
        Stop(
            name="during a wait",
            fault=Fault(service="github", status=429, headers={"retry-after": "60"}, times=None),
            repositories="acme/api",
            moment=lambda world: "registry GET" in world.asked,
            outcomes={"repository acme/api": "not-attempted"},
            asked={**TOKEN_PROVED, GET: 1},
        ),
    ],
    ids=attrgetter("name"),
)
@pytest.mark.parametrize(
    "face",
    [
        *(by_action(signals) for signals in (CANCELLATION, SHUTDOWN)),
        *(by_command_line(number) for number in (signal.SIGINT, signal.SIGTERM)),
        # One comes while the other is taken.
        by_command_line(*(signal.SIGINT, signal.SIGTERM) * 20),
    ],
    ids=["action, cancelled", "action, shut down", "cli, SIGINT", "cli, SIGTERM", "cli, both"],
)
def test_stopped(world: World, face: Callable[..., Told], stop: Stop) -> None:
    """The target under way is finished, no other is begun, both are told, and the run fails."""
    world.fault(stop.fault)
    before = held(world)
    inputs = {"repositories": stop.repositories, "concurrency": "1"}
    told = face(world, inputs, lambda: stop.moment(world))
    assert told.status == 1
    assert told.seconds < 50
    new = zip(NAMES, world.fresh().values(), strict=True)
    written = {(place, name): (value, None, ()) for place in stop.written for name, value in new}
    assert held(world) == before | written
    assert world.asked == stop.asked
    outcomes = {each["target"]: each["outcome"] for each in json.loads(told.report)["targets"]}
    assert outcomes == stop.outcomes
    assert len(told.errors) == ("not-attempted" in outcomes.values())
    assert all("cancelled" in error and "Run again" in error for error in told.errors)
