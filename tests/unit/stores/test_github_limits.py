"""When GitHub is asked, and with which token: its limits, its clock, our deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from rotate.errors import Cancelled, OutOfTime, RateLimitOutlastsRun
from rotate.model.plan import Limits
from tests.unit.examples import NOW
from tests.unit.fakes import FakeClock
from tests.unit.internet import Internet, answered
from tests.unit.stores.at_github import github

NOON = "Wed, 01 Jul 2026 12:00:00 GMT"
NOON_EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "30"}, 30),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_EPOCH + 90)}, 90),
        ({}, 60),
    ],
)
def test_limits(
    headers: dict[str, str],
    waited: float,
    internet: Internet,
    answers: list[requests.Response | Exception],
) -> None:
    """Where GitHub asks for patience, the request waits as long, and is sent again."""
    answers += [answered(429, "{}", {"Date": NOON, **headers}), answered(204)]
    clock = FakeClock()
    assert github(clock).put("/secret", {}).status == 204
    assert clock.slept == [waited]


def test_limit_that_outlasts_the_run(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A limit that ends after the deadline is not waited for."""
    answers.append(answered(403, "{}", {"Retry-After": "3600"}))
    clock = FakeClock()
    with pytest.raises(RateLimitOutlastsRun):
        github(clock).get("/user")
    assert clock.slept == []


@pytest.mark.parametrize("write", [True, False])
def test_reads_are_no_writes(
    write: bool, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """More reads than writes may be sent in a minute."""
    clock = FakeClock()
    api = github(clock)
    for _ in range(Limits().writes_per_minute + 1):
        answers.append(answered(200, "{}"))
        _ = api.put("/secret", {}) if write else api.get("/secret")
    assert bool(clock.slept) is write


def test_writes_that_belong_together() -> None:
    """Writes that follow each other are paid for before the first of them."""
    api = github(FakeClock(), seconds=30)
    api.prepay(Limits().writes_per_minute)
    with pytest.raises(RateLimitOutlastsRun):
        api.prepay(1)


def test_limit_that_is_used_up(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """The last request that a limit allows succeeds, and the next one waits for the reset."""
    headers = {
        "Date": NOON,
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(NOON_EPOCH + 90),
    }
    answers += [answered(200, "{}", headers), answered(200, "{}")]
    clock = FakeClock()
    api = github(clock)
    api.get("/user")
    assert clock.slept == []
    api.get("/user")
    assert clock.slept == [90]


def test_no_time(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """Without time nothing is sent, and with little no request takes longer."""
    with pytest.raises(OutOfTime):
        github(seconds=0).get("/user")
    answers.append(answered(200, "{}"))
    github(seconds=2).get("/user")
    assert internet.timeouts == [2.0]


def test_stopped(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """A run that was told to stop looks at no further page, and sends what a write needs."""
    clock = FakeClock()
    api = github(clock)
    clock.stop()
    with pytest.raises(Cancelled):
        list(api.pages("/secrets", "secrets"))
    assert internet.sent == []
    answers += [answered(502), answered(200, "{}"), answered(204)]
    api.get("/key")
    api.put("/secret", {})
    assert [request.method for request in internet.sent] == ["GET", "GET", "PUT"]


def test_clock_of_github(internet: Internet, answers: list[requests.Response | Exception]) -> None:
    """The time is GitHub's as of its last answer, and ours where it says none."""
    clock = FakeClock()
    api = github(clock)
    assert api.now() == NOW
    answers += [
        answered(200, "{}", {"Date": "Wed, 01 Jul 2026 12:05:00 GMT"}),
        answered(200, "{}"),
    ]
    api.get("/user")
    clock.advance(60)
    api.get("/user")
    assert api.now() == NOW + timedelta(minutes=6)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Wed, 01 Jul 2026 12:01:30 GMT", 90.0),
        ("Wed, 01 Jul 2026 11:59:00 GMT", -60.0),
        (NOON, 0.0),
    ],
)
def test_skew(
    date: str, seconds: float, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """By how much GitHub's clock is ahead is known from its answer on, and not before."""
    answers.append(answered(200, "{}", {"Date": date}))
    api = github()
    assert api.skew() is None
    api.get("/user")
    assert api.skew() == seconds


@pytest.mark.parametrize("date", ["Wed, 01 Jul 2026 12:05:00 -0000", "today", ""])
def test_clock_that_cannot_be_read(
    date: str, internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """A time that cannot be read, or names no zone, stops nobody."""
    api = github()
    answers.append(answered(200, "{}", {"Date": date}))
    api.get("/user")
    assert api.now() - NOW < timedelta(minutes=6)


@pytest.mark.parametrize(
    ("token", "installation"), [("ghs_x", True), ("ghp_x", False), ("github_pat_x", False)]
)
def test_kind_of_token(token: str, installation: bool) -> None:
    """A token tells by its prefix whether it is an installation's."""
    assert github(token=lambda: token).is_installation is installation


def test_token_of_the_moment(
    internet: Internet, answers: list[requests.Response | Exception]
) -> None:
    """Every request has the token of its moment."""
    tokens = ["ghs_1", "ghs_1", "ghs_2"]
    api = github(token=lambda: tokens.pop(0))
    answers += [answered(200, "{}") for _ in range(3)]
    for _ in range(3):
        api.get("/user")
    sent = [request.headers["Authorization"] for request in internet.sent]
    assert sent == ["Bearer ghs_1", "Bearer ghs_1", "Bearer ghs_2"]
