"""Listings, of which the numbered pages are read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Thread, current_thread

import pytest

from rotate.errors import GitHubDenied, GitHubRefusal, GitHubUnavailable
from rotate.stores.answer import Answer
from rotate.stores.listing import entries
from tests.unit.stores.at_github import DENIED, URL

FIRST = "/repos?per_page=100"


def page(number: int) -> str:
    """Return the address of a page."""
    return f"{URL}{FIRST}&page={number}"


def is_own(address: str) -> bool:
    """Return whether an address is GitHub's."""
    return address.startswith(f"{URL}/")


class Listing:
    """A listing of so many pages, with the page's number as its one entry."""

    def __init__(self, last: int, *, address: Callable[[int], str] = page) -> None:
        """Give pages addresses."""
        self.last = last
        self.asked: list[int] = []
        self.readers: set[Thread] = set()
        """Who asked: each thread has a connection of its own."""
        self.meet: Barrier | None = None
        """Where the pages after the first wait for each other."""
        self.failing = 0
        self.grows = False
        """Whether a page is added once the last one was read."""
        self.leads_back = False
        """Whether the page after the last one is the first."""
        self._address = address

    def get(self, address: str) -> Answer:
        """Return a page."""
        number = 1
        if address not in {FIRST, f"{URL}{FIRST}"}:
            number = next(n for n in range(2, 99) if self._address(n) == address)
            if self.meet:
                self.meet.wait(timeout=5)
        self.asked.append(number)
        self.readers.add(current_thread())
        if number == self.failing:
            raise DENIED
        if self.grows and number == self.last:
            self.grows, self.last = False, self.last + 1
        return Answer(status=200, headers={"link": self._links(number)}, body=[{"id": number}])

    def _links(self, number: int) -> str:
        if number >= self.last:
            back = "next" if self.leads_back else "first"
            return f'<{URL}{FIRST}>; rel="{back}"'
        following, last = self._address(number + 1), self._address(self.last)
        return f'<{following}>; rel="next", <{last}>; rel="last"'

    def __iter__(self) -> Iterator[int]:
        """Yield the entries."""
        listed = entries(self.get, "/repos", None, query="?per_page=100", is_own=is_own)
        return (entry["id"] for entry in listed)


@pytest.mark.parametrize("last", [1, 2, 3, 6, 7, 23])
def test_every_page(last: int) -> None:
    """Every page is read once, and comes in its order."""
    listing = Listing(last)
    assert list(listing) == list(range(1, last + 1))
    assert sorted(listing.asked) == list(range(1, last + 1))


def test_side_by_side() -> None:
    """Five pages are read at the same time."""
    listing = Listing(11)
    listing.meet = Barrier(5)
    assert list(listing) == list(range(1, 12))


def test_one_more_page() -> None:
    """A second page that is the last is read over the connection that is there."""
    listing = Listing(2)
    assert list(listing) == [1, 2]
    assert listing.readers == {current_thread()}


def test_listing_that_grows() -> None:
    """A page that is added meanwhile is read, too."""
    listing = Listing(4)
    listing.grows = True
    assert list(listing) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "address",
    [
        lambda number: f"{URL}/repos?after=cursor{number}",
        lambda number: f"{URL}/repos?page={number}&token={number}",
        lambda number: f"{URL}/repos?per_page={number}",
        lambda number: f"{URL}/repos?page={'0' * 9}{number}",
    ],
    ids=["cursors", "more than a number", "another number", "an absurd number"],
)
def test_pages_without_numbers(address: Callable[[int], str]) -> None:
    """Where the addresses differ by more than the page's number, each leads to the next one."""
    listing = Listing(4, address=address)
    assert list(listing) == [1, 2, 3, 4]
    assert listing.asked == [1, 2, 3, 4]


@pytest.mark.parametrize("failing", [1, 2, 5, 9])
def test_page_that_fails(failing: int) -> None:
    """A listing without one of its pages is none."""
    listing = Listing(9)
    listing.failing = failing
    with pytest.raises(GitHubDenied):
        list(listing)


