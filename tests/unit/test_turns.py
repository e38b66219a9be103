"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.turns import in_turns


@pytest.fixture(scope="module")
def workers() -> Iterator[Executor]:
    """Return more workers than any of these tests lets work at once."""
    with ThreadPoolExecutor(4) as executor:
        yield executor


def came(error: Exception | None = None) -> Future[None]:
    """Return what is done already, well or not."""
    future: Future[None] = Future()
    if error:
        future.set_exception(error)
    else:
        future.set_result(None)
    return future


READY = came()


def done_in_order(
    items: list[str],
    workers: Executor,
    *,
    awaited: Callable[[str], Future[None]] = lambda _: READY,
    meanwhile: Callable[[str], object] = lambda _: None,
    at_once: int = 1,
) -> list[str]:
    """Return in which order the items were done, whose first letter is their queue."""
    done: list[str] = []

    def work(item: str) -> None:
        meanwhile(item)
        done.append(item)

    in_turns(
        work,
        items,
        queue=lambda item: item[0],
        awaited=awaited,
        at_once=at_once,
        workers=workers,
    )
    return done


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans())), st.integers(1, 3))
def test_each_item_once(items: list[tuple[int, bool]], at_once: int) -> None:
    """Whatever the queues and what is awaited, every item is worked on once, and told in order."""
    awaited = {True: came(), False: came(ValueError())}
    with ThreadPoolExecutor(at_once) as workers:
        results = in_turns(
            lambda numbered: numbered[0],
            enumerate(items),
            queue=lambda numbered: str(numbered[1][0]),
            awaited=lambda numbered: awaited[numbered[1][1]],
            at_once=at_once,
            workers=workers,
        )
    assert results == tuple(range(len(items)))


def test_queues_take_turns(workers: Executor) -> None:
    """The queue that was served longest ago is next, and in each the item that was named first."""
    items = ["a1", "a2", "a3", "b1", "b2", "c1"]
    assert done_in_order(items, workers) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_queue_that_stands_still(workers: Executor) -> None:
    """A queue whose items do not end keeps one worker, and the others all the rest."""
    others_done = Event()

    def meanwhile(item: str) -> None:
        if item == "b4":
            others_done.set()
        assert item[0] == "b" or others_done.wait(timeout=5)

    items = ["a1", "a2", "a3", "b1", "b2", "b3", "b4"]
    done = done_in_order(items, workers, meanwhile=meanwhile, at_once=2)
    assert done[:3] == ["b1", "b2", "b3"]


def test_what_is_awaited(workers: Executor) -> None:
    """What is not ready yet takes nobody's place, and its own in its queue once it is."""
    late: Future[None] = Future()

    def meanwhile(item: str) -> None:
        if item == "a3":
            late.set_result(None)

    done = done_in_order(
        ["a1", "a2", "a3", "a4"],
        workers,
        awaited=lambda item: late if item in ("a1", "a2") else READY,
        meanwhile=meanwhile,
    )
    assert done == ["a3", "a1", "a2", "a4"]


def test_no_more_at_once_than_may_be(workers: Executor) -> None:
    """However many queues and workers there are, so many items are under way, and no more."""
    under_way: set[str] = set()
    seen: list[int] = []
    all_began = Event()

    def meanwhile(item: str) -> None:
        under_way.add(item)
        seen.append(len(under_way))
        if len(under_way) == 2:
            all_began.set()
        assert all_began.wait(timeout=5)
        under_way.remove(item)

    done_in_order([f"{queue}1" for queue in "abcdef"], workers, meanwhile=meanwhile, at_once=2)
    assert max(seen) == 2
