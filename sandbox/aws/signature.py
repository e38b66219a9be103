"""Signature Version 4: recomputed for every signed request, with botocore's own signer.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.aws.identities import AccessKey

ALLOWED_SKEW = timedelta(minutes=5)

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/"
    r"(?P<service>[\w-]+)/aws4_request, ?SignedHeaders=(?P<headers>[\w;-]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)


class SignatureError(Exception):
    """A signature that AWS does not accept.

    `query_code` and `json_code` are its error codes in the query and in the JSON protocol.
    """

    query_code = "SignatureDoesNotMatch"
    json_code = "InvalidSignatureException"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MissingSignatureError(SignatureError):
    """The request is not signed."""

    query_code = "MissingAuthenticationToken"
    json_code = "MissingAuthenticationTokenException"


class UnknownKeyError(SignatureError):
    """The request is signed with a key, or carries a session token, that nobody was given."""

    query_code = "InvalidClientTokenId"
    json_code = "UnrecognizedClientException"


class ExpiredKeyError(SignatureError):
    """The request is signed with the key of a session that is over."""

    query_code = "ExpiredToken"
    json_code = "ExpiredTokenException"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where a signature must be meant for."""

    region: str
    service: str


async def signer(
    request: web.Request, keys: Mapping[str, AccessKey], *, scope: Scope, now: datetime
) -> AccessKey:
    """Return the key that signed the request, or raise a `SignatureError`."""
    signed = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if signed is None or "X-Amz-Date" not in request.headers:
        raise MissingSignatureError("Request is missing Authentication Token")
    key = keys.get(signed["key"])
    if key is None or request.headers.get("X-Amz-Security-Token") != key.session_token:
        raise UnknownKeyError("The security token included in the request is invalid.")
    if Scope(region=signed["region"], service=signed["service"]) != scope:
        raise SignatureError(f"Credential should be scoped to a valid region: {scope.region}.")
    _check_time(request, now)
    expected = _signature(await _signed_request(request, signed["headers"]), key, scope)
    if not hmac.compare_digest(expected, signed["signature"]):
        raise SignatureError(_MISMATCH)
    if key.expires_at is not None and key.expires_at <= now:
        raise ExpiredKeyError("The security token included in the request is expired")
    return key


def _check_time(request: web.Request, now: datetime) -> None:
    stamp = request.headers["X-Amz-Date"]
    signed = datetime.strptime(stamp, _TIMESTAMP).replace(tzinfo=UTC)
    if signed < now - ALLOWED_SKEW:
        limit = f"{now - ALLOWED_SKEW:{_TIMESTAMP}} ({now:{_TIMESTAMP}} - 5 min.)"
        raise SignatureError(f"Signature expired: {stamp} is now earlier than {limit}")
    if signed > now + ALLOWED_SKEW:
        limit = f"{now + ALLOWED_SKEW:{_TIMESTAMP}} ({now:{_TIMESTAMP}} + 5 min.)"
        raise SignatureError(f"Signature not yet current: {stamp} is still later than {limit}")


async def _signed_request(request: web.Request, names: str) -> AWSRequest:
    signed = AWSRequest(
        method=request.method,
        url=f"https://{request.host}{request.raw_path}",
        headers={name: request.headers.get(name, "") for name in names.split(";")},
        data=await request.read(),
    )
    signed.context["timestamp"] = request.headers["X-Amz-Date"]
    return signed


def _signature(request: AWSRequest, key: AccessKey, scope: Scope) -> str:
    credentials = Credentials(key.access_key_id, key.secret_access_key)
    method = SigV4Auth(credentials, scope.service, scope.region)
    to_sign = method.string_to_sign(request, method.canonical_request(request))
    return str(method.signature(to_sign, request))
