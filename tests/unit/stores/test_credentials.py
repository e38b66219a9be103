"""Which credential goes for which owner."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf
from threading import Barrier
from time import sleep
from traceback import extract_tb
from typing import Any

import jwt
import pytest
import requests

from rotate.errors import (
    AppNotAccepted,
    AppNotInstalled,
    GitHubDenied,
    GitHubTokenRejected,
    GitHubUnavailable,
    InstallationSuspended,
    InstallationTokenUnavailable,
    RotateError,
)
from rotate.model.plan import App
from rotate.stores.answer import Answer
from rotate.stores.credentials import AppInstallations, OneToken
from tests.unit.examples import NOW
from tests.unit.fake_clients import FakeGitHub
from tests.unit.fakes import FakeClock
from tests.unit.internet import Internet, answered
from tests.unit.keys import PEM, PRIVATE
from tests.unit.stores.at_github import DENIED, github

APP = App(id="12345", private_key=PEM)
TOKENS = "POST /app/installations/7/access_tokens"
INSTALLED: dict[str, object] = {"GET /orgs/acme/installation": {"id": 7}}


def token(name: str = "ghs_first", *, life: timedelta = timedelta(hours=1)) -> dict[str, Any]:
    """Return a token of an installation as GitHub gives it, counted from noon."""
    return {"token": name, "expires_at": f"{NOW + life:%Y-%m-%dT%H:%M:%SZ}"}


class World:
    """A GitHub at which an App is installed here and there, and what was masked."""

    def __init__(self, answers: dict[str, object]) -> None:
        """Take the answers of GitHub."""
        self.clock = FakeClock()
        self.apis: list[FakeGitHub] = []
        self.masked: list[str] = []
        self.answers = answers
        self.credentials = self.installations(APP)

    def installations(self, app: App) -> AppInstallations:
        """Return the installations of an App."""
        return AppInstallations(app=app, connect=self._connect, mask=self.masked.append)

    def token_of(self, owner: str) -> str:
        """Return the token that goes for an owner now."""
        github = self.credentials.of(owner)
        assert isinstance(github, FakeGitHub)
        return github.token()

    @property
    def sent(self) -> list[str]:
        """What the App itself asked of GitHub."""
        return self.apis[0].sent

    def _connect(self, token: Callable[[], str]) -> FakeGitHub:
        self.apis.append(FakeGitHub(self.answers, token=token, clock=self.clock))
        self.apis[-1].answers = self.answers
        return self.apis[-1]


def test_one_token() -> None:
    """One token goes for every owner."""
    github = FakeGitHub({})
    assert OneToken(github=github).of("acme") is github
    assert OneToken(github=github).of("") is github


def test_installation() -> None:
    """An owner's token is that of the owner's installation, masked."""
    world = World({**INSTALLED, TOKENS: token()})
    assert world.token_of("acme") == "ghs_first"
    assert world.masked == ["ghs_first"]
    assert world.sent == ["GET /orgs/acme/installation", TOKENS]


def test_signed_anew_before_it_ends() -> None:
    """What proves to be the App is signed once, and again before its ten minutes are over."""
    world = World({})
    signed = []
    for seconds in (0, 5 * 60, 1):
        world.clock.sleep(seconds)
        signed.append(world.apis[0].token())
        assert signed[-1] in world.masked
    # A signature is masked when it is made.
    assert len(world.masked) == 2
    assert signed[0] == signed[1]


def test_installation_of_a_user() -> None:
    """An owner that is no organization is a user."""
    world = World(
        {
            "GET /orgs/ada/installation": DENIED,
            "GET /users/ada/installation": {"id": 7},
            TOKENS: token(),
        }
    )
    assert world.token_of("ada") == "ghs_first"


def test_each_owner_has_its_own() -> None:
    """Every owner is asked for once, whatever the case, and has a token of its own."""
    world = World(
        {
            **INSTALLED,
            "GET /orgs/globex/installation": {"id": 8},
            TOKENS: token(),
            "POST /app/installations/8/access_tokens": token("ghs_second"),
        }
    )
    assert world.credentials.of("acme") is world.credentials.of("ACME")
    assert world.token_of("acme") == "ghs_first"
    assert world.token_of("globex") == "ghs_second"
    assert world.sent.count("GET /orgs/acme/installation") == 1


def test_owners_are_asked_for_side_by_side() -> None:
    """No owner waits for GitHub's answer about another one."""
    both_asked = Barrier(2, timeout=30)

    class Slow(FakeGitHub):
        def get(self, path: str) -> Answer:
            both_asked.wait()
            return super().get(path)

    answers = {f"GET /orgs/{owner}/installation": {"id": 7} for owner in ("acme", "globex")}
    credentials = AppInstallations(
        app=APP, connect=lambda token: Slow(answers, token=token), mask=print
    )
    with ThreadPoolExecutor(2) as workers:
        apis = list(workers.map(credentials.of, ("acme", "globex")))
    assert apis[0] is not apis[1]


