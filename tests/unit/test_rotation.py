"""The story of a run, with the outside world in memory."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.errors import (
    CredentialNotAccepted,
    GitHubTokenRejected,
    IdTokenNotAllowed,
    PullDenied,
    RepositoryArchived,
    RotateError,
    WrongRegion,
)
from rotate.model.github import Access, PublicKey, Sealed
from rotate.model.plan import App, Command, GitHubAccess, Limits
from rotate.model.registry import Authorization, TokenSource
from rotate.model.target import Target
from rotate.report import Outcome, Result, document
from tests.unit.examples import (
    HOST,
    NOW,
    PASSWORD,
    REGION,
    TWELVE_HOURS,
    plan,
    registry,
    repository,
    selection,
    source,
    target,
)
from tests.unit.fakes import FakeDirectory, FakeStore, FakeTokens
from tests.unit.world import UNAVAILABLE, World, outcomes

API, WEB = repository("acme/api"), repository("acme/web")
SERVER, USER, SECRET = target().names
IRELAND = "eu-west-1"
IRISH_HOST = HOST.replace(REGION, IRELAND)
TWO_REGISTRIES = (
    registry(name="default"),
    registry(name="irish", host=IRISH_HOST, source=source(region=IRELAND)),
)


def test_rotation(world: World) -> None:
    """A target gets server, user and password, and the report says so."""
    report = world.rotate(plan())
    assert world.store.values(target()) == {
        SERVER: HOST,
        USER: "AWS",
        SECRET: f"{PASSWORD}-{REGION}",
    }
    assert report.results == (
        Result(
            target=target(),
            outcome=Outcome.ROTATED,
            host=HOST,
            written=(SERVER, USER, SECRET),
            expires_at=NOW + TWELVE_HOURS,
        ),
    )
    assert (report.command, report.expires_at) == (Command.RUN, NOW + TWELVE_HOURS)
    assert report.succeeded


def test_report_holds_no_password(world: World) -> None:
    """The password is in no part of what a run says."""
    report = world.rotate(plan())
    assert PASSWORD not in f"{report!r} {json.dumps(document(report))} {world.reporter!r}"


def test_reporter_hears_of_everything(world: World) -> None:
    """The reporter hears of each credential and each target, in whatever order they are done."""
    report = world.rotate(plan(API, WEB))
    assert [agenda.count for agenda in world.reporter.agendas] == [2]
    assert [registry.name for registry in world.reporter.registries] == ["default"]
    assert [credential.server for credential in world.reporter.credentials] == [HOST]
    assert set(outcomes(report)) == {result.target.label for result in world.reporter.results}


def test_targets_written_at_once() -> None:
    """As many targets are written at once as the plan says, and no more."""
    store = Crowd()
    many = [repository(f"acme/{number}") for number in range(8)]
    World(store=store).rotate(plan(*many, concurrency=2))
    assert store.most == 2


class Crowd(FakeStore):
    """Counts the targets that are being written at the same time."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.most = 0
        self._inside: list[Target] = []

    def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
        """Take a moment to write."""
        self._inside.append(target)
        sleep(0.02)
        self.most = max(self.most, len(set(self._inside)))
        super().write(target, name, sealed, access)
        self._inside.remove(target)


def test_order_of_the_report(world: World) -> None:
    """Results come in the order of the plan."""
    many = [repository(f"acme/{number}") for number in range(40)]
    report = world.rotate(plan(*many))
    assert [result.target for result in report.results] == many


def test_one_token_for_one_source(world: World) -> None:
    """However many targets and registries share a source, one token is fetched for it."""
    same = (registry(name="default"), registry(name="same"))
    report = world.rotate(
        plan(
            API,
            repository("acme/web", registry="same"),
            repository("acme/irish", registry="irish"),
            registries=(*same, TWO_REGISTRIES[1]),
        )
    )
    assert sorted(source.region for source in world.tokens.asked) == [IRELAND, REGION]
    assert [known.name for known in report.registries] == ["default", "same", "irish"]


