"""ECR Public's registry.

Source: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from sandbox.aws.endpoints import PUBLIC_REGISTRY_HOST
from sandbox.aws.state import AWS
from sandbox.aws.tokens import Token
from sandbox.image import Image
from sandbox.registry.distribution import RegistryError, distribution, password_of

_CHALLENGE = 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"'


class PublicRegistry:
    """`public.ecr.aws`, which takes the password itself, or a bearer token got with it."""

    hosts = (PUBLIC_REGISTRY_HOST,)

    def __init__(self, aws: AWS) -> None:
        self._aws = aws

    def app(self) -> web.Application:
        """Return the application, the token endpoint included."""
        application = distribution(self)
        application.router.add_get("/token/", self._bearer)
        return application

    def admit(self, request: web.Request) -> None:
        """Check the credentials."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = self._aws.bearers.get(bearer) if scheme == "Bearer" else self._sent(request)
        self._require_usable(token)

    def images(self, request: web.Request, _: str) -> Mapping[str, Image]:
        """Return a repository's images: whoever is admitted may pull them all."""
        self.admit(request)
        name = request.match_info["name"]
        if name not in self._aws.public_images:
            message = f"The repository with name '{name}' does not exist"
            raise RegistryError(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", message)
        return self._aws.public_images[name]

    async def _bearer(self, request: web.Request) -> web.Response:
        try:
            token = self._require_usable(self._sent(request))
        except RegistryError as error:
            return error.response()
        return web.json_response({"token": self._aws.exchange(token)})

    def _sent(self, request: web.Request) -> Token | None:
        password = password_of(request)
        return None if password is None else self._aws.token(password)

    def _require_usable(self, token: Token | None) -> Token:
        if token is None or token.service != "ecr-public":
            headers = {"WWW-Authenticate": _CHALLENGE}
            message = "Not Authorized"
            raise RegistryError(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", message, headers)
        if token.usable_until <= self._aws.clock.now():
            message = "Your authorization token has expired. Reauthenticate and try again."
            raise RegistryError(HTTPStatus.FORBIDDEN, "DENIED", message)
        return token
