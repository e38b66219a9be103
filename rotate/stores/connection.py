"""A connection to GitHub that leaves nothing to PyGithub but the request itself."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from ssl import SSLContext

from urllib3 import BaseHTTPResponse

from rotate.transport import Transport, ask


def is_redirect(status: int) -> bool:
    """Return whether a status sends the client elsewhere."""
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


class Unfinished(Exception):
    """An answer that PyGithub would act on by itself: a redirect, or a 202 it would sleep on."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        """Take what came back, by lower-case names of headers."""
        super().__init__(status)
        self.status = status
        self.headers = headers


class Connection:
    """One kept-alive connection, used as PyGithub uses its own; each request has its timeout.

    It is urllib3's. PyGithub's own goes through requests, which needs three times the processor's
    time for a request, and that is what limits how fast a fleet is written.
    """

    _ask: Callable[..., tuple[BaseHTTPResponse, bytes]]
    """Sends the request that PyGithub has made last."""

    def __init__(self, url: str, *, trust: SSLContext) -> None:
        """Take the API's address, and what is trusted."""
        self._connections = Transport(trust).connections(url)
        self.timeout: float | None = None
        """Seconds that the next request may take."""

    def request(
        self, verb: str, path: str, content: str | None, headers: dict[str, str], _stream: bool
    ) -> None:
        """Take the request whose answer is wanted next."""
        self._ask = partial(ask, self._connections, verb, path, headers=headers, content=content)

    def getresponse(self) -> Response:
        """Return the answer to the request under way.

        Raises:
            urllib3.exceptions.HTTPError: there is none.
            Unfinished: PyGithub would act on it by itself.
        """
        answer, content = self._ask(timeout=self.timeout)
        if answer.status == HTTPStatus.ACCEPTED or is_redirect(answer.status):
            headers = {name.lower(): value for name, value in answer.headers.items()}
            raise Unfinished(answer.status, headers)
        return Response(
            status=answer.status,
            headers=dict(answer.headers),
            text=content.decode(errors="replace"),
        )


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer as PyGithub reads it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)

    def getheaders(self) -> ItemsView[str, str]:
        """Return the names and values of the headers."""
        return self.headers.items()

    def read(self) -> str:
        """Return the body."""
        return self.text
