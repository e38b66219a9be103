"""What requests and boto3 send, answered in memory below their connections."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPResponse, Timeout

BOMB = gzip.compress(bytes(17 * 1024 * 1024))
"""Seventeen thousand bytes that are seventeen mebibytes."""


@dataclass
class Internet:
    """Gives each request the answer that `handle` makes of it, and remembers all of them."""

    handle: Callable[[requests.PreparedRequest], requests.Response]
    sent: list[requests.PreparedRequest] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    """How long each request was given, in seconds."""
    proxies: list[str | None] = field(default_factory=list)
    """Through which proxy each request went."""
    options: list[Mapping[str, object]] = field(default_factory=list)
    """What else urllib3 was told."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer whatever urllib3 is asked to send, by requests or by us."""

        def urlopen(
            pool: HTTPConnectionPool,
            method: str,
            url: str,
            body: bytes | str | None = None,
            headers: Mapping[str, str] | None = None,
            *,
            timeout: Timeout | float,
            **options: object,
        ) -> BaseHTTPResponse:
            seconds = timeout.read_timeout if isinstance(timeout, Timeout) else timeout
            self.timeouts.append(cast("float", seconds))
            self.proxies.append(pool.proxy and pool.proxy.url)
            self.options.append(options)
            request = requests.Request(
                method, f"https://{pool.host}{url}", headers=headers, data=body
            ).prepare()
            self.sent.append(request)
            return self.handle(request).raw

        monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)


@dataclass
class AwsInternet:
    """Gives each request of boto3 the next answer, and remembers all of them."""

    answers: list[tuple[int, str] | Exception]
    """Status and body of an answer, or why there is none."""
    sent: list[AWSPreparedRequest] = field(default_factory=list)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Answer one request."""
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, text = answer
        return AWSResponse(request.url, status, HTTPHeaders(), _Body(text.encode()))


class _Body(BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def answered(
    status: int, text: str | bytes = "", headers: Mapping[str, str] | None = None
) -> requests.Response:
    """Return an answer, which can be given more than once."""
    return _Answer(status, text.encode() if isinstance(text, str) else text, headers)


class _Answer(requests.Response):
    def __init__(self, status: int, body: bytes, headers: Mapping[str, str] | None) -> None:
        super().__init__()
        self.status_code = status
        self._body = body
        self._headers = headers

    def __getattribute__(self, name: str) -> object:
        """Return what is there, or of `raw` an answer that nobody has read yet."""
        if name != "raw":
            return super().__getattribute__(name)
        return HTTPResponse(
            body=BytesIO(self._body),
            status=self.status_code,
            headers=self._headers,
            preload_content=False,
        )
