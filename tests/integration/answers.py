"""Answers of AWS's, for tests that put one in the place of another."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

from sandbox import Fault
from tests.integration.world import HOST

DECOY = "decoy-Zm9yIHRlc3RzIG9ubHks-0123456789"
"""A password that AWS never issued: it must not be sent anywhere."""


def sts_refuses(code: str, message: str, *, status: int = 400, action: str | None = None) -> Fault:
    """Return a fault by which STS answers one request with an error."""
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
        f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ErrorResponse>"
    )
    return Fault(service="sts", action=action, status=status, body=body)


def ecr_refuses(code: str, message: str, *, status: int = 400) -> Fault:
    """Return a fault by which ECR answers one request with an error."""
    return Fault(service="ecr", status=status, body={"__type": code, "message": message})


def authorization(
    *,
    decoded: str = f"AWS:{DECOY}",
    encoded: str | None = None,
    endpoint: str = f"https://{HOST}",
    life: timedelta = timedelta(hours=12),
) -> dict[str, object]:
    """Return one token as ECR answers it: one that nothing is wrong with, if nothing is given."""
    return {
        "authorizationToken": b64encode(decoded.encode()).decode() if encoded is None else encoded,
        "expiresAt": (datetime.now(UTC) + life).timestamp(),
        "proxyEndpoint": endpoint,
    }
