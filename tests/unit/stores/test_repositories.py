"""The repositories that a credential can see."""

from __future__ import annotations

from math import inf

import pytest

from rotate.errors import (
    GitHubDenied,
    GitHubUnavailable,
    NoRepositoryMatches,
    OrganizationUnknown,
    RotateError,
    SingleSignOnMissing,
)
from rotate.model.github import Organization, Repository
from rotate.stores.credentials import OneToken
from rotate.stores.repositories import GitHubRepositories
from tests.unit.fake_clients import FakeGitHub
from tests.unit.stores.at_github import DENIED

API = {"id": 1, "full_name": "acme/api", "archived": False}
OLD = {"id": 2, "full_name": "acme/old", "archived": True}
OTHER = {"id": 3, "full_name": "globex/api"}
FOUND = (
    Repository(id=1, full_name="acme/api"),
    Repository(id=2, full_name="acme/old", archived=True),
)


def directory(
    answers: dict[str, object], token: str = "ghp_token"
) -> tuple[GitHubRepositories, FakeGitHub]:
    """Return the directory of a GitHub that gives those answers."""
    github = FakeGitHub(answers, token=lambda: token)
    return GitHubRepositories(OneToken(github=github)), github


@pytest.mark.parametrize(
    ("token", "answers"),
    [
        ("ghp_token", {"GET /orgs/acme/repos": [API, OLD]}),
        (
            "github_pat_token",
            {"GET /orgs/acme/repos": DENIED, "GET /user/repos": [API, OTHER, OLD]},
        ),
        (
            "ghs_token",
            {"GET /installation/repositories": {"repositories": [OTHER, API, OLD]}},
        ),
    ],
    ids=["a person of an organization", "a person's own", "an installation"],
)
def test_listing(token: str, answers: dict[str, object]) -> None:
    """Each kind of credential is asked in its own way, for this owner's repositories alone."""
    known, github = directory(answers, token)
    assert known.repositories("acme") == FOUND
    assert github.sent == list(answers)


def test_listed_once() -> None:
    """An owner's repositories are listed once, whatever the case."""
    known, github = directory({"GET /orgs/acme/repos": [API, OLD]})
    assert known.repositories("acme") == known.repositories("ACME") == FOUND
    assert len(github.sent) == 1


def test_case_of_the_owner() -> None:
    """GitHub's names ignore case."""
    known, github = directory({"GET /orgs/ACME/repos": [{**API, "full_name": "Acme/API"}]})
    (listed,) = known.repositories("ACME")
    assert known.repository("acme/api") is listed
    assert len(github.sent) == 1


@pytest.mark.parametrize(
    "entry",
    [
        "acme/api",
        None,
        {},
        {"id": 1},
        {"id": "x", "full_name": ""},
        {**API, "id": inf},
        {**API, "permissions": "all"},
        {**API, "full_name": 7},
        {**API, "full_name": "acme/\ud800"},
        {**API, "full_name": "acme/."},
        {**API, "full_name": "acme/.."},
        {**API, "full_name": "acme/api/../ops"},
        {**API, "full_name": "acme/api\n"},
        {**API, "full_name": "acme/api?x"},
    ],
)
def test_malformed_listing(entry: object) -> None:
    """An entry that is no repository fails the listing, for it might be the one that matters."""
    known, _ = directory({"GET /orgs/acme/repos": [API, entry]})
    with pytest.raises(GitHubUnavailable, match="is no repository"):
        known.repositories("acme")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"GET /orgs/acme/repos": DENIED, "GET /user/repos": DENIED}, GitHubDenied),
        (
            {"GET /orgs/acme/repos": GitHubUnavailable("it hangs", where="GET /")},
            GitHubUnavailable,
        ),
    ],
)
def test_listing_that_fails(answers: dict[str, object], error: type[RotateError]) -> None:
    """Where the repositories cannot be listed, they are asked for again the next time."""
    known, _ = directory(answers)
    for _ in range(2):
        with pytest.raises(error):
            known.repositories("acme")


def test_id() -> None:
    """A repository's ID is asked of GitHub where nothing was listed."""
    known, github = directory({"GET /repos/acme/api": API})
    assert known.repository("acme/api").id == 1
    assert github.sent == ["GET /repos/acme/api"]


def test_id_of_what_was_listed() -> None:
    """A repository that was listed is not asked for again, whatever the case."""
    known, github = directory({"GET /orgs/acme/repos": [API], "GET /repos/acme/web": OTHER})
    known.repositories("acme")
    assert known.repository("Acme/API").id == 1
    assert known.repository("acme/web").id == 3
    assert github.sent == ["GET /orgs/acme/repos", "GET /repos/acme/web"]


def test_id_of_what_is_not_there() -> None:
    """A repository that the credential cannot see is named."""
    known, _ = directory({"GET /repos/acme/api": DENIED})
    with pytest.raises(NoRepositoryMatches, match="`acme/api`"):
        known.repository("acme/api")


def test_administrator() -> None:
    """Whether the token's person is the administrator is told, where GitHub tells it."""
    known, _ = directory({"GET /repos/acme/api": {**API, "permissions": {"admin": True}}})
    assert known.repository("acme/api").administered is True
    for permissions in (None, {}, {"admin": "yes"}):
        known, _ = directory({"GET /repos/acme/api": {**API, "permissions": permissions}})
        assert known.repository("acme/api").administered is None


KEPT_OUT = GitHubDenied(
    status=403, message="SAML", where="GET /", accepted="", single_sign_on="required; url=https://s"
)


def test_single_sign_on() -> None:
    """What single sign-on hides is not taken for what is not there."""
    known, _ = directory({"GET /repos/acme/api": KEPT_OUT, "GET /orgs/acme": KEPT_OUT})
    with pytest.raises(SingleSignOnMissing, match="acme") as caught:
        known.repository("acme/api")
    assert caught.value.__suppress_context__
    with pytest.raises(SingleSignOnMissing, match="acme"):
        known.organization("acme")


@pytest.mark.parametrize(
    ("body", "plan"), [({}, None), ({"plan": {"name": "free"}}, "free"), ({"plan": None}, None)]
)
def test_organization(body: dict[str, object], plan: str | None) -> None:
    """An organization is known by its login, and its plan where GitHub tells that."""
    known, _ = directory({"GET /orgs/acme": {"login": "Ac\x1bme", **body}})
    assert known.organization("acme") == Organization(login="Ac\ufffdme", plan=plan)


def test_organization_that_is_not_there() -> None:
    """An organization that the credential cannot see is named."""
    known, _ = directory({"GET /orgs/acme": DENIED})
    with pytest.raises(OrganizationUnknown, match="acme"):
        known.organization("acme")


@pytest.mark.parametrize("body", [{}, None, [], {"login": "acme", "plan": "free"}])
def test_malformed_organization(body: object) -> None:
    """An answer that is no organization tells nothing."""
    known, _ = directory({"GET /orgs/acme": body})
    with pytest.raises(GitHubUnavailable, match="is no organization"):
        known.organization("acme")
