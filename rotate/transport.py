"""How every client but boto3's speaks HTTPS: what it trusts, and through which proxy it goes."""

from __future__ import annotations

import socket
from http import HTTPStatus
from pathlib import Path
from ssl import SSLContext
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, ProxyManager
from urllib3.exceptions import ProtocolError
from urllib3.util.ssl_ import create_urllib3_context

_LONGEST = 16 * 1024 * 1024
"""Bytes of a body: a page of GitHub's has one mebibyte, the manifest of an image at most four."""


def trusting(bundle: str | None) -> SSLContext:
    """Return what trusts the CA bundle, a file or a folder, or else the one that requests has.

    Raises:
        OSError: it cannot be read, or holds no certificate.
    """
    context = create_urllib3_context()
    if bundle and Path(bundle).is_dir():
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle or DEFAULT_CA_BUNDLE_PATH)
    return context


class Transport(HTTPAdapter):
    """Connects requests to the web, trusting what was read once for the whole run.

    requests by itself reads the bundle anew for each connection. The usual one has a hundred and
    fifty certificates: that takes longer than the connection, and a mebibyte that stays.
    """

    def __init__(self, trust: SSLContext) -> None:
        """Take what is trusted."""
        self._trust = trust
        super().__init__()

    def init_poolmanager(self, *pools: Any, **options: Any) -> None:  # noqa: ANN401 - requests' own
        """Make what connects without a proxy."""
        super().init_poolmanager(*pools, ssl_context=self._trust, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:  # noqa: ANN401 - requests' own
        """Return what connects through a proxy, with Nagle's algorithm off.

        urllib3 turns it off for direct connections only, which costs each write through a proxy
        a delayed acknowledgement (40 ms).
        """
        manager: ProxyManager = super().proxy_manager_for(
            proxy,
            ssl_context=self._trust,
            proxy_ssl_context=self._trust,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            **options,
        )
        return manager

    def cert_verify(self, *_: Any) -> None:  # noqa: ANN401 - requests' own
        """Leave it to what was read; requests would add its own bundle to it."""


def connections(host: str, port: int, trust: SSLContext) -> HTTPConnectionPool:
    """Return the connections to one host, through the proxy that the environment names for it."""
    url = f"https://{host}:{port}/"
    # The types of requests leave out which kind of connections these are.
    return cast(
        "HTTPConnectionPool",
        Transport(trust).get_connection_with_tls_context(
            requests.Request("GET", url).prepare(), verify=True, proxies=get_environ_proxies(url)
        ),
    )


def session(trust: SSLContext) -> requests.Session:
    """Return a session over that transport, which looks at nothing of the environment.

    A `.netrc`, say, would take the place of a token.
    """
    made = requests.Session()
    made.mount("https://", Transport(trust))
    made.trust_env = False
    return made


def body(answer: BaseHTTPResponse) -> bytes:
    """Return all that an answer holds, decompressed.

    Raises:
        urllib3.exceptions.HTTPError: it breaks off, a few bytes of it would fill the memory, or it
            only announces another answer.
    """
    if answer.status < HTTPStatus.OK:
        # http.client knows of 100 alone. The other answer is for nobody else to read.
        answer.close()
        raise ProtocolError(f"HTTP {answer.status}")
    content: bytes = answer.read(_LONGEST + 1, decode_content=True)
    if len(content) > _LONGEST:
        answer.close()
        raise ProtocolError(f"more than {_LONGEST} bytes")
    return content
