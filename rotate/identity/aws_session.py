"""AWS sessions: a role assumed with GitHub's ID token, a chain of roles, or boto3's own chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from rotate.errors import (
    AccountNotAllowed,
    AwsCredentialsNotYetKnown,
    AwsRefusal,
    AwsUnavailable,
    Cancelled,
    RotateError,
)
from rotate.identity import refusals
from rotate.identity.aws_call import Aws, Keys, action
from rotate.identity.github_oidc import content
from rotate.identity.regions import stand_in
from rotate.model.registry import Caller, Identity
from rotate.retry import persistently
from rotate.times import answered_at

_NOT_YET_KNOWN = ("InvalidClientTokenId", "UnrecognizedClientException")
"""New credentials take a moment to be known everywhere:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html"""


@dataclass(frozen=True, kw_only=True)
class AwsSession:
    """A session that calls AWS; it fulfils `registries.interface.AwsSession`."""

    aws: Aws
    keys: Keys | None = None
    """None for boto3's own credential chain."""
    account: str | None = None
    expires_at: datetime | None = None

    def call(
        self,
        service: str,
        operation: str,
        *,
        region: str,
        expecting: str,
        parameters: Mapping[str, object] = MappingProxyType({}),
    ) -> Mapping[str, Any]:
        """Return AWS's answer, asking again where that may help.

        botocore takes an answer that was cut short for one without content: what lacks
        `expecting` is none.

        Raises:
            RotateError: as `Aws.call` does.
        """

        def once() -> Mapping[str, Any]:
            answer = self._once(service, operation, region, parameters)
            if expecting not in answer:
                raise AwsUnavailable(
                    operation=action(service, operation),
                    what=f"AWS's answer holds no {expecting}",
                )
            return answer

        return persistently(once, deadline=self.aws.deadline)

    def caller(self, region: str) -> Caller:
        """Return whom AWS takes the session for; nobody needs a permission to ask.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html

        Raises:
            RotateError: as `call` does.
        """
        answer = self.call("sts", "get_caller_identity", region=region, expecting="Account")
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return Caller(
            arn=str(answer.get("Arn", "")), account=answer["Account"], now=answered_at(headers)
        )

    def _once(
        self, service: str, operation: str, region: str, parameters: Mapping[str, object]
    ) -> Mapping[str, Any]:
        try:
            return self.aws.call(
                service, operation, region=region, keys=self.keys, parameters=parameters
            )
        except AwsRefusal as refusal:
            if self.keys and refusal.code in _NOT_YET_KNOWN:
                raise AwsCredentialsNotYetKnown(
                    operation=refusal.operation, what=refusal.what
                ) from None
            raise


class AwsIdentities:
    """Opens sessions; it fulfils `registries.interface.AwsIdentities`."""

    def __init__(
        self, *, aws: Aws, mint: Callable[[str], str], mask: Callable[[str], None]
    ) -> None:
        """Take what mints an ID token for an audience, and what masks a secret in the log."""
        self._aws = aws
        self._mint = mint
        self._mask = mask

    def prepare(self, identity: Identity, service: str) -> None:
        """Make ready for a session that is to call that service; nothing is sent."""
        for needed in ("sts", service) if identity.role else (service,):
            self._aws.prepare(needed, identity.region)

    def open(self, identity: Identity) -> AwsSession:
        """Return the last session of `identity`; where STS of its region is down, by another's.

        Raises:
            AccountNotAllowed: it is in another account than those that are allowed.
            RotateError: a role cannot be assumed; the class says why.
        """
        try:
            return self._open(identity)
        except AwsCredentialsNotYetKnown:
            # That is the keys' affair and not the region's.
            raise
        except AwsUnavailable as outage:
            region = stand_in(identity.region)
            if not region:
                raise
            return self._open_instead(replace(identity, region=region), outage)

    def _open_instead(self, identity: Identity, outage: AwsUnavailable) -> AwsSession:
        """Open it all anew: whatever else goes wrong there, what is to be fixed is the outage."""
        try:
            return self._open(identity)
        except Cancelled:
            raise
        except RotateError:
            raise outage from None

    def _open(self, identity: Identity) -> AwsSession:
        *_, session = self.sessions(identity)
        if identity.allowed_accounts:
            _check_account(session, identity)
        return session

    def sessions(self, identity: Identity) -> Iterator[AwsSession]:
        """Yield the session of each role in turn, or else the one of boto3's own credentials.

        Raises:
            RotateError: a role cannot be assumed; the class says why.
        """
        session = self._first(identity)
        yield session
        for role in identity.chain:
            session = self._chained(session, role, identity)
            yield session

    def claims(self, identity: Identity) -> Mapping[str, str]:
        """Return what a new ID token says of this workflow, by the names of the claims.

        Raises:
            RotateError: GitHub gives the job none.
        """
        mint = partial(self._mint, identity.audience)
        return content(persistently(mint, deadline=self._aws.deadline))

    def _first(self, identity: Identity) -> AwsSession:
        if not identity.role:
            return AwsSession(aws=self._aws)
        assume = partial(self._with_web_identity, identity.role, identity)
        return persistently(assume, deadline=self._aws.deadline)

    def _with_web_identity(self, role: str, identity: Identity) -> AwsSession:
        """Assume the role with a new ID token: one that has expired stays refused."""
        token = self._mint(identity.audience)
        try:
            answer = self._aws.call(
                "sts",
                "assume_role_with_web_identity",
                region=identity.region,
                signed=False,
                parameters=_request(role, identity) | {"WebIdentityToken": token},
            )
        except AwsRefusal as refusal:
            raise refusals.of_web_identity(refusal, role, token) from None
        return self._assumed(answer)

    def _chained(self, session: AwsSession, role: str, identity: Identity) -> AwsSession:
        request = _request(role, identity)
        if identity.external_id:
            request["ExternalId"] = identity.external_id
        try:
            answer = session.call(
                "sts",
                "assume_role",
                region=identity.region,
                expecting="Credentials",
                parameters=request,
            )
        except AwsRefusal as refusal:
            raise refusals.of_chain(refusal, role) from None
        return self._assumed(answer)

    def _assumed(self, answer: Mapping[str, Any]) -> AwsSession:
        try:
            given = answer["Credentials"]
            for name in ("SecretAccessKey", "SessionToken", "AccessKeyId"):
                self._mask(given[name])
            return AwsSession(
                aws=self._aws,
                keys=Keys(
                    access_key_id=given["AccessKeyId"],
                    secret_access_key=given["SecretAccessKey"],
                    session_token=given["SessionToken"],
                ),
                account=_account(answer["AssumedRoleUser"]["Arn"]),
                expires_at=given["Expiration"],
            )
        except (KeyError, IndexError):
            raise AwsUnavailable(operation="sts", what="AWS's answer holds no session") from None


def _request(role: str, identity: Identity) -> dict[str, Any]:
    request = {
        "RoleArn": role,
        "RoleSessionName": identity.session_name,
        "DurationSeconds": identity.duration,
    }
    # Only the last session fetches the token; the ones before it must still assume a role.
    if identity.session_policy and role == identity.last_role:
        request["Policy"] = identity.session_policy
    return request


def _check_account(session: AwsSession, identity: Identity) -> None:
    account = session.account or session.caller(identity.region).account
    if not identity.allows(account):
        raise AccountNotAllowed(account=account, allowed=identity.allowed_accounts)


def _account(arn: str) -> str:
    return arn.split(":")[4]
