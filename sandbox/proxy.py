"""A loopback HTTPS proxy that ends TLS itself and answers as the hosts it was asked for."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, MutableSet

import trustme

ProtocolFactory = Callable[[], asyncio.Protocol]

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_END_OF_HEAD = b"\r\n\r\n"


class Certificates:
    """A certificate authority's server contexts, one per host name."""

    def __init__(self, authority: trustme.CA) -> None:
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """Return the TLS context that proves to be the host."""
        if host not in self._contexts:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]


class Proxy(asyncio.Protocol):
    """One client's connection: a CONNECT, then TLS, then HTTP for `server`'s protocol.

    `answers` tells whether a host is played here; to any other the tunnel is refused with a
    502, as a proxy does that cannot reach a host, and `refused` is told its name. The
    connection is added to `connections`, which nothing is removed from.
    """

    def __init__(
        self,
        *,
        certificates: Certificates,
        server: ProtocolFactory,
        answers: Callable[[str], bool],
        refused: Callable[[str], None],
        connections: MutableSet[asyncio.Transport],
    ) -> None:
        self._certificates = certificates
        self._server = server
        self._answers = answers
        self._refused = refused
        self._connections = connections
        self._received = b""
        self._transport: asyncio.Transport
        self._upgrade: asyncio.Task[None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (asyncio's callback).

        It has TCP_NODELAY, which asyncio sets. Acknowledgements are delayed as anywhere: a client
        with Nagle's algorithm on, which urllib3 leaves on behind a proxy, waits 40 ms for one
        between the head and the body of a request.
        """
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  asyncio's promise for TCP
        self._transport = transport
        self._connections.add(transport)

    def data_received(self, data: bytes) -> None:
        """Collect the request's head (asyncio's callback)."""
        self._received += data
        if _END_OF_HEAD in self._received:
            self._connect(self._received.decode("latin-1").split())

    def _connect(self, words: list[str]) -> None:
        method, authority = words[:2]
        host = authority.partition(":")[0].lower()
        if method != "CONNECT" or not self._answers(host):
            self._refused(host)
            self._transport.write(_REFUSED)
            self._transport.close()
            return
        # Nothing may be read before TLS is in place: the client speaks as soon as it may.
        self._transport.pause_reading()
        self._transport.write(_ESTABLISHED)
        self._upgrade = asyncio.ensure_future(self._hand_over(self._certificates.context(host)))

    async def _hand_over(self, context: ssl.SSLContext) -> None:
        early = _Early()
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(self._transport, early, context, server_side=True)
        except (OSError, ssl.SSLError):
            return  # the client does not trust the authority, or hung up: its own affair
        if transport is not None:
            early.replay(transport, self._server())


class _Early(asyncio.Protocol):
    """Holds what arrives with the end of the handshake, before the server is in place."""

    def __init__(self) -> None:
        self._received: list[bytes] = []
        self._ended = False

    def data_received(self, data: bytes) -> None:
        self._received.append(data)

    def eof_received(self) -> None:
        self._ended = True

    def replay(self, transport: asyncio.Transport, server: asyncio.Protocol) -> None:
        transport.set_protocol(server)
        # start_tls() makes no such call itself: the connection was made long before.
        server.connection_made(transport)
        for data in self._received:
            server.data_received(data)
        if self._ended:
            transport.close()
