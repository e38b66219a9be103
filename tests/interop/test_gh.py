"""GitHub's own command line cannot tell the sandbox from GitHub."""

from __future__ import annotations

import re
import shlex

import pytest

from sandbox.github import Level
from tests.contract.documentation import shell_commands
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


@pytest.mark.parametrize("call", shell_commands("gh"))
def test_the_documented_commands(gh: Program, call: str) -> None:
    """Each call of `gh` that the documentation shows has a command, and options, that exist."""
    words = shlex.split(re.sub(r"\$\(.*?\)", "1", call))
    options = [word for word in words if word.startswith("--")]
    command = words[:1] if words[0] == "api" else words[:2]
    told = gh(*command, "--help")

    assert f"gh {' '.join(command)}" in told
    assert set(options) <= set(re.findall(r"--[a-z-]+", told))
