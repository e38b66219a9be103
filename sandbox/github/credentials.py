"""The credentials that GitHub hands out, and what each one stands for."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

from sandbox.clock import Clock
from sandbox.github.accounts import Account, Repository, User
from sandbox.github.apps import App, Installation

_ALPHABET = string.ascii_letters + string.digits
_SCOPES_WITHIN: Mapping[str, frozenset[str]] = {
    "repo": frozenset({"public_repo", "repo:status"}),
    "admin:org": frozenset({"write:org", "read:org"}),
    "write:org": frozenset({"read:org"}),
    "codespace": frozenset({"codespace:secrets"}),
    "user": frozenset({"read:user", "user:email"}),
}
_LEVELS = ("read", "write", "admin")
_GITHUB_ACTIONS_APP_ID = 15368


@dataclass(frozen=True, kw_only=True)
class Anonymous:
    """No credential at all: sixty requests an hour for each address."""

    subject: str = "127.0.0.1"
    hourly: int = 60


@dataclass(frozen=True, kw_only=True)
class AppAssertion:
    """A JSON web token that an App signed; good for the App's own endpoints."""

    app: App
    hourly: int = 5000

    @property
    def subject(self) -> str:
        """Whose requests are counted together."""
        return f"app ID {self.app.id}"


@dataclass(frozen=True, kw_only=True)
class ClassicToken:
    """A classic personal access token: all that its user may do, within its scopes."""

    user: User
    scopes: tuple[str, ...]
    authorized: tuple[str, ...] = ()
    """Logins of the organizations for whose single sign-on it was authorized."""
    hourly: int = 5000

    @property
    def subject(self) -> str:
        """Whose requests are counted together."""
        return f"user ID {self.user.id}"

    def has_scope(self, *accepted: str) -> bool:
        """Tell whether any of the scopes was granted, itself or within a wider one."""
        granted = set(self.scopes).union(
            *(_SCOPES_WITHIN.get(scope, frozenset()) for scope in self.scopes)
        )
        return not granted.isdisjoint(accepted)


@dataclass(frozen=True, kw_only=True)
class GranularToken:
    """What fine-grained and installation tokens share.

    They see the repositories of one `owner`: all of them, or those in `repository_ids`.
    """

    owner: Account
    permissions: Mapping[str, str]
    repository_ids: frozenset[int] | None
    hourly: int = 5000

    def grants(self, needed: Mapping[str, str]) -> bool:
        """Tell whether every permission needed was granted, at its level or above."""
        return grants(self.permissions, needed)

    def covers(self, repository: Repository) -> bool:
        """Tell whether the repository is one that the token was made for."""
        return repository.owner == self.owner and (
            self.repository_ids is None or repository.id in self.repository_ids
        )


@dataclass(frozen=True, kw_only=True)
class FineGrainedToken(GranularToken):
    """A fine-grained personal access token: what its user may do, within its permissions."""

    user: User

    @property
    def subject(self) -> str:
        """Whose requests are counted together."""
        return f"user ID {self.user.id}"


@dataclass(frozen=True, kw_only=True)
class InstallationToken(GranularToken):
    """A token of an App's installation, or a workflow's own token, for at most an hour."""

    subject: str
    expires_at: datetime
    known_at: datetime | None = None
    """When all of GitHub knows it; None where that is at once."""

    def is_known(self, now: datetime) -> bool:
        """Tell whether GitHub accepts it at that moment."""
        return (self.known_at is None or self.known_at <= now) and now < self.expires_at


Credential = Anonymous | AppAssertion | ClassicToken | FineGrainedToken | InstallationToken
Token = ClassicToken | FineGrainedToken | InstallationToken

ANONYMOUS = Anonymous()


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A token's text, which is a secret, and what it stands for."""

    text: str = field(repr=False)
    token: InstallationToken


class Credentials:
    """Mints tokens, records each among the canaries, and knows them again.

    A new token of an installation is not known for the seconds of `replication_lag`.
    """

    def __init__(self, clock: Clock, canaries: set[str]) -> None:
        self.replication_lag = 0.0
        self._clock = clock
        self._canaries = canaries
        self._tokens: dict[str, Token] = {}
        self._signing_key = secrets.token_hex(32)

    def classic(self, token: ClassicToken) -> str:
        """Return the text of a new classic token."""
        return self._keep(f"ghp_{_random(36)}", token)

    def fine_grained(self, token: FineGrainedToken) -> str:
        """Return the text of a new fine-grained token."""
        return self._keep(f"github_pat_{_random(22)}_{_random(59)}", token)

    def installation(
        self,
        installation: Installation,
        permissions: Mapping[str, str],
        repository_ids: frozenset[int] | None,
    ) -> Issued:
        """Return a new token of an installation, good for one hour."""
        token = InstallationToken(
            owner=installation.account,
            permissions=permissions,
            repository_ids=repository_ids,
            subject=f"installation ID {installation.id}",
            expires_at=self._clock.now() + timedelta(hours=1),
            known_at=self._clock.now() + timedelta(seconds=self.replication_lag),
        )
        return Issued(text=self._stateless(installation.app.id, token), token=token)

    def workflow(self, repository: Repository, permissions: Mapping[str, str]) -> str:
        """Return a new `GITHUB_TOKEN` of a workflow: it has no permission for any secret.

        https://docs.github.com/actions/reference/authentication-in-a-workflow
        """
        token = InstallationToken(
            owner=repository.owner,
            permissions={"metadata": "read", **permissions},
            repository_ids=frozenset({repository.id}),
            subject=f"repository ID {repository.id}",
            expires_at=self._clock.now() + timedelta(hours=1),
            hourly=1000,
        )
        return self._stateless(_GITHUB_ACTIONS_APP_ID, token)

    def find(self, text: str) -> Token | None:
        """Return the token of that text, unless it is unknown, as yet perhaps, or has expired."""
        token = self._tokens.get(text)
        if isinstance(token, InstallationToken) and not token.is_known(self._clock.now()):
            return None
        return token

    def _stateless(self, app_id: int, token: InstallationToken) -> str:
        """Keep the token under the format in use since April 2026, `ghs_APPID_JWT`.

        https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header
        """
        claims: dict[str, Any] = {"jti": secrets.token_hex(128), "exp": token.expires_at}
        return self._keep(f"ghs_{app_id}_{jwt.encode(claims, self._signing_key)}", token)

    def _keep(self, text: str, token: Token) -> str:
        self._canaries.add(text)
        self._tokens[text] = token
        return text


def grants(permissions: Mapping[str, str], needed: Mapping[str, str]) -> bool:
    """Tell whether permissions include all those needed, each at its level or above."""
    return all(
        name in permissions and level in _LEVELS[: _LEVELS.index(permissions[name]) + 1]
        for name, level in needed.items()
    )


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
