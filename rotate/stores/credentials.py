"""Which credential goes for which owner: one token for all, or an App's token for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from github import Auth
from jwt import PyJWTError

from rotate.errors import (
    AppKeyUnusable,
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

_EARLY = timedelta(minutes=5)
"""An installation token lives for an hour, and is replaced this much before."""

_RESPITE = timedelta(minutes=1)
"""For so long it stands that there was no token, which had been asked for again already."""

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
        self._signing = Lock()
        self._signed = ""
        self._signed_at = datetime.min.replace(tzinfo=UTC)
        self._asking: dict[str, Lock] = {}
        self._apis: dict[str, GitHub | AppNotInstalled] = {}

    def of(self, owner: str) -> GitHub:
        """Return the API with the token of the owner's installation.

        Raises:
            AppNotInstalled: the owner has not installed the App.
            RotateError: GitHub does not say.
        """
        name = owner.lower()
        # Threads that come at once are given the same lock, since `setdefault` is atomic.
        with self._asking.setdefault(name, Lock()):
            if name not in self._apis:
                self._apis[name] = self._connected(owner)
            api = self._apis[name]
        if isinstance(api, AppNotInstalled):
            raise api.with_traceback(None)
        return api

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

    def _connected(self, owner: str) -> GitHub | AppNotInstalled:
        try:
            installation = self._installation(owner)
        except AppNotInstalled as error:
            # Kept, so that an owner with many repositories is asked for once.
            return error
        token = _InstallationToken(self._github, owner, installation, self._mask)
        return self._connect(token.current)

    def _json_web_token(self) -> str:
        """Return what proves to be the App, signed anew before it ends after ten minutes."""
        with self._signing:
            if self._github.now() - self._signed_at > _RESIGN_AFTER:
                self._signed, self._signed_at = self._sign(), self._github.now()
            return self._signed

    def _sign(self) -> str:
        try:
            app = Auth.AppAuth(self._app.id, self._app.private_key, jwt_expiry=_SIGNED_FOR)
            token = app.create_jwt()
        except (TypeError, ValueError, PyJWTError):
            # One that is encrypted is a TypeError, and one whose bytes are no text a ValueError.
            raise AppKeyUnusable from None
        self._mask(token)
        return token

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


class _InstallationToken:
    """The token of one installation, replaced before it ends."""

    def __init__(
        self,
        github: GitHub,
        owner: str,
        installation: Mapping[str, Any],
        mask: Callable[[str], None],
    ) -> None:
        self._github = github
        self._owner = owner
        self._settings = of_installation(installation).settings
        self._path = f"/app/installations/{installation['id']}/access_tokens"
        self._mask = mask
        self._lock = Lock()
        self._token = ""
        self._expires_at: datetime | None = None
        self._refused: tuple[RotateError, datetime] | None = None
        """Why there was no token, and until when that stands."""

    def current(self) -> str:
        with self._lock:
            if self._expires_at is None or self._expires_at - self._github.now() < _EARLY:
                self._replace()
            return self._token

    def _replace(self) -> None:
        if self._refused and self._github.now() < self._refused[1]:
            # Each target of the owner would wait for the same, one after the other.
            raise self._refused[0].with_traceback(None)
        try:
            token, expires_at = _token_of(self._github.post(self._path).body, self._path)
        except RotateError as error:
            refusal = self._explained(error)
            self._refused = (refusal, self._github.now() + _RESPITE)
            raise refusal from None
        self._mask(token)
        self._token, self._expires_at = token, expires_at

    def _explained(self, error: RotateError) -> RotateError:
        """Return what an error means that came instead of a token."""
        match error:
            case GitHubUnavailable():
                return InstallationTokenUnavailable(error.what, where=error.where)
            case GitHubDenied() if "suspended" in error.what:
                return InstallationSuspended(self._owner, self._settings)
            case GitHubTokenRejected():
                return AppNotAccepted()
        return error


def _token_of(body: object, path: str) -> tuple[str, datetime]:
    match body:
        case {"token": str(token), "expires_at": str(end)} if token:
            with suppress(ValueError):
                return token, moment(end)
    raise GitHubUnavailable("the answer is no token", where=path)
