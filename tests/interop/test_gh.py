"""GitHub's own command line cannot tell the sandbox from GitHub."""

from __future__ import annotations

import pytest

from sandbox.github import Level
from tests.interop.program import Program
from tests.worlds.github import Client


@pytest.mark.parametrize(
    ("where", "selected", "holder"),
    [
        (["--org=acme", "--app=codespaces"], ["--repos=api"], ("organization", "acme")),
        (["--repo=acme/api", "--app=codespaces"], [], ("repository", "acme/api")),
        (["--user"], ["--repos=acme/api"], ("user", "octocat")),
    ],
)
def test_secrets_are_set_and_listed_at_every_level(
    client: Client,
    gh: Program,
    where: list[str],
    selected: list[str],
    holder: tuple[Level, str],
) -> None:
    """`gh secret set` and `gh secret list` work unmodified, repositories selected by name."""
    gh("secret", "set", "PASSWORD", "--body=from gh", *where, *selected)
    secret = client.github.secrets(*holder)["PASSWORD"]

    assert secret.value == "from gh"
    assert len(secret.selected_repository_ids) == len(selected)
    assert "PASSWORD" in gh("secret", "list", *where)
