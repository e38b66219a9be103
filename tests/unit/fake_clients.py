"""GitHub, AWS and the web as their clients see them, in memory: no fake here is a patch."""

from __future__ import annotations

import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import requests

from rotate import hosts
from rotate.deadline import Deadline
from rotate.errors import RotateError
from rotate.grant import Kind, kind_of
from rotate.identity.aws_call import Aws, Keys
from rotate.model.registry import Caller, Identity
from rotate.stores.answer import Answer
from rotate.stores.github import GitHub
from rotate.transport import Transport
from rotate.web import Reply, Web
from tests.unit import examples
from tests.unit.fakes import FakeClock, deadline


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request that AWS was sent."""

    operation: str
    region: str
    keys: Keys | None
    signed: bool
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FakeAws(Aws):
    """Gives the next of its answers to every request, and the last one for ever."""

    deadline: Deadline = field(default_factory=deadline)
    ca_bundle: str | None = None
    answers: list[Mapping[str, Any] | RotateError]
    calls: list[Call] = field(default_factory=list)

    prepared: list[tuple[str, str]] = field(default_factory=list)

    def prepare(self, service: str, region: str) -> None:
        """Have nothing to read."""
        self.prepared.append((service, region))

    def call(
        self,
        service: str,
        operation: str,
        *,
        region: str,
        keys: Keys | None = None,
        signed: bool = True,
        parameters: Mapping[str, object],
    ) -> Mapping[str, Any]:
        """Return the next answer."""
        self.calls.append(
            Call(
                operation=f"{service}:{operation}",
                region=region,
                keys=keys,
                signed=signed,
                parameters=parameters,
            )
        )
        return given(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


@dataclass(frozen=True, kw_only=True)
class FakeWeb(Web):
    """Gives the next of its answers to every GET."""

    deadline: Deadline = field(default_factory=deadline)
    transport: Transport = field(default_factory=partial(Transport, ssl.create_default_context()))
    answers: list[Reply | str]
    """A text is the reason why there is no answer."""
    sent: list[requests.PreparedRequest] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        unavailable: Callable[[str], RotateError],
    ) -> Reply:
        """Return the next answer."""
        self.sent.append(requests.Request("GET", url, headers=headers).prepare())
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise unavailable(answer)
        return answer


def response(status: int, text: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer of the web's."""
    return Reply(status=status, headers=headers or {}, body=text.encode())


@dataclass(frozen=True)
class Moved:
    """A body that another address gave, to which the one that was asked led."""

    body: object


