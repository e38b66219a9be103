"""Secrets of organizations, repositories and users, in GitHub's three stores.

https://docs.github.com/rest/codespaces/secrets, https://docs.github.com/rest/dependabot/secrets
and https://docs.github.com/rest/actions/secrets have the same shape at every level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from rotate.errors import GitHubDenied, GitHubRefusal, GitHubUnavailable, SecretsDenied
from rotate.model.github import Access, PublicKey, Sealed, Standing
from rotate.model.target import Scope, Target, Visibility
from rotate.stores.answer import Answer
from rotate.stores.credentials import Credentials
from rotate.stores.github import GitHub
from rotate.stores.repositories import GitHubRepositories
from rotate.times import moment

_WRITTEN = (HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
_LEVELS = {Scope.ORGANIZATION: "/orgs/", Scope.REPOSITORY: "/repos/", Scope.USER: "/user"}


@contextmanager
def _explaining(target: Target) -> Iterator[None]:
    """Name the permission that is missing, which depends on the target."""
    try:
        yield
    except GitHubDenied as denied:
        raise SecretsDenied(denied, target) from None


class GitHubSecrets:
    """Secrets at GitHub; it fulfils `stores.interface.SecretStore`."""

    def __init__(self, *, credentials: Credentials, repositories: GitHubRepositories) -> None:
        """Take the credentials of every owner, and what knows the repositories' IDs."""
        self._credentials = credentials
        self._repositories = repositories
        self._moved: set[str] = set()

    def now(self, target: Target) -> datetime:
        """Return the time by GitHub's own clock, in UTC."""
        return self._github(target).now()

    def standing(self, target: Target) -> Mapping[str, Standing]:
        """Return every secret that stands at the target's level, by name."""
        with _explaining(target):
            listing = self._github(target).pages(f"{_base(target)}/secrets", "secrets")
            return dict(_standing(secret) for secret in listing)

    def public_key(self, target: Target) -> PublicKey:
        """Return the key with which the target's values are sealed."""
        path = f"{_base(target)}/secrets/public-key"
        with _explaining(target):
            answer = self._github(target).get(path)
        if answer.moved:
            self._moved.add(target.owner)
        try:
            return PublicKey(key_id=str(answer.body["key_id"]), key=str(answer.body["key"]))
        except (KeyError, TypeError):
            raise GitHubUnavailable("the answer holds no public key", where=path) from None

    def current(self, target: Target) -> Target:
        """Return the target by the name it has now; asked for only where the old one led on."""
        if target.owner not in self._moved:
            return target
        return replace(target, owner=self._repositories.repository(target.owner).full_name)

    def access(self, target: Target, standing: Mapping[str, Standing]) -> Mapping[str, Access]:
        """Return, for each of the target's names, who may read it once it is written.

        What the target does not ask for is kept as it stands: GitHub clears the selected
        repositories of a secret that is written without them.
        """
        if target.scope is Scope.REPOSITORY:
            return dict.fromkeys(target.names, Access())
        if target.readers is not None:
            ids = tuple(self._repositories.repository(name).id for name in target.readers)
            return dict.fromkeys(
                target.names, Access(visibility=target.visibility, repository_ids=ids)
            )
        if target.visibility:
            return dict.fromkeys(target.names, Access(visibility=target.visibility))
        return {name: self._kept(target, name, standing.get(name)) for name in target.names}

    def reserve(self, target: Target, writes: int) -> None:
        """Wait until so many secrets of the target can be written one right after the other.

        Raises:
            RateLimitOutlastsRun: that is not before the deadline.
        """
        self._github(target).prepay(writes)

    def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
        """Create or update one secret.

        Raises:
            Unprocessable: GitHub cannot take it; the key may have been replaced.
            RotateError: it was not written.
        """
        path = f"{_base(target)}/secrets/{name}"
        with _explaining(target):
            answer = self._github(target).put(path, _body(sealed, access))
        _check_written(answer, path)

    def _kept(self, target: Target, name: str, standing: Standing | None) -> Access:
        if target.scope is Scope.USER:
            # A user's secret has no visibility to send, though GitHub tells one.
            return Access(repository_ids=self._selected(target, name)) if standing else Access()
        if standing is None:
            return Access(visibility=Visibility.PRIVATE)
        if standing.visibility is Visibility.SELECTED:
            return Access(
                visibility=Visibility.SELECTED, repository_ids=self._selected(target, name)
            )
        return Access(visibility=standing.visibility)

    def _selected(self, target: Target, name: str) -> tuple[int, ...]:
        path = f"{_base(target)}/secrets/{name}/repositories"
        # A user's list has no `per_page`: what is left of it comes as further pages, if at all.
        # https://docs.github.com/rest/codespaces/secrets#list-selected-repositories-for-a-user-secret
        query = "" if target.scope is Scope.USER else "?per_page=100"
        with _explaining(target):
            listing = list(self._github(target).pages(path, "repositories", query=query))
        try:
            return tuple(int(repository["id"]) for repository in listing)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise GitHubUnavailable("the answer lists no repositories", where=path) from None

    def _github(self, target: Target) -> GitHub:
        return self._credentials.of(target.login)


def _base(target: Target) -> str:
    return f"{_LEVELS[target.scope]}{target.owner}/{target.store}"


def _standing(secret: Mapping[str, Any]) -> tuple[str, Standing]:
    try:
        name, visibility = str(secret["name"]).upper(), secret.get("visibility")
        updated_at = moment(secret["updated_at"])
        kept = Visibility(visibility) if visibility else None
    except (KeyError, TypeError, ValueError):
        raise GitHubUnavailable("the answer lists no secrets", where="secrets") from None
    return name, Standing(updated_at=updated_at, visibility=kept)


def _body(sealed: Sealed, access: Access) -> dict[str, object]:
    body: dict[str, object] = {
        "encrypted_value": sealed.encrypted_value,
        "key_id": sealed.key_id,
    }
    if access.visibility:
        body["visibility"] = access.visibility
    if access.repository_ids is not None:
        body["selected_repository_ids"] = list(access.repository_ids)
    return body


def _check_written(answer: Answer, path: str) -> None:
    if answer.status not in _WRITTEN:
        message = "only 201 and 204 mean that a secret was written"
        raise GitHubRefusal(status=answer.status, message=message, where=f"PUT {path}")
