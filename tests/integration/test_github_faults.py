"""What GitHub refuses is explained; what passes is asked for again."""

from __future__ import annotations

import pytest

from sandbox import Fault
from tests.integration.answers import DECOY
from tests.integration.world import (
    NAMES,
    PASSWORD,
    ROTATION,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    outcomes,
    said,
)

REFUSED = {**TOKEN_PROVED, "github GET": 1}
"""The requests of a run that learns from GitHub's first answer that it may not write."""


def test_bad_credentials(world: World) -> None:
    """A token that GitHub does not know is to be replaced."""
    world.sandbox.canaries.add(DECOY)
    run = world.action({"github-token": DECOY})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == REFUSED
    assert "HTTP 401" in advice(run)
    assert "Make a new token" in advice(run)


def test_missing_permission(world: World) -> None:
    """A fine-grained token that lacks a permission is told which one."""
    octocat = world.github.user("octocat")
    token = world.github.fine_grained_token(octocat, "acme", {"secrets": "write"})
    run = world.action({"github-token": token})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == REFUSED
    assert "Resource not accessible by personal access token" in advice(run)
    assert "needs `codespaces_secrets: write`" in advice(run)


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


def test_workflow_token(world: World) -> None:
    """The workflow's own token can never do it, and the advice says so."""
    run = world.action({"github-token": world.github.workflow_token("acme/ops")})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == REFUSED
    assert "the workflow's own `GITHUB_TOKEN`: that one can never write these secrets" in advice(
        run
    )


def test_free_plan(world: World) -> None:
    """Where an organization's secrets are not found, the Free plan is one of the reasons."""
    world.github.organization("small", "free", owners=["octocat"])
    run = world.action({"scope": "organization", "organization": "small"})
    assert run.exit_status == 1
    assert world.asked == REFUSED
    assert "HTTP 404" in advice(run)
    assert "On the Free plan an organization has no Codespaces secrets" in advice(run)


def test_no_such_repository(world: World) -> None:
    """One repository that does not exist is named, and does not stop the others."""
    run = world.action({"repositories": "acme/api, acme/nowhere, acme/web"})
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.repository("acme/web") == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": 3, "github PUT": 6}
    assert "- repository acme/nowhere\n\n" in advice(run)
    assert "Check the spelling of what is named" in advice(run)
    counts = {name: run.outputs[name] for name in ("rotated", "failed")}
    assert counts == {"rotated": "2", "failed": "1"}


def test_single_sign_on(world: World) -> None:
    """A token that single sign-on keeps out is to be authorized at the address GitHub gives."""
    address = "https://github.com/orgs/acme/sso?authorization_request=A1"
    headers = {"X-GitHub-SSO": f"required; url={address}"}
    body = {"message": "Resource protected by organization SAML enforcement."}
    world.fault(Fault(service="github", status=403, headers=headers, body=body))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert address in advice(run)


def test_archived(world: World) -> None:
    """An archived repository is left as it is, with a notice, and the others are rotated."""
    world.github.archive("acme/web")
    run = world.action({"repositories": "acme/api, acme/web"})
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.fresh()
    assert world.repository("acme/web") == {}
    assert said(run, "notice") == ["acme/web is archived; it is left out."]
    assert outcomes(run) == {"repository acme/api": ("rotated", list(NAMES))}


def test_unprocessable(world: World) -> None:
    """GitHub's own words are shown, and the write is not repeated."""
    message = "Bad request - the limit of 100 secrets is reached"
    world.fault(Fault(method="PUT", path=PASSWORD, status=422, body={"message": message}))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository()[PASSWORD] == world.stale[PASSWORD]
    # The key is read once more, to tell whether it is the reason.
    assert world.asked == {**ROTATION, "github GET": 2}
    assert message in advice(run)


def test_message_that_looks_like_a_command(world: World) -> None:
    """What GitHub, or a proxy, says is never taken for a command to the runner."""
    message = "No.\n::error::not ours\n::stop-commands::never"
    world.fault(Fault(method="PUT", path=PASSWORD, status=422, body={"message": message}))
    run = world.action()
    assert run.exit_status == 1
    assert [annotation.title for annotation in run.annotations] == ["rotate-ecr-token"]


