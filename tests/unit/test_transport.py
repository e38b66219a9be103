"""What is trusted, and how it is connected to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha1
from pathlib import Path

import pytest
import requests
import trustme
from cryptography import x509
from urllib3 import HTTPSConnectionPool

from rotate.transport import Transport, session, trusting

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


def test_folder(bundle: Path, authority: trustme.CA) -> None:
    """The certificates of a folder are trusted, once it is as OpenSSL wants it."""
    (bundle.parent / f"{_subject_hash(authority)}.0").symlink_to(bundle)
    shake_hands(trusting(str(bundle.parent)), authority)


def _subject_hash(authority: trustme.CA) -> str:
    """Return the name under which OpenSSL looks for the authority, as `openssl rehash` finds it.

    https://docs.openssl.org/3.5/man3/X509_LOOKUP_hash_dir/#hash-directory-method
    """
    subject = x509.load_pem_x509_certificate(authority.cert_pem.bytes()).subject
    canonical = [x509.NameAttribute(one.oid, str(one.value).lower()) for one in subject]
    # Without the head of the sequence that a name is: its tag and its length.
    encoded = x509.Name(canonical).public_bytes()[2:]
    return sha1(encoded, usedforsecurity=False).digest()[3::-1].hex()


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


def test_connections_share_it(bundle: Path) -> None:
    """Every connection trusts what was read, and nothing is read for it again."""
    trust = trusting(str(bundle))
    request = requests.Request("GET", f"https://{HOST}/").prepare()
    adapter = session(trust).adapters["https://"]
    assert isinstance(adapter, Transport)
    for proxies in ({}, {"https": PROXY}):
        pool = adapter.get_connection_with_tls_context(request, True, proxies=proxies)
        assert isinstance(pool, HTTPSConnectionPool)
        adapter.cert_verify(pool, str(request.url), True, None)
        assert pool.conn_kw["ssl_context"] is trust
        assert (pool.ca_certs, pool.cert_reqs) == (None, "CERT_REQUIRED")


def test_proxies(bundle: Path) -> None:
    """A proxy is trusted alike, and a body does not wait for its headers to be acknowledged."""
    trust = trusting(str(bundle))
    manager = Transport(trust).proxy_manager_for(PROXY)
    assert manager.proxy_config
    assert manager.proxy_config.ssl_context is trust
    options = manager.connection_pool_kw["socket_options"]
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in options


def test_environment(bundle: Path) -> None:
    """Nothing of the environment is looked at for a request."""
    assert session(trusting(str(bundle))).trust_env is False
