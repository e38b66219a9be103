"""ECR's private registries.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from sandbox.aws.endpoints import REGISTRY_HOSTS, Endpoint, endpoint
from sandbox.aws.state import AWS, Repository, repository_arn
from sandbox.aws.tokens import Token
from sandbox.image import Image
from sandbox.registry.distribution import RegistryError, distribution, password_of

_EXPIRED = "Your authorization token has expired. Reauthenticate and try again."


class Registry:
    """Every account's registry in every region."""

    hosts = REGISTRY_HOSTS

    def __init__(self, aws: AWS) -> None:
        self._aws = aws

    def app(self) -> web.Application:
        """Return the application of one host."""
        return distribution(self)

    def admit(self, request: web.Request) -> None:
        """Check the token, whatever it may pull."""
        self._token(request, _place(request))

    def images(self, request: web.Request, action: str) -> Mapping[str, Image]:
        """Return a repository's images if the token may do the action there."""
        place = _place(request)
        token = self._token(request, place)
        name = request.match_info["name"]
        arn = repository_arn(str(place.account), place.region, name)
        if refusal := token.principal.refusal(action, arn):
            raise RegistryError(HTTPStatus.FORBIDDEN, "DENIED", refusal)
        return self._shared_with(token, arn, place).images

    def _token(self, request: web.Request, place: Endpoint) -> Token:
        password = password_of(request)
        token = None if password is None else self._aws.token(password)
        if token is None or token.service != "ecr":
            raise _unauthorized(request)
        if token.region != place.region:
            message = f"The token is not for {place.region}"
            raise RegistryError(HTTPStatus.BAD_REQUEST, "UNSUPPORTED", message)
        if token.usable_until <= self._aws.clock.now():
            raise RegistryError(HTTPStatus.FORBIDDEN, "DENIED", _EXPIRED)
        return token

    def _shared_with(self, token: Token, arn: str, place: Endpoint) -> Repository:
        repository = self._aws.repositories.get(arn)
        account = token.principal.account
        if account != place.account and not _lets_in(repository, account):
            message = f"User: {token.principal.arn} is not authorized to pull from {arn}"
            raise RegistryError(HTTPStatus.FORBIDDEN, "DENIED", message)
        if repository is None:
            name = arn.partition("/")[2]
            message = f"The repository with name '{name}' does not exist in the registry with id"
            code = "NAME_UNKNOWN"
            raise RegistryError(HTTPStatus.NOT_FOUND, code, f"{message} '{place.account}'")
        return repository


def _lets_in(repository: Repository | None, account: str) -> bool:
    return repository is not None and account in repository.allow_pull_from


def _place(request: web.Request) -> Endpoint:
    place = endpoint(request.host)
    if place is None or place.account is None:
        raise RegistryError(HTTPStatus.BAD_REQUEST, "UNSUPPORTED", f"{request.host} is no registry")
    return place


def _unauthorized(request: web.Request) -> RegistryError:
    challenge = f'Basic realm="https://{request.host}/",service="ecr.amazonaws.com"'
    headers = {"WWW-Authenticate": challenge}
    return RegistryError(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "Not Authorized", headers)