def test_what_many_ask_for_at_once() -> None:
    """Whoever asks for what another one is being given waits for it: nothing is made twice."""
    made: list[str] = []

    def slowly(what: str) -> None:
        made.append(what)
        sleep(0.1)

    class Slow(FakeGitHub):
        def _find(self, request: str) -> object:
            slowly(request)
            return super()._find(request)

    answers = {**INSTALLED, TOKENS: token()}
    credentials = AppInstallations(
        app=APP, connect=lambda token: Slow(answers, token=token), mask=slowly
    )
    with ThreadPoolExecutor(2) as workers:
        signed = set(workers.map(lambda _: credentials._json_web_token(), range(2)))
        (api,) = set(workers.map(credentials.of, ("acme", "ACME")))
        assert isinstance(api, Slow)
        assert set(workers.map(lambda _: api.token(), range(2))) == {"ghs_first"}
    assert made == [*signed, "GET /orgs/acme/installation", TOKENS, "ghs_first"]


def test_not_installed() -> None:
    """An owner that has not installed the App is named."""
    world = World({f"GET /{level}/acme/installation": DENIED for level in ("orgs", "users")})
    with pytest.raises(AppNotInstalled, match="not installed by acme"):
        world.credentials.of("acme")


def test_not_installed_for_one() -> None:
    """An owner without the App costs the others nothing, and is asked for once."""
    world = World({**INSTALLED, TOKENS: token()})
    world.answers |= {f"GET /{level}/globex/installation": DENIED for level in ("orgs", "users")}
    with pytest.raises(AppNotInstalled):
        world.credentials.of("globex")
    assert world.token_of("acme") == "ghs_first"
    world.answers["GET /orgs/globex/installation"] = {"id": 7}
    with pytest.raises(AppNotInstalled):
        world.credentials.of("Globex")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (GitHubTokenRejected("GET /"), AppNotAccepted),
        (GitHubUnavailable("it hangs", where="GET /"), GitHubUnavailable),
    ],
)
def test_other_failures(answer: RotateError, error: type[RotateError]) -> None:
    """Where GitHub does not say whether the App is installed, that stands for a minute, too."""
    installation = "GET /orgs/acme/installation"
    world = World({installation: answer})
    for seconds in (0, 60):
        world.clock.advance(seconds)
        with pytest.raises(error):
            world.credentials.of("acme")
    assert world.sent == [installation]
    world.clock.advance(1)
    world.answers |= {installation: {"id": 7}, TOKENS: token()}
    assert world.token_of("acme") == "ghs_first"


def test_refusal_that_many_are_told() -> None:
    """What stands for all targets of an owner does not keep the frames of each that was told."""
    world = World({f"GET /{level}/acme/installation": DENIED for level in ("orgs", "users")})
    frames = set()
    for _ in range(3):
        with pytest.raises(AppNotInstalled) as caught:
            world.credentials.of("acme")
        frames.add(len(extract_tb(caught.value.__traceback__)))
    assert len(frames) == 1


@pytest.mark.parametrize("body", [{}, [], None, {"id": None}, {"id": "seven"}, {"id": inf}])
def test_answer_without_an_installation(body: object) -> None:
    """An answer that is no installation fails, and may be better the next time."""
    world = World({"GET /orgs/acme/installation": body})
    with pytest.raises(GitHubUnavailable, match="is no installation"):
        world.credentials.of("acme")


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        {"token": "ghs_first"},
        {"token": "", "expires_at": "2026-07-01T13:00:00Z"},
        {"token": None, "expires_at": "2026-07-01T13:00:00Z"},
        {"token": 7, "expires_at": "2026-07-01T13:00:00Z"},
        {"token": "ghs_first", "expires_at": "soon"},
        {"token": "ghs_first", "expires_at": None},
        {"token": "ghs_first", "expires_at": "2026-07-01T13:00:00"},
        {"token": "ghs_first", "expires_at": "0001-01-01T00:00:00Z"},
    ],
)
def test_answer_without_a_token(body: object) -> None:
    """An answer that is no token, or does not say its end, is none."""
    world = World({**INSTALLED, TOKENS: body})
    with pytest.raises(GitHubUnavailable, match="is no token"):
        world.token_of("acme")