def test_host_that_only_aws_knows(world: World) -> None:
    """Where the plan does not know the host, the report takes it from the credential."""
    report = world.rotate(plan(registries=(registry(host=None),)))
    assert [known.host for known in report.registries] == [HOST]
    assert report.results[0].host == HOST


@pytest.mark.parametrize(("writes_per_minute", "ahead"), [(1000, 200), (80, 80)])
def test_github_is_asked_while_aws_answers(writes_per_minute: int, ahead: int) -> None:
    """Keys are read while the token is still under way, of what can be written in a minute."""
    enough = Event()
    read: list[str] = []

    class Counting(FakeStore):
        def public_key(self, target: Target) -> PublicKey:
            read.append(target.owner)
            if len(read) == ahead:
                enough.set()
            return super().public_key(target)

    class LateTokens(FakeTokens):
        def authorize(self, source: TokenSource) -> Authorization:
            assert enough.wait(timeout=30)
            sleep(0.05)
            assert len(read) == ahead
            return super().authorize(source)

    many = [repository(f"acme/{number}") for number in range(210)]
    world = World(store=Counting(), tokens=LateTokens())
    limits = Limits(writes_per_minute=writes_per_minute)
    report = world.rotate(plan(*many, concurrency=2, limits=limits))
    assert report.succeeded
    assert sorted(read) == sorted(one.owner for one in many)


def test_made_ready_while_the_first_answer_is_under_way() -> None:
    """What takes a moment to be made ready is so meanwhile, and once for all registries."""

    class SlowTokens(FakeTokens):
        def authorize(self, source: TokenSource) -> Authorization:
            assert self.ready.wait(timeout=5)
            return super().authorize(source)

    world = World(tokens=SlowTokens())
    irish = repository("acme/irish", registry="irish")
    assert world.rotate(plan(API, irish, registries=TWO_REGISTRIES)).succeeded
    assert [source.region for source in world.tokens.prepared] == [REGION]


@pytest.mark.parametrize(
    ("verify", "probe_image", "verified", "probed"),
    [
        (True, None, [HOST], []),
        (False, None, [], []),
        (True, "base:latest", [HOST], [f"{HOST}/base:latest"]),
        (False, "base:latest", [], [f"{HOST}/base:latest"]),
    ],
)
def test_proof(
    verify: bool, probe_image: str | None, verified: list[str], probed: list[str], world: World
) -> None:
    """The registry is asked once as the plan says, however many targets there are."""
    proved = registry(verify=verify, probe_image=probe_image)
    assert world.rotate(plan(API, WEB, registries=(proved,))).succeeded
    assert (world.verification.verified, world.verification.probed) == (verified, probed)


def test_refused_token(world: World) -> None:
    """Where AWS gives no token, each target fails with the remedy, and nothing is written."""
    world.tokens.refusals[REGION] = IdTokenNotAllowed()
    report = world.rotate(plan(API, WEB))
    assert set(outcomes(report).values()) == {Outcome.FAILED}
    assert {result.remedy for result in report.results} == {IdTokenNotAllowed().remedy}
    assert (report.registries[0].host, report.registries[0].expires_at) == (HOST, None)
    assert not world.store.values(API)
    assert not world.verification.verified


@pytest.mark.parametrize(
    ("refused", "error"),
    [(HOST, CredentialNotAccepted(HOST)), ("base:latest", PullDenied(HOST, repository="base"))],
)
def test_refused_credential(refused: str, error: RotateError, world: World) -> None:
    """Where the registry refuses the credential, nothing is written with it."""
    world.verification.refusals[refused] = error
    report = world.rotate(plan(registries=(registry(probe_image="base:latest"),)))
    (result,) = report.results
    assert (result.outcome, result.reason, result.written) == (Outcome.FAILED, str(error), ())
    assert not world.store.values(target())
    assert not world.reporter.credentials


