"""AWS and its registries in memory: every token is another one, and is proved or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from rotate import hosts
from rotate.errors import CredentialNotAccepted, IdTokenNotAllowed, PullDenied
from rotate.model.registry import Authorization, Credential, TokenSource
from tests.unit import examples
from tests.unit.examples import ACCOUNT, TWELVE_HOURS
from tests.unit.fakes import FakeClock

EAST, WEST = "us-east-1", "eu-west-1"

REGISTRIES = tuple(
    examples.registry(
        name=region,
        host=hosts.build(account=ACCOUNT, region=region),
        source=examples.source(region=region),
        probe_image=image,
    )
    for region, image in ((EAST, "base:latest"), (WEST, None))
)
"""One registry in each region, by whose name it goes; one is probed, too."""

HOSTS = {registry.name: registry.host or "" for registry in REGISTRIES}

_UNUSABLE: dict[str, Callable[[Authorization], Authorization]] = {
    "another user's": lambda token: replace(token, user="root"),
    "another region's": lambda token: replace(token, host=_elsewhere("ap-south-1")),
    "another account's": lambda token: replace(token, account="210987654321"),
    "of no host of ECR's": lambda token: replace(token, host="registry.example.com"),
    "about to end": lambda token: replace(token, expires_at=_soon(token)),
}

WRONG = ("refused", "not accepted", "may not pull", *_UNUSABLE)
"""Why a token is not worth writing."""


class MemoryAws:
    """Issues and proves tokens.

    It fulfils `registries.interface.Tokens` and `registries.interface.Verification`.
    """

    def __init__(self, clock: FakeClock) -> None:
        """Issue tokens that live for twelve hours."""
        self.wrong: dict[str, str] = {}
        """By region, one of `WRONG`."""
        self.issued: dict[str, str] = {}
        """The host of every token that there has ever been."""
        self.proved: set[tuple[str, str]] = set()
        """Hosts and tokens that stood every test that their registry asks for."""
        self._clock = clock
        self._unusable: set[str] = set()

    def issue(self, region: str) -> str:
        """Return a new token of a region."""
        password = f"token-{len(self.issued)}-of-{region}"
        self.issued[password] = HOSTS[region]
        return password

    def prepare(self, source: TokenSource) -> None:
        """Have nothing to make ready."""

    def authorize(self, source: TokenSource) -> Authorization:
        """Return a new token, which may be of no use."""
        wrong = self.wrong.get(source.region, "")
        if wrong == "refused":
            raise IdTokenNotAllowed
        password = self.issue(source.region)
        token = Authorization(
            user="AWS",
            password=password,
            expires_at=self._clock.now() + TWELVE_HOURS,
            host=self.issued[password],
            account=ACCOUNT,
        )
        if wrong not in _UNUSABLE:
            return token
        self._unusable.add(password)
        return _UNUSABLE[wrong](token)

    def verify(self, credential: Credential) -> None:
        """Accept a credential, unless none of its region is accepted."""
        if self._wrong(credential) == "not accepted":
            raise CredentialNotAccepted(credential.server)
        if not any(r.host == credential.server and r.probe_image for r in REGISTRIES):
            self._prove(credential)

    def probe(self, credential: Credential, image: str) -> None:
        """Let a credential pull, unless none of its region may."""
        if self._wrong(credential) == "may not pull":
            raise PullDenied(credential.server)
        self._prove(credential)

    def _prove(self, credential: Credential) -> None:
        if credential.password not in self._unusable:
            self.proved.add((credential.server, credential.password))

    def _wrong(self, credential: Credential) -> str:
        region = next(region for region, host in HOSTS.items() if host == credential.server)
        return self.wrong.get(region, "")


def _elsewhere(region: str) -> str:
    return hosts.build(account=ACCOUNT, region=region)


def _soon(token: Authorization) -> datetime:
    return token.expires_at - TWELVE_HOURS + timedelta(minutes=4)