def test_renamed(world: World) -> None:
    """A renamed repository is found where GitHub leads to, and written by its present name."""
    world.github.rename("acme/api", "service")
    run = world.action({"repositories": "acme/api"})
    assert run.exit_status == 0
    assert world.repository("acme/service") == world.fresh()
    assert world.asked == {**TOKEN_PROVED, "github GET": 4, "github PUT": 3}


@pytest.mark.parametrize(
    ("method", "location"),
    [
        ("GET", "https://example.com/secrets"),
        ("PUT", "https://example.com/secrets"),
        ("PUT", "https://api.github.com.example.com/"),
        ("PUT", "http://api.github.com/"),
        ("PUT", ""),
    ],
)
def test_redirect_to_another_host(world: World, method: str, location: str) -> None:
    """A redirect that leaves GitHub is not followed: another host never gets the token."""
    headers = {"Location": location} if location else {}
    world.fault(Fault(service="github", method=method, status=307, headers=headers, times=None))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "refused CONNECT" not in world.asked
    assert "a redirect to another host is not followed" in advice(run)


def test_next_page_on_another_host(world: World) -> None:
    """A listing that goes on elsewhere is not followed there, and only its target fails."""
    headers = {"Link": '<https://example.com/secrets?page=2>; rel="next"'}
    world.fault(Fault(service="github", path="per_page", headers=headers))
    run = world.action({"secrets": "password"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "refused CONNECT" not in world.asked
    assert "goes on at another host is not followed" in advice(run)


@pytest.mark.parametrize("status", [200, 202])
def test_other_success_is_none(world: World, status: int) -> None:
    """Only 201 and 204 mean that a secret was written."""
    world.fault(Fault(method="PUT", path=SERVER, status=status, body={}, times=None))
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert f"HTTP {status}" in advice(run)
    assert outcomes(run) == {"repository acme/ops": ("failed", [USER])}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(method="PUT", path=PASSWORD, status=500), id="500"),
        pytest.param(Fault(method="PUT", path=PASSWORD, status=503, body="<html>"), id="503"),
        pytest.param(Fault(method="PUT", path=PASSWORD, status=200, body="<html>"), id="HTML"),
        pytest.param(Fault(method="PUT", path=PASSWORD, reset=True), id="reset"),
        pytest.param(Fault(method="PUT", path=PASSWORD, reset=True, after=True), id="answer lost"),
        pytest.param(
            Fault(method="PUT", path=PASSWORD, status=502, after=True), id="answer replaced"
        ),
    ],
)
def test_write_is_repeated(world: World, fault: Fault) -> None:
    """A write whose fate is unknown is sent again, and the secret holds the new value."""
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, "github PUT": 4}
    assert run.annotations == ()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(service="github", method="GET", status=502), id="502"),
        pytest.param(Fault(service="github", method="GET", reset=True), id="reset"),
        pytest.param(Fault(service="github", method="GET", truncate=20), id="cut off"),
        pytest.param(Fault(service="github", method="GET", status=200, body="<p>"), id="HTML"),
    ],
)
def test_read_is_repeated(world: World, fault: Fault) -> None:
    """A read that fails in passing is sent again."""
    world.fault(fault)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, "github GET": 2}


def test_hanging(world: World) -> None:
    """GitHub is not waited for past the deadline."""
    world.fault(Fault(service="github", delay=30, times=None))
    run = world.action({"timeout": "4s"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert run.seconds < 15


def test_one_target_fails(world: World) -> None:
    """The failure of one target is one annotation, and the others are rotated."""
    world.fault(Fault(method="PUT", path="/acme/api/", status=422, body={"message": "No."}))
    run = world.action({"repositories": "acme/api\nacme/web\nglobex/ml"})
    assert run.exit_status == 1
    assert world.repository("acme/web") == world.repository("globex/ml") == world.fresh()
    assert set(world.repository("acme/api")) < set(NAMES)
    assert "repository acme/api" in advice(run)
