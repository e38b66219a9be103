"""What STS makes of a web identity token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from sandbox.aws.iam import Context
from sandbox.aws.policies import PROVIDER
from sandbox.aws.query import QueryError
from sandbox.oidc import ISSUER

_NOT_A_JWT = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)


def verified_claims(
    token: str, *, key: RSAPublicKey, audiences: tuple[str, ...], now: datetime
) -> dict[str, Any]:
    """Return the token's claims, or raise `QueryError`.

    `audiences` are those registered with the account's provider; none mean no provider.
    """
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise QueryError("InvalidIdentityToken", _NOT_A_JWT) from error
    _require_provider(claims, audiences)
    _require_signature(token, key)
    _require_time(claims, now.timestamp())
    if claims.get("aud") not in audiences:
        raise QueryError("InvalidIdentityToken", "Incorrect token audience")
    return claims


def condition_context(claims: dict[str, Any]) -> Context:
    """Return the claims under the names that a trust policy's conditions use."""
    return {f"{PROVIDER}:{name}": str(value) for name, value in claims.items()}


def _require_provider(claims: dict[str, Any], audiences: tuple[str, ...]) -> None:
    issuer = claims.get("iss")
    if issuer != ISSUER or not audiences:
        raise QueryError(
            "InvalidIdentityToken",
            f"No OpenIDConnect provider found in your account for {issuer}",
        )


def _require_signature(token: str, key: RSAPublicKey) -> None:
    try:
        jwt.PyJWS().decode(token, key, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        raise QueryError("InvalidIdentityToken", "Invalid token signature") from error


def _require_time(claims: dict[str, Any], now: float) -> None:
    if claims["exp"] <= now:
        raise QueryError(
            "ExpiredTokenException",
            f"Token expired: current date/time {int(now)} must be before the expiration date/time "
            f"{claims['exp']}",
        )
    if claims["nbf"] > now:
        raise QueryError("InvalidIdentityToken", "Token is not valid yet")
