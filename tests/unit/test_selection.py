"""From names and globs to targets: each place once."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.errors import GitHubUnavailable, NoReaders, NoRepositoryMatches
from rotate.model.target import Scope, Selection, Store, Target
from rotate.selection import Selected, select
from tests.unit.examples import repository, selection, target
from tests.unit.fakes import FakeDirectory

API, WEB, OLD = "acme/api", "acme/web", "acme/old"
UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")
NAMES = st.sampled_from(["acme/a", "acme/b", "acme/ab", "globex/a", "globex/b"])
PATTERNS = NAMES | st.sampled_from(["acme/*", "acme/a*", "acme/?", "acme/[ab]", "globex/*"])
EXCLUSIONS = PATTERNS.map("!{}".format)


def repositories(*patterns: str, **changes: object) -> Selection:
    """Return the selection of repositories by patterns."""
    return selection(repository("", **changes), *patterns)


def owners(selected: Selected) -> list[str]:
    """Return what the targets are named."""
    return [target.owner for target in selected.targets]


def test_names() -> None:
    """A plain name is a target, and nobody is asked whether it exists."""
    directory = FakeDirectory()
    names = [API, "acme/AZaz09._-XX"]
    assert owners(select((repositories(*names),), directory)) == names
    assert directory.asked == []


def test_globs() -> None:
    """A glob is every repository of its owner that it fits, whatever the case."""
    directory = FakeDirectory("acme/Svc-A", "acme/svc-b", API, "globex/svc-c")
    selected = select((repositories("Acme/SVC-*"),), directory)
    assert owners(selected) == ["acme/Svc-A", "acme/svc-b"]
    assert directory.asked == ["Acme"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("acme/*", ["acme/a", "acme/b", "acme/ab"]),
        ("acme/?", ["acme/a", "acme/b"]),
        ("acme/[b-z]", ["acme/b"]),
        ("acme/a*", ["acme/a", "acme/ab"]),
    ],
)
def test_kinds_of_globs(pattern: str, names: list[str]) -> None:
    """A glob is read as a shell reads it."""
    directory = FakeDirectory("acme/a", "acme/b", "acme/ab")
    assert owners(select((repositories(pattern),), directory)) == names


@pytest.mark.parametrize("exclusion", ["!acme/WEB", "!acme/w*", "!acme/?eb"])
def test_exclusions(exclusion: str) -> None:
    """What is excluded is no target, by whichever name or glob it is named."""
    directory = FakeDirectory(API, WEB)
    assert owners(select((repositories("acme/*", exclusion),), directory)) == [API]
    assert owners(select((repositories(WEB, API, exclusion),), directory)) == [API]


def test_archived() -> None:
    """What is archived is left out, and a notice says so once."""
    directory = FakeDirectory(API, archived=(OLD,))
    selected = select((repositories("acme/*", "acme/o*"),), directory)
    assert owners(selected) == [API]
    assert selected.notices == (f"{OLD} is archived; it is left out.",)
    assert selected.failures == ()


def test_archived_ones_of_several_globs() -> None:
    """Each glob tells of what it left out, whatever the others left out."""
    directory = FakeDirectory(API, "globex/a", archived=(OLD, "globex/b"))
    selected = select((repositories("acme/*", "globex/*"),), directory)
    assert selected.notices == tuple(
        f"{name} is archived; it is left out." for name in (OLD, "globex/b")
    )


def test_glob_that_fits_nothing() -> None:
    """A glob that fits nothing is a failure of its own, and the others are targets."""
    selected = select((repositories("acme/svc-*", API),), FakeDirectory(API))
    assert owners(selected) == [API]
    ((failed, error),) = selected.failures
    assert failed.label == "repository acme/svc-*"
    assert isinstance(error, NoRepositoryMatches)
    assert error.what.startswith("`acme/svc-*` fits no repository")


def test_listing_that_fails() -> None:
    """An owner whose repositories cannot be listed costs only its own globs."""
    directory = FakeDirectory("globex/a")
    directory.refusals["acme"] = UNAVAILABLE
    selected = select((repositories("acme/*", "globex/*"),), directory)
    assert owners(selected) == ["globex/a"]
    assert selected.failures == ((repository("acme/*"), UNAVAILABLE),)


def test_named_twice() -> None:
    """A place that is named twice is written once; each spelling of it is warned of once."""
    selected = select((repositories(API, "ACME/API"), repositories(API, API)), FakeDirectory())
    assert owners(selected) == [API]
    assert selected.warnings == (
        "repository ACME/API is named twice; it is written once.",
        "repository acme/api is named twice; it is written once.",
    )


@pytest.mark.parametrize("changes", [{"store": Store.ACTIONS}, {"prefix": "ECR_B"}])
def test_other_places(changes: dict[str, object]) -> None:
    """Another store or another prefix is another place."""
    selected = select((repositories(API), repositories(API, **changes)), FakeDirectory())
    assert len(selected.targets) == 2
    assert selected.warnings == ()


@pytest.mark.parametrize("place", [target(), target(scope=Scope.USER, owner="")])
def test_readers(place: Target) -> None:
    """Elsewhere than in repositories, the patterns say who may read, each once."""
    directory = FakeDirectory(API, WEB)
    selected = select((selection(place, API, "acme/*", "!acme/x"),), directory)
    assert [target.readers for target in selected.targets] == [(API, WEB)]


@pytest.mark.parametrize("patterns", [("acme/*",), (API, f"!{API}")])
@pytest.mark.parametrize("place", [target(), target(scope=Scope.USER, owner="")])
def test_no_reader_that_is_left(place: Target, patterns: tuple[str, ...]) -> None:
    """Where all that fit are archived or excluded, nobody is shut out: the target fails."""
    selected = select((selection(place, *patterns),), FakeDirectory(archived=(API,)))
    assert selected.targets == ()
    ((failed, error),) = selected.failures
    assert failed == place
    assert str(error) == str(NoReaders(patterns))


def test_readers_that_are_kept() -> None:
    """Without patterns the readers are kept as they stand."""
    assert select((Selection(target=target()),), FakeDirectory()).targets == (target(),)


@pytest.mark.parametrize("patterns", [("acme/svc-*", API), (API, "globex/*")])
def test_readers_that_are_not_all_known(patterns: tuple[str, ...]) -> None:
    """Where one reader is not known, nobody is shut out: the target fails."""
    directory = FakeDirectory(API)
    directory.refusals["globex"] = UNAVAILABLE
    selected = select((selection(target(), *patterns),), directory)
    assert selected.targets == ()
    assert [failed for failed, _ in selected.failures] == [target()]


@given(
    st.lists(NAMES, unique=True),
    st.lists(
        st.tuples(
            st.lists(PATTERNS | EXCLUSIONS, max_size=4),
            st.sampled_from(Store),
            st.sampled_from(["ECR", "ECR_B"]),
        ),
        max_size=4,
    ),
)
def test_no_target_is_dropped_or_named_twice(
    known: list[str], given: list[tuple[list[str], Store, str]]
) -> None:
    """What is named and not excluded is a target or a failure, and no place is two targets."""
    selections = tuple(
        Selection(target=repository("", store=store, prefix=prefix), patterns=tuple(patterns))
        for patterns, store, prefix in given
    )
    selected = select(selections, FakeDirectory(*known))
    places = [(one.owner.lower(), one.store, one.prefix) for one in selected.targets]
    assert len(places) == len(set(places))
    expected = {
        (name, store, prefix)
        for patterns, store, prefix in given
        for pattern in patterns
        if not pattern.startswith("!")
        for name in ([pattern] if not set(pattern) & set("*?[") else known)
        if fnmatchcase(name, pattern)
        if not any(fnmatchcase(name, p[1:]) for p in patterns if p.startswith("!"))
    }
    assert set(places) == expected
    unmatched = {
        (pattern, store, prefix)
        for patterns, store, prefix in given
        for pattern in patterns
        if set(pattern) & set("*?[") and not pattern.startswith("!")
        if not any(fnmatchcase(name, pattern) for name in known)
    }
    assert {(one.owner, one.store, one.prefix) for one, _ in selected.failures} == unmatched
