"""What GitHub tells of a credential: whose it is, and what it was granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rotate.errors import GitHubDenied, GitHubUnavailable
from rotate.foreign import phrase
from rotate.grant import Grant, Kind
from rotate.stores.github import GitHub

_WORKFLOW_LIMIT = "1000"
"""Requests an hour that a workflow's own token has, and no other installation token has so few.

It tells one that was made before the prefix named its App:
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""


def of_token(github: GitHub) -> Grant:
    """Return what a token was granted, as far as GitHub tells its holder.

    Only classic tokens are told their scopes; nobody is told the permissions of the others:
    https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens

    Raises:
        RotateError: GitHub does not accept it, or does not say.
    """
    if github.is_installation:
        return Grant(kind=_installation_kind(github))
    answer = github.get("/user")
    scopes = answer.headers.get("x-oauth-scopes")
    try:
        login = phrase(answer.body["login"])
    except (KeyError, TypeError):
        raise GitHubUnavailable("the answer is no user", where="/user") from None
    return Grant(
        kind=github.kind,
        holder=login,
        scopes=None if scopes is None else tuple(s.strip() for s in scopes.split(",") if s.strip()),
    )


def _installation_kind(github: GitHub) -> Kind:
    try:
        limit = github.get("/rate_limit").headers.get("x-ratelimit-limit")
    except GitHubDenied:
        # A server may have no limits at all.
        return github.kind
    return Kind.WORKFLOW if limit == _WORKFLOW_LIMIT else github.kind


def of_installation(body: Mapping[str, Any]) -> Grant:
    """Return what an installation of a GitHub App was granted."""
    permissions = body.get("permissions")
    return Grant(
        kind=Kind.APP,
        holder=phrase(body.get("app_slug", "")),
        permissions=permissions if isinstance(permissions, dict) else None,
        settings=phrase(body.get("html_url", "")),
        suspended=bool(body.get("suspended_at")),
    )
