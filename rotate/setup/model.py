"""A set-up as a value: what its files are made from, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rotate import hosts, policies, remedies
from rotate.grant import needed
from rotate.model.registry import Registry, Service
from rotate.model.target import Scope, Selection

ISSUER = "https://token.actions.githubusercontent.com"
"""Who signs the ID tokens of workflows:
https://docs.github.com/actions/reference/security/oidc"""

CONFIGURATION = "rotate-ecr-token.yml"
"""Path of the configuration file in the repository with the workflow."""


class GitHubCredential(StrEnum):
    """Who writes the secrets."""

    TOKEN = "token"  # noqa: S105 - a word of the contract, not a token
    APP = "app"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Everything that a set-up is told, and what follows from it."""

    repository: str
    """The repository with the workflow, `owner/name`."""
    branch: str
    owner_id: str
    repository_id: str
    """IDs of that repository and its owner; blank where they are unknown."""
    role: str
    """ARN of the role."""
    oidc_provider: bool
    """Whether the provider is to be made, too."""
    registry: Registry
    ecr_repositories: tuple[str, ...]
    inputs: Mapping[str, str]
    """The action's inputs of the registry and the first target, by name."""
    organizations: tuple[str, ...]
    """Those that get secrets, each a target of its own."""
    selections: tuple[Selection, ...]
    """What the inputs say, read as a run reads them."""
    credential: GitHubCredential
    config: bool
    """Whether the inputs stand in a configuration file."""

    @property
    def owner(self) -> str:
        """The owner of the repository with the workflow."""
        return self.repository.partition("/")[0]

    @property
    def account(self) -> str:
        """The AWS account of the role."""
        return self.role.split(":")[4]

    @property
    def role_name(self) -> str:
        """The name of the role."""
        return self.role.rpartition("/")[2]

    @property
    def region(self) -> str:
        """The region of the role's sessions."""
        return self.registry.source.identity.region

    @property
    def audience(self) -> str:
        """For whom GitHub signs the ID tokens."""
        return self.registry.source.identity.audience

    @property
    def is_public(self) -> bool:
        """Whether the registry is ECR Public."""
        return self.registry.source.service is Service.ECR_PUBLIC

    @property
    def host(self) -> str:
        """The host of the registry; absent any other, that of the role's account."""
        return self.registry.host or hosts.build(account=self.account, region=self.region)

    @property
    def other_account(self) -> str:
        """The account of the registry, where it is not the role's."""
        parsed = hosts.parse(self.host)
        return parsed.account if parsed and parsed.account != self.account else ""

    @property
    def session_seconds(self) -> int:
        """The longest session that the role gives."""
        return self.registry.source.identity.duration

    @property
    def owners(self) -> tuple[str, ...]:
        """Who owns the targets; nobody where the target is the token's user."""
        named = (login for selection in self.selections for login in _owners(selection))
        # GitHub's names ignore case.
        logins = {login.lower(): login for login in named}
        return tuple(logins.values())

    @property
    def permissions(self) -> tuple[str, ...]:
        """What the token or the App may write, in GitHub's words."""
        permissions = (needed(selection.target).permission for selection in self.selections)
        return tuple(dict.fromkeys(permissions))

    @property
    def trust_policy(self) -> policies.Policy:
        """Who may assume the role: the workflow on its branch, whichever `sub` it has."""
        claims = remedies.Claims(
            sub=f"repo:{self.repository}:ref:refs/heads/{self.branch}",
            audience=self.audience,
            issuer=ISSUER,
            owner_id=self.owner_id,
            repository_id=self.repository_id,
        )
        return policies.trust(
            self.role,
            issuer=claims.issuer,
            audience=claims.audience,
            subjects=claims.subjects(),
        )

    @property
    def pull_policy(self) -> policies.Policy:
        """What the role may do."""
        return policies.pull(self.host, self.ecr_repositories)


def _owners(selection: Selection) -> list[str]:
    if selection.target.scope is Scope.ORGANIZATION:
        return [selection.target.owner]
    if selection.target.scope is Scope.USER:
        return []
    included = (name for name in selection.patterns if not name.startswith("!"))
    return [name.partition("/")[0] for name in included]
