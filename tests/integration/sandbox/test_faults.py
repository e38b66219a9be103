"""The sandbox does to chosen requests what networks and services do, and records them all."""

from __future__ import annotations

import os
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from sandbox import Fault, Sandbox
from tests.integration.moments import once
from tests.worlds.aws import (
    HOST,
    REGION,
    ROLE,
    assume,
    client,
    new_password,
    pull,
    refused,
)


@pytest.fixture(autouse=True)
def _clean_slate(world: Sandbox) -> None:
    world.faults.clear()
    world.forget_requests()


def ping(world: Sandbox, path: str = "") -> requests.Response:
    """Ask the registry with a good token, without a retry."""
    return pull(world.aws.mint(world.aws.roles[ROLE].principal("p"), region=REGION).password, path)


def test_fault_with_a_status(world: Sandbox) -> None:
    """A status, headers and a body replace the answer, so many times after so many requests."""
    told = {"message": "slow down"}
    world.faults.add(
        Fault(service="registry", skip=1, status=503, headers={"Retry-After": "7"}, body=told)
    )
    answers = [ping(world) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert (answers[1].headers["Retry-After"], answers[1].json()) == ("7", told)


def test_fault_that_takes_time(world: Sandbox) -> None:
    """A delay passes before the request is handled."""
    world.faults.add(Fault(service="registry", delay=0.2))
    started = time.monotonic()
    assert ping(world).status_code == 200
    assert time.monotonic() - started >= 0.2


def test_fault_that_resets(world: Sandbox) -> None:
    """A reset is a TCP reset, and is recorded without a status."""
    world.faults.add(Fault(service="registry", path="^/v2/$", reset=True))
    proxy = world.environment["HTTPS_PROXY"].removeprefix("http://").split(":")
    context = ssl.create_default_context(cafile=world.environment["SSL_CERT_FILE"])
    with socket.create_connection((proxy[0], int(proxy[1]))) as tunnel:
        tunnel.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        assert tunnel.recv(1024).startswith(b"HTTP/1.1 200")
        with context.wrap_socket(tunnel, server_hostname=HOST) as connection:
            connection.sendall(f"GET /v2/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            # Past TLS, which would tell of a reset as of an unexpected end.
            with (
                socket.socket(fileno=os.dup(connection.fileno())) as beneath,
                pytest.raises(ConnectionResetError),
            ):
                while beneath.recv(1024):
                    pass
    assert world.requests[-1].status is None


def test_fault_that_truncates(world: Sandbox) -> None:
    """A truncated answer announces all of its body and sends a part of it."""
    world.faults.add(Fault(service="registry", path="manifests", truncate=10))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="10 bytes read"):
        ping(world, "base/manifests/latest")


def test_fault_that_drips(world: Sandbox) -> None:
    """An answer that drips is whole in the end, which is not before all its pauses."""
    world.faults.add(Fault(service="registry", path="manifests", drip=0.002))
    started = time.monotonic()
    dripped = ping(world, "base/manifests/latest").content
    assert time.monotonic() - started >= len(dripped) * 0.002
    assert dripped == ping(world, "base/manifests/latest").content


def test_fault_that_comes_early(world: Sandbox) -> None:
    """An answer that is announced comes behind the announcement."""
    world.faults.add(Fault(service="registry", path="manifests", early=103))
    assert ping(world, "base/manifests/latest").status_code == 103
    assert ping(world, "base/manifests/latest").status_code == 200


def test_fault_after_the_fact(world: Sandbox) -> None:
    """With `after` the request takes effect though its answer is lost."""
    key = assume(world)
    before = len(world.aws.tokens)
    world.faults.add(Fault(action="GetAuthorizationToken", status=500, after=True))
    world.faults.add(Fault(action="GetAuthorizationToken", status=500))
    for _ in range(2):
        assert refused(client("ecr", key).get_authorization_token)[1] == 500
    assert len(world.aws.tokens) == before + 1


def test_fault_in_the_date(world: Sandbox) -> None:
    """A skew moves the Date header, which is by the sandbox's clock otherwise."""
    world.faults.add(Fault(service="registry", skew=timedelta(hours=2)))
    skewed, right = (parsedate_to_datetime(ping(world).headers["Date"]) for _ in range(2))
    assert timedelta(hours=1, minutes=59) < skewed - right <= timedelta(hours=2)
    assert abs(right - datetime.now(UTC)) < timedelta(minutes=1)


def test_fault_by_action(world: Sandbox) -> None:
    """A fault can be meant for one action of AWS, for good."""
    body = "<html>bad gateway</html>"
    world.faults.add(Fault(action="GetCallerIdentity", times=None, status=502, body=body))
    key = assume(world)
    for _ in range(2):
        assert refused(client("sts", key).get_caller_identity)[1] == 502


def test_the_record(world: Sandbox) -> None:
    """Every request is recorded with host, action and status, in order."""
    world.forget_requests()
    new_password(assume(world), world)
    recorded = [(each.service, each.action, each.status) for each in world.requests]
    assert recorded == [
        ("sts", "AssumeRoleWithWebIdentity", 200),
        ("ecr", "GetAuthorizationToken", 200),
    ]


def test_the_record_of_what_is_in_hand(world: Sandbox) -> None:
    """A request is known from its arrival, even if nobody waits for the answer any more."""
    world.faults.add(Fault(service="registry", delay=1.0))
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"https://{HOST}/v2/", timeout=0.3)
    assert [each.host for each in world.unanswered] == [HOST]
    assert not world.requests
    once(lambda: not world.unanswered, lambda: None)
    assert [each.host for each in world.requests] == [HOST]


def test_a_host_outside_of_the_sandbox(world: Sandbox) -> None:
    """No tunnel leads to a host that nobody plays here, and the attempt is recorded."""
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://example.com/", timeout=10)
    assert (world.requests[-1].service, world.requests[-1].host) == ("refused", "example.com")


def test_a_region_that_there_is_not(world: Sandbox) -> None:
    """A misspelt region has no endpoint."""
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://sts.us-esat-1.amazonaws.com/", timeout=10)
