"""GitHub Apps: their keys, their installations, and the web tokens they sign."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.clock import Clock
from sandbox.github.accounts import Account

LONGEST_ASSERTION = 600
"""Seconds that an App's web token may lie ahead of now.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""


@dataclass(frozen=True, kw_only=True)
class App:
    """A GitHub App as its owner knows it; `private_key` is PEM, as GitHub lets one download."""

    id: int
    client_id: str
    owner: Account
    slug: str
    private_key: str = field(repr=False)
    permissions: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An App's presence in an account: in all its repositories, or in `repository_ids`."""

    id: int
    app: App
    account: Account
    permissions: Mapping[str, str]
    repository_ids: frozenset[int] | None
    created_at: datetime
    suspended_at: datetime | None = None


class InvalidAssertionError(Exception):
    """A web token that no App may use; the message is GitHub's."""


class Apps:
    """The register of Apps and of their installations."""

    def __init__(self, clock: Clock, canaries: set[str]) -> None:
        self._clock = clock
        self._canaries = canaries
        self._apps: dict[str, App] = {}
        self._installations: dict[int, Installation] = {}
        self._app_ids = count(1187432)
        self._installation_ids = count(63211095)

    def add(self, owner: Account, permissions: Mapping[str, str]) -> App:
        """Return a new App with a new key."""
        number = next(self._app_ids)
        app = App(
            id=number,
            client_id=f"Iv23li{secrets.token_hex(7)}",
            owner=owner,
            slug=f"app-{number}",
            private_key=_private_key(),
            permissions=_with_metadata(permissions),
            created_at=self._clock.now(),
        )
        self._canaries.add(app.private_key)
        self._apps |= {str(app.id): app, app.client_id: app}
        return app

    def app(self, key: str) -> App:
        """Return the App of that ID or client ID; raises `LookupError` if there is none."""
        return self._apps[key]

    def install(
        self,
        app: App,
        account: Account,
        permissions: Mapping[str, str] | None,
        repository_ids: frozenset[int] | None,
    ) -> Installation:
        """Install an App; the account may have accepted fewer permissions than it asks for."""
        installation = Installation(
            id=next(self._installation_ids),
            app=app,
            account=account,
            permissions=app.permissions if permissions is None else _with_metadata(permissions),
            repository_ids=repository_ids,
            created_at=self._clock.now(),
        )
        self._installations[installation.id] = installation
        return installation

    def suspend(self, number: int) -> None:
        """Let an account suspend an installation, which then gets no tokens any more."""
        installation = self._installations[number]
        self._installations[number] = replace(installation, suspended_at=self._clock.now())

    def installation(self, number: int) -> Installation | None:
        """Return the installation of that ID, if there is one."""
        return self._installations.get(number)

    def installations(self, app: App) -> list[Installation]:
        """Return where an App is installed, oldest first."""
        return [each for each in list(self._installations.values()) if each.app.id == app.id]

    def authenticate(self, assertion: str) -> App:
        """Return the App that signed a web token.

        Raises:
            InvalidAssertionError: its signature, issuer or times are not acceptable.
        """
        app = self._apps.get(_issuer(assertion))
        if app is None:
            raise InvalidAssertionError("Integration not found")
        self._check_times(_verified_claims(assertion, app))
        self._canaries.add(assertion)
        return app

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._clock.now().timestamp()
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int | float) or expires <= now:
            raise InvalidAssertionError(
                "'Expiration time' claim ('exp') must be a numeric value representing "
                "the future time at which the assertion expires"
            )
        if expires > now + LONGEST_ASSERTION:
            raise InvalidAssertionError("'Expiration time' claim ('exp') is too far in the future")
        if not isinstance(issued, int) or issued > now:
            raise InvalidAssertionError(
                "'Issued at' claim ('iat') must be an Integer representing "
                "the time that the assertion was issued"
            )


def _with_metadata(permissions: Mapping[str, str]) -> Mapping[str, str]:
    """Add what every App has, whatever else it asks for."""
    return {"metadata": "read", **permissions}


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def _issuer(assertion: str) -> str:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise InvalidAssertionError("A JSON web token could not be decoded") from error
    return str(claims.get("iss"))


def _verified_claims(assertion: str, app: App) -> Mapping[str, Any]:
    """Check the signature only: PyJWT would judge the times by another clock than ours."""
    private_key = serialization.load_pem_private_key(app.private_key.encode(), None)
    public_key = cast(rsa.RSAPrivateKey, private_key).public_key()
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_iss": False}
    try:
        return jwt.decode(assertion, public_key, algorithms=["RS256"], options=options)
    except jwt.InvalidTokenError as error:
        raise InvalidAssertionError("A JSON web token could not be decoded") from error
