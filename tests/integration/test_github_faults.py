"""What GitHub refuses is explained; what passes is asked for again."""

from __future__ import annotations

import pytest

from sandbox import Fault
from tests.integration.world import (
    NAMES,
    PASSWORD,
    TOKEN_PROVED,
    World,
    advice,
    outcomes,
    said,
)

REFUSED = {**TOKEN_PROVED, "github GET": 1}
"""The requests of a run that learns from GitHub's first answer that it may not write."""


@pytest.mark.parametrize(
    ("scope", "needed"),
    [
        ("organization", "`admin:org`"),
        ("repository", "`repo`"),
        ("user", "`codespace:secrets`"),
    ],
)
def test_missing_scope(world: World, scope: str, needed: str) -> None:
    """A classic token that lacks a scope is told which one."""
    run = world.action({"scope": scope, "github-token": world.classic_token("gist")})
    assert run.exit_status == 1
    assert world.asked == REFUSED
    assert needed in advice(run)


def test_archived(world: World) -> None:
    """An archived repository is left as it is, with a notice, and the others are rotated."""
    world.github.archive("acme/web")
    run = world.action({"repositories": "acme/api, acme/web"})
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.fresh()
    assert world.repository("acme/web") == {}
    assert said(run, "notice") == ["acme/web is archived; it is left out."]
    assert outcomes(run) == {"repository acme/api": ("rotated", list(NAMES))}


def test_message_that_looks_like_a_command(world: World) -> None:
    """What GitHub, or a proxy, says is never taken for a command to the runner."""
    message = "No.\n::error::not ours\n::stop-commands::never"
    world.fault(Fault(method="PUT", path=PASSWORD, status=422, body={"message": message}))
    run = world.action()
    assert run.exit_status == 1
    assert [annotation.title for annotation in run.annotations] == ["rotate-ecr-token"]
