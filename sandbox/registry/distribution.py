"""The part of the registry protocol that all registries share.

Source: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from aiohttp import BasicAuth, web

from sandbox.image import Image

Handler = Callable[[web.Request], Awaitable[web.Response]]


class RegistryError(Exception):
    """An error answer: the protocol's code, a message, the HTTP status, further headers."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Return the error as the protocol writes it."""
        errors = [{"code": self.code, "message": self.message}]
        return web.json_response({"errors": errors}, status=self.status, headers=self.headers)


class Gate(Protocol):
    """Who may see what in a registry. Both methods raise `RegistryError`."""

    def admit(self, request: web.Request) -> None:
        """Check the credentials only, as `GET /v2/` does."""

    def images(self, request: web.Request, action: str) -> Mapping[str, Image]:
        """Return a repository's images by tag, if the credentials may do the action there."""


def distribution(gate: Gate) -> web.Application:
    """Return an application that serves what lies behind the gate."""

    async def version(request: web.Request) -> web.Response:
        gate.admit(request)
        return web.json_response({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})

    async def manifest(request: web.Request) -> web.Response:
        image = _image(gate.images(request, "ecr:BatchGetImage"), request.match_info["reference"])
        return _content(image.manifest, image.media_type, image.digest)

    async def blob(request: web.Request) -> web.Response:
        digest = request.match_info["digest"]
        for image in gate.images(request, "ecr:GetDownloadUrlForLayer").values():
            if digest in image.blobs:
                return _content(image.blobs[digest], "application/octet-stream", digest)
        raise RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry")

    async def tags(request: web.Request) -> web.Response:
        images = gate.images(request, "ecr:ListImages")
        return web.json_response({"name": request.match_info["name"], "tags": sorted(images)})

    application = web.Application()
    application.router.add_get("/v2/", _telling_errors(version))
    application.router.add_get("/v2/{name:.+}/manifests/{reference}", _telling_errors(manifest))
    application.router.add_get("/v2/{name:.+}/blobs/{digest}", _telling_errors(blob))
    application.router.add_get("/v2/{name:.+}/tags/list", _telling_errors(tags))
    return application


def password_of(request: web.Request) -> str | None:
    """Return the password that was sent with HTTP Basic, if the user is ECR's `AWS`."""
    try:
        sent = BasicAuth.decode(request.headers.get("Authorization", ""), encoding="utf-8")
    except ValueError:
        return None
    return sent.password if sent.login == "AWS" else None


def _telling_errors(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except RegistryError as error:
            return error.response()

    return handle


def _image(images: Mapping[str, Image], reference: str) -> Image:
    by_digest = {image.digest: image for image in images.values()}
    image = images.get(reference) or by_digest.get(reference)
    if image is None:
        raise RegistryError(404, "MANIFEST_UNKNOWN", "Requested image not found")
    return image


def _content(content: bytes, media_type: str, digest: str) -> web.Response:
    headers = {"Docker-Content-Digest": digest}
    return web.Response(body=content, content_type=media_type, headers=headers)
