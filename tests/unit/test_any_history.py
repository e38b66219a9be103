"""Whatever happened to its secrets before, and whatever goes wrong now, a target is kept well.

What is promised, exactly, is said in `promises.py`. And the next run in which nothing goes wrong
leaves one complete credential at every target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from rotate.deadline import Deadline
from rotate.errors import (
    Cancelled,
    GitHubDenied,
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    OutOfTime,
    RateLimitOutlastsRun,
    RepositoryArchived,
    RotateError,
    Unprocessable,
)
from rotate.model.target import Scope, Secrets, Selection, Target, Visibility
from rotate.report import Report
from rotate.rotation import rotate
from rotate.stores.credentials import OneToken
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from tests.unit import examples
from tests.unit.fakes import FakeClock, FakeReporter
from tests.unit.memory_aws import EAST, HOSTS, REGISTRIES, WEST, WRONG, MemoryAws
from tests.unit.memory_github import Fault, Held, MemoryGitHub, Place, Readers
from tests.unit.promises import NAMES, PASSWORD, Watch, is_complete

TIMEOUT = 600.0
HALF = 6 * 3600.0

PATTERNS = {
    "acme": (),
    "acme/api": ("acme/api",),
    "globex/*": ("globex/*", "globex/etl"),
    "": (),
}
"""What the plan names together, and how."""

ERRORS: tuple[RotateError, ...] = (
    *(Cancelled(), OutOfTime(), RateLimitOutlastsRun(900), RepositoryArchived("GitHub")),
    GitHubDenied(status=403, message="Forbidden", where="GitHub", accepted="", single_sign_on=""),
    GitHubRefusal(status=409, message="Conflict", where="GitHub"),
    GitHubTokenRejected("GitHub"),
    GitHubUnavailable("GitHub answered HTTP 502", where="GitHub"),
    Unprocessable(message="Bad request", where="GitHub"),
)

EVENTS = ("answer lost", "key replaced", "told to stop", "time used up", "archived", "renamed")
"""What may happen beside a request, which then takes effect nevertheless."""

EVERYWHERE = ("acme", "acme/api", "acme/web", "globex", "globex/ml", "globex/etl", "")

GETS = ("public-key", "secrets", "repositories", "repository", "repos")
"""The last parts of what is read, as `MemoryGitHub` tells requests apart."""

Drawn = tuple[tuple[str, str], tuple[str, ...], RotateError | str]
"""A request, the places where it is made, and what happens beside it."""

REGIONS = st.sampled_from([EAST, WEST])
PLACES = st.sampled_from(EVERYWHERE)
TARGETS = st.sampled_from(list(PATTERNS))
REQUESTS = st.tuples(st.just("PUT"), st.sampled_from(NAMES)) | st.tuples(
    st.just("GET"), st.sampled_from(GETS)
)
WHERE = st.tuples(PLACES) | st.just(EVERYWHERE)
FAULTS = st.tuples(REQUESTS, WHERE, st.sampled_from(EVENTS) | st.sampled_from(ERRORS))
READERS = st.sampled_from([("all", ()), ("private", ()), ("selected", ()), ("selected", (1, 4))])
WISHES = st.sampled_from(
    [
        {},
        {"visibility": Visibility.ALL},
        {"visibility": Visibility.SELECTED, "readers": ("acme/api", "acme/web")},
    ]
)


def new_places() -> dict[str, Place]:
    """Return two organizations, their repositories, and the user."""
    places = {}
    for number, name in enumerate(EVERYWHERE):
        level = Scope.REPOSITORY if "/" in name else Scope.ORGANIZATION if name else Scope.USER
        places[name] = Place(scope=level, names=[name], id=number)
    return places


class Histories(RuleBasedStateMachine):
    """Runs under faults, and what other people do between them."""

    def __init__(self) -> None:
        """Begin with places that hold nothing."""
        super().__init__()
        self.clock = FakeClock()
        self.aws = MemoryAws(self.clock)
        self.places = new_places()
        self.targets: dict[str, Target] = {}

    @initialize(
        modes=st.lists(st.sampled_from(Secrets), min_size=4, max_size=4),
        regions=st.lists(REGIONS, min_size=4, max_size=4),
        holding=st.lists(PLACES, unique=True),
        readers=READERS,
    )
    def begin(
        self, modes: list[Secrets], regions: list[str], holding: list[str], readers: Readers
    ) -> None:
        """Let some places hold a credential of the registry that the plan names for them."""
        for name, mode, region in zip(PATTERNS, modes, regions, strict=True):
            scope = Scope.REPOSITORY if "/" in name else self.places[name].scope
            owner = "" if scope is Scope.REPOSITORY else name
            self.targets[name] = Target(registry=region, scope=scope, owner=owner, secrets=mode)
        for place in (self.places[name] for name in holding):
            if target := self._target(place):
                values = (HOSTS[target.registry], "AWS", self.aws.issue(target.registry))
                for name, value in zip(NAMES, values, strict=True):
                    place.secrets[name] = Held(
                        value=value,
                        updated_at=self.clock.now(),
                        readers=readers if place.scope is Scope.ORGANIZATION else (None, ()),
                    )

    @rule(hours=st.integers(1, 13))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.clock.advance(hours * 3600.0)

    @rule(names=st.sets(TARGETS, min_size=1), region=REGIONS)
    def move(self, names: set[str], region: str) -> None:
        """Let the plan name another registry for some targets."""
        for name in names:
            if self.targets[name].secrets is Secrets.ALL:
                self.targets[name] = replace(self.targets[name], registry=region)

    @rule(wish=WISHES)
    def wish(self, wish: Mapping[str, object]) -> None:
        """Let the plan say who may read the secrets of an organization, or leave it open."""
        acme = replace(self.targets["acme"], visibility=None, readers=None)
        self.targets["acme"] = replace(acme, **wish)  # type: ignore[arg-type]

    @rule(name=st.sampled_from(["acme", ""]), secret=st.sampled_from(NAMES), readers=READERS)
    def change_readers(self, name: str, secret: str, readers: Readers) -> None:
        """Let somebody else decide who may read one secret."""
        place = self.places[name]
        if secret in place.secrets:
            wanted = readers if place.scope is Scope.ORGANIZATION else (None, readers[1])
            place.secrets[secret] = replace(place.secrets[secret], readers=wanted)

    @rule(name=PLACES, what=st.sampled_from([*NAMES, "forbidden", "archived", "renamed"]))
    def meddle(self, name: str, what: str) -> None:
        """Let somebody delete a secret, take a right away, or archive or rename a repository."""
        place = self.places[name]
        if what in NAMES:
            place.secrets.pop(what, None)
        elif what == "forbidden":
            place.denied = True
        else:
            self._happening(place, what)()

    @rule(
        faults=st.lists(FAULTS, min_size=1, max_size=3),
        wrong=st.dictionaries(REGIONS, st.sampled_from(WRONG), max_size=1),
        renew_before=st.sampled_from([None, HALF]),
        concurrency=st.integers(1, 3),
    )
    def run(
        self,
        faults: list[Drawn],
        wrong: dict[str, str],
        renew_before: float | None,
        concurrency: int,
    ) -> None:
        """Run while this and that goes wrong."""
        self.aws.wrong = wrong
        self._run(faults, renew_before=renew_before, concurrency=concurrency)

    @rule(renew_before=st.sampled_from([None, HALF]))
    def heal(self, renew_before: float | None) -> None:
        """Run once more where nothing goes wrong: every place holds one complete credential."""
        self.aws.wrong = {}
        for place in self.places.values():
            place.denied = place.archived = False
        report = self._run([], renew_before=renew_before, concurrency=2)
        assert report.succeeded
        for place in self.places.values():
            if target := self._target(place):
                assert is_complete(place.secrets, self.aws)
                left = place.secrets[PASSWORD].updated_at + timedelta(hours=12) - self.clock.now()
                assert left.total_seconds() > HALF - TIMEOUT
                if renew_before is None:
                    password = place.secrets[PASSWORD].value
                    assert (HOSTS[target.registry], password) in self.aws.proved

    def teardown(self) -> None:
        """End well, whatever happened."""
        if self.targets:
            self.heal(HALF)
            self.heal(None)

    def _run(self, faults: list[Drawn], *, renew_before: float | None, concurrency: int) -> Report:
        self.clock.stopped_at = None
        self.aws.proved.clear()
        watch = Watch(self.places.values(), self._target, self.aws)
        deadline = Deadline(clock=self.clock, seconds=TIMEOUT)
        github = MemoryGitHub(self.places.values(), self.clock, deadline)
        github.on_write = watch.wrote
        for fault in faults:
            self._arm(github, watch, fault)
        credentials = OneToken(github=github)
        directory = GitHubRepositories(credentials)
        report = rotate(
            examples.plan(
                selections=tuple(self._selections(renew_before)),
                registries=REGISTRIES,
                concurrency=concurrency,
            ),
            directory=directory,
            tokens=self.aws,
            verification=self.aws,
            store=GitHubSecrets(credentials=credentials, repositories=directory),
            deadline=deadline,
            reporter=FakeReporter(),
        )
        watch.check(report)
        return report

    def _selections(self, renew_before: float | None) -> Iterator[Selection]:
        for name, target in self.targets.items():
            asked = replace(target, readers=None, renew_before=renew_before)
            yield Selection(target=asked, patterns=PATTERNS[name] or target.readers or ())

    def _target(self, place: Place) -> Target | None:
        """Return what the plan says of a place."""
        named = place.names[0]
        return self.targets.get("globex/*" if named.startswith("globex/") else named)

    def _arm(self, github: MemoryGitHub, watch: Watch, drawn: Drawn) -> None:
        """Let something happen beside a request, each time that it is made."""
        (method, last), names, what = drawn
        for place in (self.places[name] for name in names):
            if what == "answer lost":
                github.after[method, place, last] = partial(watch.lose, place, last)
            else:
                github.before[method, place, last] = self._happening(place, what)

    def _happening(self, place: Place, what: RotateError | str) -> Fault:
        """Return what happens at a place, as something to call."""

        def fail() -> None:
            assert isinstance(what, RotateError)
            raise what

        def archive() -> None:
            place.archived = place.scope is Scope.REPOSITORY

        def rename() -> None:
            if place.scope is Scope.REPOSITORY:
                place.names.append(f"{place.name}-{len(place.names)}")

        events: dict[str, Fault] = {
            "key replaced": place.replace_key,
            "told to stop": self.clock.stop,
            "time used up": lambda: self.clock.advance(TIMEOUT),
            "archived": archive,
            "renamed": rename,
        }
        return fail if isinstance(what, RotateError) else events[what]


def test_any_history() -> None:
    """No history of runs, faults and other people's changes breaks a promise."""
    sixty = settings(settings(), max_examples=60, stateful_step_count=12)
    run_state_machine_as_test(Histories, settings=sixty)
