"""The way in and out: what every request must bring, and every answer carries."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime

from aiohttp import web

from sandbox.clock import Clock
from sandbox.github.answers import DOCUMENTATION, Answer, Call, Endpoint, RefusalError
from sandbox.github.apps import Apps, InvalidAssertionError
from sandbox.github.credentials import (
    ANONYMOUS,
    Anonymous,
    AppAssertion,
    ClassicToken,
    Credential,
    Credentials,
)
from sandbox.github.limits import Meters

VERSIONS = ("2022-11-28", "2026-03-10")
"""The versions of the interface; the first unless `X-GitHub-Api-Version` names another.

https://docs.github.com/rest/about-the-rest-api/api-versions
"""

_VERSION = "X-GitHub-Api-Version"
_SCHEMES = frozenset({"token", "bearer"})


class Gate:
    """Authenticates, counts and versions requests, and turns answers into responses.

    `response_time` is the seconds each admitted request is under way, which is what the limit
    on concurrent requests counts.
    """

    def __init__(self, clock: Clock, apps: Apps, credentials: Credentials, meters: Meters) -> None:
        self.response_time = 0.0
        self._clock = clock
        self._apps = apps
        self._credentials = credentials
        self._meters = meters

    def route(self, endpoint: Endpoint) -> web.RouteDef:
        """Return the route by which aiohttp serves an endpoint."""
        return web.route(endpoint.method, endpoint.path, self._handler(endpoint))

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return await self._respond(endpoint, request)

        return handle

    async def _respond(self, endpoint: Endpoint, request: web.Request) -> web.Response:
        credential: Credential = ANONYMOUS
        body = await request.read()
        try:
            version = _version(request)
            credential = self._authenticate(request.headers.get("Authorization", ""))
            answer = await self._answer(_call(endpoint, request, credential, version, body))
        except RefusalError as refusal:
            answer = refusal.answer(endpoint.documentation_url)
        response = _response(answer, self._headers(endpoint, request, credential))
        if answer.body is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    async def _answer(self, call: Call) -> Answer:
        if not call.endpoint.metered:
            return call.endpoint.handler(call)
        with self._meters.admitted(call.credential, call.method):
            await asyncio.sleep(self.response_time)
            return call.endpoint.handler(call)

    def _authenticate(self, header: str) -> Credential:
        scheme, _, text = header.partition(" ")
        if not header:
            return ANONYMOUS
        if scheme.lower() not in _SCHEMES:
            raise _bad_credentials("Bad credentials")
        if text.startswith("eyJ"):
            return self._assertion(text)
        token = self._credentials.find(text.strip())
        if token is None:
            raise _bad_credentials("Bad credentials")
        return token

    def _assertion(self, text: str) -> AppAssertion:
        try:
            return AppAssertion(app=self._apps.authenticate(text))
        except InvalidAssertionError as error:
            raise _bad_credentials(str(error)) from error

    def _headers(
        self, endpoint: Endpoint, request: web.Request, credential: Credential
    ) -> dict[str, str]:
        return {
            "Date": format_datetime(self._clock.now(), usegmt=True),
            "Server": "github.com",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Request-Id": _request_id(),
            f"{_VERSION}-Selected": request.headers.get(_VERSION, VERSIONS[0]),
            **self._meters.headers(credential),
            **_accepted(endpoint, credential),
        }


def _version(request: web.Request) -> str:
    """Return the interface's version that a request asks for.

    Raises:
        RefusalError: 400 for a version that does not exist; 403 without a `User-Agent`.
    """
    if not request.headers.get("User-Agent"):
        raise RefusalError(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a "
            "User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-"
            "api#user-agent-required). Check https://developer.github.com for other possible "
            "causes.",
        )
    version = request.headers.get(_VERSION, VERSIONS[0])
    if version not in VERSIONS:
        raise RefusalError(400, f"Invalid or unsupported API version: {version}")
    return version


def _call(
    endpoint: Endpoint, request: web.Request, credential: Credential, version: str, body: bytes
) -> Call:
    return Call(
        endpoint=endpoint,
        method=request.method,
        url=request.path_qs,
        parameters=request.match_info,
        query=request.query,
        body=body,
        version=version,
        credential=credential,
    )


def _bad_credentials(message: str) -> RefusalError:
    return RefusalError(401, message, documentation_url=DOCUMENTATION)


def _accepted(endpoint: Endpoint, credential: Credential) -> Mapping[str, str]:
    """Return the headers that say what the endpoint needs and the credential has."""
    match credential:
        case Anonymous():
            return {}
        case ClassicToken(scopes=scopes):
            return {
                "X-OAuth-Scopes": ", ".join(scopes),
                "X-Accepted-OAuth-Scopes": ", ".join(endpoint.scopes),
            }
    needed = ",".join(f"{name}={level}" for name, level in endpoint.permissions.items())
    return {"X-Accepted-GitHub-Permissions": needed or "allows_permissionless_access=true"}


def _request_id() -> str:
    return ":".join(secrets.token_hex(size).upper() for size in (2, 3, 3, 3, 4))


def _response(answer: Answer, headers: Mapping[str, str]) -> web.Response:
    every = {**headers, **answer.headers}
    if answer.body is None:
        return web.Response(status=answer.status, headers=every)
    return web.Response(
        status=answer.status,
        headers={"Content-Type": "application/json; charset=utf-8", **every},
        body=json.dumps(answer.body).encode(),
    )
