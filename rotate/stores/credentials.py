"""Which credential goes for which owner: one token for all, or an App's token for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from github import Auth

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
from rotate.grant import Grant
from rotate.model.plan import App
from rotate.stores.github import GitHub
from rotate.stores.grants import of_installation, of_token
from rotate.times import moment

T = TypeVar("T")

_EARLY = timedelta(minutes=5)
"""An installation token lives for an hour, and is replaced this much before."""

_RESPITE = timedelta(minutes=1)
"""For so long a refusal stands, and an outage that asking again has not outlasted."""

_FOR_GOOD = datetime.max.replace(tzinfo=UTC)

_SIGNED_FOR = 540
"""Seconds; GitHub takes ten minutes at most:
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app"""

_RESIGN_AFTER = timedelta(minutes=5)


class Credentials(Protocol):
    """Gives the API as it looks to the credential of an owner."""

    def of(self, owner: str) -> GitHub:
        """Return the API for what `owner` has; an empty owner is the token's user.

        Raises:
            RotateError: there is no credential for this owner.
        """

    def grant(self, owner: str) -> Grant:
        """Return what the credential that goes for `owner` was granted.

        Raises:
            RotateError: there is no such credential, or GitHub does not accept it.
        """

    def skew(self) -> float | None:
        """Return the seconds by which GitHub's clock is ahead of ours; None if never heard."""


@dataclass(frozen=True, kw_only=True)
class OneToken:
    """One token for every owner; it fulfils `Credentials`."""

    github: GitHub

    def of(self, owner: str) -> GitHub:
        """Return the API with the one token."""
        return self.github

    def grant(self, owner: str) -> Grant:
        """Return what the one token was granted.

        Raises:
            RotateError: GitHub does not accept it, or does not say.
        """
        return of_token(self.github)

    def skew(self) -> float | None:
        """Return the seconds by which GitHub's clock is ahead of ours; None if never heard."""
        return self.github.skew()


class AppInstallations:
    """A GitHub App, with a token for each owner that installed it; it fulfils `Credentials`.

    https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
    """

    def __init__(
        self,
        *,
        app: App,
        connect: Callable[[Callable[[], str]], GitHub],
        mask: Callable[[str], None],
    ) -> None:
        """Take the App, what makes an API of a source of tokens, and what masks a secret."""
        self._mask = mask
        self._connect = connect
        self._app = app
        self._github = connect(self._json_web_token)
        self._signed = _Lasting(self._sign, now=self._github.now)
        self._apis: dict[str, _Lasting[GitHub]] = {}

    def of(self, owner: str) -> GitHub:
        """Return the API with the token of the owner's installation.

        Raises:
            AppNotInstalled: the owner has not installed the App.
            RotateError: GitHub does not say.
        """
        connected = _Lasting(partial(self._connected, owner), now=self._github.now)
        # Threads that come at once are given the same one, since `setdefault` is atomic.
        return self._apis.setdefault(owner.lower(), connected).get()

    def grant(self, owner: str) -> Grant:
        """Return what the owner's installation was granted.

        Raises:
            AppNotInstalled: the owner has not installed the App.
            RotateError: GitHub does not say.
        """
        return of_installation(self._installation(owner))

    def skew(self) -> float | None:
        """Return the seconds by which GitHub's clock is ahead of ours; None if never heard."""
        return self._github.skew()

    def _json_web_token(self) -> str:
        return self._signed.get()

    def _sign(self) -> tuple[str, datetime]:
        """Return what proves to be the App, and until when it does."""
        app = Auth.AppAuth(self._app.id, self._app.private_key, jwt_expiry=_SIGNED_FOR)
        token = app.create_jwt()
        self._mask(token)
        return token, self._github.now() + _RESIGN_AFTER

    def _connected(self, owner: str) -> tuple[GitHub, datetime]:
        installation = self._installation(owner)
        token = _Lasting(partial(self._new_token, owner, installation), now=self._github.now)
        return self._connect(token.get), _FOR_GOOD

    def _new_token(self, owner: str, installation: Mapping[str, Any]) -> tuple[str, datetime]:
        """Return a token of an installation, and until when it is used."""
        path = f"/app/installations/{installation['id']}/access_tokens"
        try:
            token, until = _token_of(self._github.post(path).body, path)
        except RotateError as error:
            raise _explained(error, owner, installation) from None
        self._mask(token)
        return token, until

    def _installation(self, owner: str) -> Mapping[str, Any]:
        for level in ("orgs", "users"):
            try:
                body: dict[str, Any] = self._github.get(f"/{level}/{owner}/installation").body
                return body | {"id": int(body["id"])}
            except GitHubDenied:
                continue
            except (KeyError, TypeError, ValueError, OverflowError):
                raise GitHubUnavailable("the answer is no installation", where=owner) from None
            except GitHubTokenRejected:
                raise AppNotAccepted from None
        raise AppNotInstalled(owner)


class _Lasting(Generic[T]):
    """What is asked for by one thread at a time, and again only when its time is over.

    That there is none stands for a while, too: each target of an owner would ask for the same.
    """

    def __init__(
        self, ask: Callable[[], tuple[T, datetime]], *, now: Callable[[], datetime]
    ) -> None:
        """Take what gives it, and says until when it lasts."""
        self._ask = ask
        self._now = now
        self._lock = Lock()
        self._found: tuple[T | RotateError, datetime] | None = None

    def get(self) -> T:
        with self._lock:
            if self._found is None or self._now() > self._found[1]:
                self._found = self._asked()
            found, _ = self._found
        if isinstance(found, RotateError):
            raise found.with_traceback(None)
        return found

    def _asked(self) -> tuple[T | RotateError, datetime]:
        try:
            return self._ask()
        except RotateError as error:
            return error, self._now() + _RESPITE


def _explained(error: RotateError, owner: str, installation: Mapping[str, Any]) -> RotateError:
    """Return what an error means that came instead of a token."""
    match error:
        case GitHubUnavailable():
            return InstallationTokenUnavailable(error.what, where=error.where)
        case GitHubDenied() if "suspended" in error.what:
            return InstallationSuspended(owner, of_installation(installation).settings)
        case GitHubTokenRejected():
            return AppNotAccepted()
    return error


def _token_of(body: object, path: str) -> tuple[str, datetime]:
    match body:
        case {"token": str(token), "expires_at": str(end)} if token:
            with suppress(ValueError, OverflowError):
                return token, moment(end) - _EARLY
    raise GitHubUnavailable("the answer is no token", where=path)
