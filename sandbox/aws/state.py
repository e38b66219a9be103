"""The state of AWS that its services share, and how a test or the demo sets it up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.aws.endpoints import partition_of
from sandbox.aws.iam import Policy, Rights
from sandbox.aws.identities import (
    AccessKey,
    Principal,
    Role,
    long_term_key,
    session_key,
    unique_id,
)
from sandbox.aws.policies import PULL_POLICY, trust_policy
from sandbox.aws.tokens import TOKEN_LIFE, Token, new_password
from sandbox.clock import Clock
from sandbox.image import Image, small_image


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository of a private registry, and the other accounts that may pull from it."""

    name: str
    arn: str
    images: Mapping[str, Image]
    allow_pull_from: tuple[str, ...] = ()


def repository_arn(account: str, region: str, name: str) -> str:
    """Return the ARN of a private repository."""
    return f"arn:{partition_of(region)}:ecr:{region}:{account}:repository/{name}"


class AWS:
    """Accounts, roles, users, repositories, and all that was minted for them."""

    trust_policy = staticmethod(trust_policy)

    def __init__(self, clock: Clock, canaries: set[str]) -> None:
        self.clock = clock
        self.disabled_regions: dict[str, tuple[str, ...]] = {}
        self.audiences: dict[str, tuple[str, ...]] = {}
        self.roles: dict[str, Role] = {}
        self.keys: dict[str, AccessKey] = {}
        self.tokens: list[Token] = []
        self.bearers: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self.public_images: dict[str, Mapping[str, Image]] = {}
        self._canaries = canaries

    def account(self, account: str, *, disabled_regions: tuple[str, ...] = ()) -> None:
        """Open an account, with STS switched off in some regions."""
        self.disabled_regions[account] = disabled_regions

    def oidc_provider(
        self, account: str, *, audiences: tuple[str, ...] = ("sts.amazonaws.com",)
    ) -> None:
        """Register GitHub's OIDC provider in the account."""
        self.audiences[account] = audiences

    def role(
        self, arn: str, *, trust: Policy, policy: Policy = PULL_POLICY, max_session: int = 3600
    ) -> Role:
        """Create a role, or change it; `max_session` is in seconds."""
        self.roles[arn] = Role(arn=arn, trust=trust, policy=policy, max_session=max_session)
        return self.roles[arn]

    def user(
        self,
        account: str,
        *,
        policy: Policy = PULL_POLICY,
        name: str = "operator",
        partition: str = "aws",
    ) -> AccessKey:
        """Create a user and return its long-lived key."""
        principal = Principal(
            arn=f"arn:{partition}:iam::{account}:user/{name}",
            user_id=unique_id("AIDA"),
            rights=Rights(identity=policy),
        )
        return self._keep(long_term_key(principal))

    def session(self, principal: Principal, *, seconds: int) -> AccessKey:
        """Return a key for a session that lasts so many seconds."""
        expires_at = self.clock.now() + timedelta(seconds=seconds)
        return self._keep(session_key(principal, expires_at=expires_at))

    def repository(
        self,
        account: str,
        region: str,
        name: str,
        *,
        tags: Mapping[str, Image] | None = None,
        allow_pull_from: tuple[str, ...] = (),
    ) -> Repository:
        """Create a repository; without `tags` it holds one small image, `latest`."""
        arn = repository_arn(account, region, name)
        self.repositories[arn] = Repository(
            name=name,
            arn=arn,
            images=tags or {"latest": small_image()},
            allow_pull_from=allow_pull_from,
        )
        return self.repositories[arn]

    def public_repository(self, name: str, *, tags: Mapping[str, Image] | None = None) -> None:
        """Create a repository of ECR Public; `name` is `alias/repository`."""
        self.public_images[name] = tags or {"latest": small_image()}

    def mint(
        self,
        principal: Principal,
        *,
        region: str,
        service: str = "ecr",
        issued_at: datetime | None = None,
        session_ends: datetime | None = None,
    ) -> Token:
        """Mint an authorization token with the rights that the principal has now.

        `session_ends` bounds its use, not what it says of itself.
        """
        issued_at = issued_at or self.clock.now()
        expires_at = issued_at + TOKEN_LIFE
        token = Token(
            password=new_password(expires_at),
            account=principal.account,
            region=region,
            service=service,
            issued_at=issued_at,
            expires_at=expires_at,
            usable_until=min(expires_at, session_ends or expires_at),
            principal=principal,
        )
        self.tokens.append(token)
        self._canaries.update({token.password, token.encoded})
        return token

    def issue_token(
        self, role_arn: str, region: str, *, age: timedelta = timedelta(hours=13)
    ) -> Token:
        """Mint a token of the role that is already so old: what a stale secret holds."""
        principal = self.roles[role_arn].principal("earlier")
        return self.mint(principal, region=region, issued_at=self.clock.now() - age)

    def token(self, password: str) -> Token | None:
        """Return the token with this password."""
        return next((token for token in self.tokens if token.password == password), None)

    def exchange(self, token: Token) -> str:
        """Mint a bearer token that stands for an authorization token."""
        bearer = secrets.token_urlsafe(600)
        self.bearers[bearer] = token
        self._canaries.add(bearer)
        return bearer

    def _keep(self, key: AccessKey) -> AccessKey:
        self.keys[key.access_key_id] = key
        self._canaries.add(key.secret_access_key)
        if key.session_token:
            self._canaries.add(key.session_token)
        return key
