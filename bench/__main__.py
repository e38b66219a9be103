"""`make bench`: measure, and print the tables that the README shows.

`python -m bench schedule` prints the one of schedules alone.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator

from bench.fleet import Fleet, fleet, rotate
from bench.pace import simulate
from bench.program import Program, program
from bench.schedule import PERIODS, SHARES, Weather, cron
from bench.schedule import simulate as simulate_schedule
from bench.single import Single, nothing_due, single
from bench.world import world

_MEBIBYTE = 2**20


def main() -> None:
    """Print a row as soon as it is measured."""
    if sys.argv[1:] != ["schedule"]:
        _measure()
    _schedules()


def _schedules() -> None:
    shares = " | ".join(f"`renew-before: {share}%`" if share else "every time" for share in SHARES)
    print(f"\n| schedule | {shares} |\n| --- |{' --- |' * len(SHARES)}")
    for hours in PERIODS:
        cells = " | ".join(_stale(hours, share) for share in SHARES)
        print(f"| `{cron(hours)}` | {cells} |", flush=True)


def _stale(hours: int, share: int | None) -> str:
    weathers = (Weather(dropped=0, dropped_again=0), Weather())
    return ", ".join(f"{simulate_schedule(hours, share, one):.1f}" for one in weathers)


def _measure() -> None:
    with program() as ours:
        print(f"{ours.python}, {platform.machine()}, {_processors()} processors\n")
        print("| what | measured |\n| --- | --- |")
        for row in _rows(ours):
            print(f"| {row} |", flush=True)


def _rows(ours: Program) -> Iterator[str]:
    yield from (_single(single(ours, latency=latency)) for latency in (0.0, 0.08))
    idle = nothing_due(ours)
    yield f"nothing due | {idle.wall:.2f} s"
    yield from (
        _fleet(fleet(ours, count, concurrency=concurrency))
        for count in (200, 1000)
        for concurrency in (20, 100)
    )
    paced = simulate(5000)
    yield (
        f"5,000 repositories under GitHub's limits, simulated | {paced.hours:.1f} h, "
        f"{paced.share:.1%} of the allowed rate, {paced.refused} requests refused"
    )
    yield _memory(ours)
    if ours.container:
        yield f"the image, compressed, beside Python's own | {ours.container.added / 1e6:.1f} MB"


_ROUND_TRIPS = 6
"""Requests of a rotation that wait for each other: ID token, session, token, a check of it, server
and user at once, password."""


def _single(measured: Single) -> str:
    ours = measured.ours
    beside = ours.wall - _ROUND_TRIPS * measured.latency
    others = {"`aws` and `gh`": measured.aws_and_gh, "AWS's actions": measured.aws_actions}
    return (
        f"one rotation, cold, {measured.latency * 1000:.0f} ms a request | {ours.wall:.2f} s "
        f"(processor {ours.cpu:.2f} s, {beside:.2f} s beside its six round trips)"
    ) + "".join(
        f"; {name} {theirs.wall:.2f} s ({theirs.cpu:.2f} s): {ours.wall / theirs.wall:.2f} x"
        for name, theirs in others.items()
        if theirs
    )


def _fleet(measured: Fleet) -> str:
    wall, sync = measured.ours.wall, measured.secrets_sync
    return (
        f"{measured.repositories:,} repositories, three secrets each, 80 ms a request, "
        f"`concurrency: {measured.concurrency}`, no limits | {wall:.1f} s, "
        f"{measured.gh / wall:.0f} x a loop of `gh secret set`; "
        + (f"{sync.wall / wall:.1f} x `secrets-sync-action`; " if sync else "")
        + f"{measured.efficiency:.0%} of what the latency allows"
    )


def _memory(ours: Program) -> str:
    with world(repositories=10_000) as place:
        one = rotate(ours, place, concurrency=8, pattern="acme/service-00000")
        many = rotate(ours, place, concurrency=8)
    return (
        f"memory, 1 and 10,000 repositories | {one.peak / _MEBIBYTE:.0f} MiB and "
        f"{many.peak / _MEBIBYTE:.0f} MiB: {many.peak / one.peak:.2f} x"
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
