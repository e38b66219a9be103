"""A connection to GitHub that leaves nothing to PyGithub but the request itself."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import Any

from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import ProxyManager


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

    def __init__(self, host: str, port: int | None, *, retry: int, verify: str | bool) -> None:
        """Take the host, and the CA bundle to trust or True for requests' own."""
        super().__init__(host, port, retry=retry, pool_size=1, verify=verify)
        self.session.mount("https://", PromptAdapter(pool_connections=1, pool_maxsize=1))
        # For each request anew, requests would look through the environment for the same proxy,
        # which is a seventh of the processor's time that a request takes.
        self.session.proxies = get_environ_proxies(f"https://{host}")
        self.session.trust_env = False

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


class PromptAdapter(HTTPAdapter):
    """Sends a body right behind its headers through a proxy too.

    urllib3 turns Nagle's algorithm off for direct connections only, which costs each write
    through a proxy a delayed acknowledgement (40 ms).
    """

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:  # noqa: ANN401
        """Return what connects through a proxy, with Nagle's algorithm off."""
        prompt = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        manager: ProxyManager = super().proxy_manager_for(proxy, socket_options=prompt, **options)
        return manager
