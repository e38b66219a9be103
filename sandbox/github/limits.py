"""GitHub's rate limits, primary and secondary, counted by the sandbox's clock.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import math
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock
from sandbox.github.answers import RefusalError
from sandbox.github.credentials import Credential

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ABOUT = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
_ABOUT_SECONDARY = (
    "https://docs.github.com/free-pro-team@latest/rest/overview/"
    "rate-limits-for-the-rest-api#about-secondary-rate-limits"
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Which limits are in force; `None` switches one off.

    With `primary`, each credential has the requests an hour that its kind is allowed, or
    `allowance` instead. `concurrent` counts requests under way, `points` those of a minute (1
    for a read, 5 for a write), `writes_per_minute` and `writes_per_hour` the requests that
    create content. `status` is that of every refusal, 403 or 429, and `announced` whether a
    secondary one carries `retry-after`.
    """

    primary: bool = True
    allowance: int | None = None
    concurrent: int | None = None
    points: int | None = None
    writes_per_minute: int | None = None
    writes_per_hour: int | None = None
    status: int = 403
    announced: bool = True


DOCUMENTED = Limits(concurrent=100, points=900, writes_per_minute=80, writes_per_hour=500)
"""All the limits, as GitHub documents them."""


class Meters:
    """Counts requests for each credential, and refuses those beyond the limits."""

    def __init__(self, clock: Clock) -> None:
        self.limits = Limits()
        self._clock = clock
        self._meters: dict[str, _Meter] = {}

    @contextmanager
    def admitted(self, credential: Credential, method: str) -> Iterator[None]:
        """Count one request while the block lasts; raises `RefusalError` beyond a limit."""
        meter = self._meter(credential)
        self._check_primary(meter, credential)
        self._check_secondary(meter, method)
        meter.count(self._clock.now(), method)
        meter.under_way += 1
        try:
            yield
        finally:
            meter.under_way -= 1

    def rate(self, credential: Credential) -> dict[str, int]:
        """Return the primary limit and what is left of it, as `/rate_limit` tells it."""
        meter = self._meter(credential)
        limit = self._allowance(credential)
        return {
            "limit": limit,
            "used": meter.used,
            "remaining": max(0, limit - meter.used),
            "reset": math.ceil(meter.reset.timestamp()),
        }

    def headers(self, credential: Credential) -> dict[str, str]:
        """Return the headers that every answer carries."""
        rate = self.rate(credential)
        return {
            **{f"X-RateLimit-{name.title()}": str(value) for name, value in rate.items()},
            "X-RateLimit-Resource": "core",
        }

    def _allowance(self, credential: Credential) -> int:
        allowance = self.limits.allowance
        return credential.hourly if allowance is None else allowance

    def _meter(self, credential: Credential) -> _Meter:
        meter = self._meters.setdefault(credential.subject, _Meter())
        meter.turn(self._clock.now())
        return meter

    def _check_primary(self, meter: _Meter, credential: Credential) -> None:
        if self.limits.primary and meter.used >= self._allowance(credential):
            raise RefusalError(
                self.limits.status,
                f"API rate limit exceeded for {credential.subject}. {_help_line()}",
                documentation_url=_ABOUT,
            )

    def _check_secondary(self, meter: _Meter, method: str) -> None:
        wait = meter.wait(self._clock.now(), method, self.limits)
        if wait > 0:
            raise RefusalError(
                self.limits.status,
                "You have exceeded a secondary rate limit. Please wait a few minutes before "
                f"you try again. {_help_line()}",
                headers={"Retry-After": str(math.ceil(wait))} if self.limits.announced else {},
                documentation_url=_ABOUT_SECONDARY,
            )


class _Meter:
    """What one credential has used."""

    def __init__(self) -> None:
        self.under_way = 0
        self.used = 0
        self.reset = datetime.min.replace(tzinfo=UTC)
        self._points = _Window(timedelta(minutes=1))
        self._minute_of_writes = _Window(timedelta(minutes=1))
        self._hour_of_writes = _Window(timedelta(hours=1))

    def turn(self, now: datetime) -> None:
        """Begin a new hour of the primary limit when the last one is over."""
        if now >= self.reset:
            self.used, self.reset = 0, now + timedelta(hours=1)

    def count(self, now: datetime, method: str) -> None:
        self.used += 1
        self._points.add(now, 1 if method in _READING else 5)
        if method not in _READING:
            self._minute_of_writes.add(now, 1)
            self._hour_of_writes.add(now, 1)

    def wait(self, now: datetime, method: str, limits: Limits) -> float:
        """Return the seconds until such a request fits within all secondary limits."""
        reading = method in _READING
        crowded = limits.concurrent is not None and self.under_way >= limits.concurrent
        return max(
            1.0 if crowded else 0.0,
            self._points.wait(now, 1 if reading else 5, limits.points),
            self._minute_of_writes.wait(now, 0 if reading else 1, limits.writes_per_minute),
            self._hour_of_writes.wait(now, 0 if reading else 1, limits.writes_per_hour),
        )


class _Window:
    """A sum over the last so many seconds."""

    def __init__(self, period: timedelta) -> None:
        self._period = period
        self._entries: deque[tuple[datetime, int]] = deque()
        self._total = 0

    def add(self, now: datetime, amount: int) -> None:
        self._entries.append((now, amount))
        self._total += amount

    def wait(self, now: datetime, amount: int, limit: int | None) -> float:
        """Return the seconds until the amount fits below the limit."""
        self._forget_before(now - self._period)
        if limit is None or amount == 0:
            return 0.0
        freed = now
        excess = self._total + amount - limit
        for when, spent in self._entries:
            if excess <= 0:
                break
            excess -= spent
            freed = when + self._period
        return (freed - now).total_seconds()

    def _forget_before(self, start: datetime) -> None:
        while self._entries and self._entries[0][0] <= start:
            self._total -= self._entries.popleft()[1]


def _help_line() -> str:
    identifier = secrets.token_hex(12).upper()
    return (
        f"If you reach out to GitHub Support for help, please include the request ID {identifier}."
    )
