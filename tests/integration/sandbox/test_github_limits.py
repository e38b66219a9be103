"""The sandbox's GitHub has the rate limits that GitHub documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from sandbox.github import DOCUMENTED, Limits
from tests.worlds.github import REPOSITORY, Client, sealed


def test_the_primary_limit_counts_down_and_starts_again(client: Client) -> None:
    """Past the limit everything is refused until the hour is over; asking about it is free."""
    client.github.limits = Limits(allowance=2)
    answers = [client.ask("GET", "/user") for _ in range(3)]
    rate = client.ask("GET", "/rate_limit").json()["resources"]["core"]
    client.sandbox.clock.advance(hours=1, seconds=1)

    assert [each.status_code for each in answers] == [200, 200, 403]
    assert [each.headers["X-RateLimit-Remaining"] for each in answers] == ["1", "0", "0"]
    assert "API rate limit exceeded for user ID" in answers[2].json()["message"]
    assert (rate["used"], rate["remaining"]) == (2, 0)
    assert client.ask("GET", "/user").status_code == 200


@pytest.mark.parametrize(("status", "announced"), [(403, True), (429, True), (403, False)])
def test_the_secondary_limit_counts_points(client: Client, status: int, announced: bool) -> None:
    """A write costs five points, a read one, and the answer may say how long to wait."""
    client.github.limits = Limits(points=6, status=status, announced=announced)
    written = client.put(f"{REPOSITORY}/PASSWORD")
    refused = client.ask("GET", "/user")
    client.sandbox.clock.advance(seconds=61)

    assert (written.status_code, refused.status_code) == (201, status)
    assert "secondary rate limit" in refused.json()["message"]
    assert ("Retry-After" in refused.headers) is announced
    assert client.ask("GET", "/user").status_code == 200


def test_writes_have_a_limit_of_their_own(client: Client) -> None:
    """Eighty requests a minute may create content; reading goes on."""
    client.github.limits = DOCUMENTED
    key = client.ask("GET", f"{REPOSITORY}/public-key").json()
    statuses = [
        client.ask("PUT", f"{REPOSITORY}/PASSWORD", sealed(key, "v")).status_code for _ in range(81)
    ]

    assert statuses == [201, *[204] * 79, 403]
    assert client.ask("GET", REPOSITORY).status_code == 200


def test_requests_under_way_are_limited(client: Client) -> None:
    """Those beyond the limit on concurrent requests are refused, those within are not."""
    with ExitStack() as stack, ThreadPoolExecutor(4) as threads:
        clients = [
            stack.enter_context(closing(Client(client.sandbox, client.token))) for _ in range(4)
        ]
        for each in clients:
            each.ask("GET", "/user")  # connects, which would spread the requests that matter
        client.github.limits, client.github.response_time = Limits(concurrent=2), 0.5
        answers = list(threads.map(lambda each: each.ask("GET", "/user").status_code, clients))

    assert sorted(answers) == [200, 200, 403, 403]
