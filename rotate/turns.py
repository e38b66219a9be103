"""Whose turn it is: a queue that stands still holds up no other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from heapq import heappop, heappush
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_turns(
    work: Callable[[T], R],
    items: Iterable[T],
    *,
    queue: Callable[[T], str],
    awaited: Callable[[T], Future[Any]],
    at_once: int,
    workers: Executor,
) -> tuple[R, ...]:
    """Return what `work` makes of every item, in the order of the items.

    An item joins its queue once what it awaits is done, well or not; until then it takes nobody's
    place. Of the queues, the one with the fewest items under way is next.
    """
    joining = _by_awaited(items, awaited)
    queues = _Queues(queue)
    under_way: dict[Future[R], tuple[int, T]] = {}
    results: dict[int, R] = {}
    # Whatever is done says so here, so that one thread alone keeps count.
    done: SimpleQueue[Future[Any]] = SimpleQueue()
    for future in joining:
        future.add_done_callback(done.put)
    while joining or under_way:
        future = done.get()
        queues.join(joining.pop(future, ()))
        if future in under_way:
            number, item = under_way.pop(future)
            queues.leave(item)
            results[number] = future.result()
        # A future for each that is under way, and not for each of what may be thousands of items.
        while len(under_way) < at_once and (first := queues.next()):
            future = workers.submit(work, first[1])
            under_way[future] = first
            future.add_done_callback(done.put)
    return tuple(results[number] for number in sorted(results))


def _by_awaited(
    items: Iterable[T], awaited: Callable[[T], Future[Any]]
) -> dict[Future[Any], list[tuple[int, T]]]:
    numbered: defaultdict[Future[Any], list[tuple[int, T]]] = defaultdict(list)
    for number, item in enumerate(items):
        numbered[awaited(item)].append((number, item))
    return dict(numbered)


class _Queues(Generic[T]):
    """Items that wait for their turn, in each queue as they were numbered."""

    def __init__(self, queue: Callable[[T], str]) -> None:
        self._queue = queue
        self._waiting: dict[str, list[tuple[int, T]]] = {}
        self._under_way: Counter[str] = Counter()

    def join(self, numbered: Iterable[tuple[int, T]]) -> None:
        for one in numbered:
            heappush(self._waiting.setdefault(self._queue(one[1]), []), one)

    def next(self) -> tuple[int, T] | None:
        """Take the first of the queue with the fewest under way, or None if nobody waits."""
        name = min(self._waiting, key=self._under_way.__getitem__, default=None)
        if name is None:
            return None
        waiting = self._waiting.pop(name)
        first = heappop(waiting)
        if waiting:
            # At the end: among equals, the one that was served longest ago is next.
            self._waiting[name] = waiting
        self._under_way[name] += 1
        return first

    def leave(self, item: T) -> None:
        self._under_way[self._queue(item)] -= 1