@pytest.mark.parametrize("relation", ["next", "last"])
def test_elsewhere(relation: str) -> None:
    """A listing that goes on at another host ends the run before that host is asked."""
    links = {"next": page(2), "last": page(3), relation: "https://example.com/repos?page=2"}
    link = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())
    asked: list[str] = []

    def get(address: str) -> Answer:
        asked.append(address)
        return Answer(status=200, headers={"link": link}, body=[])

    with pytest.raises(GitHubRefusal, match="another host"):
        list(entries(get, "/repos", None, query="", is_own=is_own))
    assert asked == ["/repos"]


@pytest.mark.parametrize("last", [1, 3])
def test_circle(last: int) -> None:
    """A listing that leads back to a page before is none, however long one would follow it."""
    listing = Listing(last)
    listing.leads_back = True
    with pytest.raises(GitHubUnavailable, match="leads back to a page before"):
        list(listing)
    assert len(listing.asked) == 2 * last


@pytest.mark.parametrize(
    ("count", "pages"), [(99, 1), (100, 2), (130, 2), (200, 3), (1000, 11), (1001, 11)]
)
@pytest.mark.parametrize("headers", [{}, {"link": ""}], ids=["none", "empty"])
def test_without_links(count: int, pages: int, headers: dict[str, str]) -> None:
    """A list whose pages do not lead on is read until a page is not full."""
    asked: list[str] = []

    def get(address: str) -> Answer:
        asked.append(address)
        number = int(address.partition("&page=")[2] or 1)
        body = [{"id": each} for each in range(count)][100 * (number - 1) : 100 * number]
        return Answer(status=200, headers=headers, body=body)

    listed = entries(get, "/repos", None, query="?per_page=100", is_own=is_own)
    assert [entry["id"] for entry in listed] == list(range(count))
    assert asked == [FIRST, *(f"{FIRST}&page={number}" for number in range(2, pages + 1))]


def test_full_page_that_is_the_last() -> None:
    """A full page that leads back, and not on, is known to be the last one."""
    asked: list[str] = []

    def get(address: str) -> Answer:
        asked.append(address)
        relation = "next" if address == FIRST else "first"
        headers = {"link": f'<{page(2)}>; rel="{relation}"'}
        return Answer(status=200, headers=headers, body=[{"id": 1}] * 100)

    listed = entries(get, "/repos", None, query="?per_page=100", is_own=is_own)
    assert len(list(listed)) == 200
    assert asked == [FIRST, page(2)]


def test_link_lost_on_the_way() -> None:
    """Where the second page no longer leads on, the third one is asked for."""
    asked: list[str] = []

    def get(address: str) -> Answer:
        asked.append(address)
        headers = {"link": f'<{page(2)}>; rel="next"'} if address == FIRST else {}
        size = 1 if address == page(3) else 100
        return Answer(status=200, headers=headers, body=[{"id": 1}] * size)

    listed = entries(get, "/repos", None, query="?per_page=100", is_own=is_own)
    assert len(list(listed)) == 201
    assert asked == [FIRST, page(2), page(3)]


@pytest.mark.parametrize(
    ("totals", "what"),
    [
        ((2, 1), "the listing changed while it was read"),
        ((2, 3), "the listing changed while it was read"),
        ((3, 3), "the answer lists 2 of 3"),
    ],
)
def test_total_that_does_not_hold(totals: tuple[int, ...], what: str) -> None:
    """A listing that changes between two pages, or is shorter than it says, is none."""
    told = list(totals)

    def get(_: str) -> Answer:
        body = {"total_count": told.pop(0), "repositories": [{"id": 1}]}
        headers = {"link": f'<{page(2)}>; rel="next"'} if told else {}
        return Answer(status=200, headers=headers, body=body)

    with pytest.raises(GitHubUnavailable, match=what):
        list(entries(get, "/chosen", "repositories", query="", is_own=is_own))


@pytest.mark.parametrize("relation", ["", '; rel="describedby"'])
def test_link_that_leads_nowhere_on(relation: str) -> None:
    """An address that is no page of the listing is not looked at, wherever it leads."""
    headers = {"link": f"<https://example.com/about>{relation}"}

    def get(_: str) -> Answer:
        return Answer(status=200, headers=headers, body=[{"id": 1}])

    assert list(entries(get, "/repos", None, query="", is_own=is_own)) == [{"id": 1}]
