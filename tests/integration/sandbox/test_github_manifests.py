"""Apps come from manifests as GitHub documents it, and variables are stored once."""

from __future__ import annotations

import pytest

from sandbox.github.manifests import InvalidManifestError
from tests.worlds.github import Client

MANIFEST = {
    "name": "secrets",
    "url": "https://github.com/acme/ops",
    "default_permissions": {"codespaces_secrets": "write"},
}
VARIABLES = "/repos/acme/api/actions/variables"


def converted(client: Client, code: str) -> str:
    """Return the path of a code's conversion."""
    return f"/app-manifests/{code}/conversions"


def test_a_code_is_converted_once(client: Client) -> None:
    """The code gives the App's ID and key, needs no credential, and is then used up."""
    path = converted(client, client.github.register_manifest(MANIFEST, owner="acme"))
    first = client.ask("POST", path, headers={"Authorization": None})
    again = client.ask("POST", path)

    app = client.github.app_of(str(first.json()["id"]))
    assert (first.status_code, again.status_code) == (201, 404)
    assert first.json()["pem"] == app.private_key
    assert first.json()["permissions"] == {"metadata": "read", "codespaces_secrets": "write"}


def test_a_code_ends_after_an_hour(client: Client) -> None:
    """Whoever comes later must register the App again."""
    path = converted(client, client.github.register_manifest(MANIFEST))
    client.sandbox.clock.advance(hours=1)

    assert client.ask("POST", path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"name": "x" * 35},
        {"hook_attributes": {"active": False}},
        {"default_permissions": {"codespaces_secrets": "admin"}},
    ],
)
def test_what_the_page_refuses(client: Client, wrong: dict[str, object]) -> None:
    """A manifest without what GitHub needs registers nothing."""
    with pytest.raises(InvalidManifestError, match=next(iter(wrong))):
        client.github.register_manifest({**MANIFEST, **wrong})


def test_variables(client: Client) -> None:
    """A variable is made once, by those who may write to the repository."""
    made = client.ask("POST", VARIABLES, {"name": "ROTATE_APP_ID", "value": "1"})
    again = client.ask("POST", VARIABLES, {"name": "ROTATE_APP_ID", "value": "2"})
    wrong = client.ask("POST", VARIABLES, {"name": "OTHER", "value": 1})
    reader = client.github.personal_token(client.github.user("hubot"), ("repo",))
    refused = client.ask("POST", VARIABLES, {"name": "MINE", "value": "1"}, token=reader)

    statuses = [answer.status_code for answer in (made, again, wrong, refused)]
    assert statuses == [201, 409, 422, 403]
    assert client.github.variables("acme/api") == {"ROTATE_APP_ID": "1"}
