"""Looking without touching."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from rotate import exit_status
from rotate.inspection import outline
from rotate.model.github import Standing
from rotate.model.plan import Command
from rotate.model.target import Scope, Store, Target
from rotate.report import Outcome
from tests.unit.examples import HOST, NOW, plan, repository, selection, target
from tests.unit.fakes import FakeDirectory, FakeStore
from tests.unit.world import UNAVAILABLE, World, outcomes

HOUR = 3600.0
API, WEB = repository("acme/api"), repository("acme/web")
SERVER, USER, SECRET = target().names


def test_outline() -> None:
    """What the inputs alone say is said without asking anybody."""
    globs = selection(repository("", store=Store.ACTIONS), "acme/svc-*", "!acme/svc-old")
    report = outline(plan(selections=(selection(target()), globs), command=Command.PLAN))
    assert report.notes == (
        "The inputs are valid. Nobody was asked whether the credentials and targets exist.",
        "organization acme: ECR secrets in codespaces",
        "repository (acme/svc-*, !acme/svc-old): ECR secrets in actions",
    )
    assert [registry.host for registry in report.registries] == [HOST]
    assert (report.command, report.results, report.succeeded) == (Command.PLAN, (), True)


def test_preview(world: World) -> None:
    """A plan names what would be written, asks GitHub alone, and writes nothing."""
    report = world.preview(plan(target(), API, command=Command.PLAN))
    assert [(result.outcome, result.written, result.host) for result in report.results] == [
        (Outcome.PLANNED, (SERVER, USER, SECRET), HOST)
    ] * 2
    assert (report.command, report.expires_at, report.succeeded) == (Command.PLAN, None, True)
    assert [agenda.count for agenda in world.reporter.agendas] == [2]
    assert len(world.reporter.results) == 2
    assert not world.tokens.asked
    assert not world.store.values(target())


@pytest.mark.parametrize("command", ["preview", "status"])
def test_archived(world: World, command: str) -> None:
    """What a run would leave out because it is archived is left out, with a note."""
    world.directory = FakeDirectory(API.owner, archived=(WEB.owner,))
    report = getattr(world, command)(plan(API, WEB, repository("acme/unseen")))
    assert [result.target for result in report.results] == [API, repository("acme/unseen")]
    assert world.reporter.notes == ["acme/web is archived; it is left out."]


@pytest.mark.parametrize("command", ["preview", "status"])
def test_archived_cannot_be_told(world: World, command: str) -> None:
    """Where GitHub does not say whether a repository is archived, that target fails."""
    world.directory.refusals[API.owner] = UNAVAILABLE
    report = getattr(world, command)(plan(API, WEB))
    assert outcomes(report)[API.label] == Outcome.FAILED
    assert str(UNAVAILABLE) in {result.reason for result in report.results}
    assert outcomes(report)[WEB.label] != Outcome.FAILED


def test_status_asks_of_no_fresh_repository_whether_it_is_archived(world: World) -> None:
    """A status of what is fresh costs one request for each level, and no more."""
    world.store.hold(API)
    world.status(plan(API))
    assert world.directory.asked == []


def test_only_repositories_can_be_archived(world: World) -> None:
    """Of an organization's secrets nobody asks whether they are archived."""
    world.preview(plan(target()))
    assert world.directory.asked == []


def test_preview_of_two_names(world: World) -> None:
    """What only the store knows to be one repository is planned once, too."""
    world.store.renamed["acme/old"] = API.owner
    report = world.preview(plan(API, repository("acme/old")))
    assert outcomes(report) == {API.label: Outcome.PLANNED}


def test_notes_of_a_preview(world: World) -> None:
    """A plan says what it costs, what could be saved, and what it did not look at."""
    cost, saved, unchecked = world.preview(plan(API, WEB, repository("acme/app"))).notes
    assert cost.startswith("Writing this takes 12 requests and 48 points")
    assert saved.startswith("3 repositories of acme hold the same")
    assert unchecked == "Neither AWS nor the right to write was checked."


def test_preview_of_what_fails(world: World) -> None:
    """A plan says which targets would fail."""
    world.refuse("public_key", API)
    report = world.preview(plan(target(), API))
    assert outcomes(report) == {target().label: Outcome.PLANNED, API.label: Outcome.FAILED}
    assert not report.succeeded


def test_preview_of_what_is_fresh(world: World) -> None:
    """A plan says what is fresh, and how long."""
    place = repository("acme/api", renew_before=6 * HOUR)
    world.store.hold(place, age=timedelta(hours=1))
    report = world.preview(plan(place))
    (result,) = report.results
    assert report.notes == ()
    assert (result.outcome, result.left, result.written) == (Outcome.FRESH, 11 * HOUR, ())
    assert result.expires_at == NOW + timedelta(hours=11)


def test_preview_of_what_cannot_be_told(world: World) -> None:
    """A plan says what it could not even look at."""
    report = world.preview(plan(repository("acme/svc-*")))
    assert outcomes(report) == {"repository acme/svc-*": Outcome.FAILED}


def test_preview_without_time(world: World) -> None:
    """A plan keeps to the deadline, too."""
    assert outcomes(world.preview(plan(timeout=0.0))) == {target().label: Outcome.NOT_ATTEMPTED}


