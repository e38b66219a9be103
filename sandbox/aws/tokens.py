"""ECR's authorization tokens."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.aws.identities import Principal

TOKEN_LIFE = timedelta(hours=12)
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html"""


@dataclass(frozen=True, kw_only=True)
class Token:
    """An authorization token, in one region, with its principal's rights at birth.

    `service` is `ecr` or `ecr-public`; `account` is the one whose registry ECR named with
    it. Times are UTC. `usable_until` is when the registry stops taking it: for ECR Public
    that is the end of the session, whatever `expires_at` says
    (https://github.com/GoogleContainerTools/kaniko/issues/3199).
    """

    password: str = field(repr=False)
    account: str
    region: str
    service: str
    issued_at: datetime
    expires_at: datetime
    usable_until: datetime
    principal: Principal

    @property
    def encoded(self) -> str:
        """The token as ECR's API gives it: base64 of user and password."""
        return base64.b64encode(f"AWS:{self.password}".encode()).decode()


def new_password(expires_at: datetime) -> str:
    """Return a password of the form that ECR's have: about 2,700 characters of base64."""
    content = {
        "payload": _random(1270),
        "datakey": _random(184),
        "version": "2",
        "type": "DATA_KEY",
        "expiration": int(expires_at.timestamp()),
    }
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def _random(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode()