class FakeGitHub(GitHub):
    """Answers by verb and path."""

    def __init__(
        self,
        answers: Mapping[str, object],
        *,
        token: Callable[[], str] = lambda: "ghp_token",
        clock: FakeClock | None = None,
    ) -> None:
        """Take, by `GET /path`, a body, a status, the entries of a listing, or an error."""
        self.answers = dict(answers)
        self.token = token
        self.clock = clock or FakeClock()
        self.sent: list[str] = []
        self.bodies: list[Mapping[str, object]] = []
        self.headers: dict[str, str] = {}
        """What every answer bears."""
        self.again: list[bool] = []
        """Whether each POST may be sent again."""
        self.queries: list[str] = []
        """With what each listing was asked for."""

    def now(self) -> datetime:
        """Return the time by the fake clock."""
        return self.clock.now()

    def skew(self) -> float | None:
        """Return that no clock is off, once something was asked."""
        return 0.0 if self.sent else None

    @property
    def kind(self) -> Kind:
        """What kind of token it is."""
        return kind_of(self.token())

    def prepay(self, writes: int) -> None:
        """Remember for how many writes was paid ahead."""
        self.sent.append(f"prepay {writes}")

    def get(self, path: str) -> Answer:
        """Return the body of that path."""
        body = self._find(f"GET {path}")
        if isinstance(body, Moved):
            return Answer(status=200, headers={}, body=body.body, moved=True)
        return Answer(status=200, headers=self.headers, body=body)

    def put(self, path: str, body: Mapping[str, object]) -> Answer:
        """Return the status for that path."""
        self.bodies.append(body)
        status = self._find(f"PUT {path}")
        assert isinstance(status, int)
        return Answer(status=status, headers={}, body=None)

    def post(
        self, path: str, body: Mapping[str, object] | None = None, *, again: bool = True
    ) -> Answer:
        """Return the body of that path."""
        self.bodies += [body] if body else []
        self.again.append(again)
        return Answer(status=201, headers={}, body=self._find(f"POST {path}"))

    def patch(self, path: str, body: Mapping[str, object]) -> Answer:
        """Return the body of that path."""
        self.bodies.append(body)
        return Answer(status=200, headers={}, body=self._find(f"PATCH {path}"))

    def pages(
        self, path: str, items: str | None = None, *, query: str = "?per_page=100"
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the entries of that path."""
        self.queries.append(query)
        asked = "" if query == "?per_page=100" else query
        listing = self._find(f"GET {path}{asked}")
        if items:
            assert isinstance(listing, dict)
            listing = listing[items]
        assert isinstance(listing, list)
        yield from listing

    def _find(self, request: str) -> object:
        self.sent.append(request)
        answer = self.answers[request]
        if isinstance(answer, RotateError):
            raise answer
        return answer


def id_token(content: object) -> str:
    """Return a token with that content, and a signature that nobody here checks."""
    payload = urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


@dataclass(frozen=True, kw_only=True)
class FakeSession:
    """Gives one answer, or refuses; it fulfils `registries.interface.AwsSession`."""

    answer: Mapping[str, Any] | RotateError
    account: str | None = examples.ACCOUNT
    expires_at: datetime | None = None
    now: datetime | None = examples.NOW
    calls: list[tuple[str, str, str, str]] = field(default_factory=list)
    parameters: list[Mapping[str, object]] = field(default_factory=list)

    def caller(self, region: str) -> Caller:
        """Return whom AWS takes it for."""
        account = self.account or examples.ACCOUNT
        arn = f"arn:{hosts.partition(region)}:sts::{account}:session"
        return Caller(arn=arn, account=account, now=self.now)

    def call(
        self,
        service: str,
        operation: str,
        *,
        region: str,
        expecting: str,
        parameters: Mapping[str, object] = MappingProxyType({}),
    ) -> Mapping[str, Any]:
        """Return the answer."""
        self.calls.append((service, operation, region, expecting))
        self.parameters.append(parameters)
        return given(self.answer)


@dataclass(frozen=True, kw_only=True)
class FakeIdentities:
    """Opens one session for whoever asks; it fulfils `registries.interface.AwsIdentities`."""

    session: FakeSession
    opened: list[Identity] = field(default_factory=list)
    prepared: list[tuple[Identity, str]] = field(default_factory=list)
    refusals: dict[str, RotateError] = field(default_factory=dict)
    """Refusals by `claims` or the ARN of a role."""

    def prepare(self, identity: Identity, service: str) -> None:
        """Have nothing to make ready."""
        self.prepared.append((identity, service))

    def open(self, identity: Identity) -> FakeSession:
        """Return the session."""
        self.opened.append(identity)
        return self.session

    def claims(self, identity: Identity) -> Mapping[str, str]:
        """Return what the ID token says, or refuse."""
        self._refuse("claims")
        return {"sub": "repo:acme/ops:ref:refs/heads/main", "aud": identity.audience, "jti": "1"}

    def sessions(self, identity: Identity) -> Iterator[FakeSession]:
        """Yield the session for each role, or refuse."""
        for role in (identity.role or "", *identity.chain):
            self._refuse(role)
            yield self.session

    def _refuse(self, what: str) -> None:
        if what in self.refusals:
            raise self.refusals[what]


def given(answer: Mapping[str, Any] | RotateError) -> Mapping[str, Any]:
    """Return an answer, or raise it."""
    if isinstance(answer, RotateError):
        raise answer
    return answer
