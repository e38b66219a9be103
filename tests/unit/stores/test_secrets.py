"""Secrets of organizations, repositories and users, as they are asked of GitHub's API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rotate.errors import (
    GitHubRefusal,
    GitHubUnavailable,
    RotateError,
    SecretsDenied,
    Unprocessable,
)
from rotate.model.github import Access, PublicKey, Sealed, Standing
from rotate.model.target import Store, Target, Visibility
from tests.unit.examples import NOW, repository, target
from tests.unit.fake_clients import Moved
from tests.unit.stores.at_github import (
    DENIED,
    ORGANIZATION,
    PASSWORD,
    SELECTED,
    USER_TARGET,
    secrets,
)

KEY = {"key_id": "0012", "key": "a2V5"}
SEALED = Sealed(key_id="0012", encrypted_value="c2VhbGVk")
UNPROCESSABLE = Unprocessable(message="Bad request", where="PUT /")


@pytest.mark.parametrize(
    ("place", "base"),
    [
        (target(), "/orgs/acme/codespaces"),
        (target(store=Store.DEPENDABOT), "/orgs/acme/dependabot"),
        (repository("acme/api", store=Store.ACTIONS), "/repos/acme/api/actions"),
        (USER_TARGET, "/user/codespaces"),
    ],
)
def test_paths(place: Target, base: str) -> None:
    """Every level and store has the same shape below its own path."""
    store, github = secrets(
        {
            f"GET {base}/secrets": {"secrets": []},
            f"GET {base}/secrets/public-key": KEY,
            f"PUT {base}/secrets/{PASSWORD}": 204,
        }
    )
    store.standing(place)
    store.public_key(place)
    store.write(place, PASSWORD, SEALED, Access())
    assert github.sent == list(github.answers)


def test_current() -> None:
    """A repository whose key is found elsewhere is asked for its present name, and no other."""
    old, api = repository("acme/old"), repository("acme/api")
    store, github = secrets(
        {
            "GET /repos/acme/old/codespaces/secrets/public-key": Moved(KEY),
            "GET /repos/acme/api/codespaces/secrets/public-key": KEY,
            "GET /repos/acme/old": {"id": 1, "full_name": "acme/api"},
        }
    )
    for place in (old, api):
        store.public_key(place)
        assert store.current(place) == api
    assert github.sent.count("GET /repos/acme/old") == 1
    assert "GET /repos/acme/api" not in github.sent


def test_standing() -> None:
    """What stands is listed with its age and its readers, its name in GitHub's upper case."""
    entries = [
        {"name": "ecr_a", "updated_at": "2026-07-01T12:00:00Z", "visibility": "selected"},
        {"name": "ECR_B", "updated_at": "2026-07-01T12:00:00+02:00"},
    ]
    store, _ = secrets({f"GET {ORGANIZATION}": {"secrets": entries}})
    assert store.standing(target()) == {
        "ECR_A": SELECTED,
        "ECR_B": Standing(updated_at=datetime(2026, 7, 1, 10, tzinfo=UTC)),
    }


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "ECR"},
        {"updated_at": "2026-07-01T12:00:00Z"},
        {"name": None, "updated_at": "yesterday"},
        {"name": "ECR", "updated_at": "yesterday"},
        {"name": "ECR", "updated_at": None},
        {"name": "ECR", "updated_at": "2026-07-01T12:00:00"},
        {"name": "ECR", "updated_at": "9999-12-31T23:59:59-14:00"},
        {"name": "ECR", "updated_at": "2026-07-01T12:00:00Z", "visibility": "internal"},
        "ECR",
    ],
)
def test_malformed_standing(entry: object) -> None:
    """An entry that is not a secret fails the target, not the run."""
    store, _ = secrets({f"GET {ORGANIZATION}": {"secrets": [entry]}})
    with pytest.raises(RotateError):
        store.standing(target())


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (KEY, PublicKey(key_id="0012", key="a2V5")),
        ({"key_id": 12, "key": 5}, PublicKey(key_id="12", key="5")),
    ],
)
def test_public_key(body: object, key: PublicKey) -> None:
    """A key's ID keeps its zeros; what is no text becomes one, and can only fail as a key."""
    store, _ = secrets({f"GET {ORGANIZATION}/public-key": body})
    assert store.public_key(target()) == key


