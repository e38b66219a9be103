"""Who and what exists at GitHub: organizations, users, repositories, and their roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Literal

from sandbox.clock import Clock

Role = Literal["read", "triage", "write", "maintain", "admin"]
Membership = Literal["member", "admin"]

_ROLES: tuple[Role, ...] = ("read", "triage", "write", "maintain", "admin")


@dataclass(frozen=True, kw_only=True)
class User:
    """A person's account."""

    id: int
    login: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Organization:
    """An organization's account; `plan` is `free`, `team` or `enterprise`."""

    id: int
    login: str
    plan: str
    created_at: datetime


Account = User | Organization


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository; its `id` outlives every change of name."""

    id: int
    owner: Account
    name: str
    private: bool
    archived: bool
    created_at: datetime

    @property
    def full_name(self) -> str:
        """The owner's login and the name, joined by a slash."""
        return f"{self.owner.login}/{self.name}"


class Accounts:
    """The register of accounts and repositories; names are compared without regard to case."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = count(583231)
        self._repository_ids = count(1296269)
        self._accounts: dict[str, Account] = {}
        self._repositories: dict[int, Repository] = {}
        self._repository_names: dict[str, int] = {}
        self._memberships: dict[tuple[int, int], Membership] = {}
        self._roles: dict[tuple[int, int], Role] = {}
        self._single_sign_on: set[int] = set()

    def add_user(self, login: str) -> User:
        """Return the user of that login, who is made unless already there."""
        known = self._accounts.get(login.lower())
        if isinstance(known, User):
            return known
        user = User(id=next(self._ids), login=login, created_at=self._clock.now())
        self._accounts[login.lower()] = user
        return user

    def add_organization(self, login: str, plan: str) -> Organization:
        """Return a new organization."""
        organization = Organization(
            id=next(self._ids), login=login, plan=plan, created_at=self._clock.now()
        )
        self._accounts[login.lower()] = organization
        return organization

    def add_repository(self, full_name: str, *, private: bool, archived: bool) -> Repository:
        """Return a new repository; raises `LookupError` when its owner does not exist."""
        owner, _, name = full_name.partition("/")
        repository = Repository(
            id=next(self._repository_ids),
            owner=self.account(owner),
            name=name,
            private=private,
            archived=archived,
            created_at=self._clock.now(),
        )
        self._keep(repository)
        return repository

    def rename(self, full_name: str, name: str) -> Repository:
        """Give a repository a new name; the old one goes on leading to it."""
        repository = replace(self.repository(full_name), name=name)
        self._keep(repository)
        return repository

    def archive(self, full_name: str) -> Repository:
        """Make a repository read-only."""
        repository = replace(self.repository(full_name), archived=True)
        self._keep(repository)
        return repository

    def join(self, organization: Organization, user: User, membership: Membership) -> None:
        """Make a user a member, or with `admin` an owner, of an organization."""
        self._memberships[organization.id, user.id] = membership

    def collaborate(self, repository: Repository, user: User, role: Role) -> None:
        """Give a user a role in a repository."""
        self._roles[repository.id, user.id] = role

    def require_single_sign_on(self, organization: Organization) -> None:
        """Let an organization keep out classic tokens that were not authorized for it."""
        self._single_sign_on.add(organization.id)

    def requires_single_sign_on(self, owner: Account) -> bool:
        """Tell whether classic tokens must be authorized for what an account owns."""
        return owner.id in self._single_sign_on

    def account(self, login: str) -> Account:
        """Return the account of that login, or raise `LookupError`."""
        return self._accounts[login.lower()]

    def organization(self, key: str | int) -> Organization | None:
        """Return the organization of that login or ID, if there is one."""
        found = (
            self._accounts.get(key.lower())
            if isinstance(key, str)
            else next((each for each in list(self._accounts.values()) if each.id == key), None)
        )
        return found if isinstance(found, Organization) else None

    def repository(self, key: str | int) -> Repository:
        """Return the repository of that full name, present or former, or of that ID.

        Raises `LookupError` when there is none.
        """
        number = key if isinstance(key, int) else self._repository_names[key.lower()]
        return self._repositories[number]

    def repositories(self, numbers: Iterable[int] | None = None) -> Iterator[Repository]:
        """Yield all repositories, or those of the given IDs, oldest first."""
        if numbers is None:
            return iter(list(self._repositories.values()))
        return iter([self._repositories[number] for number in sorted(numbers)])

    def membership(self, organization: Organization, user: User) -> Membership | None:
        """Return what the user is in the organization, if anything."""
        return self._memberships.get((organization.id, user.id))

    def collaborator(self, repository: Repository, user: User) -> bool:
        """Tell whether the user was given a role in this very repository."""
        return (repository.id, user.id) in self._roles

    def role(self, repository: Repository, user: User) -> Role | None:
        """Return the highest role the user has in the repository, if any.

        Members have the organization's base permission, which is `read` unless changed:
        https://docs.github.com/organizations/managing-user-access-to-your-organizations-repositories
        """
        owner = repository.owner
        if owner == user:
            return "admin"
        membership = self.membership(owner, user) if isinstance(owner, Organization) else None
        if membership == "admin":
            return "admin"
        given = self._roles.get((repository.id, user.id))
        return given or ("read" if membership or not repository.private else None)

    def _keep(self, repository: Repository) -> None:
        self._repositories[repository.id] = repository
        self._repository_names[repository.full_name.lower()] = repository.id


def permissions(role: Role | None) -> dict[str, bool]:
    """Return what a role amounts to, as repositories show it to whoever has it.

    https://docs.github.com/rest/repos/repos#get-a-repository
    """
    names = ("pull", "triage", "push", "maintain", "admin")
    return {name: at_least(role, needed) for name, needed in zip(names, _ROLES, strict=True)}


def at_least(role: Role | None, needed: Role) -> bool:
    """Tell whether a role includes another."""
    return role is not None and _ROLES.index(role) >= _ROLES.index(needed)
