"""The sandbox's GitHub keeps issues as the real one does."""

from __future__ import annotations

import pytest

from tests.worlds.github import Client

ISSUES = "/repos/acme/api/issues"


def opened(client: Client, title: str, **members: object) -> int:
    """Open an issue and return its number."""
    answer = client.ask("POST", ISSUES, {"title": title, **members})
    assert answer.status_code == 201
    return int(answer.json()["number"])


def test_listing(client: Client) -> None:
    """Open issues are listed, the newest first; labels narrow the list, and pages split it."""
    first = opened(client, "first", labels=["bug"])
    second = opened(client, "second")
    closed = opened(client, "closed")
    client.ask("PATCH", f"{ISSUES}/{closed}", {"state": "closed"})
    listed = [each["number"] for each in client.ask("GET", ISSUES).json()]
    assert listed == [second, first]
    assert [each["number"] for each in client.ask("GET", f"{ISSUES}?labels=bug").json()] == [first]
    page = client.ask("GET", f"{ISSUES}?per_page=1")
    assert len(page.json()) == 1
    assert 'rel="next"' in page.headers["Link"]


def test_change_and_comment(client: Client) -> None:
    """What is not sent with a change stays as it is."""
    number = opened(client, "first", body="Text")
    changed = client.ask("PATCH", f"{ISSUES}/{number}", {"body": "More"}).json()
    assert (changed["title"], changed["body"], changed["state"]) == ("first", "More", "open")
    assert client.ask("POST", f"{ISSUES}/{number}/comments", {"body": "Hm"}).status_code == 201
    assert client.github.tracker("acme/api").issues[number].comments == ("Hm",)
    assert client.ask("PATCH", f"{ISSUES}/999", {}).status_code == 404


def test_labels(client: Client) -> None:
    """A label is there once it was made, and cannot be made twice."""
    assert client.ask("GET", "/repos/acme/api/labels/bug").status_code == 404
    statuses = [
        client.ask("POST", "/repos/acme/api/labels", {"name": "bug"}).status_code for _ in range(2)
    ]
    assert statuses == [201, 422]
    assert client.ask("GET", "/repos/acme/api/labels/bug").status_code == 200


@pytest.mark.parametrize(
    ("permissions", "statuses"),
    [
        ({"contents": "write"}, (403, 403)),
        ({"issues": "read"}, (200, 403)),
        ({"issues": "write"}, (200, 201)),
    ],
)
def test_permissions(
    client: Client, permissions: dict[str, str], statuses: tuple[int, int]
) -> None:
    """A workflow's own token needs the permission that the job was given."""
    token = client.github.workflow_token("acme/api", permissions)
    answers = (
        client.ask("GET", ISSUES, token=token),
        client.ask("POST", ISSUES, {"title": "first"}, token=token),
    )
    assert tuple(answer.status_code for answer in answers) == statuses


def test_limits(client: Client) -> None:
    """A body may be only so long, and where issues are disabled none is opened."""
    assert client.ask("POST", ISSUES, {"title": "x", "body": "x" * 65537}).status_code == 422
    client.github.tracker("acme/api").enabled = False
    assert client.ask("POST", ISSUES, {"title": "x"}).status_code == 410
