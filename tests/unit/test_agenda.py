"""What there is to do, and what of it is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.agenda import Agenda, draw_up
from rotate.errors import GitHubTokenRejected, GitHubUnavailable, NoRepositoryMatches
from rotate.model.github import Standing
from rotate.model.plan import Plan
from rotate.model.registry import Service
from rotate.model.target import Scope, Store, Target
from rotate.schedule import Found
from tests.unit.examples import plan, registry, repository, selection, source, target
from tests.unit.fakes import FakeDirectory, FakeStore

API, WEB = repository("acme/api"), repository("acme/web")
OWN = target(scope=Scope.USER, owner="")
HOUR = 3600.0
NAMES = ["acme/a", "Acme/b", "globex/c", "initech/d"]
UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")


@pytest.fixture(scope="module")
def workers() -> Iterator[Executor]:
    """Return what asks the store."""
    with ThreadPoolExecutor(4) as executor:
        yield executor


def drawn_up(
    plan: Plan,
    workers: Executor,
    store: FakeStore | None = None,
    *,
    survey_all: bool = False,
    directory: FakeDirectory | None = None,
) -> Agenda:
    """Return the agenda of a plan."""
    return draw_up(
        plan,
        directory=directory or FakeDirectory(),
        store=store or FakeStore(),
        workers=workers,
        survey_all=survey_all,
    )


def targets(found: tuple[Found, ...]) -> list[Target]:
    """Return the targets that were found."""
    return [one.target for one in found]


def test_without_a_threshold(workers: Executor) -> None:
    """Without a `renew-before` everything is due, in its order, and nobody is asked."""
    store = FakeStore()
    agenda = drawn_up(plan(WEB, API), workers, store)
    assert targets(agenda.due) == [WEB, API]
    assert (agenda.fresh, agenda.failures, agenda.count) == ((), (), 2)
    assert store.asked == []


def test_due_and_fresh(workers: Executor) -> None:
    """What has less left than its threshold is due, the most urgent first."""
    store = FakeStore()
    old, new, none = (
        repository(f"acme/{name}", renew_before=6 * HOUR) for name in ("old", "new", "none")
    )
    older = repository("acme/older", renew_before=6 * HOUR)
    store.hold(old, age=timedelta(hours=7))
    store.hold(older, age=timedelta(hours=8))
    store.hold(new, age=timedelta(hours=1))
    agenda = drawn_up(plan(old, new, older, none, API), workers, store)
    assert targets(agenda.due) == [none, API, older, old]
    assert targets(agenda.fresh) == [new]
    assert agenda.count == 5
    assert agenda.locations == {one.location for one in (old, new, older, none, API)}


def test_life_of_the_registry(workers: Executor) -> None:
    """What is left is told by the life that tokens of the target's registry have."""
    store = FakeStore()
    place = repository("acme/api", renew_before=HOUR / 2)
    store.hold(place, age=timedelta(minutes=45))
    public = registry(source=source(service=Service.ECR_PUBLIC))
    assert drawn_up(plan(place), workers, store).fresh[0].left == 11.25 * HOUR
    assert drawn_up(plan(place, registries=(public,)), workers, store).due[0].left == HOUR / 4


def test_status_asks_of_everything(workers: Executor) -> None:
    """Where everything is looked at, what stands is asked without a threshold, too."""
    store = FakeStore()
    store.hold(API)
    agenda = drawn_up(plan(API), workers, store, survey_all=True)
    assert agenda.due[0].left == 12 * HOUR


def test_each_level_is_asked_once(workers: Executor) -> None:
    """However many targets a level holds, it is asked once."""
    store = FakeStore()
    same = [target(owner=owner, prefix=f"ECR_{n}") for n, owner in enumerate(("acme", "ACME"))]
    other = target(store=Store.ACTIONS)
    drawn_up(plan(*same, other), workers, store, survey_all=True)
    assert store.asked == [("standing", "organization acme")] * 2


def test_failures(workers: Executor) -> None:
    """What cannot be told fails alone: a level that does not answer, a glob that fits nothing."""
    store = FakeStore()
    store.refusals["standing", API.label] = UNAVAILABLE
    agenda = drawn_up(plan(API, WEB, repository("acme/x-*")), workers, store, survey_all=True)
    assert targets(agenda.due) == [WEB]
    assert [(place.label, type(error)) for place, error in agenda.failures] == [
        ("repository acme/x-*", NoRepositoryMatches),
        (API.label, GitHubUnavailable),
    ]
    assert agenda.count == 3


def test_memory_of_failures(workers: Executor) -> None:
    """What fails is kept without the frames that it came through: there may be thousands."""

    class Explaining(FakeStore):
        def standing(self, target: Target) -> Mapping[str, Standing]:
            try:
                raise UNAVAILABLE
            except GitHubUnavailable:
                raise GitHubTokenRejected(target.label) from None

    agenda = drawn_up(plan(API), workers, Explaining(), survey_all=True)
    ((_, error),) = agenda.failures
    assert isinstance(error, GitHubTokenRejected)
    assert (error.__traceback__, error.__context__) == (None, None)


def test_notices(workers: Executor) -> None:
    """What was left out or named twice is passed on."""
    directory = FakeDirectory(archived=("acme/old",))
    agenda = drawn_up(plan(repository("acme/*"), API, API), workers, directory=directory)
    assert agenda.notices == ("acme/old is archived; it is left out.",)
    assert agenda.warnings == ("repository acme/api is named twice; it is written once.",)


@pytest.mark.parametrize(
    ("owners", "labels"),
    [
        ((), ["organization Acme", "repository acme/api", "repository globex/a", "user"]),
        (("acme",), ["organization Acme", "repository acme/api"]),
        (("Globex",), ["repository globex/a"]),
        (("@user",), ["user"]),
        (("acme", "@user"), ["organization Acme", "repository acme/api", "user"]),
        (("initech",), []),
    ],
)
def test_owners(owners: tuple[str, ...], labels: list[str], workers: Executor) -> None:
    """Only what the named owners have is looked at, and nobody else's repositories are listed."""
    directory = FakeDirectory("globex/a", "globex/b")
    mixed = selection(repository(""), "acme/api", "globex/?", "!globex/b")
    everything = (selection(target(owner="Acme")), selection(OWN), mixed)
    agenda = drawn_up(plan(selections=everything, owners=owners), workers, directory=directory)
    assert sorted(one.label for one in targets(agenda.due)) == labels
    assert directory.asked == ["globex"] * ("repository globex/a" in labels)


@given(st.lists(st.sampled_from(NAMES), min_size=1), st.data())
def test_shares_of_owners_are_the_whole(names: list[str], data: st.DataObject) -> None:
    """Runs that share the owners among them look at everything once."""
    everything = plan(*(repository(name) for name in names))
    owners = sorted({name.partition("/")[0].lower() for name in names})
    cut = data.draw(st.integers(0, len(owners)))
    seen: list[str] = []
    with ThreadPoolExecutor(1) as workers:
        for share in (tuple(owners[:cut]), tuple(owners[cut:])):
            if share:
                changed = plan(*(repository(name) for name in names), owners=share)
                seen += [one.owner.lower() for one in targets(drawn_up(changed, workers).due)]
        whole = [one.owner.lower() for one in targets(drawn_up(everything, workers).due)]
    assert sorted(seen) == sorted(whole)
