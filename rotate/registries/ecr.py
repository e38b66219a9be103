"""Authorization tokens of ECR and ECR Public."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rotate import hosts
from rotate.errors import AwsPermissionMissing, AwsRefusal, UnusableCredential
from rotate.model.registry import Authorization, Service, TokenSource
from rotate.policies import PUBLIC_ACTIONS, TOKEN_ACTIONS
from rotate.registries.interface import AwsIdentities, AwsSession
from rotate.times import in_utc

_PERMISSIONS = {
    Service.ECR: TOKEN_ACTIONS,
    Service.ECR_PUBLIC: PUBLIC_ACTIONS,
}


@dataclass(frozen=True, kw_only=True)
class EcrTokens:
    """Asks ECR and ECR Public.

    It fulfils `registries.interface.Tokens` and `registries.interface.SessionTokens`.
    """

    identities: AwsIdentities
    mask: Callable[[str], None]

    def prepare(self, source: TokenSource) -> None:
        """Make ready for `authorize`, which may be under way already; nothing is sent."""
        self.identities.prepare(source.identity, source.service)

    def authorize(self, source: TokenSource) -> Authorization:
        """Return a new authorization token, masked.

        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html

        Raises:
            AwsPermissionMissing: the session may not fetch tokens.
            UnusableCredential: the answer is not exactly one token.
            RotateError: no session can be had, or AWS does not answer.
        """
        return self.issue(source, self.identities.open(source.identity))

    def issue(self, source: TokenSource, session: AwsSession) -> Authorization:
        """Return a new authorization token of a session that is open already, masked.

        Raises:
            RotateError: as `authorize` does.
        """
        try:
            answer = session.call(
                source.service,
                "get_authorization_token",
                region=source.region,
                expecting="authorizationData",
            )
        except AwsRefusal as refusal:
            raise _explained(refusal, source) from None
        return self._authorization(_only(answer), source, session)

    def _authorization(
        self, data: Mapping[str, Any], source: TokenSource, session: AwsSession
    ) -> Authorization:
        user, password = self._decoded(str(data.get("authorizationToken", "")))
        expires_at = _end(data.get("expiresAt"))
        public = source.service is Service.ECR_PUBLIC
        if public and session.expires_at:
            # A token of ECR Public was refused once its session had ended:
            # https://github.com/GoogleContainerTools/kaniko/issues/3199
            expires_at = min(expires_at, session.expires_at)
        endpoint = str(data.get("proxyEndpoint", "")).removeprefix("https://")
        return Authorization(
            user=user,
            password=password,
            expires_at=expires_at,
            host=hosts.PUBLIC_HOST if public else endpoint,
            account=session.account,
        )

    def _decoded(self, token: str) -> tuple[str, str]:
        self.mask(token)
        try:
            decoded = b64decode(token, validate=True).decode("ascii")
        except ValueError:
            raise UnusableCredential("the token AWS answered is not base64", where="ecr") from None
        self.mask(decoded)
        user, _, password = decoded.partition(":")
        if not (user and password):
            raise UnusableCredential("the token is not `user:password`", where="ecr")
        self.mask(password)
        return user, password


def _only(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the one token of an answer: ECR gives a list, ECR Public a single one."""
    data = answer["authorizationData"]
    tokens = data if isinstance(data, list) else [data] if data else []
    if len(tokens) != 1 or not isinstance(tokens[0], dict):
        raise UnusableCredential(f"AWS answered {len(tokens)} tokens instead of one", where="ecr")
    return dict(tokens[0])


def _end(expires_at: object) -> datetime:
    with suppress(ValueError):
        if isinstance(expires_at, datetime):
            return in_utc(expires_at)
    raise UnusableCredential("AWS's answer does not say when the token ends", where="ecr")


def _explained(refusal: AwsRefusal, source: TokenSource) -> Exception:
    if refusal.code in ("AccessDenied", "AccessDeniedException"):
        return AwsPermissionMissing(
            operation=refusal.operation,
            actions=_PERMISSIONS[source.service],
            message=refusal.what,
        )
    return refusal