SUSPENDED = GitHubDenied(
    status=403,
    message="This installation has been suspended",
    where=TOKENS,
    accepted="",
    single_sign_on="",
)


@pytest.mark.parametrize(
    ("answer", "error", "what"),
    [
        (GitHubUnavailable("it hangs", where=TOKENS), InstallationTokenUnavailable, "it hangs"),
        (SUSPENDED, InstallationSuspended, "Let acme end the suspension, at https://settings."),
        (DENIED, GitHubDenied, "HTTP 404: Not Found"),
        (GitHubTokenRejected(TOKENS), AppNotAccepted, "the App's signature"),
    ],
)
def test_no_token(answer: RotateError, error: type[RotateError], what: str) -> None:
    """Why there is no token is told, and stands for a minute: then it is asked for again."""
    installed = {"id": 7, "html_url": "https://settings"}
    world = World({"GET /orgs/acme/installation": installed, TOKENS: answer})
    for seconds in (0, 60):
        world.clock.advance(seconds)
        with pytest.raises(error) as caught:
            world.token_of("acme")
        assert type(caught.value) is error
        assert what in f"{caught.value} {caught.value.remedy}"
    assert world.sent.count(TOKENS) == 1
    world.clock.advance(1)
    world.answers[TOKENS] = token(life=timedelta(hours=2))
    assert world.token_of("acme") == "ghs_first"


def test_outage_of_tokens(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """A token that GitHub does not give is asked for five times, not five times for each try."""
    clock = FakeClock()
    credentials = AppInstallations(
        app=APP, connect=lambda token: github(clock, token=token), mask=lambda _: None
    )
    answers += [answered(200, '{"id": 7}'), *(answered(502) for _ in range(5))]
    api = credentials.of("acme")
    for _ in range(2):
        with pytest.raises(InstallationTokenUnavailable, match="HTTP 502"):
            api.get("/orgs/acme")
    assert [request.method for request in internet.sent] == ["GET", *["POST"] * 5]


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "ghs_first"), (55, "ghs_first"), (56, "ghs_second")]
)
def test_token_is_replaced_before_its_end(minutes: int, expected: str) -> None:
    """A token is used as long as it lives for five minutes more, and then replaced."""
    world = World({**INSTALLED, TOKENS: token()})
    world.token_of("acme")
    world.answers[TOKENS] = token("ghs_second", life=timedelta(hours=2))
    world.clock.advance(minutes * 60)
    assert world.token_of("acme") == expected
    assert world.token_of("acme") == expected
    assert world.masked == list(dict.fromkeys(("ghs_first", expected)))


def test_app_signs() -> None:
    """The App asks with a token that it signs itself, masked, which outlives its use by little."""
    world = World({})
    (api,) = world.apis
    signed = api.token()
    claims = jwt.decode(signed, PRIVATE.public_key(), algorithms=["RS256"])
    assert claims["iss"] == "12345"
    # From a minute before it is signed; it is used for five.
    assert 60 + 5 * 60 < claims["exp"] - claims["iat"] <= 600
    assert signed in world.masked


def test_denied_is_not_installed() -> None:
    """GitHub says 404 of what is not installed, and 403 of what the App may not see."""
    forbidden = GitHubDenied(
        status=403, message="no", where="GET /", accepted="", single_sign_on=""
    )
    answers: dict[str, object] = {
        f"GET /{level}/acme/installation": forbidden for level in ("orgs", "users")
    }
    with pytest.raises(AppNotInstalled):
        World(answers).credentials.of("acme")


def test_grant_of_an_installation() -> None:
    """What an owner's installation was granted is told without a token of it."""
    permissions = {"secrets": "write"}
    world = World({"GET /orgs/acme/installation": {"id": 7, "permissions": permissions}})
    assert world.credentials.skew() is None
    assert world.credentials.grant("acme").permissions == permissions
    assert world.sent == ["GET /orgs/acme/installation"]
    assert world.credentials.skew() == 0.0
