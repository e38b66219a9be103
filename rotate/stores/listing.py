"""Listings of GitHub's, page by page; the pages that it numbers are read a few at a time.

https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import requests

from rotate.errors import GitHubRefusal, GitHubUnavailable
from rotate.stores.answer import Answer

_AT_ONCE = 5
"""Pages read side by side: each may take a megabyte until it is read."""

_FULL = 100
"""Entries of a page, where there are as many and more: no page has more."""

_NUMBER = re.compile(r"(?<=[?&]page=)\d{1,6}(?!\d)")
"""The number of a page in its address."""

Get = Callable[[str], Answer]


def entries(
    get: Get, path: str, items: str | None, *, query: str, is_own: Callable[[str], bool]
) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of every page, which stand under `items` or are all of it.

    Raises:
        GitHubUnavailable: it is no listing, shows less than it says there is, changes while it is
            read, or has no end.
        GitHubRefusal: it goes on at an address that is not GitHub's own.
        RotateError: as `get` does.
    """
    shown, totals = 0, set[int]()
    for answer in _answers(get, path, query, lambda answer: _links(answer, path, is_own)):
        page, total = _listed(answer.body, items, path)
        totals.add(total)
        if len(totals) > 1:
            # What is removed from a page that was read moves an entry there from the next one.
            raise GitHubUnavailable("the listing changed while it was read", where=path)
        yield from page
        shown += len(page)
    if shown < max(totals):
        raise GitHubUnavailable(f"the answer lists {shown} of {max(totals)}", where=path)


def _answers(
    get: Get, path: str, query: str, links_of: Callable[[Answer], Mapping[str, str]]
) -> Iterator[Answer]:
    read: set[str] = set()
    following: str | None = f"{path}{query}"
    while following:
        if following in read:
            raise GitHubUnavailable("the listing leads back to a page before", where=path)
        read.add(following)
        answer = get(following)
        yield answer
        links = links_of(answer)
        for another in _side_by_side(get, _numbered(links)):
            yield another
            # The last one has no next page, unless the listing has grown meanwhile.
            links = links_of(another)
        following = links.get("next") or _untold(answer, following)


def _side_by_side(get: Get, addresses: Iterator[str]) -> Iterator[Answer]:
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        while some := tuple(islice(addresses, _AT_ONCE)):
            yield from readers.map(get, some)


def _numbered(links: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses of the second page to the last one, if they differ by a number alone.

    A single one is not worth a connection of its own.
    """
    last = links.get("last", "")
    number = _NUMBER.search(last)
    if not number:
        return
    before, after = last[: number.start()], last[number.end() :]
    if links.get("next") == f"{before}2{after}" and int(number[0]) > 2:
        yield from (f"{before}{page}{after}" for page in range(2, int(number[0]) + 1))


def _untold(answer: Answer, address: str) -> str | None:
    """Return the page after one that is full and has no header `Link`, None after any other.

    There is none, perhaps. But a proxy may have dropped the header, and a bare list does not say
    how many entries there are; what does is an object, which has a few members only.
    """
    if answer.headers.get("link") or len(answer.body) < _FULL:
        return None
    number = _NUMBER.search(address)
    if not number:
        return f"{address}&page=2"
    return f"{address[: number.start()]}{int(number[0]) + 1}{address[number.end() :]}"


def _links(answer: Answer, path: str, is_own: Callable[[str], bool]) -> Mapping[str, str]:
    """Return the addresses that an answer leads on to, by their relation."""
    header = answer.headers.get("link")
    # To load requests takes longer than all else that is done about a listing of one page.
    linked = requests.utils.parse_header_links(header) if header else ()
    links = {link["rel"]: link["url"] for link in linked if link.get("rel") in ("next", "last")}
    if not all(map(is_own, links.values())):
        # PyGithub would ask GitHub for the path that the other host has.
        message = "a listing that goes on at another host is not followed"
        raise GitHubRefusal(status=answer.status, message=message, where=f"GET {path}")
    return links


def _listed(body: object, items: str | None, path: str) -> tuple[list[Mapping[str, Any]], int]:
    """Return the entries of a page, and how many there are in all, 0 where it does not say."""
    named = body if items else {items: body}
    page = named.get(items) if isinstance(named, dict) else None
    total = named.get("total_count", 0) if isinstance(named, dict) else None
    if not isinstance(page, list) or not isinstance(total, int):
        raise GitHubUnavailable("the answer is no listing", where=path)
    return page, total
