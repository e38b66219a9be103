"""Who may read a secret: what is asked for, else what stands."""

from __future__ import annotations

from math import inf

import pytest

from rotate.errors import GitHubUnavailable, NoRepositoryMatches, RateLimited, RotateError
from rotate.model.github import Access, Standing
from rotate.model.target import Scope, Target, Visibility
from tests.unit.examples import NOW, repository, target
from tests.unit.stores.at_github import (
    DENIED,
    MINE,
    ORGANIZATION,
    PASSWORD,
    PRIVATE,
    SELECTED,
    SERVER,
    USER,
    USER_TARGET,
    secrets,
)


def repo(number: int) -> dict[str, object]:
    """Return a repository of that ID as GitHub gives it."""
    return {"id": number, "full_name": f"acme/{number}"}


def listing(*ids: int) -> dict[str, object]:
    """Return a listing of repositories with those IDs."""
    return {"repositories": [{"id": number} for number in ids]}


@pytest.mark.parametrize(
    ("place", "standing", "answers", "access"),
    [
        (repository("acme/api"), {}, {}, Access()),
        (target(visibility=Visibility.ALL), {}, {}, Access(visibility=Visibility.ALL)),
        (target(), {}, {}, Access(visibility=Visibility.PRIVATE)),
        (target(), {PASSWORD: PRIVATE}, {}, Access(visibility=Visibility.PRIVATE)),
        (
            target(),
            {PASSWORD: Standing(updated_at=NOW, visibility=Visibility.ALL)},
            {},
            Access(visibility=Visibility.ALL),
        ),
        (
            target(),
            {PASSWORD: SELECTED},
            {f"GET {ORGANIZATION}/{PASSWORD}/repositories": listing(3, 4)},
            Access(visibility=Visibility.SELECTED, repository_ids=(3, 4)),
        ),
        (
            target(),
            {PASSWORD: SELECTED},
            {f"GET {ORGANIZATION}/{PASSWORD}/repositories": listing()},
            Access(visibility=Visibility.SELECTED, repository_ids=()),
        ),
        (
            target(visibility=Visibility.SELECTED, readers=("acme/api", "acme/web")),
            {PASSWORD: SELECTED},
            {"GET /repos/acme/api": repo(1), "GET /repos/acme/web": repo(2)},
            Access(visibility=Visibility.SELECTED, repository_ids=(1, 2)),
        ),
        (USER_TARGET, {}, {}, Access()),
        (
            USER_TARGET,
            {PASSWORD: MINE},
            {f"GET /user/codespaces/secrets/{PASSWORD}/repositories": listing(5)},
            Access(repository_ids=(5,)),
        ),
        (
            USER_TARGET,
            {PASSWORD: SELECTED},
            {f"GET /user/codespaces/secrets/{PASSWORD}/repositories": listing(5)},
            Access(repository_ids=(5,)),
        ),
        (
            target(scope=Scope.USER, owner="", readers=("acme/api",)),
            {PASSWORD: MINE},
            {"GET /repos/acme/api": repo(1)},
            Access(repository_ids=(1,)),
        ),
    ],
)
def test_access(
    place: Target, standing: dict[str, Standing], answers: dict[str, object], access: Access
) -> None:
    """Readers are those that are asked for, else those that stand, else an organization's own."""
    store, github = secrets(answers)
    assert store.access(place, standing)[PASSWORD] == access
    assert github.sent == list(answers)


def test_access_of_each_name() -> None:
    """Each of the three secrets keeps its own readers."""
    answers: dict[str, object] = {f"GET {ORGANIZATION}/{SERVER}/repositories": listing(7)}
    store, _ = secrets(answers)
    assert store.access(target(), {SERVER: SELECTED, USER: PRIVATE}) == {
        SERVER: Access(visibility=Visibility.SELECTED, repository_ids=(7,)),
        USER: Access(visibility=Visibility.PRIVATE),
        PASSWORD: Access(visibility=Visibility.PRIVATE),
    }


@pytest.mark.parametrize("body", [{}, {"id": 1}, {"id": "one", "full_name": "acme/api"}, [], None])
def test_answer_without_a_repository(body: object) -> None:
    """Where GitHub names no repository, its readers are not guessed."""
    store, _ = secrets({"GET /repos/acme/api": body})
    with pytest.raises(GitHubUnavailable, match="is no repository"):
        store.access(target(readers=("acme/api",)), {})


def test_missing_reader() -> None:
    """A reader that cannot be seen is named, for it is no matter of the secrets' permission."""
    store, _ = secrets({"GET /repos/acme/api": DENIED})
    with pytest.raises(NoRepositoryMatches, match="`acme/api`"):
        store.access(target(readers=("acme/api",)), {})


def test_readers_that_are_not_listed() -> None:
    """Where the readers are not listed, none are guessed: a list is never cleared by accident."""
    path = f"{ORGANIZATION}/{PASSWORD}/repositories"
    store, _ = secrets({f"GET {path}": RateLimited(where=f"GET {path}", wait=None)})
    with pytest.raises(RateLimited):
        store.access(target(), {PASSWORD: SELECTED})


@pytest.mark.parametrize("entry", [{}, {"id": None}, {"id": "one"}, {"id": inf}, "acme/api"])
def test_malformed_readers(entry: object) -> None:
    """A reader without an ID fails the target, not the run."""
    path = f"{ORGANIZATION}/{PASSWORD}/repositories"
    store, _ = secrets({f"GET {path}": {"repositories": [entry]}})
    with pytest.raises(RotateError):
        store.access(target(), {PASSWORD: SELECTED})
