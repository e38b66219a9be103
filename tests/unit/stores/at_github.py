"""A GitHub that gives the answers it is told to give, and the secrets there."""

from __future__ import annotations

from collections.abc import Callable

from rotate.errors import GitHubDenied
from rotate.model.github import Standing
from rotate.model.plan import Limits
from rotate.model.target import Scope, Visibility
from rotate.stores.credentials import OneToken
from rotate.stores.github import GitHub
from rotate.stores.pace import Pace
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from rotate.trace import Trace, silent
from rotate.transport import trusting
from tests.unit.examples import NOW, target
from tests.unit.fake_clients import FakeGitHub
from tests.unit.fakes import FakeClock, deadline

URL = "https://api.github.com"
TRUST = trusting(None)
ORGANIZATION = "/orgs/acme/codespaces/secrets"
SERVER, USER, PASSWORD = target().names
USER_TARGET = target(scope=Scope.USER, owner="")
DENIED = GitHubDenied(
    status=404, message="Not Found", where="GET /orgs/acme", accepted="", single_sign_on=""
)
MINE = Standing(updated_at=NOW)
PRIVATE = Standing(updated_at=NOW, visibility=Visibility.PRIVATE)
SELECTED = Standing(updated_at=NOW, visibility=Visibility.SELECTED)


def secrets(answers: dict[str, object]) -> tuple[GitHubSecrets, FakeGitHub]:
    """Return the secrets at a GitHub that gives those answers."""
    github = FakeGitHub(answers)
    credentials = OneToken(github=github)
    repositories = GitHubRepositories(credentials)
    return GitHubSecrets(credentials=credentials, repositories=repositories), github


def github(
    clock: FakeClock | None = None,
    *,
    token: Callable[[], str] = lambda: "ghp_token",
    api_url: str = URL,
    seconds: float = 600.0,
    trace: Trace = silent,
) -> GitHub:
    """Return the API as that token sees it."""
    end = deadline(seconds, clock=clock)
    pace = Pace(deadline=end, limits=Limits())
    return GitHub(api_url=api_url, token=token, deadline=end, pace=pace, trust=TRUST, trace=trace)
