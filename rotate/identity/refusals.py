"""What it means that AWS refuses a session: the error whose remedy fits."""

from __future__ import annotations

from rotate.errors import (
    AwsRefusal,
    AwsUnavailable,
    ChainRefused,
    ProviderNotAccepted,
    RoleNotAssumable,
    RotateError,
    SessionRefused,
)
from rotate.identity.github_oidc import claims

_REFUSED_INPUTS = {
    "ValidationError": "role-duration-seconds",
    "PackedPolicyTooLarge": "session-policy",
    "PackedPolicyTooLargeException": "session-policy",
    "MalformedPolicyDocument": "session-policy",
    "MalformedPolicyDocumentException": "session-policy",
    "RegionDisabledException": "aws-region",
}
"""The input behind each error code of STS:
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""


def of_web_identity(refusal: AwsRefusal, role: str, token: str) -> RotateError:
    """Return what it means that the role was not assumed with this ID token."""
    if refusal.code == "ExpiredTokenException" or "verification key" in refusal.message:
        return AwsUnavailable(operation=refusal.operation, what=refusal.what)
    if refusal.code == "AccessDenied":
        return RoleNotAssumable(role=role, claims=claims(token))
    if refusal.code in ("InvalidIdentityToken", "InvalidIdentityTokenException"):
        return ProviderNotAccepted(role=role, claims=claims(token), message=refusal.what)
    return _of_session(refusal)


def of_chain(refusal: AwsRefusal, role: str) -> RotateError:
    """Return what it means that the role was not assumed from the session before it."""
    if refusal.code == "AccessDenied":
        return ChainRefused(role=role, message=refusal.what)
    return _of_session(refusal)


def _of_session(refusal: AwsRefusal) -> RotateError:
    name = _REFUSED_INPUTS.get(refusal.code)
    if not name:
        return refusal
    return SessionRefused(operation=refusal.operation, message=refusal.what, name=name)
