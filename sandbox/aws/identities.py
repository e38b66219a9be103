"""Who asks AWS: roles, principals, and the keys that they sign with."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.aws.iam import Policy, Rights

_ID_LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who signs a request; `arn` and `user_id` are as GetCallerIdentity tells them.

    `role_arn` names the role behind a session and is None for a user.
    """

    arn: str
    user_id: str
    rights: Rights
    role_arn: str | None = None

    @property
    def account(self) -> str:
        """The account that the principal belongs to."""
        return account_of(self.arn)

    def refusal(self, action: str, resource: str) -> str | None:
        """Return IAM's message if the principal may not do this, None where it may."""
        reason = self.rights.refusal(action, resource)
        if reason is None:
            return None
        refused = f"User: {self.arn} is not authorized to perform: {action}"
        return f"{refused} on resource: {resource} {reason}"


@dataclass(frozen=True, kw_only=True)
class AccessKey:
    """A signing key; a session's also has a session token and an expiry (UTC)."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    principal: Principal
    session_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Role:
    """An IAM role; `max_session` is in seconds."""

    arn: str
    trust: Policy
    policy: Policy
    max_session: int
    role_id: str = field(default_factory=lambda: unique_id("AROA"))

    @property
    def account(self) -> str:
        """The account that the role belongs to."""
        return account_of(self.arn)

    @property
    def partition(self) -> str:
        """The partition that the role belongs to."""
        return self.arn.split(":")[1]

    def principal(self, session_name: str, session_policy: Policy | None = None) -> Principal:
        """Return a session of the role."""
        name = self.arn.rpartition("/")[2]
        return Principal(
            arn=f"arn:{self.partition}:sts::{self.account}:assumed-role/{name}/{session_name}",
            user_id=f"{self.role_id}:{session_name}",
            rights=Rights(identity=self.policy, session=session_policy),
            role_arn=self.arn,
        )


def account_of(arn: str) -> str:
    """Return the account in an ARN."""
    return arn.split(":")[4]


def unique_id(prefix: str) -> str:
    """Return an identifier as IAM makes them: a four-letter prefix and sixteen characters.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return prefix + "".join(secrets.choice(_ID_LETTERS) for _ in range(16))


def long_term_key(principal: Principal) -> AccessKey:
    """Return a user's key, which lasts."""
    return AccessKey(
        access_key_id=unique_id("AKIA"),
        secret_access_key=secrets.token_urlsafe(30),
        principal=principal,
    )


def session_key(principal: Principal, *, expires_at: datetime) -> AccessKey:
    """Return a session's key."""
    return AccessKey(
        access_key_id=unique_id("ASIA"),
        secret_access_key=secrets.token_urlsafe(30),
        session_token=f"IQoJb3JpZ2luX2Vj{secrets.token_urlsafe(700)}",
        principal=principal,
        expires_at=expires_at,
    )
