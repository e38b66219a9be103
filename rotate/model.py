"""The words of the project as values: frozen, keyword-only, with no secret in any `repr`.

Times are aware datetimes in UTC; lengths of time are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Command(StrEnum):
    """What a run is asked to do."""

    RUN = "run"
    PLAN = "plan"
    STATUS = "status"
    DOCTOR = "doctor"


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


class Service(StrEnum):
    """The AWS service that issues an authorization token."""

    ECR = "ecr"
    ECR_PUBLIC = "ecr-public"


class Outcome(StrEnum):
    """What became of one target."""

    ROTATED = "rotated"
    FRESH = "fresh"
    STALE = "stale"
    PLANNED = "planned"
    FAILED = "failed"
    NOT_ATTEMPTED = "not-attempted"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who asks AWS: a role assumed with GitHub's ID token, or boto3's own credential chain."""

    region: str
    """Region whose STS endpoint is asked."""
    role: str | None = None
    """ARN of the role assumed with the ID token; None for boto3's own chain."""
    audience: str = "sts.amazonaws.com"
    session_name: str = "rotate-ecr-token"
    duration: int = 3600
    """Life asked for each session, in seconds."""
    chain: tuple[str, ...] = ()
    """ARNs of further roles, assumed one after the other."""
    external_id: str | None = None
    session_policy: str | None = None
    """JSON that narrows the last session; None leaves the role's own rights."""
    allowed_accounts: tuple[str, ...] = ()
    """Accounts the last session may be in; empty for any."""

    @property
    def last_role(self) -> str | None:
        """ARN of the role whose session fetches the token, where a role is assumed at all."""
        return self.chain[-1] if self.chain else self.role

    def allows(self, account: str) -> bool:
        """Return whether the last session may be in that account."""
        return not self.allowed_accounts or account in self.allowed_accounts


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whom AWS takes a session for, and when it said so."""

    arn: str
    account: str
    now: datetime | None
    """The time by AWS's own clock, in UTC; None where it did not tell."""


@dataclass(frozen=True, kw_only=True)
class TokenSource:
    """What decides which token is fetched; registries with equal sources share one token."""

    identity: Identity
    region: str
    service: Service

    @property
    def token_life(self) -> float:
        """Seconds that a token lives, as far as can be told from when it was written.

        ECR documents 12 hours. A token of ECR Public was refused once its session had ended:
        https://github.com/GoogleContainerTools/kaniko/issues/3199
        """
        bound_to_session = self.service is Service.ECR_PUBLIC and self.identity.last_role
        return float(self.identity.duration) if bound_to_session else 12 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Where images live, and how to get a credential for it."""

    name: str
    source: TokenSource
    host: str | None = None
    """Host to log in to; None where only AWS's answer can tell."""
    verify: bool = True
    probe_image: str | None = None
    """`repository:tag` or `repository@digest` that the credential must be able to pull."""


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """What an authorization token API answered, decoded."""

    user: str
    password: str = field(repr=False)
    expires_at: datetime
    host: str
    """Host of the registry that AWS says the token is for."""
    account: str | None
    """Account of the session that asked, where it is known."""


@dataclass(frozen=True, kw_only=True)
class Credential:
    """Server, user and password of a registry, checked."""

    server: str
    user: str
    password: str = field(repr=False)
    expires_at: datetime


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
        stem = f"{self.prefix}_CONTAINER_REGISTRY"
        return SecretNames(f"{stem}_SERVER", f"{stem}_USER", f"{stem}_PASSWORD")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One secret as it stands at GitHub; its value can never be read back."""

    updated_at: datetime
    visibility: Visibility | None = None


@dataclass(frozen=True, kw_only=True)
class Access:
    """Which repositories may read a secret, as sent with every write of it."""

    visibility: Visibility | None = None
    repository_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """Key with which values are sealed for one target and store."""

    key_id: str
    """As GitHub gave it: leading zeros count."""
    key: str
    """Base64 of a Curve25519 public key."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A value that only GitHub can open."""

    key_id: str
    encrypted_value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Targets by the names of repositories, which may be globs."""

    target: Target
    """The target, but for what the patterns say."""
    patterns: tuple[str, ...] = ()
    """`owner/name`, with `*`, `?` and `[…]` in the name, and `!` before what is excluded. In
    scope repository each match is a target; in the other scopes it may read the secrets."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository as GitHub lists it."""

    id: int
    full_name: str
    archived: bool = False
    administered: bool | None = None
    """Whether the token's person is its administrator; None where GitHub does not say."""


@dataclass(frozen=True, kw_only=True)
class Organization:
    """An organization as GitHub shows it."""

    login: str
    plan: str | None = None
    """Such as `free` or `team`; None to those who may not know."""


@dataclass(frozen=True, kw_only=True)
class App:
    """A GitHub App, which gets a token of its own for each owner that installed it."""

    id: str
    """Its ID or client ID."""
    private_key: str = field(repr=False)
    """In PEM."""


@dataclass(frozen=True, kw_only=True)
class GitHubAccess:
    """How to authenticate at GitHub, with a token or as an App, and where its API is."""

    api_url: str = "https://api.github.com"
    token: str = field(default="", repr=False)
    app: App | None = None


class Notify(StrEnum):
    """How people are told that a rotation fails."""

    NONE = "none"
    ISSUE = "issue"


@dataclass(frozen=True, kw_only=True)
class IssueAccess:
    """Where an issue tells people of a failure, and with which token it is written."""

    repository: str
    """Full name of the repository that the workflow runs in."""
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What GitHub allows one credential; as documented, unless said otherwise.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    concurrent: int = 100
    """Requests under way at once."""
    points_per_minute: int = 900
    """A read costs one point, a write five."""
    writes_per_minute: int = 80
    writes_per_hour: int = 500


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a run is asked to do, checked."""

    command: Command
    registries: tuple[Registry, ...]
    selections: tuple[Selection, ...]
    github: GitHubAccess
    concurrency: int = 8
    """Targets written at once."""
    timeout: float = 600.0
    """Seconds within which the run ends, every wait and retry included."""
    limits: Limits = Limits()
    """How fast each GitHub credential is used."""
    issues: IssueAccess | None = None
    """Where people are told that it failed; None to tell nobody."""
    owners: tuple[str, ...] = ()
    """Only what these own is looked at; empty for everything."""
    html: str | None = None
    """Path of the web page that shows the status; None for none."""
    warnings: tuple[str, ...] = ()
    """What the person who wrote the inputs should mend, though nothing is wrong."""

    def registry(self, name: str) -> Registry:
        """Return the registry of that name."""
        return next(registry for registry in self.registries if registry.name == name)
