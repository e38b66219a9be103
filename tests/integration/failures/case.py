"""One thing that goes wrong, and what it must come to, whichever face is used.

`hold` runs the program and asserts four things: the exit status, what GitHub holds afterwards
(values, visibility and selected repositories of every secret there is), how many requests of each
kind were made, and the advice. The fixture `world` adds that no secret is in sight.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter

import pytest

from sandbox import Fault
from sandbox.github import Level
from tests.integration.answers import DECOY
from tests.integration.failures.stderr import errors
from tests.integration.fleet import passwords
from tests.integration.world import (
    HOST,
    NAMES,
    PASSWORD,
    REGION,
    SERVER,
    TOKEN_FETCHED,
    TOKEN_PROVED,
    USER,
    World,
    said,
)

Place = tuple[Level, str]
"""Who holds secrets: a level and a name."""

Held = dict[tuple[Place, str], tuple[str, str | None, tuple[int, ...]]]
"""Value, visibility and selected repositories of secrets, by place and name."""

ACME: Place = ("organization", "acme")
OPS: Place = ("repository", "acme/ops")
API: Place = ("repository", "acme/api")
WEB: Place = ("repository", "acme/web")
PLACES: tuple[Place, ...] = (
    *(ACME, ("organization", "globex"), ("user", "octocat")),
    *(OPS, API, WEB, ("repository", "globex/ml")),
)

OIDC, STS, ECR = "oidc GET", "sts AssumeRoleWithWebIdentity", "ecr GetAuthorizationToken"
REGISTRY, GET, PUT, POST = "registry GET", "github GET", "github PUT", "github POST"

READ = {GET: 5}
"""What is asked before an organization is written to: what stands, who may read it, the key."""

NOT_FETCHED = {OIDC: 1, STS: 1, **READ}
"""The requests of a run that STS refuses."""

NOT_PROVED = {**TOKEN_FETCHED, **READ}
"""The requests of a run that ECR refuses."""

NOT_WRITTEN = {**TOKEN_PROVED, **READ}
"""The requests of a run that writes nothing."""

ROTATION = {**NOT_WRITTEN, PUT: 3}
"""The requests of a run in which all is well."""

HANG = {"timeout": "10s"}
"""The inputs of a run that something keeps waiting for an answer."""

HANG_TRIES = 2
"""Requests at most to what hangs: one may take eight of the ten seconds, and the next one the rest.

