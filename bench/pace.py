"""The pace under GitHub's documented limits, on a simulated clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rotate.deadline import Deadline
from rotate.model.plan import Limits
from rotate.stores.pace import Pace

_HOURS_48 = 48 * 3600.0
_LATENCY = 0.08


class SimulatedClock:
    """A clock that a sleep moves on at once; it fulfils `rotate.deadline.Clock`."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.seconds = 0.0
        self.stopped_at: float | None = None

    def now(self) -> datetime:
        """Return the simulated time, in UTC."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the simulated seconds."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.seconds += seconds

    def check(self) -> None:
        """Go on: nobody stops a simulation."""


@dataclass
class GitHubWindow:
    """A limit as GitHub counts it: so much within any window of so many seconds."""

    most: int
    seconds: float
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0
    refused: int = 0

    def take(self, cost: int, now: float) -> None:
        """Count a request, which is refused when it is too much."""
        while self.spent and self.spent[0][0] <= now - self.seconds:
            self.total -= self.spent.popleft()[1]
        self.refused += self.total + cost > self.most
        self.spent.append((now, cost))
        self.total += cost


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What a fleet took on the simulated clock."""

    hours: float
    share: float
    """Writes an hour, as a share of what GitHub allows; the first burst left aside."""
    refused: int


def simulate(repositories: int, limits: Limits | None = None) -> Simulation:
    """Pace a public key and three writes for each repository, as a rotation does."""
    limits = limits or Limits()
    clock = SimulatedClock()
    pace = Pace(deadline=Deadline(clock=clock, seconds=_HOURS_48), limits=limits)
    points = GitHubWindow(limits.points_per_minute, 60)
    writes = (
        GitHubWindow(limits.writes_per_minute, 60),
        GitHubWindow(limits.writes_per_hour, 3600),
    )
    for _ in range(repositories):
        for write in (False, True, True, True):
            if not write:
                pace.prepay(3)
            with pace.admitted(write=write):
                points.take(5 if write else 1, clock.seconds)
                for window in writes if write else ():
                    window.take(1, clock.seconds)
                clock.sleep(_LATENCY)
    hours = clock.seconds / 3600
    paced = 3 * repositories - limits.writes_per_hour
    return Simulation(
        hours=hours,
        share=paced / (hours * limits.writes_per_hour),
        refused=points.refused + sum(window.refused for window in writes),
    )
