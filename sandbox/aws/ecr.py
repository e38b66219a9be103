"""Amazon ECR and ECR Public, as far as authorization tokens go.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
and https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_GetAuthorizationToken.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.aws import signature
from sandbox.aws.endpoints import ECR_HOSTS, ECR_PUBLIC_HOST, Endpoint, endpoint, registry_host
from sandbox.aws.identities import AccessKey, Principal
from sandbox.aws.state import AWS

_CONTENT_TYPE = "application/x-amz-json-1.1"
_PRIVATE = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
_PUBLIC = "SpencerFrontendService.GetAuthorizationToken"


class ECRError(Exception):
    """An error answer: AWS's code and message, with HTTP status 400 as all of ECR's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ElasticContainerRegistry:
    """Hands out authorization tokens to who may have them."""

    hosts = (*ECR_HOSTS, ECR_PUBLIC_HOST)

    def __init__(self, aws: AWS) -> None:
        self._aws = aws

    def app(self) -> web.Application:
        """Return the application of one endpoint."""
        application = web.Application()
        application.router.add_post("/", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            return _json({"authorizationData": await self._authorization_data(request)})
        except ECRError as error:
            return _json({"__type": error.code, "message": error.message}, status=400)

    async def _authorization_data(self, request: web.Request) -> object:
        operation = request.headers.get("X-Amz-Target")
        place = endpoint(request.host)
        if request.host == ECR_PUBLIC_HOST and operation == _PUBLIC:
            return await self._public(request)
        if request.host == ECR_PUBLIC_HOST or operation != _PRIVATE or place is None:
            raise ECRError("UnknownOperationException", "")
        return await self._private(request, place)

    async def _private(self, request: web.Request, place: Endpoint) -> list[dict[str, Any]]:
        key = await self._signer(request, place, "ecr")
        _require(key.principal, "ecr:GetAuthorizationToken")
        asked = json.loads(await request.read() or b"{}").get("registryIds")
        accounts = asked or [key.principal.account]
        return [self._authorization(key.principal, account, place.region) for account in accounts]

    def _authorization(self, principal: Principal, account: str, region: str) -> dict[str, Any]:
        token = self._aws.mint(principal, region=region)
        return {
            "authorizationToken": token.encoded,
            "expiresAt": token.expires_at.timestamp(),
            "proxyEndpoint": f"https://{registry_host(account, region)}",
        }

    async def _public(self, request: web.Request) -> dict[str, Any]:
        place = Endpoint(region="us-east-1")
        key = await self._signer(request, place, "ecr-public")
        _require(key.principal, "ecr-public:GetAuthorizationToken")
        _require(key.principal, "sts:GetServiceBearerToken")
        token = self._aws.mint(
            key.principal,
            region=place.region,
            service="ecr-public",
            session_ends=key.expires_at,
        )
        return {
            "authorizationToken": token.encoded,
            "expiresAt": token.expires_at.timestamp(),
        }

    async def _signer(self, request: web.Request, place: Endpoint, service: str) -> AccessKey:
        scope = signature.Scope(region=place.region, service=service)
        keys, now = self._aws.keys, self._aws.clock.now()
        try:
            return await signature.signer(request, keys, scope=scope, now=now)
        except signature.SignatureError as error:
            raise ECRError(error.json_code, error.message) from error


def _require(principal: Principal, action: str) -> None:
    if refusal := principal.refusal(action, "*"):
        raise ECRError("AccessDeniedException", refusal)


def _json(content: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.json_response(content, status=status, content_type=_CONTENT_TYPE)
