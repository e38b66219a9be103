"""A connection to GitHub that leaves nothing to PyGithub but the request itself."""

from __future__ import annotations

from http import HTTPStatus
from ssl import SSLContext

from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse
from requests.utils import get_environ_proxies

from rotate.transport import session


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
    """One kept-alive connection whose timeout is set anew for every request."""

    def __init__(self, host: str, port: int | None, *, trust: SSLContext) -> None:
        """Take the host, and what is trusted."""
        super().__init__(host, port)
        self.session = session(trust)
        # For each request anew, requests would look through the environment for the same proxy,
        # which is a seventh of the processor's time that a request takes.
        self.session.proxies = get_environ_proxies(f"https://{host}")

    def getresponse(self) -> RequestsResponse:
        """Return the answer to the request under way.

        Raises:
            Unfinished: PyGithub would act on it by itself.
        """
        response = super().getresponse()
        if response.status == HTTPStatus.ACCEPTED or is_redirect(response.status):
            headers = {name.lower(): value for name, value in response.getheaders()}
            raise Unfinished(response.status, headers)
        return response
