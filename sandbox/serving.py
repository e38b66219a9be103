"""Runs the proxy, and the application behind it, in a background thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from weakref import WeakSet

from aiohttp import web

from sandbox.proxy import Certificates, Proxy

_SHUTDOWN_SECONDS = 1.0


@contextmanager
def served(
    application: web.Application,
    *,
    certificates: Certificates,
    answers: Callable[[str], bool],
    refused: Callable[[str], None],
    address: str,
) -> Iterator[int]:
    """Serve the application through a proxy, whose port is yielded.

    It listens at an address of this machine; an `OSError` says that it cannot.
    """
    behind = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    proxy = partial(Proxy, certificates=certificates, answers=answers, refused=refused)
    port: Future[int] = Future()
    stop = _Stop()
    serving = _serve(behind, proxy, address, port, stop)
    thread = threading.Thread(target=asyncio.run, args=(serving,), daemon=True)
    thread.start()
    open_port = port.result()
    try:
        yield open_port
    finally:
        stop()
        thread.join()


class _Stop:
    """An event awaited in the loop and set from another thread."""

    async def awaited(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        await self._event.wait()

    def __call__(self) -> None:
        self._loop.call_soon_threadsafe(self._event.set)


async def _serve(
    behind: web.AppRunner,
    proxy: Callable[..., Proxy],
    address: str,
    port: Future[int],
    stop: _Stop,
) -> None:
    await behind.setup()
    loop = asyncio.get_running_loop()
    connections: WeakSet[asyncio.Transport] = WeakSet()
    factory = partial(proxy, server=behind.server, connections=connections)
    try:
        server = await loop.create_server(factory, address, 0)
    except OSError as error:
        port.set_exception(error)
        await behind.cleanup()
        return
    stopped = asyncio.ensure_future(stop.awaited())
    await asyncio.sleep(0)
    port.set_result(server.sockets[0].getsockname()[1])
    await stopped
    server.close()
    await behind.cleanup()
    for connection in connections:
        connection.abort()
    await asyncio.sleep(0)
