"""What GitHub tells of a credential."""

from __future__ import annotations

import pytest

from rotate.errors import GitHubUnavailable
from rotate.grant import Grant, Kind
from rotate.stores.credentials import OneToken
from rotate.stores.grants import of_installation
from tests.unit.fake_clients import FakeGitHub
from tests.unit.stores.at_github import DENIED

OCTOCAT: dict[str, object] = {"GET /user": {"login": "octocat"}}


def granted(token: str, answers: dict[str, object], **headers: str) -> Grant:
    """Return what one token was granted, at a GitHub that answers so."""
    github = FakeGitHub(answers, token=lambda: token)
    github.headers = {name.replace("_", "-"): text for name, text in headers.items()}
    return OneToken(github=github).grant("acme")


@pytest.mark.parametrize(
    ("header", "scopes"),
    [("repo, admin:org", ("repo", "admin:org")), ("repo, ", ("repo",)), ("", ())],
)
def test_classic_token(header: str, scopes: tuple[str, ...]) -> None:
    """A classic token is told its person and its scopes, which may be none."""
    grant = granted("ghp_0", OCTOCAT, x_oauth_scopes=header)
    assert grant == Grant(kind=Kind.CLASSIC, holder="octocat", scopes=scopes)


def test_fine_grained_token() -> None:
    """A fine-grained token is told its person alone."""
    grant = granted("github_pat_0", OCTOCAT)
    assert grant == Grant(kind=Kind.FINE_GRAINED, holder="octocat")


@pytest.mark.parametrize(("limit", "kind"), [("1000", Kind.WORKFLOW), ("5000", Kind.INSTALLATION)])
def test_installation_token(limit: str, kind: Kind) -> None:
    """A workflow's own token is known by its limit where its prefix does not tell."""
    answers: dict[str, object] = {"GET /rate_limit": {}}
    assert granted("ghs_0", answers, x_ratelimit_limit=limit) == Grant(kind=kind)


def test_installation_token_without_limits() -> None:
    """Where GitHub has no limits, the prefix must do."""
    answers: dict[str, object] = {"GET /rate_limit": DENIED}
    assert granted("ghs_15368_0", answers) == Grant(kind=Kind.WORKFLOW)


def test_names_are_only_read() -> None:
    """No name that GitHub tells moves the cursor of a terminal."""
    assert granted("ghp_0", {"GET /user": {"login": "octo\x1bcat"}}).holder == "octo\ufffdcat"
    grant = of_installation({"app_slug": "ro\x1btate", "html_url": "https://\x1b"})
    assert (grant.holder, grant.settings) == ("ro\ufffdtate", "https://\ufffd")


@pytest.mark.parametrize("body", [None, {}, []])
def test_malformed_user(body: object) -> None:
    """An answer that is no user tells nothing."""
    with pytest.raises(GitHubUnavailable, match="no user"):
        granted("ghp_0", {"GET /user": body})


def test_installation() -> None:
    """An installation tells what it was granted, where that is changed, and if it is suspended."""
    body = {
        "app_slug": "rotate",
        "permissions": {"secrets": "write"},
        "html_url": "https://settings",
        "suspended_at": "2026-07-01T00:00:00Z",
    }
    assert of_installation(body) == Grant(
        kind=Kind.APP,
        holder="rotate",
        permissions={"secrets": "write"},
        settings="https://settings",
        suspended=True,
    )
    assert of_installation({}) == Grant(kind=Kind.APP)
    assert of_installation({"permissions": ["secrets"]}) == Grant(kind=Kind.APP)


def test_skew() -> None:
    """Before GitHub has answered, nothing is known of its clock."""
    credentials = OneToken(github=FakeGitHub(OCTOCAT))
    assert credentials.skew() is None
    credentials.grant("acme")
    assert credentials.skew() == 0.0
