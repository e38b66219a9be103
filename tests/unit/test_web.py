"""One GET to a service that has no client library."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import requests
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from rotate.errors import IdTokenUnavailable, OutOfTime
from rotate.trace import Trace, silent
from rotate.transport import Transport, trusting
from rotate.web import Web, bearer
from tests.unit.fakes import deadline
from tests.unit.internet import BOMB, Internet, answered

URL = "https://service.example.com/thing?audience=a+b"
TRUST = trusting(None)


def get(
    monkeypatch: pytest.MonkeyPatch,
    answer: requests.Response | Exception,
    *,
    seconds: float = 600.0,
    trace: Trace = silent,
) -> Internet:
    """Ask once, and return the internet that was asked."""

    def handle(request: requests.PreparedRequest) -> requests.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    network = Internet(handle)
    network.install(monkeypatch)
    got = Web(deadline=deadline(seconds), transport=Transport(TRUST), trace=trace).get(
        URL,
        headers=bearer("the-bearer") | {"Accept": "text/plain"},
        unavailable=IdTokenUnavailable,
    )
    assert isinstance(answer, requests.Response)
    assert got.status == answer.status_code
    return network


def test_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request has its query and headers, and ends in time."""
    network = get(monkeypatch, answered(200))
    (request,) = network.sent
    assert request.url == URL
    assert request.headers["Authorization"] == "Bearer the-bearer"
    assert request.headers["Accept"] == "text/plain"
    assert network.timeouts == [8.0]


def test_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request goes through the proxy of the environment, if its host is no exception."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    assert get(monkeypatch, answered(200)).proxies == ["http://proxy.example.com:3128"]
    monkeypatch.setenv("NO_PROXY", ".example.com")
    assert get(monkeypatch, answered(200)).proxies == [None]


def test_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The token is not replaced by what a .netrc holds for the host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine service.example.com login me password mine\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    (request,) = get(monkeypatch, answered(200)).sent
    assert request.headers["Authorization"] == "Bearer the-bearer"


@pytest.mark.parametrize("status", [200, 204, 301, 302, 400, 401, 403, 404])
def test_answers(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer that is one is returned as it is, and nobody looks where a redirect leads."""
    for location in (URL, "https://["):
        assert len(get(monkeypatch, answered(status, "", {"Location": location})).sent) == 1


def test_answer_that_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that would be gigabytes are no answer, and are not read."""
    with pytest.raises(IdTokenUnavailable, match="failed: ProtocolError"):
        get(monkeypatch, answered(200, BOMB, {"Content-Encoding": "gzip"}))


class Endless(BytesIO):
    """A body of which there is always as much as somebody asks for."""

    def read(self, size: int | None = None, /) -> bytes:
        """Return so many bytes; whoever wants all of them would wait for ever."""
        assert size is not None
        return bytes(size)


@pytest.mark.parametrize("status", [103, 200])
def test_answer_that_is_not_read_to_its_end(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only announces an answer, or holds more than any answer does, is hung up."""
    answer = requests.Response()
    answer.raw = HTTPResponse(body=Endless(), status=status, preload_content=False)
    with pytest.raises(IdTokenUnavailable, match="failed: ProtocolError"):
        get(monkeypatch, answer)
    assert answer.raw.closed


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_busy(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that cannot answer now is unavailable."""
    with pytest.raises(IdTokenUnavailable, match=f"HTTP {status}"):
        get(monkeypatch, answered(status))


@pytest.mark.parametrize("failure", [ProtocolError, ValueError])
def test_no_answer(failure: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed request, or one that cannot be made, is told by its kind and not by its text."""
    with pytest.raises(IdTokenUnavailable, match=f"failed: {failure.__name__}") as caught:
        get(monkeypatch, failure("the-canary"))
    assert "canary" not in str(caught.value)


def test_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request is told with its address and status, without its parameters."""
    lines: list[str] = []
    get(monkeypatch, answered(404), trace=lines.append)
    assert lines == ["GET service.example.com/thing: 404 (0.00 s)"]


def test_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time nothing is sent; with little the request takes no longer."""
    assert get(monkeypatch, answered(200), seconds=3).timeouts == [3.0]
    with pytest.raises(OutOfTime):
        get(monkeypatch, answered(200), seconds=0)
