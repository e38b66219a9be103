"""A small world at the sandbox's GitHub, and a client to look at it with."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import requests
from nacl.public import PublicKey, SealedBox

from sandbox import Sandbox

ORGANIZATION = "/orgs/acme/codespaces/secrets"
REPOSITORY = "/repos/acme/api/codespaces/secrets"
USER = "/user/codespaces/secrets"


class Client:
    """Speaks to api.github.com as anybody would from within the sandbox."""

    def __init__(self, sandbox: Sandbox, token: str) -> None:
        self.sandbox = sandbox
        self.github = sandbox.github
        self.token = token
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = {"https": sandbox.environment["HTTPS_PROXY"]}
        self._session.verify = sandbox.environment["SSL_CERT_FILE"]

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: dict[str, str | None] | None = None,
    ) -> requests.Response:
        """Send one request, with the client's own token or another, and follow nothing."""
        return self._session.request(
            method,
            f"https://api.github.com{path}",
            json=body,
            headers={"Authorization": f"Bearer {token or self.token}", **(headers or {})},
            allow_redirects=False,
            timeout=30,
        )

    def put(
        self,
        path: str,
        value: str = "value",
        *,
        token: str | None = None,
        members: Mapping[str, object] | None = None,
    ) -> requests.Response:
        """Seal a value with the key next to the path, and put it there."""
        key = self.ask("GET", f"{path.rpartition('/')[0]}/public-key", token=token).json()
        return self.ask("PUT", path, {**sealed(key, value), **(members or {})}, token=token)


def sealed(key: dict[str, str], value: str) -> dict[str, str]:
    """Return the members of a request that carry a value sealed with a key."""
    box = SealedBox(PublicKey(b64decode(key["key"])))
    return {
        "encrypted_value": b64encode(box.encrypt(value.encode())).decode(),
        "key_id": key["key_id"],
    }


def identifier(client: Client, full_name: str) -> int:
    """Return a repository's ID."""
    number: int = client.ask("GET", f"/repos/{full_name}").json()["id"]
    return number


@contextmanager
def github_world() -> Iterator[Client]:
    """Run a sandbox with two organizations, and yield the client of an owner of `acme`."""
    with Sandbox() as sandbox:
        github = sandbox.github
        github.organization("acme", owners=["octocat"], members=["hubot"])
        github.organization("globex")
        for name in ("acme/api", "acme/web", "globex/ml"):
            github.repository(name)
        github.repository("acme/site", private=False)
        scopes = ("repo", "admin:org", "codespace:secrets")
        client = Client(sandbox, github.personal_token(github.user("octocat"), scopes))
        with closing(client):
            yield client
