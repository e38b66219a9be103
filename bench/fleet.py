"""A fleet of repositories, against a loop of `gh secret set`."""

from __future__ import annotations

from dataclasses import dataclass

from bench import published
from bench.process import Measured, measure
from bench.program import Program
from bench.world import HOST, World, world

_LATENCY = 0.08
_REQUESTS = 4
"""Requests a repository takes: its public key, and three writes."""

_SAMPLE = 5
"""Repositories of the `gh` loop that are really written; it takes the same for each."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What a fleet took."""

    repositories: int
    concurrency: int
    ours: Measured
    gh: float
    """Seconds a loop of `gh secret set` takes, from a sample."""
    secrets_sync: Measured | None
    """`secrets-sync-action` writing what it is given, where it is at hand."""

    @property
    def efficiency(self) -> float:
        """The time that latency alone takes, as a share of what it took."""
        return self.repositories * _REQUESTS * _LATENCY / self.in_flight / self.ours.wall

    @property
    def in_flight(self) -> float:
        """Requests under way at once: a target's server and user are written side by side."""
        return self.concurrency * _REQUESTS / (_REQUESTS - 1)


def fleet(program: Program, repositories: int, *, concurrency: int) -> Fleet:
    """Rotate that many repositories once, at 80 ms a request and without limits."""
    actions = published.folder()
    with world(repositories=repositories, latency=_LATENCY) as place:
        return Fleet(
            repositories=repositories,
            concurrency=concurrency,
            ours=rotate(program, place, concurrency=concurrency),
            gh=_gh_loop(place) / _SAMPLE * repositories,
            secrets_sync=published.secrets_sync(place, actions) if actions else None,
        )


def rotate(
    program: Program, place: World, *, concurrency: int, pattern: str = "acme/service-*"
) -> Measured:
    """Rotate the repositories that fit the pattern."""
    options = ["--concurrency", str(concurrency), "--timeout", "1h"]
    config = ["--config", str(place.configure(pattern))]
    return program.command_line(place, "run", "--json", *config, *options)


def _gh_loop(place: World) -> float:
    return sum(
        measure(_set_secret(f"acme/service-{number:05}", name), place.environment).wall
        for number in range(_SAMPLE)
        for name in ("SERVER", "USERNAME", "PASSWORD")
    )


def _set_secret(repository: str, name: str) -> list[str]:
    where = ["--app", "codespaces", "--repo", repository]
    return ["gh", "secret", "set", name, *where, "--body", HOST]
