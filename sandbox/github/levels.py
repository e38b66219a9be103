"""How the three levels of secrets differ: paths, permissions, documentation, and access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.github.access import Access, authenticated_user
from sandbox.github.accounts import Organization, Repository, Role, User
from sandbox.github.answers import ORIGIN, Answer, Call, Endpoint, RefusalError, not_found
from sandbox.github.vault import Level, Store, Vault, Vaults

_READING = frozenset({"GET"})


@dataclass(frozen=True, kw_only=True)
class SecretLevel:
    """A level, as the paths and pages of GitHub's documentation present it.

    `paths` are the ways to address it: GitHub's own links name owners by ID. `permissions`
    are the fine-grained ones, by store; `pages` the documentation's.
    """

    name: Level
    paths: tuple[str, ...]
    scopes: tuple[str, ...]
    permissions: Mapping[Store, str]
    pages: Mapping[Store, str]

    def needed(self, store: Store, method: str) -> dict[str, str]:
        """Return the permissions that a request of this method needs.

        Those of a repository's Codespaces secrets exist for writing only:
        https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
        """
        write_only = self.name == "repository" and store == "codespaces"
        reading = method in _READING and not write_only
        return {self.permissions[store]: "read" if reading else "write"}

    def endpoints(
        self, store: Store, method: str, tail: str, section: str, handler: Callable[[Call], Answer]
    ) -> Iterator[Endpoint]:
        """Yield an endpoint below this level's secrets, once for each way to address it."""
        for path in self.paths:
            yield Endpoint(
                method=method,
                path=f"{path}/{store}/secrets{tail}",
                handler=handler,
                documentation=f"{self.pages[store]}#{section}",
                scopes=self.scopes,
                permissions=self.needed(store, method),
            )


ORGANIZATION = SecretLevel(
    name="organization",
    paths=("/orgs/{org}", r"/organizations/{organization_id:\d+}"),
    scopes=("admin:org",),
    permissions={
        "codespaces": "organization_codespaces_secrets",
        "dependabot": "organization_dependabot_secrets",
        "actions": "organization_secrets",
    },
    pages={
        "codespaces": "codespaces/organization-secrets",
        "dependabot": "dependabot/secrets",
        "actions": "actions/secrets",
    },
)
REPOSITORY = SecretLevel(
    name="repository",
    paths=("/repos/{owner}/{repo}", r"/repositories/{repository_id:\d+}"),
    scopes=("repo",),
    permissions={
        "codespaces": "codespaces_secrets",
        "dependabot": "dependabot_secrets",
        "actions": "secrets",
    },
    pages={
        "codespaces": "codespaces/repository-secrets",
        "dependabot": "dependabot/secrets",
        "actions": "actions/secrets",
    },
)
USER = SecretLevel(
    name="user",
    paths=("/user",),
    scopes=("codespace", "codespace:secrets"),
    permissions={"codespaces": "codespaces_user_secrets"},
    pages={"codespaces": "codespaces/secrets"},
)
LEVELS = (ORGANIZATION, REPOSITORY, USER)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose secrets a call is about, and the vault they lie in."""

    owner: Organization | Repository | User
    level: Level
    store: Store
    vault: Vault

    @property
    def url(self) -> str:
        """The address of the list of secrets."""
        match self.owner:
            case Organization(login=login):
                path = f"/orgs/{login}"
            case Repository(full_name=full_name):
                path = f"/repos/{full_name}"
            case User():
                path = "/user"
        return f"{ORIGIN}{path}/{self.store}/secrets"


class Vaultkeeper:
    """Opens the vault that a call is about, to those who may."""

    def __init__(self, access: Access, vaults: Vaults) -> None:
        self._access = access
        self._vaults = vaults

    def open(self, call: Call, level: Level, store: Store, role: Role) -> Holder:
        """Return whose secrets the call is about.

        `role` is what a person needs to be in a repository. Raises a `RefusalError`: 401, 403, 404,
        or a redirection to a renamed repository.
        """
        owner = self._owner(call, level, store, role)
        return Holder(
            owner=owner,
            level=level,
            store=store,
            vault=self._vaults.open(level, owner.id, store),
        )

    def _owner(
        self, call: Call, level: Level, store: Store, role: Role
    ) -> Organization | Repository | User:
        if level == "user":
            return authenticated_user(call)
        if level == "organization":
            return self._organization(call, store)
        repository = self._access.administered_repository(call, role)
        if repository.archived and call.method not in _READING:
            raise RefusalError(403, "Repository was archived so is read-only.")
        return repository

    def _organization(self, call: Call, store: Store) -> Organization:
        """Codespaces for organizations are not part of the Free plan: GitHub answers 404."""
        organization = self._access.owned_organization(call)
        if store == "codespaces" and organization.plan == "free":
            raise not_found()
        return organization