def test_unusable_credential(world: World) -> None:
    """A token that ends too soon is not sent anywhere."""
    world.clock.advance(TWELVE_HOURS.total_seconds())
    report = world.rotate(plan())
    assert "ends at 2026-07-02 00:00 UTC already" in report.results[0].reason
    assert not world.verification.verified
    assert not world.store.values(target())


def test_one_registry_fails(world: World) -> None:
    """The targets of a registry that fails keep their secrets; those of the others are rotated."""
    irish = repository("acme/irish", registry="irish")
    world.verification.refusals[IRISH_HOST] = WrongRegion(IRISH_HOST)
    report = world.rotate(plan(API, irish, registries=TWO_REGISTRIES))
    assert outcomes(report) == {API.label: Outcome.ROTATED, irish.label: Outcome.FAILED}
    assert not world.store.values(irish)
    assert [known.expires_at for known in report.registries] == [NOW + TWELVE_HOURS, None]


@pytest.mark.parametrize("what", ["standing", "access", "public_key", SERVER, USER])
def test_one_target_fails(what: str, world: World) -> None:
    """A target that fails keeps its password, and the others are rotated."""
    world.refuse(what, target())
    report = world.rotate(plan(target(), API))
    assert outcomes(report) == {target().label: Outcome.FAILED, API.label: Outcome.ROTATED}
    assert SECRET not in world.store.values(target())
    assert report.results[0].reason == str(UNAVAILABLE)


def test_password_fails(world: World) -> None:
    """Where the password is not written, the report says what was."""
    world.refuse(SECRET, target(), GitHubTokenRejected("PUT /"))
    (result,) = world.rotate(plan()).results
    assert (result.outcome, result.written) == (Outcome.FAILED, (SERVER, USER))
    assert result.expires_at is None


def test_fault_of_the_program(world: World) -> None:
    """A fault of ours in one target costs the others nothing, and is not told as GitHub's."""

    class BrokenStore(FakeStore):
        def public_key(self, target: Target) -> PublicKey:
            if target == API:
                raise KeyError("the-canary")
            return super().public_key(target)

    world.store = BrokenStore()
    report = world.rotate(plan(API, WEB))
    assert outcomes(report) == {API.label: Outcome.FAILED, WEB.label: Outcome.ROTATED}
    assert "KeyError in test_rotation.py, line " in report.results[0].reason
    assert "the-canary" not in repr(report)


def test_fault_of_the_program_in_a_registry(world: World) -> None:
    """A fault of ours in a registry is told once for all of its targets, and without its text."""

    class BrokenTokens(FakeTokens):
        def authorize(self, source: TokenSource) -> Authorization:
            raise KeyError("the-canary")

    world.tokens = BrokenTokens()
    report = world.rotate(plan(API, WEB))
    (registry,) = report.registries
    assert "KeyError in test_rotation.py, line " in registry.reason
    assert {result.reason for result in report.results} == {registry.reason}
    assert "the-canary" not in repr(report)


def test_archived_repository(world: World) -> None:
    """A repository that turns out to be archived is left out, and fails nobody."""
    for name in API.names:
        world.refuse(name, API, RepositoryArchived("PUT /repos/acme/api"))
    report = world.rotate(plan(API, WEB))
    assert outcomes(report) == {WEB.label: Outcome.ROTATED}
    assert world.reporter.notes == ["acme/api is archived; it is left out."]
    assert [result.target for result in world.reporter.results] == [WEB]


def test_renamed_repository(world: World) -> None:
    """A repository is written by its present name, and reported by the one it was given."""
    world.store.renamed["acme/old"] = API.owner
    report = world.rotate(plan(repository("acme/old")))
    assert outcomes(report) == {"repository acme/old": Outcome.ROTATED}
    assert set(world.store.values(API)) == set(API.names)
    assert (API.names.password, API.label) in world.store.asked


