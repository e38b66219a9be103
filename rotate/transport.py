"""How every client but boto3's speaks HTTPS: what it trusts, and through which proxy it goes."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from ssl import SSLContext
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, ProxyManager
from urllib3.exceptions import ProtocolError
from urllib3.util import make_headers, parse_url
from urllib3.util.ssl_ import create_urllib3_context

_LONGEST = 16 * 1024 * 1024
"""Bytes of a body: a page of GitHub's has one mebibyte, the manifest of an image at most four."""


def trusting(bundle: str | None) -> SSLContext:
    """Return what trusts the CA bundle, a file, or else the public authorities.

    A folder of certificates is none: OpenSSL would take it, but botocore does not.

    Raises:
        OSError: it cannot be read, or holds no certificate.
    """
    context = create_urllib3_context()
    context.load_verify_locations(cafile=bundle or certifi.where())
    return context


class Transport:
    """Keeps connections to the web, which trust what was read once for the whole run.

    To read it anew for each connection, as requests does, takes longer than the connection: the
    usual bundle has a hundred and fifty certificates.
    """

    def __init__(self, trust: SSLContext) -> None:
        """Take what is trusted."""
        self._trust = trust
        self._direct = PoolManager(ssl_context=trust)

    def connections(self, url: str) -> HTTPConnectionPool:
        """Return those to an address's host, through the proxy that the environment names for it.

        Raises:
            urllib3.exceptions.HTTPError: there is no such address, or no such proxy.
        """
        manager = self._proxied if _is_proxied(url) else self._direct
        return manager.connection_from_url(url)

    @cached_property
    def _proxied(self) -> ProxyManager:
        """Those through the proxy, with Nagle's algorithm off.

        urllib3 turns it off for direct connections only, which costs each write through a proxy a
        delayed acknowledgement (40 ms).
        """
        address = getproxies()["https"]
        proxy = parse_url(address if "://" in address else f"http://{address}")
        name_and_password = unquote(proxy.auth) if proxy.auth else None
        return ProxyManager(
            proxy.url,
            proxy_headers=make_headers(proxy_basic_auth=name_and_password),
            ssl_context=self._trust,
            proxy_ssl_context=self._trust,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )


def _is_proxied(url: str) -> bool:
    """Return whether the environment has a proxy for an address; boto3 goes by the same rules."""
    return "https" in getproxies() and not proxy_bypass(urlsplit(url).netloc)


def ask(
    connections: HTTPConnectionPool,
    verb: str,
    path: str,
    *,
    headers: Mapping[str, str],
    timeout: float | None,
    content: str | None = None,
) -> tuple[BaseHTTPResponse, bytes]:
    """Return the answer to one request, of whatever status, and all that it holds, decompressed.

    Nothing is asked again, and no redirect is followed.

    Raises:
        urllib3.exceptions.HTTPError: there is no answer, it breaks off, a few bytes of it would
            fill the memory, or it only announces another answer.
    """
    answer = connections.urlopen(
        verb,
        path,
        body=content,
        headers={**headers, **make_headers(accept_encoding=True)},
        timeout=timeout,
        retries=False,
        redirect=False,
        preload_content=False,
    )
    return answer, _body(answer)


def _body(answer: BaseHTTPResponse) -> bytes:
    if answer.status < HTTPStatus.OK:
        # http.client knows of 100 alone. The other answer is for nobody else to read.
        answer.close()
        raise ProtocolError(f"HTTP {answer.status}")
    content: bytes = answer.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        answer.close()
        raise ProtocolError(f"more than {_LONGEST} bytes")
    return content