@pytest.mark.parametrize(
    ("age", "outcome", "reason", "left"),
    [
        (timedelta(hours=1), Outcome.FRESH, "", 11 * HOUR),
        (timedelta(hours=6), Outcome.FRESH, "", 6 * HOUR),
        (
            timedelta(hours=7),
            Outcome.STALE,
            "due: less is left than `renew-before`",
            5 * HOUR,
        ),
        (timedelta(hours=12), Outcome.STALE, "expired", 0.0),
        (timedelta(hours=13), Outcome.STALE, "expired", -HOUR),
    ],
)
def test_status(age: timedelta, outcome: Outcome, reason: str, left: float, world: World) -> None:
    """The status of a target is what is left of its credential."""
    place = target(renew_before=6 * HOUR)
    world.store.hold(place, age=age)
    report = world.status(plan(place))
    (result,) = report.results
    assert (result.outcome, result.reason, result.left) == (outcome, reason, left)
    assert (result.written_at, result.expires_at) == (NOW - age, NOW - age + timedelta(hours=12))
    assert bool(result.remedy) is (outcome is Outcome.STALE)
    assert exit_status.of_report(report, hindered=False) == (outcome is Outcome.STALE)


def test_status_without_a_threshold(world: World) -> None:
    """Without a `renew-before`, a credential is fresh as long as it lives."""
    world.store.hold(target(), age=timedelta(hours=11, minutes=59))
    assert outcomes(world.status(plan())) == {target().label: Outcome.FRESH}


def test_status_of_what_is_incomplete(world: World) -> None:
    """A target that lacks one of the three secrets is stale."""
    world.store.hold(target(), SERVER, SECRET)
    (result,) = world.status(plan()).results
    assert (result.outcome, result.reason) == (
        Outcome.STALE,
        "one of the three secrets is missing",
    )
    assert (result.written_at, result.expires_at, result.left) == (None, None, None)
    assert result.remedy.startswith("Run the rotation")


@pytest.mark.parametrize("newer", [SERVER, USER])
def test_status_of_what_was_stopped(newer: str, world: World) -> None:
    """A target whose password is older than the others may be of two registries: it is stale."""
    world.store.hold(target(), age=timedelta(hours=2))
    world.store.hold(target(), newer, age=timedelta(hours=1))
    (result,) = world.status(plan()).results
    assert (result.outcome, result.left) == (Outcome.STALE, None)
    assert "the password is older than the server or the user" in result.reason


def test_status_that_is_stopped(world: World) -> None:
    """A status that is told to stop while it looks asks for nothing more."""

    class Stopping(FakeStore):
        def standing(self, target: Target) -> Mapping[str, Standing]:
            world.clock.stop()
            return super().standing(target)

    world.store = Stopping()
    (result,) = world.status(plan(API)).results
    assert result.outcome is Outcome.NOT_ATTEMPTED
    assert API.owner not in world.directory.asked


def test_status_worst_first(world: World) -> None:
    """What failed comes first, then what is missing, then by what is left."""
    ages = {"acme/newest": 0, "acme/new": 1, "acme/expired": 13, "acme/old": 9}
    for name, hours in ages.items():
        world.store.hold(repository(name), age=timedelta(hours=hours))
    world.refuse("standing", repository("acme/denied"))
    names = [*ages, "acme/missing", "acme/denied"]
    targets = [repository(name, renew_before=6 * HOUR) for name in names]
    report = world.status(plan(*targets))
    assert [result.target.owner for result in report.results] == [
        "acme/denied",
        "acme/missing",
        "acme/expired",
        "acme/old",
        "acme/new",
        "acme/newest",
    ]
    assert {result.target.owner for result in world.reporter.results} == set(names)
    assert report.results[0].outcome is Outcome.FAILED


def test_status_of_a_glob(world: World) -> None:
    """The status of a glob is that of every repository it stands for, each announced."""
    world.directory = FakeDirectory("acme/svc-a", "acme/svc-b", "acme/web")
    report = world.status(plan(selections=(selection(repository(""), "acme/svc-*"),)))
    assert {result.target.owner for result in report.results} == {"acme/svc-a", "acme/svc-b"}
    assert [agenda.count for agenda in world.reporter.agendas] == [2]


def test_status_tells_what_is_hidden(world: World) -> None:
    """A repository's own secret that hides the organization's is warned of, with the status."""
    world.store.hold(API)
    (warning,) = world.status(plan(target(readers=(API.owner,)))).warnings
    assert warning.startswith("acme/api has a secret")


def test_status_without_a_look_at_what_is_hidden(world: World) -> None:
    """An outage after everything was found to be fresh is a warning, and costs no report."""
    world.store.hold(target())
    world.store.refusals["standing", API.label] = UNAVAILABLE
    report = world.status(plan(target(readers=(API.owner,))))
    assert report.succeeded
    (warning,) = report.warnings
    assert "could not be seen: " in warning


def test_status_touches_nothing(world: World) -> None:
    """The status asks neither AWS nor for a key."""
    world.status(plan())
    assert not world.tokens.asked
    assert world.store.asked == [("standing", target().label)]


@pytest.mark.parametrize("told", [True, False])
def test_hazards_are_warnings(told: bool, world: World) -> None:
    """What will go wrong is warned of, with the status, and also where that cannot be told."""
    own = target(scope=Scope.USER, owner="")
    world.store.hold(own)
    if not told:
        world.refuse("standing", own)
    warnings = world.status(plan(own), cron="0 0 * * *").warnings
    assert [warning.partition(" ")[0] for warning in warnings] == ["Prebuilds", "The"]
