"""One GET to a service that has no client library: GitHub's OIDC service, or a registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import requests
from requests.auth import AuthBase
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from rotate.deadline import Deadline
from rotate.errors import RotateError
from rotate.foreign import parsed
from rotate.trace import Trace, silent, traced
from rotate.transport import body

_TIMEOUT = 8.0
"""Seconds that one request may take."""

_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a service answered, of whatever status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in upper or lower case."""
    body: bytes = field(repr=False)

    def text_of(self, name: str) -> str | None:
        """Return the text that the body's JSON holds under a name; None where it holds none."""
        said = parsed(self.body)
        text = said.get(name) if isinstance(said, dict) else None
        return text if isinstance(text, str) else None


@dataclass(frozen=True, kw_only=True)
class Web:
    """How the web is reached: within the deadline, over connections that are kept."""

    deadline: Deadline
    session: requests.Session = field(repr=False)
    trace: Trace = silent

    def get(
        self,
        url: str,
        *,
        auth: AuthBase,
        unavailable: Callable[[str], RotateError],
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return the answer to one request; a redirect is not followed, for it would be trusted.

        Raises:
            RotateError: the one that `unavailable` makes of what happened, when there is no
                answer or the service says that it cannot answer now.
        """
        try:
            reply = self._sent(url, auth=auth, params=params, headers=headers)
        except (requests.RequestException, HTTPError, ValueError) as error:
            # A `Location` that is no address comes as a plain ValueError from requests.
            raise unavailable(f"the request failed: {type(error).__name__}") from None
        if reply.status in _BUSY or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise unavailable(f"the answer was HTTP {reply.status}")
        return reply

    def _sent(
        self,
        url: str,
        *,
        auth: AuthBase,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        timeout = self.deadline.allowance(_TIMEOUT)
        with traced(self.trace, clock=self.deadline.clock, method="GET", url=url) as exchange:
            answer = self.session.get(
                url,
                auth=auth,
                params=params,
                headers=headers,
                timeout=timeout,
                proxies=get_environ_proxies(url),
                allow_redirects=False,
                stream=True,
            )
            exchange.answer = str(answer.status_code)
            return Reply(status=answer.status_code, headers=answer.headers, body=body(answer.raw))


@dataclass(frozen=True)
class Bearer(AuthBase):
    """Authenticates a request with a bearer token."""

    token: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to the request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request
