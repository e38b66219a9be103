"""Where the secrets go: level, owner, store and prefix, and who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

USER = "@user"
"""Stands for the owner of the token's user's targets, who has no name before GitHub is asked."""


class Scope(StrEnum):
    """The level of GitHub at which a secret lives."""

    REPOSITORY = "repository"
    ORGANIZATION = "organization"
    USER = "user"


class Store(StrEnum):
    """Which of GitHub's secret stores holds the secrets."""

    CODESPACES = "codespaces"
    DEPENDABOT = "dependabot"
    ACTIONS = "actions"


class Visibility(StrEnum):
    """Which repositories of an organization may read one of its secrets."""

    ALL = "all"
    PRIVATE = "private"
    SELECTED = "selected"


class Secrets(StrEnum):
    """Which secrets are written where all three stand already."""

    ALL = "all"
    PASSWORD = "password"  # noqa: S105 - a word of the contract, not a password


class SecretNames(NamedTuple):
    """The names of a target's three secrets, in the order of writing: the password last."""

    server: str
    user: str
    password: str


Location = tuple[Scope, str, Store, str]
"""Level, owner, store and prefix of three secrets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One place that holds the three secrets, in one store, under one prefix."""

    registry: str
    """Name of the registry in the plan."""
    scope: Scope
    owner: str = ""
    """`acme` for an organization, `acme/api` for a repository, empty for the token's user."""
    store: Store = Store.CODESPACES
    prefix: str = "ECR"
    secrets: Secrets = Secrets.ALL
    visibility: Visibility | None = None
    """Visibility asked for; None keeps what stands."""
    readers: tuple[str, ...] | None = None
    """Repositories (`owner/name`) that may read the secrets; None keeps what stands."""
    renew_before: float | None = None
    """Seconds: with more life left than this it is not rotated; None rotates every time."""

    @property
    def login(self) -> str:
        """The organization or user that owns the place; empty for the token's user."""
        return self.owner.partition("/")[0]

    @property
    def location(self) -> Location:
        """Where the secrets are: equal for two targets that would write the same ones."""
        # GitHub's names ignore case.
        return (self.scope, self.owner.lower(), self.store, self.prefix)

    @property
    def label(self) -> str:
        """What people call the target: `organization acme`, `repository acme/api`, `user`."""
        return f"{self.scope} {self.owner}".rstrip()

    @property
    def names(self) -> SecretNames:
        """Names of the three secrets, as GitHub Codespaces looks for them."""
        return _names(self.prefix)


@cache
def _names(prefix: str) -> SecretNames:
    """Return the names with a prefix, the same ones for all of its thousands of targets."""
    stem = f"{prefix}_CONTAINER_REGISTRY"
    return SecretNames(f"{stem}_SERVER", f"{stem}_USER", f"{stem}_PASSWORD")


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Targets by the names of repositories, which may be globs."""

    target: Target
    """The target, but for what the patterns say."""
    patterns: tuple[str, ...] = ()
    """`owner/name`, with `*`, `?` and `[…]` in the name, and `!` before what is excluded. In
    scope repository each match is a target; in the other scopes it may read the secrets."""

    @property
    def logins(self) -> list[str]:
        """Who owns the targets, in lower case; empty for the token's user."""
        if self.target.scope is not Scope.REPOSITORY:
            return [self.target.login.lower()]
        return [login_of(pattern) for pattern in self.patterns if not pattern.startswith("!")]


def login_of(pattern: str) -> str:
    """Return who owns the repositories of a pattern, or those that it excludes, in lower case."""
    return pattern.removeprefix("!").partition("/")[0].lower()
