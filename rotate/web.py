"""One GET to a service that has no client library: GitHub's OIDC service, or a registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from rotate.deadline import Deadline
from rotate.errors import RotateError
from rotate.foreign import parsed
from rotate.trace import Trace, silent, traced
from rotate.transport import Transport, ask

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
    transport: Transport
    trace: Trace = silent

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        unavailable: Callable[[str], RotateError],
    ) -> Reply:
        """Return the answer to one request; a redirect is not followed, for it would be trusted.

        Raises:
            RotateError: the one that `unavailable` makes of what happened, when there is no
                answer or the service says that it cannot answer now.
        """
        try:
            reply = self._sent(url, headers)
        except (HTTPError, ValueError) as error:
            # A header that holds a line break is a plain ValueError.
            raise unavailable(f"the request failed: {type(error).__name__}") from None
        if reply.status in _BUSY or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise unavailable(f"the answer was HTTP {reply.status}")
        return reply

    def _sent(self, url: str, headers: Mapping[str, str]) -> Reply:
        timeout = self.deadline.allowance(_TIMEOUT)
        with traced(self.trace, clock=self.deadline.clock, method="GET", url=url) as exchange:
            answer, body = ask(
                self.transport.connections(url),
                "GET",
                parse_url(url).request_uri,
                headers=headers,
                timeout=timeout,
            )
            exchange.answer = str(answer.status)
        return Reply(status=answer.status, headers=answer.headers, body=body)


def bearer(token: str) -> dict[str, str]:
    """Return the header that authenticates a request with a bearer token."""
    return {"Authorization": f"Bearer {token}"}