def test_repository_by_two_names(world: World) -> None:
    """A repository that is named by its former and its present name is written once."""
    world.store.renamed["acme/old"] = API.owner
    report = world.rotate(plan(repository("acme/old"), API))
    assert outcomes(report) == {API.label: Outcome.ROTATED}
    assert world.reporter.warnings == [
        "acme/old is called acme/api by now, which is a target already; it is left out."
    ]
    assert world.store.asked.count((API.names.password, API.label)) == 1


def test_repository_by_two_former_names(world: World) -> None:
    """A repository that is named by two former names alone is written once, by one registry."""
    world.store.renamed |= {"acme/old": API.owner, "acme/older": API.owner}
    former = (repository("acme/older"), repository("acme/old", registry="irish"))
    report = world.rotate(plan(*former, registries=TWO_REGISTRIES))
    ((label, outcome),) = outcomes(report).items()
    assert outcome is Outcome.ROTATED
    values = world.store.values(API)
    assert (values[SERVER], values[SECRET]) in (
        (HOST, f"{PASSWORD}-{REGION}"),
        (IRISH_HOST, f"{PASSWORD}-{IRELAND}"),
    )
    (dropped,) = {"acme/old", "acme/older"} - {label.removeprefix("repository ")}
    assert world.reporter.warnings == [
        f"{dropped} is called acme/api by now, which is a target already; it is left out."
    ]
    assert world.store.asked.count((SECRET, API.label)) == 1


class Noticing(FakeStore):
    """Notices when everything of a target is written."""

    def __init__(self, target: Target) -> None:
        """Take the target."""
        super().__init__()
        self.done = Event()
        self._target = target

    def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
        """Write, and notice what was written."""
        super().write(target, name, sealed, access)
        if (target, name) == (self._target, SECRET):
            self.done.set()


@pytest.mark.parametrize("hanging", [1, 40])
def test_registry_that_hangs(hanging: int) -> None:
    """Registries that are slow to answer, however many, hold up no target of another one."""
    store = Noticing(API)

    class Hanging(FakeTokens):
        def authorize(self, source: TokenSource) -> Authorization:
            assert source.region == REGION or store.done.wait(timeout=5)
            return super().authorize(source)

    names = [f"hanging-{number}" for number in range(hanging)]
    registries = (
        *(
            registry(name=name, host=None, source=source(region=f"eu-west-{number}"))
            for number, name in enumerate(names, start=1)
        ),
        registry(),
    )
    waiting = [repository(f"acme/{name}", registry=name) for name in names]
    world = World(store=store, tokens=Hanging())
    report = world.rotate(plan(*waiting, API, registries=registries, concurrency=1))
    assert set(outcomes(report).values()) == {Outcome.ROTATED}


@pytest.mark.parametrize("held", ["public_key", "reserve 3"])
def test_owner_that_is_held_back(held: str) -> None:
    """An owner whose installation of the App must wait holds up no target of another one."""
    mine = [repository(f"globex/{number}") for number in range(3)]

    class HeldBack(Noticing):
        def _ask(self, what: str, target: Target) -> None:
            assert (target.login, what) != ("acme", held) or self.done.wait(timeout=5)
            super()._ask(what, target)

    world = World(store=HeldBack(mine[-1]))
    app = GitHubAccess(app=App(id="1", private_key="key"))
    report = world.rotate(plan(API, WEB, *mine, github=app, concurrency=2))
    assert set(outcomes(report).values()) == {Outcome.ROTATED}


def test_most_urgent_first_of_all_owners() -> None:
    """With one token for all owners, whose limits are the same, the order is that of need."""
    store = FakeStore()
    names = ["acme/api", "acme/web", "globex/ml"]
    World(store=store).rotate(plan(*(repository(name) for name in names), concurrency=1))
    reserved = [label for what, label in store.asked if what.startswith("reserve")]
    assert reserved == [f"repository {name}" for name in names]


