"""Faults on chosen requests, and the record of every request."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

Body = str | bytes | Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong, and with which requests.

    A request matches when it agrees with everything given among `service`, `host` and `path`
    (regular expressions, searched for in the host name, and in path and query), `method` and
    `action` (AWS only). The first
    `skip` matching requests pass unharmed, then `times` are hit; `None` means all.

    `status` or `body` replaces the answer; `headers` alone are added to the real one. `delay`
    (seconds) passes before the request is handled, and `early` (a status of 1xx) announces the
    answer before that. `reset` answers with a TCP reset.
    `truncate` sends so many bytes of the body under a Content-Length that announces all of
    it; `drip` sends all of it, one byte each so many seconds. With `after`, the request takes
    effect before its answer is replaced or lost. `skew` is added to the answer's `Date`.
    """

    service: str | None = None
    host: str | None = None
    method: str | None = None
    path: str | None = None
    action: str | None = None
    times: int | None = 1
    skip: int = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    delay: float = 0.0
    early: int | None = None
    reset: bool = False
    truncate: int | None = None
    drip: float | None = None
    after: bool = False
    skew: timedelta = timedelta()

    @property
    def replaces(self) -> bool:
        """Whether the real answer is withheld."""
        return self.reset or self.status is not None or self.body is not None

    @property
    def falsifies(self) -> bool:
        """Whether what is sent is not the service's own answer, or not all of it at once."""
        parted = self.truncate is not None or self.drip is not None or self.early is not None
        return self.replaces or bool(self.headers) or parted

    def matches(self, request: Recorded) -> bool:
        """Tell whether the request is one that this fault is meant for."""
        return (
            self.service in {None, request.service}
            and self.method in {None, request.method}
            and self.action in {None, request.action}
            and (self.host is None or re.search(self.host, request.host) is not None)
            and (self.path is None or re.search(self.path, request.path) is not None)
        )


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One request as it reached the sandbox.

    `when` is by the sandbox's clock, `path` includes the query, `status` is None where no
    status line was sent. `service` is `refused` where the proxy knows no such host.
    """

    when: datetime
    method: str
    host: str
    path: str
    service: str
    action: str | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, word by word, for those who asked to witness them.

    `path` includes the query. The answer is `genuine` unless a fault had its hands on it.
    """

    method: str
    host: str
    path: str
    content_type: str
    sent: bytes = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    answer: bytes = field(repr=False)
    genuine: bool


@dataclass(kw_only=True)
class _Armed:
    fault: Fault
    skip: int
    left: float

    def hit(self) -> bool:
        """Count one matching request and tell whether the fault strikes."""
        if self.skip:
            self.skip -= 1
            return False
        self.left -= 1
        return self.left >= 0


class Faults:
    """The faults waiting for their requests."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Arm a fault; of several that match a request, the one added first strikes."""
        left = float("inf") if fault.times is None else fault.times
        with self._lock:
            self._armed.append(_Armed(fault=fault, skip=fault.skip, left=left))

    def clear(self) -> None:
        """Disarm all of them."""
        with self._lock:
            self._armed.clear()

    def strike(self, request: Recorded) -> Fault:
        """Return the fault that this request suffers: one that does nothing, if none."""
        with self._lock:
            matching = (armed for armed in self._armed if armed.fault.matches(request))
            return next((armed.fault for armed in matching if armed.hit()), Fault())


class Recorder:
    """Everything that was asked of the sandbox, in the order of arrival."""

    def __init__(self) -> None:
        self._in_hand: list[Recorded] = []
        self._recorded: list[Recorded] = []

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """The answered requests by time of arrival; one still in hand is not among them."""
        return tuple(sorted(self._recorded, key=lambda recorded: recorded.when))

    @property
    def in_hand(self) -> tuple[Recorded, ...]:
        """The requests without an answer so far, even if their client has given up."""
        return tuple(self._in_hand)

    def arrive(self, request: Recorded) -> None:
        """Take one request in hand."""
        self._in_hand.append(request)

    def answer(self, request: Recorded, status: int | None) -> None:
        """Remember what a request in hand was answered with."""
        self._in_hand.remove(request)
        self.add(replace(request, status=status))

    def add(self, recorded: Recorded) -> None:
        """Remember one request."""
        self._recorded.append(recorded)

    def forget(self) -> None:
        """Start over."""
        self._recorded.clear()