@pytest.mark.parametrize(
    ("place", "secret", "query"),
    [
        (target(), f"{ORGANIZATION}/{PASSWORD}", "?per_page=100"),
        (USER_TARGET, f"/user/codespaces/secrets/{PASSWORD}", ""),
    ],
)
def test_readers_are_asked_for(place: Target, secret: str, query: str) -> None:
    """A hundred readers come at a time, but for a user's: there GitHub knows no `per_page`."""
    store, github = secrets({f"GET {secret}/repositories": {"repositories": [{"id": 1}]}})
    assert store.access(place, {PASSWORD: SELECTED})[PASSWORD].repository_ids == (1,)
    assert github.queries == [query]


@pytest.mark.parametrize("body", [{}, {"key_id": "1"}, {"key": "a2V5"}, [], None])
def test_answer_without_a_key(body: object) -> None:
    """An answer without a key fails, and may be better the next time."""
    store, _ = secrets({f"GET {ORGANIZATION}/public-key": body})
    with pytest.raises(GitHubUnavailable, match="holds no public key"):
        store.public_key(target())


@pytest.mark.parametrize("status", [201, 204])
def test_write(status: int) -> None:
    """Created and updated are written."""
    store, github = secrets({f"PUT {ORGANIZATION}/{PASSWORD}": status})
    store.write(target(), PASSWORD, SEALED, Access())
    assert github.bodies == [{"encrypted_value": "c2VhbGVk", "key_id": "0012"}]


@pytest.mark.parametrize(
    ("access", "sent"),
    [
        (Access(visibility=Visibility.ALL), {"visibility": "all"}),
        (Access(repository_ids=(1, 2)), {"selected_repository_ids": [1, 2]}),
        (
            Access(visibility=Visibility.SELECTED, repository_ids=()),
            {"visibility": "selected", "selected_repository_ids": []},
        ),
    ],
)
def test_readers_are_sent_again(access: Access, sent: dict[str, Any]) -> None:
    """Who may read is sent with every write, for GitHub clears what is not."""
    store, github = secrets({f"PUT {ORGANIZATION}/{PASSWORD}": 204})
    store.write(target(), PASSWORD, SEALED, access)
    assert github.bodies == [{"encrypted_value": "c2VhbGVk", "key_id": "0012", **sent}]


def test_other_successes_are_none() -> None:
    """An answer that is neither created nor updated wrote nothing."""
    store, _ = secrets({f"PUT {ORGANIZATION}/{PASSWORD}": 200})
    with pytest.raises(GitHubRefusal, match="only 201 and 204"):
        store.write(target(), PASSWORD, SEALED, Access())


def test_reserve() -> None:
    """Writes that belong together are paid for ahead with the credential that makes them."""
    store, github = secrets({})
    store.reserve(target(), 3)
    assert github.sent == ["prepay 3"]


def test_refusal() -> None:
    """A refusal comes out as GitHub gave it; nobody is asked why."""
    store, github = secrets({f"PUT {ORGANIZATION}/{PASSWORD}": UNPROCESSABLE})
    with pytest.raises(Unprocessable) as caught:
        store.write(target(), PASSWORD, SEALED, Access())
    assert caught.value is UNPROCESSABLE
    assert github.sent == [f"PUT {ORGANIZATION}/{PASSWORD}"]


def test_now() -> None:
    """The clock that dates the secrets is GitHub's."""
    store, github = secrets({})
    github.clock.advance(60)
    assert store.now(target()) == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("request_", ["standing", "key", "repositories", "write"])
def test_missing_permission(request_: str) -> None:
    """Wherever GitHub denies, the permission that the target needs is named."""
    store, _ = secrets(
        {
            f"GET {ORGANIZATION}": DENIED,
            f"GET {ORGANIZATION}/public-key": DENIED,
            f"GET {ORGANIZATION}/{PASSWORD}/repositories": DENIED,
            f"PUT {ORGANIZATION}/{PASSWORD}": DENIED,
        }
    )
    ask: dict[str, Callable[[], object]] = {
        "standing": lambda: store.standing(target()),
        "key": lambda: store.public_key(target()),
        "repositories": lambda: store.access(target(), {PASSWORD: SELECTED}),
        "write": lambda: store.write(target(), PASSWORD, SEALED, Access()),
    }
    with pytest.raises(SecretsDenied, match="HTTP 404: Not Found") as caught:
        ask[request_]()
    assert "`organization_codespaces_secrets: write`" in caught.value.remedy