def test_nothing_due(world: World) -> None:
    """Where nothing is due, AWS is not asked, and the report says until when all is fresh."""
    place = target(renew_before=6 * 3600.0)
    world.store.hold(place, age=timedelta(hours=1))
    report = world.rotate(plan(place))
    assert outcomes(report) == {place.label: Outcome.FRESH}
    assert report.expires_at == NOW + timedelta(hours=11)
    assert not world.tokens.asked
    assert not world.verification.verified
    assert world.store.asked == [("standing", place.label)]
    assert report.registries[0].expires_at is None
    assert report.succeeded


def test_run_that_was_stopped_before_the_password(world: World) -> None:
    """Where a run wrote the server of another registry and no password, the next one is due."""
    place = target(registry="irish", renew_before=6 * 3600.0)
    world.store.hold(place, age=timedelta(hours=1))
    world.store.hold(place, SERVER)
    report = world.rotate(plan(place, registries=TWO_REGISTRIES))
    assert outcomes(report) == {place.label: Outcome.ROTATED}
    assert world.store.values(place)[SERVER] == IRISH_HOST


def test_force(world: World) -> None:
    """A target without a threshold, as `force` makes it, is rotated however fresh it is."""
    world.store.hold(target())
    assert outcomes(world.rotate(plan())) == {target().label: Outcome.ROTATED}
    assert world.tokens.asked


def test_nobody_asks_how_fresh_it_is(world: World) -> None:
    """Where every run rotates, a repository is not asked what stands there."""
    assert world.rotate(plan(API)).succeeded
    assert ("standing", API.label) not in world.store.asked


def test_only_registries_that_are_due(world: World) -> None:
    """A registry whose targets are all fresh is not asked for a token."""
    fresh = repository("acme/irish", registry="irish", renew_before=3600.0)
    world.store.hold(fresh)
    report = world.rotate(plan(API, fresh, registries=TWO_REGISTRIES))
    assert outcomes(report) == {fresh.label: Outcome.FRESH, API.label: Outcome.ROTATED}
    assert [source.region for source in world.tokens.asked] == [REGION]


def test_globs(world: World) -> None:
    """Every repository that a glob fits is rotated, and one that fits nothing fails."""
    world.directory = FakeDirectory("acme/svc-a", "acme/svc-b", archived=("acme/svc-old",))
    report = world.rotate(plan(repository("acme/svc-*"), repository("acme/x-*")))
    assert outcomes(report) == {
        "repository acme/x-*": Outcome.FAILED,
        "repository acme/svc-a": Outcome.ROTATED,
        "repository acme/svc-b": Outcome.ROTATED,
    }


@given(
    st.dictionaries(
        st.sampled_from([f"acme/{letter}" for letter in "abcdefgh"]),
        st.none() | st.integers(0, 14),
        max_size=8,
    ),
    st.sampled_from([None, 3600.0, 21600.0]),
)
def test_every_target_is_told_and_written_once(
    ages: dict[str, int | None], threshold: float | None
) -> None:
    """Every target is in the report once, and is written once if it is due and else not at all."""
    world = World()
    targets = [repository(name, renew_before=threshold) for name in ages]
    for place in targets:
        if (age := ages[place.owner]) is not None:
            world.store.hold(place, age=timedelta(hours=age))
    report = world.rotate(plan(selections=tuple(selection(place) for place in targets)))
    assert sorted(result.target.owner for result in report.results) == sorted(ages)
    for result in report.results:
        age = ages[result.target.owner]
        due = threshold is None or age is None or (12 - age) * 3600 < max(threshold, 1)
        assert result.outcome is (Outcome.ROTATED if due else Outcome.FRESH)
        wrote = [what for what in world.store.asked if what == (SECRET, result.target.label)]
        assert len(wrote) == due
