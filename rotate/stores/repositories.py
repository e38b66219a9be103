"""The repositories that a credential can see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rotate.errors import (
    GitHubDenied,
    GitHubUnavailable,
    NoRepositoryMatches,
    OrganizationUnknown,
    SingleSignOnMissing,
)
from rotate.foreign import phrase
from rotate.model.github import Organization, Repository
from rotate.stores.credentials import Credentials
from rotate.stores.github import GitHub

_FULL_NAME = re.compile(r"[\w-]+/(?!\.{1,2}$)[\w.-]+", re.ASCII)
"""Of a repository. It becomes a part of addresses, out of which nothing else may lead."""


class GitHubRepositories:
    """Lists repositories at GitHub; it fulfils `stores.interface.Directory`."""

    def __init__(self, credentials: Credentials) -> None:
        """Take the credentials of every owner."""
        self._credentials = credentials
        self._listed: dict[str, tuple[Repository, ...]] = {}

    def repositories(self, owner: str) -> tuple[Repository, ...]:
        """Return every repository of `owner` that the credential can see, listed once.

        Raises:
            RotateError: they cannot be listed.
        """
        if owner.lower() not in self._listed:
            found = _list(self._credentials.of(owner), owner)
            self._listed[owner.lower()] = tuple(
                repository
                for repository in found
                if repository.full_name.lower().startswith(f"{owner.lower()}/")
            )
        return self._listed[owner.lower()]

    def repository(self, full_name: str) -> Repository:
        """Return a repository, from the listing of its owner if there is one; follow a rename.

        Raises:
            NoRepositoryMatches: the credential sees none of that name.
            SingleSignOnMissing: the token must be authorized for its owner first.
            RotateError: GitHub does not say.
        """
        owner = full_name.partition("/")[0]
        for repository in self._listed.get(owner.lower(), ()):
            if repository.full_name.lower() == full_name.lower():
                return repository
        path = f"/repos/{full_name}"
        try:
            return _repository(self._credentials.of(owner).get(path).body, path)
        except GitHubDenied as denied:
            _check_single_sign_on(denied, owner)
            raise NoRepositoryMatches(full_name) from None

    def organization(self, login: str) -> Organization:
        """Return an organization, with its plan where the credential may know that.

        Raises:
            OrganizationUnknown: the credential sees none of that name.
            SingleSignOnMissing: the token must be authorized for it first.
            RotateError: GitHub does not say.
        """
        path = f"/orgs/{login}"
        try:
            body = self._credentials.of(login).get(path).body
        except GitHubDenied as denied:
            _check_single_sign_on(denied, login)
            raise OrganizationUnknown(login) from None
        try:
            plan = (body.get("plan") or {}).get("name")
            return Organization(login=phrase(body["login"]), plan=plan)
        except (KeyError, AttributeError):
            raise GitHubUnavailable("the answer is no organization", where=path) from None


def _check_single_sign_on(denied: GitHubDenied, owner: str) -> None:
    if denied.single_sign_on:
        raise SingleSignOnMissing(owner, denied.single_sign_on) from None


def _list(github: GitHub, owner: str) -> Iterable[Repository]:
    """Ask in the way that this kind of credential allows.

    An installation lists what it may touch; a person lists an organization's, or their own.
    """
    if github.is_installation:
        path, items = "/installation/repositories", "repositories"
        return [_repository(entry, path) for entry in github.pages(path, items)]
    try:
        path = f"/orgs/{owner}/repos"
        return [_repository(entry, path) for entry in github.pages(path)]
    except GitHubDenied:
        path = "/user/repos"
        return [_repository(entry, path) for entry in github.pages(path)]


def _repository(entry: Mapping[str, Any], path: str) -> Repository:
    try:
        repository = Repository(
            id=int(entry["id"]),
            full_name=str(entry["full_name"]),
            archived=bool(entry.get("archived")),
            administered=_administered(entry),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        repository = None
    if repository is None or not _FULL_NAME.fullmatch(repository.full_name):
        raise GitHubUnavailable("the answer is no repository", where=path)
    return repository


def _administered(entry: Mapping[str, Any]) -> bool | None:
    """Return whether the person behind the token administers it, as `permissions` tell."""
    granted = (entry.get("permissions") or {}).get("admin")
    return granted if isinstance(granted, bool) else None
