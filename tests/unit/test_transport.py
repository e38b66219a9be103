"""What is trusted, and how it is connected to."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme
from urllib3 import HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from rotate.transport import Transport, trusting

HOST = "service.example.com"
PROXY = "https://proxy.example.com:3128"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that nobody knows."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """Return a file that holds the authority's certificate."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def shake_hands(context: ssl.SSLContext, authority: trustme.CA, *, name: str = HOST) -> None:
    """Connect to a server that the authority vouches for, in memory.

    Raises:
        ssl.SSLCertVerificationError: the context does not trust it.
    """
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(serving)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(down, up, server_hostname=HOST)
    server = serving.wrap_bio(up, down, server_side=True)
    for side in _turns(client, server):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert client.version() == "TLSv1.3"


def _turns(client: ssl.SSLObject, server: ssl.SSLObject) -> Iterator[ssl.SSLObject]:
    """Yield each side as often as a handshake has flights."""
    yield from (client, server, client, server)


def test_file(bundle: Path, authority: trustme.CA) -> None:
    """The certificates of a file are trusted."""
    shake_hands(trusting(str(bundle)), authority)


def test_folder(bundle: Path) -> None:
    """A folder is no bundle, whatever it holds: boto3 could not trust it."""
    with pytest.raises(IsADirectoryError):
        trusting(str(bundle.parent))


def test_nothing_named(authority: trustme.CA) -> None:
    """Where no bundle is named, the public authorities are trusted and no other."""
    context = trusting(None)
    assert len(context.get_ca_certs()) > 100
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(context, authority)


def test_another_host(bundle: Path, authority: trustme.CA) -> None:
    """A certificate of an authority that is trusted, but for another name, is not enough."""
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(trusting(str(bundle)), authority, name="other.example.com")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_no_bundle(content: str | None, tmp_path: Path) -> None:
    """What is missing, empty or no certificate is an error, and no reason to trust others."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(OSError, match=r"NO_CERTIFICATE|No such file"):
        trusting(str(file))


def connections(bundle: Path) -> HTTPSConnectionPool:
    """Return the connections to the host, as somebody makes them who trusts the bundle alone."""
    pool = Transport(trusting(str(bundle))).connections(f"https://{HOST}/thing")
    assert isinstance(pool, HTTPSConnectionPool)
    return pool


@pytest.mark.parametrize("proxy", ["", PROXY])
def test_connections_share_it(
    proxy: str, bundle: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every connection trusts what was read, its proxy's too, and nothing is read for it again."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    pool = connections(bundle)
    trust = pool.conn_kw["ssl_context"]
    shake_hands(trust, authority)
    # What else urllib3 is told would take precedence.
    assert (pool.ca_certs, pool.cert_reqs, trust.verify_mode) == (None, None, ssl.CERT_REQUIRED)
    if pool.proxy_config:
        assert pool.proxy_config.ssl_context is trust


def test_connections_are_kept(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked of a host goes over the same connections."""
    transport = Transport(trusting(str(bundle)))
    for proxy in ("", PROXY):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        one, other = (transport.connections(f"https://{HOST}/{path}") for path in ("a", "b?c"))
        assert one is other
        assert one is not transport.connections("https://example.com/a")


@pytest.mark.parametrize(
    ("https_proxy", "no_proxy", "through"),
    [
        ("", "", None),
        ("http://proxy.example.com:3128", "", "http://proxy.example.com:3128"),
        ("proxy.example.com:3128", "", "http://proxy.example.com:3128"),
        (PROXY, "other.example.com", PROXY),
        (PROXY, HOST, None),
        (PROXY, ".example.com", None),
        (PROXY, "*", None),
    ],
)
def test_proxy(
    https_proxy: str,
    no_proxy: str,
    through: str | None,
    bundle: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment names the proxy, with or without a scheme, and the hosts that go without."""
    monkeypatch.setenv("HTTPS_PROXY", https_proxy)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    proxy = connections(bundle).proxy
    assert (proxy and proxy.url) == through


@pytest.mark.parametrize("proxy", ["socks5://proxy.example.com", "http://[", "gopher://gopher"])
def test_no_such_proxy(proxy: str, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be connected to is an error, and no reason to go without."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(HTTPError):
        connections(bundle)


def test_proxy_authorization(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is shown the name and password that its address has, and no proxy another's."""
    monkeypatch.setenv("HTTPS_PROXY", "http://me:p%40ss@proxy.example.com:3128")
    shown = f"Basic {b64encode(b'me:p@ss').decode()}"
    assert connections(bundle).proxy_headers == {"proxy-authorization": shown}
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert not connections(bundle).proxy_headers


def test_proxy_without_delay(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy, a body does not wait for its headers to be acknowledged."""
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    options = connections(bundle).conn_kw["socket_options"]
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in options
