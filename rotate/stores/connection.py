"""A connection to GitHub that leaves nothing to PyGithub but the request itself."""

from __future__ import annotations

from collections.abc import ItemsView
from http import HTTPStatus
from ssl import SSLContext

from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse
from urllib3 import BaseHTTPResponse
from urllib3.util import make_headers

from rotate.transport import body, connections


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


class Connection(HTTPSRequestsConnectionClass):
    """One kept-alive connection whose timeout is set anew for every request.

    It is urllib3's. PyGithub's own goes through requests, which needs three times the processor's
    time for a request, and that is what limits how fast a fleet is written.
    """

    def __init__(self, host: str, port: int | None, *, trust: SSLContext) -> None:
        """Take the host, and what is trusted."""
        super().__init__(host, port)
        self._connections = connections(host, self.port, trust)
        self._accepting = make_headers(accept_encoding=True)

    def getresponse(self) -> RequestsResponse:
        """Return the answer to the request under way.

        Raises:
            urllib3.exceptions.HTTPError: there is none.
            Unfinished: PyGithub would act on it by itself.
        """
        answer = self._connections.urlopen(
            self.verb,
            self.url,
            body=self.input,
            headers=self.headers | self._accepting,
            timeout=self.timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        text = body(answer).decode(errors="replace")
        if answer.status == HTTPStatus.ACCEPTED or is_redirect(answer.status):
            headers = {name.lower(): value for name, value in answer.headers.items()}
            raise Unfinished(answer.status, headers)
        return _Response(answer, text)


class _Response(RequestsResponse):
    """An answer as PyGithub reads it."""

    def __init__(self, answer: BaseHTTPResponse, text: str) -> None:
        self.status = answer.status
        self._headers = dict(answer.headers)
        self._text = text

    def getheaders(self) -> ItemsView[str, str]:
        return self._headers.items()

    def read(self) -> str:
        return self._text
