"""What a GitHub credential is, and what it may do, as far as GitHub tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rotate.model.target import Scope, Store, Target


class Kind(StrEnum):
    """The kinds of GitHub's credentials, as people call them."""

    CLASSIC = "a classic token"
    FINE_GRAINED = "a fine-grained token"
    OAUTH = "an OAuth token"
    APP_USER = "a user's token of a GitHub App"
    INSTALLATION = "an installation token of a GitHub App"
    WORKFLOW = "the workflow's own `GITHUB_TOKEN`"
    APP = "a GitHub App"


_KINDS = {
    "github_pat_": Kind.FINE_GRAINED,
    "gho_": Kind.OAUTH,
    "ghu_": Kind.APP_USER,
    "ghs_15368_": Kind.WORKFLOW,
    "ghs_": Kind.INSTALLATION,
}
"""By prefix, longer ones first; 15368 is the ID of the App that GitHub Actions is.

https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header
"""


def kind_of(token: str) -> Kind:
    """Return the kind of a token; the oldest classic ones have no prefix at all."""
    kinds = (kind for prefix, kind in _KINDS.items() if token.startswith(prefix))
    return next(kinds, Kind.CLASSIC)


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What a credential needs so that it can write secrets of one level and store."""

    scope: str
    """Of a classic token."""
    permission: str
    """Of a fine-grained token or an App."""
    title: str
    """What GitHub's pages call that permission, and in which group they list it."""


_NEEDED = {
    (Scope.REPOSITORY, Store.CODESPACES): ("repo", "codespaces_secrets"),
    (Scope.REPOSITORY, Store.DEPENDABOT): ("repo", "dependabot_secrets"),
    (Scope.REPOSITORY, Store.ACTIONS): ("repo", "secrets"),
    (Scope.ORGANIZATION, Store.CODESPACES): ("admin:org", "organization_codespaces_secrets"),
    (Scope.ORGANIZATION, Store.DEPENDABOT): ("admin:org", "organization_dependabot_secrets"),
    (Scope.ORGANIZATION, Store.ACTIONS): ("admin:org", "organization_secrets"),
    (Scope.USER, Store.CODESPACES): ("codespace:secrets", "codespaces_user_secrets"),
}
"""https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens"""

_WIDER_SCOPES = {"codespace:secrets": "codespace"}
"""https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""


_TITLES = {
    Store.CODESPACES: "Codespaces secrets",
    Store.DEPENDABOT: "Dependabot secrets",
    Store.ACTIONS: "Secrets",
}


def needed(target: Target) -> Needed:
    """Return what writing the secrets of such a target needs."""
    scope, permission = _NEEDED[target.scope, target.store]
    title = f"{_TITLES[target.store]} ({target.scope})"
    if target.scope is Scope.USER:
        title = "Codespaces user secrets (account)"
    return Needed(scope=scope, permission=permission, title=title)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A GitHub credential, and what it was granted."""

    kind: Kind
    holder: str = ""
    """Login of the person it speaks for, or the App's name; empty where GitHub does not say."""
    scopes: tuple[str, ...] | None = None
    """Of a classic or OAuth token; None for the other kinds."""
    permissions: Mapping[str, str] | None = None
    """Levels by name, of an App's installation; None where GitHub tells nobody."""
    settings: str = ""
    """Where the owner accepts what the App asks for: the address of the installation."""
    suspended: bool = False
    """Whether the owner has suspended the installation."""

    def may_write(self, target: Target) -> bool | None:
        """Return whether it may write such secrets; None where GitHub does not say."""
        need = needed(target)
        if self.kind is Kind.WORKFLOW:
            return False
        if self.scopes is not None:
            return not {need.scope, _WIDER_SCOPES.get(need.scope)}.isdisjoint(self.scopes)
        if self.permissions is not None:
            return self.permissions.get(need.permission) in ("write", "admin")
        return None
