"""A codespace is given the secrets that GitHub would give it."""

from __future__ import annotations

import pytest
import requests

from sandbox.codespaces import Codespace
from sandbox.github import Visibility
from tests.worlds.github import Client


def given(github: Client, repository: str) -> dict[str, str]:
    """Return the secrets of a new codespace."""
    return dict(Codespace.of(repository, github.sandbox.environment).secrets)


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("all", {"acme/api", "acme/web", "acme/site"}),
        ("private", {"acme/api", "acme/web"}),
        ("selected", {"acme/web"}),
    ],
)
def test_visibility(client: Client, visibility: Visibility, readers: set[str]) -> None:
    """An organization's secret reaches the repositories that its visibility names."""
    client.github.seed(
        "organization", "acme", "NAME", "value", visibility=visibility, repositories=["acme/web"]
    )
    repositories = ("acme/api", "acme/web", "acme/site", "globex/ml")

    assert {name for name in repositories if given(client, name)} == readers


def test_the_lowest_level_wins(client: Client) -> None:
    """A repository's own secret hides the organization's of the same name."""
    client.github.seed("organization", "acme", "NAME", "of the organization")
    client.github.seed("repository", "acme/api", "NAME", "of the repository")

    assert given(client, "acme/api") == {"NAME": "of the repository"}


def test_no_repository(client: Client) -> None:
    """There is no codespace of a repository that does not exist."""
    with pytest.raises(requests.HTTPError, match="404"):
        given(client, "acme/nothing")
