"""Codespaces, as far as registries are concerned: what one is given, and how it pulls with that."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from aiohttp import web

from sandbox.github import GitHub

_HOST = "codespaces.test"
"""No real host can have this name: how GitHub hands a codespace its secrets is not public."""

_SECONDS = 10


class Codespaces:
    """Hands every codespace its secrets."""

    hosts = (_HOST,)

    def __init__(self, github: GitHub) -> None:
        self._github = github

    def app(self) -> web.Application:
        """Return the application: `/owner/name` answers for a codespace of that repository."""
        application = web.Application()
        application.router.add_get("/{owner}/{name}", self._secrets)
        return application

    async def _secrets(self, request: web.Request) -> web.Response:
        repository = request.path.removeprefix("/")
        if self._github.id_of(repository) is None:
            raise web.HTTPNotFound
        return web.json_response(self._github.codespace_secrets(repository))


class Codespace:
    """A codespace with these secrets; its environment names the proxy and the CA bundle."""

    def __init__(self, secrets: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.secrets = secrets
        self._session = _session(environment)

    @classmethod
    def of(cls, repository: str, environment: Mapping[str, str]) -> Codespace:
        """Return a new codespace of a repository, which has asked for its secrets."""
        with _session(environment) as session:
            answer = session.get(f"https://{_HOST}/{repository}", timeout=_SECONDS)
        answer.raise_for_status()
        return cls(answer.json(), environment)

    def ask(self, path: str, prefix: str = "ECR") -> requests.Response:
        """Ask the registry of the three secrets for something, logged in with them."""
        server, user, password = (
            self.secrets[f"{prefix}_CONTAINER_REGISTRY_{part}"]
            for part in ("SERVER", "USER", "PASSWORD")
        )
        return self._session.get(f"https://{server}{path}", auth=(user, password), timeout=_SECONDS)


def _session(environment: Mapping[str, str]) -> requests.Session:
    """Return a session that takes its proxy and CA bundle from here, and nothing from elsewhere."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": environment["HTTPS_PROXY"]}
    session.verify = environment["SSL_CERT_FILE"]
    return session
