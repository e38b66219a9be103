"""What is left of a credential, whether it is due, and which comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil

from cronsim import CronSim, CronSimError

from rotate.model.github import Standing
from rotate.model.target import Target

DELAY = timedelta(minutes=102).total_seconds()
"""How late one scheduled run in ten begins, as far as public samples show."""


_CLOCKS_APART = timedelta(minutes=5)
"""How far GitHub's machines may disagree: a secret is not written later than it is listed."""


class Freshness(StrEnum):
    """How a credential stands against its end."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A target as it was found."""

    target: Target
    standing: Mapping[str, Standing] | None = None
    """Every secret at its level, by name; None where nobody needed to ask."""
    written_at: datetime | None = None
    """When its password was written; None where it is incomplete or not known."""
    expires_at: datetime | None = None
    """End of its credential; None where it is incomplete or not known."""
    left: float | None = None
    """Seconds until that end, by GitHub's clock; negative when it has passed."""

    @property
    def freshness(self) -> Freshness:
        """Return `fresh` for more life than `renew-before`, `due` for less, `stale` for none."""
        if self.left is None or self.left <= 0:
            return Freshness.STALE
        threshold = self.target.renew_before
        return Freshness.DUE if threshold is not None and self.left < threshold else Freshness.FRESH

    @property
    def is_due(self) -> bool:
        """Whether a run rotates the target; without a `renew-before`, every run does."""
        return self.target.renew_before is None or self.freshness is not Freshness.FRESH


def found(target: Target, standing: Mapping[str, Standing], *, life: float, now: datetime) -> Found:
    """Return what is left of a target's credential.

    GitHub tells when a secret was last written, and a credential is new when it is written. Where
    the three do not make a whole, nothing is left.

    Args:
        target: the target.
        standing: every secret at the target's level, by name.
        life: seconds that a credential lives.
        now: the time by GitHub's own clock, as `updated_at` is.
    """
    if not _is_whole(target, standing):
        return Found(target=target, standing=standing)
    written_at = standing[target.names.password].updated_at
    if written_at - now > _CLOCKS_APART:
        # Nobody knows when it was written. Rather once too often than taken for fresh for ever.
        return Found(target=target, standing=standing)
    expires_at = written_at + timedelta(seconds=life)
    return Found(
        target=target,
        standing=standing,
        written_at=written_at,
        expires_at=expires_at,
        left=(expires_at - now).total_seconds(),
    )


def _is_whole(target: Target, standing: Mapping[str, Standing]) -> bool:
    """Tell whether all three secrets stand, and the password was written last.

    Where it was not, a run was stopped before it came to the password, and the server may be
    another one than the password is for.
    """
    if not all(name in standing for name in target.names):
        return False
    password = standing[target.names.password].updated_at
    return all(standing[name].updated_at <= password for name in target.names)


def most_urgent_first(everything: Iterable[Found]) -> list[Found]:
    """Return what is incomplete first, then by the life that is left; else as named."""
    return sorted(everything, key=lambda one: float("-inf") if one.left is None else one.left)


def longest_gap(cron: str) -> float:
    """Return the most seconds between two runs of a schedule.

    Raises:
        ValueError: it is no cron expression.
    """
    try:
        runs = CronSim(cron, _BEGIN)
    except CronSimError:
        raise ValueError(f"`{cron}` is no cron expression") from None
    moments = [next(runs)]
    while moments[-1] <= _BEGIN + _LONG_ENOUGH or len(moments) < _RUNS:
        moments.append(next(runs))
    return max((later - run).total_seconds() for run, later in pairwise(moments))


_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_LONG_ENOUGH = timedelta(days=35)
"""A month and its end show the gaps of schedules by the week and by the month."""
_RUNS = 14
"""A year of a monthly schedule, for those that run so seldom."""


def dropped_runs_survived(*, gap: float, window: float) -> int:
    """Return how many runs in a row may be dropped before a credential ends.

    GitHub delays scheduled runs and drops some:
    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule

    Args:
        gap: the most seconds between two runs.
        window: seconds of life that a credential has left when a run may first skip it.

    Returns:
        The number of runs; negative where not even a delayed run is in time.
    """
    return ceil((window - DELAY) / gap) - 2
