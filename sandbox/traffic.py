"""What every request to the sandbox passes through: latency, faults, the record, the date."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.clock import Clock
from sandbox.faults import Body, Exchange, Fault, Faults, Recorded, Recorder

SERVICE = web.AppKey("service", str)
"""The name under which an application's requests are recorded."""

_SKEW = web.RequestKey("skew", timedelta)
_FORM = "application/x-www-form-urlencoded"


class Traffic:
    """The middleware that stands before all services.

    `latency` is the seconds that every request waits before it is looked at. `witnesses` are told
    of every exchange, before its answer is sent.
    """

    def __init__(self, clock: Clock, *, latency: float = 0.0) -> None:
        self.latency = latency
        self.faults = Faults()
        self.recorder = Recorder()
        self.witnesses: list[Callable[[Exchange], None]] = []
        self._clock = clock

    def stand_before(self, application: web.Application) -> None:
        """Let every request to the application, or to one below it, pass through here."""
        application.middlewares.append(self._pass)
        application.on_response_prepare.append(self._stamp)

    @web.middleware
    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        arrived = await self._arrival(request)
        self.recorder.arrive(arrived)
        fault = self.faults.strike(arrived)
        request[_SKEW] = fault.skew
        status = None
        try:
            if fault.early and request.transport:
                request.transport.write(b"HTTP/1.1 %d \r\n\r\n" % fault.early)
            await asyncio.sleep(self.latency + fault.delay)
            response = await _answer(request, handler, fault)
            status = None if fault.reset else response.status
            if self.witnesses:
                await self._testify(request, response, fault)
            return response
        finally:
            self.recorder.answer(arrived, status)

    async def _arrival(self, request: web.Request) -> Recorded:
        return Recorded(
            when=self._clock.now(),
            method=request.method,
            host=request.host,
            path=request.raw_path,
            service=request.match_info.apps[-1][SERVICE],
            action=await _action(request),
        )

    async def _testify(
        self, request: web.Request, response: web.StreamResponse, fault: Fault
    ) -> None:
        body = response.body if isinstance(response, web.Response) else None
        exchange = Exchange(
            method=request.method,
            host=request.host,
            path=request.raw_path,
            content_type=request.headers.get("Content-Type", ""),
            sent=await request.read(),
            status=response.status,
            headers=response.headers,
            answer=body if isinstance(body, bytes) else b"",
            genuine=not fault.falsifies,
        )
        for witness in self.witnesses:
            witness(exchange)

    async def _stamp(self, request: web.Request, response: web.StreamResponse) -> None:
        now = self._clock.now() + request.get(_SKEW, timedelta())
        response.headers["Date"] = format_datetime(now, usegmt=True)


async def _action(request: web.Request) -> str | None:
    """Return the name of the AWS action, from the JSON or from the query protocol."""
    if target := request.headers.get("X-Amz-Target"):
        return target.rpartition(".")[2]
    form = await request.post() if request.content_type == _FORM else request.query
    action = form.get("Action")
    return action if isinstance(action, str) else None


async def _answer(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    response = web.Response()
    if fault.after or not fault.replaces:
        response = await _real_answer(request, handler)
    if fault.reset:
        _reset(request)
        return response
    if fault.replaces:
        response = _replacement(fault.status or 200, fault.body)
    response.headers.update(fault.headers)
    if fault.drip is not None:
        return await _drip(request, response, fault.drip)
    return response if fault.truncate is None else await _cut(request, response, fault.truncate)


async def _real_answer(request: web.Request, handler: Handler) -> web.Response:
    try:
        response = await handler(request)
    except web.HTTPException as raised:
        return web.Response(status=raised.status, headers=raised.headers, body=raised.body)
    if not isinstance(response, web.Response):
        raise TypeError(f"{request.host} answered with a stream, which no fault can be put on")
    return response


def _replacement(status: int, body: Body | None) -> web.Response:
    if isinstance(body, Mapping):
        return web.json_response(body, status=status)
    if isinstance(body, str):
        return web.Response(status=status, text=body)
    return web.Response(status=status, body=body)


def _reset(request: web.Request) -> None:
    """Close the connection with a RST segment, which a zero linger time makes of `close`."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


async def _cut(request: web.Request, response: web.Response, length: int) -> web.StreamResponse:
    whole, cut = await _begun(request, response)
    await cut.write(whole[:length])
    return cut


async def _drip(request: web.Request, response: web.Response, pause: float) -> web.StreamResponse:
    whole, dripping = await _begun(request, response)
    with suppress(ConnectionResetError):  # The client may have had enough.
        for byte in whole:
            await dripping.write(bytes([byte]))
            await asyncio.sleep(pause)
    return dripping


async def _begun(request: web.Request, response: web.Response) -> tuple[bytes, web.StreamResponse]:
    """Return the body of an answer, and the answer of which only the head is sent."""
    whole = response.body if isinstance(response.body, bytes) else b""
    begun = web.StreamResponse(status=response.status, headers=response.headers)
    begun.content_length = len(whole)
    begun.force_close()
    await begun.prepare(request)
    return whole, begun
