"""Amazon ECR and ECR Public, as far as authorization tokens and two other requests go.

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
from sandbox.aws.state import AWS, repository_arn

_CONTENT_TYPE = "application/x-amz-json-1.1"
_PRIVATE = "AmazonEC2ContainerRegistry_V20150921"
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
            return _json(await self._answer(request))
        except ECRError as error:
            return _json({"__type": error.code, "message": error.message}, status=400)

    async def _answer(self, request: web.Request) -> Mapping[str, Any]:
        target = request.headers.get("X-Amz-Target", "")
        place = endpoint(request.host)
        if request.host == ECR_PUBLIC_HOST and target == _PUBLIC:
            return {"authorizationData": await self._public(request)}
        service, _, operation = target.partition(".")
        operations = {
            "GetAuthorizationToken": self._tokens,
            "DescribeRepositories": self._repositories,
            "CompleteLayerUpload": self._complete_upload,
        }
        if service != _PRIVATE or operation not in operations or place is None:
            raise ECRError("UnknownOperationException", "")
        key = await self._signer(request, place, "ecr")
        asked = json.loads(await request.read() or b"{}")
        return operations[operation](key.principal, place.region, asked)

    def _tokens(
        self, principal: Principal, region: str, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        _require(principal, "ecr:GetAuthorizationToken")
        accounts = asked.get("registryIds") or [principal.account]
        tokens = [self._authorization(principal, account, region) for account in accounts]
        return {"authorizationData": tokens}

    def _repositories(
        self, principal: Principal, region: str, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html."""
        prefix = repository_arn(asked.get("registryId", principal.account), region, "")
        _require(principal, "ecr:DescribeRepositories", f"{prefix}*")
        found = [each for each in self._aws.repositories.values() if each.arn.startswith(prefix)]
        shown = [{"repositoryName": each.name, "repositoryArn": each.arn} for each in found]
        return {"repositories": shown[: asked.get("maxResults", 100)]}

    def _complete_upload(
        self, principal: Principal, region: str, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Find no upload, for none can be begun here; IAM is asked before.

        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html
        """
        account, name = asked.get("registryId", principal.account), asked["repositoryName"]
        arn = repository_arn(account, region, name)
        _require(principal, "ecr:CompleteLayerUpload", arn)
        if arn not in self._aws.repositories:
            message = f"The repository with name '{name}' does not exist in the registry with id"
            raise ECRError("RepositoryNotFoundException", f"{message} '{account}'")
        message = f"The upload with id '{asked['uploadId']}' does not exist"
        raise ECRError("UploadNotFoundException", message)

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


def _require(principal: Principal, action: str, resource: str = "*") -> None:
    if refusal := principal.refusal(action, resource):
        raise ECRError("AccessDeniedException", refusal)


def _json(content: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.json_response(content, status=status, content_type=_CONTENT_TYPE)
