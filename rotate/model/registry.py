"""Where a credential comes from, and what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Service(StrEnum):
    """The AWS service that issues an authorization token."""

    ECR = "ecr"
    ECR_PUBLIC = "ecr-public"


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
