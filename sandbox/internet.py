"""The sandbox itself: every service, behind one proxy, in one background thread."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol, Self

import trustme
from aiohttp import web

from sandbox.aws import (
    AWS,
    ElasticContainerRegistry,
    IdentityAndAccessManagement,
    SecurityTokenService,
)
from sandbox.aws.endpoints import exists
from sandbox.clock import Clock
from sandbox.codespaces import Codespaces
from sandbox.faults import Exchange, Faults, Recorded
from sandbox.github import GitHub
from sandbox.oidc import OpenIDConnect
from sandbox.proxy import Certificates
from sandbox.registry import PublicRegistry, Registry
from sandbox.serving import served
from sandbox.traffic import SERVICE, Traffic

_CA_BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
)


class Service(Protocol):
    """Something that answers as one or several hosts."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names, `*` standing for any characters."""

    def app(self) -> web.Application:
        """Return a new application over this service's state."""


class Sandbox(AbstractContextManager["Sandbox"]):
    """An internet on loopback; it exists from `with` to the end of the block.

    `latency` is the seconds that each request waits. `address` is where the proxy listens: on
    loopback, unless a container must reach it. `environment` is all that a client needs in order
    to live in it: a proxy and a certificate authority. `canaries` are the secrets that exist in
    it, for tests that look for leaks.
    """

    def __init__(self, *, latency: float = 0.0, address: str = "127.0.0.1") -> None:
        self.clock = Clock()
        self.canaries: set[str] = set()
        self.oidc = OpenIDConnect(self.clock, self.canaries)
        self.aws = AWS(self.clock, self.canaries)
        self.registry = Registry(self.aws)
        self.github = GitHub(self.clock, self.canaries)
        self.environment: dict[str, str] = {}
        self._address = address
        self._traffic = Traffic(self.clock, latency=latency)
        self._services: tuple[tuple[str, Service], ...] = (
            ("oidc", self.oidc),
            ("sts", SecurityTokenService(self.aws, self.oidc)),
            ("iam", IdentityAndAccessManagement(self.aws)),
            ("ecr", ElasticContainerRegistry(self.aws)),
            ("registry", self.registry),
            ("registry", PublicRegistry(self.aws)),
            ("github", self.github),
            ("codespaces", Codespaces(self.github)),
        )
        self._open = ExitStack()

    @property
    def faults(self) -> Faults:
        """The faults waiting for their requests."""
        return self._traffic.faults

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """Every request answered so far, by time of arrival."""
        return self._traffic.recorder.requests

    @property
    def unanswered(self) -> tuple[Recorded, ...]:
        """Every request that is still in hand, even if its client has given up."""
        return self._traffic.recorder.in_hand

    def witness(self, told: Callable[[Exchange], None]) -> None:
        """Let somebody be told of every exchange from now on, in the server's thread."""
        self._traffic.witnesses.append(told)

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        self._traffic.recorder.forget()

    def __enter__(self) -> Self:
        """Start serving."""
        authority = trustme.CA(organization_name="Sandbox")
        serving = served(
            self._application(),
            certificates=Certificates(authority),
            answers=self._answers,
            refused=self._refused,
            address=self._address,
        )
        port = self._open.enter_context(serving)
        bundle = Path(self._open.enter_context(tempfile.TemporaryDirectory())) / "ca.pem"
        authority.cert_pem.write_to_path(bundle)
        self.environment = dict.fromkeys(_CA_BUNDLE_VARIABLES, str(bundle))
        self.environment["HTTPS_PROXY"] = f"http://{self._address}:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._open.close()

    def _application(self) -> web.Application:
        root = web.Application()
        self._traffic.stand_before(root)
        for name, service in self._services:
            for host in service.hosts:
                application = service.app()
                application[SERVICE] = name
                root.add_domain(host, application)
        return root

    def _answers(self, host: str) -> bool:
        masks = (mask for _, service in self._services for mask in service.hosts)
        return exists(host) and any(fnmatchcase(host, mask) for mask in masks)

    def _refused(self, host: str) -> None:
        self._traffic.recorder.add(
            Recorded(
                when=self.clock.now(),
                method="CONNECT",
                host=host,
                path="",
                service="refused",
                status=502,
            )
        )
