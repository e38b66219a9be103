"""A run that is told to stop leaves no target half written, and says what it did."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

import pytest

from sandbox import Fault
from sandbox.runner import CANCELLATION, SHUTDOWN, Signals
from tests.integration.failures.case import API, GET, PUT, STS, Place, held
from tests.integration.failures.stderr import errors
from tests.integration.moments import once
from tests.integration.world import (
    NAMES,
    PASSWORD,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    cold,
    outcomes,
    said,
)

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
        with cancelled(moment) as cancel:
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


@contextmanager
def cancelled(moment: Callable[[], bool]) -> Iterator[threading.Event]:
    """Yield what cancels a job when the moment has come."""
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(once, moment, cancel.set)
        yield cancel


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
            asked={**TOKEN_PROVED, GET: 2, PUT: 3},
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
            name="amid a write that fails once",
            fault=replace(SLOW, status=502),
            repositories="acme/api, acme/web",
            moment=_two_are_written,
            outcomes={"repository acme/api": "rotated", "repository acme/web": "not-attempted"},
            written=(API,),
            asked={**TOKEN_PROVED, GET: 2, PUT: 4},
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


def test_looking(world: World) -> None:
    """Of what is only looked at, a run that is told to stop asks no more."""
    world.fault(Fault(service="github", method="GET", delay=1, times=None))
    inputs = {"repositories": "acme/api, acme/web", "renew-before": "50%", "concurrency": "1"}
    with cancelled(lambda: GET in world.unanswered) as cancel:
        run = world.action(inputs, cancel=cancel)
    assert run.exit_status == 1
    assert {outcome for outcome, _ in outcomes(run).values()} == {"not-attempted"}
    assert world.asked[GET] == 1


def test_what_does_not_end(world: World) -> None:
    """An answer that comes byte by byte, without an end, is hung up in time for a report."""
    world.fault(Fault(service="registry", body="slowly" * 1000, drip=0.5, times=None))
    with cancelled(lambda: "registry GET" in world.unanswered) as cancel:
        run = world.action({"repositories": "acme/api"}, cancel=cancel)
    assert run.exit_status == 1
    assert outcomes(run) == {"repository acme/api": ("failed", [])}
    assert run.summary


def test_too_slow_to_finish(world: World) -> None:
    """Where GitHub takes too long to finish a target, it is told that this one has failed."""
    world.fault(Fault(method="PUT", delay=6.5, times=None))
    with cancelled(lambda: PUT in world.unanswered) as cancel:
        run = world.action({"repositories": "acme/api"}, cancel=cancel)
    assert run.exit_status == 1
    assert outcomes(run) == {"repository acme/api": ("failed", [SERVER, USER])}
    assert "cancelled before this was done" in advice(run)


def test_what_cannot_be_hung_up(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A program that never ends does not keep the run from its end, nor from saying so."""
    folder = tmp_path_factory.mktemp("aws")
    begun, config = folder / "begun", folder / "config"
    config.write_text(f"[default]\ncredential_process = sh -c 'touch {begun}; sleep 30'\n")
    inputs = {"role-to-assume": "", "repositories": "acme/api"}
    with cancelled(begun.exists) as cancel:
        run = world.action(inputs, environment={"AWS_CONFIG_FILE": str(config)}, cancel=cancel)
    assert run.exit_status == 1
    assert "signal: something was still under way" in advice(run)
    assert run.summary