On a slow machine too little is left for the second."""

ALL = {ACME: NAMES}
BUT_THE_PASSWORD = {ACME: (SERVER, USER)}

_ORGANIZATION = {"scope": "organization", "organization": "acme"}
_WITH_FILE = {"role-to-assume": "", "aws-region": "", "config": "rotate.yml"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that goes wrong, and what it must come to.

    Without other `inputs`, the organization `acme` is to be rotated, whose stale secrets only
    `acme/api` may read. `given` makes inputs of the world, and may change it. `file` is the
    configuration file.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    given: Callable[[World], Mapping[str, str]] = lambda _: {}
    environment: Mapping[str, str] = field(default_factory=dict)
    file: str | bytes | None = None
    status: int = 1
    written: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    """The secrets that hold the new token's values afterwards; all others are as they were."""
    reported: Mapping[Place, tuple[str, ...]] | None = None
    """What the report says was written, where that is less than what was."""
    unfinished: str = "failed"
    """Outcome of the targets that are not complete."""
    reports: bool = True
    """Whether there is a report, beside the errors."""
    asked: Mapping[str, int]
    """Requests of each kind, whether they were answered or not; of other kinds there are none."""
    at_most: Mapping[str, int] = field(default_factory=dict)
    """The same where time decides how many there are; there is at least one."""
    advice: tuple[str, ...] = ()
    """What the one error says, in this order or another; empty where there is none."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    status: int
    errors: tuple[str, ...]
    report: str


def hold(world: World, face: Face, case: Case) -> None:
    """Run the case, and fail if it comes to anything else than it must."""
    world.sandbox.canaries.add(DECOY)
    _let_only_api_read(world)
    standard = _ORGANIZATION if case.file is None else _WITH_FILE
    inputs = {**standard, **case.inputs, **case.given(world)}
    before = held(world)
    for fault in case.faults:
        world.fault(fault)
    told = face(world, inputs, case)
    assert told.status == case.status
    assert held(world) == before | _new(world, case, before)
    asked = Counter(world.asked) + Counter(world.unanswered)
    unbounded = {kind: count for kind, count in asked.items() if kind not in case.at_most}
    assert unbounded == case.asked
    assert [kind for kind, most in case.at_most.items() if not 1 <= asked[kind] <= most] == []
    assert len(told.errors) == (1 if case.advice else 0)
    assert [words for words in case.advice if words not in told.errors[0]] == []
    if case.reports and case.status != 2:
        reported = case.written if case.reported is None else case.reported
        assert _reported(told.report) == _places(reported)
        unfinished = {case.unfinished} if case.status else set()
        assert _outcomes(told.report) - {"rotated", "fresh"} == unfinished


def held(world: World) -> Held:
    """Return everything that GitHub holds, and who may read it."""
    return {
        (place, name): (secret.value, secret.visibility, secret.selected_repository_ids)
        for place in PLACES
        for name, secret in world.github.secrets(*place).items()
    }


def lasting(fault: Fault) -> Fault:
    """Return the fault, for every request that it is meant for."""
    return replace(fault, times=None)


def by_action(world: World, inputs: Mapping[str, str], case: Case) -> _Told:
    """Run the case by the action."""
    run = world.action(inputs, environment=case.environment, files=_files(case))
    return _Told(
        status=run.exit_status,
        errors=tuple(said(run, "error")),
        report=run.outputs.get("report", ""),
    )


def by_command_line(world: World, inputs: Mapping[str, str], case: Case) -> _Told:
    """Run the case by the command line, in a job, so that it says its masks too."""
    environment = {"GITHUB_ACTIONS": "true", **case.environment}
    done = world.command_line(
        "run", "--json", inputs=inputs, environment=environment, files=_files(case)
    )
    told = errors(done.stderr, reported=bool(done.stdout))
    return _Told(status=done.returncode, errors=told, report=done.stdout)


Face = Callable[[World, Mapping[str, str], Case], _Told]

both_faces = pytest.mark.parametrize("face", [by_action, by_command_line], ids=["action", "cli"])
"""Runs a test by the action, and by the command line."""


def each(*cases: Case) -> pytest.MarkDecorator:
    """Run a test for each case, under its name."""
    return pytest.mark.parametrize("case", cases, ids=attrgetter("name"))


def _files(case: Case) -> dict[str, str | bytes]:
    return {} if case.file is None else {"rotate.yml": case.file}


def _let_only_api_read(world: World) -> None:
    for name, value in world.stale.items():
        world.github.seed(*ACME, name, value, visibility="selected", repositories=["acme/api"])


def _new(world: World, case: Case, before: Held) -> Held:
    """Return what must have been written, with readers as they were."""
    written = chain.from_iterable(
        ((place, name) for name in names) for place, names in case.written.items()
    )
    values = {SERVER: HOST, USER: "AWS", PASSWORD: passwords(world)[REGION]}
    return {key: (values[key[1]], *before.get(key, ("", None, ()))[1:]) for key in written}


def _reported(report: str) -> dict[str, list[str]]:
    targets = json.loads(report)["targets"]
    return {target["target"]: target["written"] for target in targets if target["written"]}


def _outcomes(report: str) -> set[str]:
    return {target["outcome"] for target in json.loads(report)["targets"]}


def _places(written: Mapping[Place, tuple[str, ...]]) -> dict[str, list[str]]:
    return {" ".join(place): list(names) for place, names in written.items()}
