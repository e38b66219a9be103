"""GitHub's REST interface, as far as secrets are concerned, under its own host name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox.clock import Clock
from sandbox.github.access import Access
from sandbox.github.accounts import Accounts, Organization, Repository, Role, User
from sandbox.github.answers import Answer, Call, Endpoint, not_found
from sandbox.github.apps import App, Apps
from sandbox.github.credentials import ClassicToken, Credentials, FineGrainedToken
from sandbox.github.gate import Gate
from sandbox.github.graphql import GraphQLEndpoint
from sandbox.github.installations import InstallationEndpoints
from sandbox.github.issues import IssueEndpoints, Issues, Tracker
from sandbox.github.levels import Vaultkeeper
from sandbox.github.limits import Limits, Meters
from sandbox.github.manifests import Manifests
from sandbox.github.profiles import ProfileEndpoints
from sandbox.github.repositories import RepositoryEndpoints
from sandbox.github.secrets import secret_endpoints
from sandbox.github.selections import Selections
from sandbox.github.variables import Variables
from sandbox.github.vault import Level, Secret, Store, Vault, Vaults, Visibility


class GitHub:
    """The state of api.github.com, set up by tests, and the application that serves it.

    Accounts are named by login, repositories by full name. A `LookupError` tells of a name
    that was not set up.
    """

    hosts = ("api.github.com",)

    def __init__(self, clock: Clock, canaries: set[str]) -> None:
        self._canaries = canaries
        self._accounts = Accounts(clock)
        self._apps = Apps(clock, canaries)
        self._manifests = Manifests(clock, self._apps)
        self._variables = Variables()
        self._credentials = Credentials(clock, canaries)
        self._issues = Issues(clock)
        self._meters = Meters(clock)
        self._vaults = Vaults(clock)
        self._gate = Gate(clock, self._apps, self._credentials, self._meters)

    @property
    def limits(self) -> Limits:
        """The rate limits in force: the primary ones, until others are assigned."""
        return self._meters.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._meters.limits = limits

    @property
    def response_time(self) -> float:
        """The seconds that each request is under way, none unless assigned."""
        return self._gate.response_time

    @response_time.setter
    def response_time(self, seconds: float) -> None:
        self._gate.response_time = seconds

    @property
    def replication_lag(self) -> float:
        """The seconds for which a new token of an installation is not known, none unless assigned.

        https://github.com/octokit/auth-app.js/issues/65
        """
        return self._credentials.replication_lag

    @replication_lag.setter
    def replication_lag(self, seconds: float) -> None:
        self._credentials.replication_lag = seconds

    def user(self, login: str) -> User:
        """Return the user of that login, made if need be."""
        return self._accounts.add_user(login)

    def organization(
        self,
        login: str,
        plan: str = "team",
        *,
        owners: Iterable[str] = (),
        members: Iterable[str] = (),
    ) -> Organization:
        """Return a new organization of these users; `plan` is `free`, `team` or `enterprise`."""
        organization = self._accounts.add_organization(login, plan)
        for owner in owners:
            self._accounts.join(organization, self.user(owner), "admin")
        for member in members:
            self._accounts.join(organization, self.user(member), "member")
        return organization

    def repository(
        self, full_name: str, *, private: bool = True, archived: bool = False
    ) -> Repository:
        """Return a new repository of an account that exists."""
        return self._accounts.add_repository(full_name, private=private, archived=archived)

    def id_of(self, name: str) -> int | None:
        """Return the ID of the account or repository of that name, None if there is none."""
        find = self._accounts.repository if "/" in name else self._accounts.account
        try:
            return find(name).id
        except LookupError:
            return None

    def rename(self, full_name: str, name: str) -> Repository:
        """Rename a repository; requests under its old name are redirected."""
        return self._accounts.rename(full_name, name)

    def archive(self, full_name: str) -> Repository:
        """Make a repository read-only."""
        return self._accounts.archive(full_name)

    def collaborate(self, full_name: str, login: str, role: Role = "admin") -> None:
        """Give a user a role in a repository."""
        self._accounts.collaborate(self._accounts.repository(full_name), self.user(login), role)

    def require_single_sign_on(self, login: str) -> None:
        """Let an organization keep out classic tokens that were not authorized for it."""
        organization = self._accounts.organization(login)
        if organization is None:
            raise LookupError(login)
        self._accounts.require_single_sign_on(organization)

    def personal_token(
        self, user: User, scopes: Iterable[str] = (), *, authorized: Iterable[str] = ()
    ) -> str:
        """Return a new classic token, `authorized` for the single sign-on of organizations."""
        return self._credentials.classic(
            ClassicToken(user=user, scopes=tuple(scopes), authorized=tuple(authorized))
        )

    def fine_grained_token(
        self,
        user: User,
        owner: str,
        permissions: Mapping[str, str],
        repositories: Iterable[str] | None = None,
    ) -> str:
        """Return a new fine-grained token for an owner's repositories: all, or those named."""
        return self._credentials.fine_grained(
            FineGrainedToken(
                user=user,
                owner=self._accounts.account(owner),
                permissions={"metadata": "read", **permissions},
                repository_ids=self._ids(repositories),
            )
        )

    def register_app(self, permissions: Mapping[str, str], owner: str = "octocat") -> App:
        """Register a GitHub App and return it with its private key."""
        return self._apps.add(self.user(owner), permissions)

    def register_manifest(self, manifest: Mapping[str, Any], owner: str = "octocat") -> str:
        """Register an App as GitHub's page does, and return the code that GitHub answers with."""
        return self._manifests.register(manifest, self._accounts.account(owner))

    def app_of(self, app_id: str) -> App:
        """Return the App of that ID or client ID."""
        return self._apps.app(app_id)

    def variables(self, full_name: str) -> dict[str, str]:
        """Return the variables of Actions that a repository has."""
        return dict(self._variables.of(self._accounts.repository(full_name).id))

    def install(
        self,
        app: App,
        login: str,
        repositories: Iterable[str] | None = None,
        permissions: Mapping[str, str] | None = None,
    ) -> int:
        """Install an App in an account and return the installation's ID.

        It is installed in all repositories unless some are named, with the permissions that
        the App asks for unless the account accepted others.
        """
        account = self._accounts.account(login)
        return self._apps.install(app, account, permissions, self._ids(repositories)).id

    def suspend(self, installation_id: int) -> None:
        """Suspend an installation, as the account that installed the App may."""
        self._apps.suspend(installation_id)

    def installation_token(self, installation_id: int) -> str:
        """Return a new token of an installation, good for one hour of the sandbox's clock."""
        installation = self._apps.installation(installation_id)
        if installation is None:
            raise LookupError(installation_id)
        return self._credentials.installation(
            installation, installation.permissions, installation.repository_ids
        ).text

    def workflow_token(self, full_name: str, permissions: Mapping[str, str] | None = None) -> str:
        """Return a new `GITHUB_TOKEN` of a workflow in a repository, with its `permissions`."""
        repository = self._accounts.repository(full_name)
        return self._credentials.workflow(repository, permissions or {"contents": "read"})

    def tracker(self, full_name: str) -> Tracker:
        """Return the issues and labels of a repository."""
        return self._issues.tracker(self._accounts.repository(full_name))

    def secrets(self, level: Level, owner: str, store: Store = "codespaces") -> dict[str, Secret]:
        """Return an owner's secrets by name, decrypted."""
        return {secret.name: secret for secret in self._vault(level, owner, store).secrets()}

    def codespace_secrets(self, full_name: str) -> dict[str, str]:
        """Return what a codespace of a repository is given, whoever opens it.

        The secret of the lowest level wins:
        https://docs.github.com/codespaces/managing-your-codespaces/managing-your-account-specific-secrets-for-github-codespaces
        """
        repository = self._accounts.repository(full_name)
        organization = self.secrets("organization", repository.owner.login)
        readable = [secret for secret in organization.values() if _may_read(repository, secret)]
        own = self.secrets("repository", full_name).values()
        return {secret.name: secret.value for secret in (*readable, *own)}

    def seed(
        self,
        level: Level,
        owner: str,
        name: str,
        value: str,
        *,
        store: Store = "codespaces",
        age: timedelta = timedelta(),
        visibility: Visibility = "private",
        repositories: Iterable[str] = (),
    ) -> None:
        """Put a secret in place, last written `age` ago.

        `visibility` is for organizations; `repositories` are those selected to read it, and a
        user's secret is never seen by others.
        """
        self._vault(level, owner, store).put(
            name,
            value,
            visibility={"organization": visibility, "user": "selected"}.get(level),
            selected_repository_ids=tuple(sorted(self._ids(repositories) or ())),
            age=age,
        )

    def rotate_key(self, level: Level, owner: str, store: Store = "codespaces") -> None:
        """Change an owner's public key; what is sealed with the old one is refused."""
        self._vault(level, owner, store).rotate_key()

    def app(self) -> web.Application:
        """Return a new application over this state."""
        application = web.Application(client_max_size=2**20)
        application.add_routes([self._gate.route(endpoint) for endpoint in self._endpoints()])
        return application

    def _endpoints(self) -> Iterator[Endpoint]:
        access = Access(self._accounts)
        keeper = Vaultkeeper(access, self._vaults)
        selections = Selections(self._accounts, keeper)
        yield from ProfileEndpoints(access, self._meters).endpoints()
        yield from InstallationEndpoints(
            self._accounts, access, self._apps, self._credentials
        ).endpoints()
        yield from RepositoryEndpoints(self._accounts, access).endpoints()
        yield from self._manifests.endpoints()
        yield from self._variables.endpoints(access)
        yield from secret_endpoints(keeper, selections, self._canaries)
        yield from IssueEndpoints(access, self._issues).endpoints()
        yield from GraphQLEndpoint(self._accounts, access).endpoints()
        yield Endpoint(method="*", path="/{anything:.*}", handler=_nowhere)

    def _ids(self, full_names: Iterable[str] | None) -> frozenset[int] | None:
        if full_names is None:
            return None
        return frozenset(self._accounts.repository(name).id for name in full_names)

    def _vault(self, level: Level, owner: str, store: Store) -> Vault:
        holder = (
            self._accounts.repository(owner)
            if level == "repository"
            else self._accounts.account(owner)
        )
        return self._vaults.open(level, holder.id, store)


def _may_read(repository: Repository, secret: Secret) -> bool:
    """Tell whether an organization's secret is for this repository of its own."""
    if secret.visibility == "selected":
        return repository.id in secret.selected_repository_ids
    return repository.private or secret.visibility == "all"


def _nowhere(_: Call) -> Answer:
    raise not_found()
