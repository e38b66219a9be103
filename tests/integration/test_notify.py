"""One issue for each rotation that fails: opened, kept up to date, closed, and never doubled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox import Fault, Job, Run
from sandbox.github.issues import Issue
from tests.integration.fleet import add_fleet, app_of, document, run_file
from tests.integration.world import ACCOUNT, ROLE, SUBJECT, World, advice, said

NOTIFY = {"notify": "issue"}
PERMISSIONS = {"contents": "read", "issues": "write"}
NOWHERE = {"repositories": "acme/nowhere"}


def rotate(world: World, inputs: Mapping[str, str] | None = None, **options: Any) -> Run:  # noqa: ANN401
    """Run with an issue to be kept, and the permission for it."""
    given = {"permissions": PERMISSIONS, **options}
    return world.action({**NOTIFY, **(inputs or {})}, **given)


def issues(world: World, *, is_open: bool = True) -> list[Issue]:
    """Return the issues of the repository with the workflow."""
    found = world.github.tracker("acme/ops").issues.values()
    return [issue for issue in found if issue.is_open is is_open]


def break_trust(world: World, *, broken: bool = True) -> None:
    """Let the role trust another repository, or this one."""
    subject = "repo:acme/other:*" if broken else SUBJECT
    world.aws.role(ROLE, trust=world.aws.trust_policy(ACCOUNT, sub=subject))


def test_life_of_an_issue(world: World) -> None:
    """It is opened once, brought up to date without a comment, and closed by the first success."""
    break_trust(world)
    first = rotate(world)
    assert first.exit_status == 1
    [issue] = issues(world)
    assert issue.author == "github-actions[bot]"
    assert issue.title == "Registry secrets: rotate / rotate fails"
    assert "may not be assumed by this workflow" in issue.body
    assert '"sts:AssumeRoleWithWebIdentity"' in issue.body
    assert "https://github.com/acme/ops/actions/runs/16180339887" in issue.body
    assert rotate(world, job=Job(run_id=2)).exit_status == 1
    [issue] = issues(world)
    assert "https://github.com/acme/ops/actions/runs/2)" in issue.body
    assert issue.comments == ()
    break_trust(world, broken=False)
    assert rotate(world).exit_status == 0
    assert issues(world) == []
    [issue] = issues(world, is_open=False)
    assert "1 rotated" in issue.body


def test_no_secret_in_an_issue(world: World) -> None:
    """What is told is redacted as the log is."""
    world.fault(Fault(method="PUT", status=422, body={"message": f"no {world.token}"}))
    assert rotate(world).exit_status == 1
    [issue] = issues(world)
    assert "no ***" in issue.body


def test_another_reason(world: World) -> None:
    """That it fails for another reason is told by a comment, once."""
    break_trust(world)
    rotate(world)
    break_trust(world, broken=False)
    world.aws.oidc_provider(ACCOUNT, audiences=())
    rotate(world)
    rotate(world)
    [issue] = issues(world)
    [comment] = issue.comments
    assert "for another reason" in comment
    assert "No OpenIDConnect provider" in comment


def test_two_rotations(world: World) -> None:
    """Rotations of another workflow, of other secrets and of other owners have their own issues."""
    break_trust(world)
    rotate(world)
    rotate(world, job=Job(workflow_file=".github/workflows/other.yml"))
    rotate(world, {"secret-prefix": "ECR_DATA"})
    assert len(issues(world)) == 3
    break_trust(world, broken=False)
    rotate(world)
    assert len(issues(world)) == 2


def test_jobs_of_a_matrix(world: World) -> None:
    """One file has an issue for each owner that fails; a mended file is still the same rotation."""
    add_fleet(world)
    text = document("registry: prod, repositories: [acme/api, globex/nowhere, globex/ml]")
    for owner in ("acme", "globex"):
        given = {**NOTIFY, "owners": owner, **app_of(world)}
        run_file(world, text, given, permissions=PERMISSIONS)
    [issue] = issues(world)
    assert issue.title == "Registry secrets: rotate / rotate fails (globex)"
    mended = document("registry: prod, repositories: [acme/api, globex/ml]")
    given = {**NOTIFY, "owners": "globex", **app_of(world)}
    assert run_file(world, mended, given, permissions=PERMISSIONS).exit_status == 0
    assert issues(world) == []


def test_success(world: World) -> None:
    """Where nothing fails, nothing is opened: one request looks for an issue to close."""
    assert rotate(world).exit_status == 0
    assert issues(world) == issues(world, is_open=False) == []
    assert [path for path in world.paths("GET") if "/issues" in path] == [
        "/repos/acme/ops/issues?labels=rotate-ecr-token&per_page=100&state=open"
    ]


def test_status(world: World) -> None:
    """A status tells of what is stale, apart from the run that rotates it."""
    assert rotate(world, {"command": "status", "repositories": "acme/api"}).exit_status == 1
    [issue] = issues(world)
    assert "❌ stale, one of the three secrets is missing" in issue.body
    rotate(world, {"repositories": "acme/api"})
    assert len(issues(world)) == 1
    assert rotate(world, {"command": "status", "repositories": "acme/api"}).exit_status == 0
    assert issues(world) == []


@pytest.mark.parametrize("command", ["plan", "doctor"])
def test_looking_tells_nobody(world: World, command: str) -> None:
    """Whoever only looks at the set-up reads the log."""
    assert rotate(world, {"command": command, **NOWHERE}).exit_status == 1
    assert issues(world) == []
    assert not [path for path in world.paths("GET") if "/issues" in path]


def test_nobody_is_told_unasked(world: World) -> None:
    """Without `notify` there is no issue, whatever the job may do."""
    assert world.action(NOWHERE, permissions=PERMISSIONS).exit_status == 1
    assert issues(world) == []


@pytest.mark.parametrize(("inputs", "status"), [({}, 0), (NOWHERE, 1)], ids=["well", "failed"])
def test_no_permission(world: World, inputs: dict[str, str], status: int) -> None:
    """Without the permission there is a warning with the YAML, and the same exit status."""
    run = rotate(world, inputs, permissions=None)
    assert run.exit_status == status
    [warning] = said(run, "warning")
    assert "permissions:\n      issues: write" in warning
    if status:
        assert "acme/nowhere" in advice(run)


def test_no_issues(world: World) -> None:
    """Where issues are disabled, the warning says where to enable them."""
    world.github.tracker("acme/ops").enabled = False
    run = rotate(world, NOWHERE)
    assert run.exit_status == 1
    [warning] = said(run, "warning")
    assert "issues are disabled" in warning


def test_outage(world: World) -> None:
    """An outage of the issues alone is a warning, and hides nothing."""
    world.fault(Fault(path="/issues", status=502, times=None))
    run = rotate(world, NOWHERE)
    assert run.exit_status == 1
    assert "HTTP 502" in said(run, "warning")[0]
    assert "acme/nowhere" in advice(run)


def test_lost_answer(world: World) -> None:
    """An issue whose answer was lost is looked for, and not opened again."""
    world.fault(Fault(method="POST", path="/issues$", status=502, after=True))
    assert rotate(world, NOWHERE).exit_status == 1
    assert len(issues(world)) == 1


def test_two_at_once(world: World) -> None:
    """Of two issues that two runs have opened, the older is kept."""
    rotate(world, NOWHERE)
    [issue] = issues(world)
    tracker = world.github.tracker("acme/ops")
    tracker.issues[99] = Issue(
        number=99,
        title=issue.title,
        body=issue.body,
        labels=issue.labels,
        author=issue.author,
        created_at=issue.created_at,
    )
    rotate(world, NOWHERE)
    assert [each.number for each in issues(world)] == [issue.number]


def test_issues_of_others(world: World) -> None:
    """An issue without the label is left alone, whatever its body says."""
    rotate(world, NOWHERE)
    [issue] = issues(world)
    tracker = world.github.tracker("acme/ops")
    tracker.issues[issue.number] = Issue(
        number=issue.number,
        title="Mine",
        body=issue.body,
        labels=(),
        author="eve",
        created_at=issue.created_at,
    )
    rotate(world, NOWHERE)
    assert [each.title for each in issues(world)].count("Mine") == 1
    assert len(issues(world)) == 2


def test_token_of_ones_own(world: World) -> None:
    """Another token writes the issue in its person's name."""
    token = world.classic_token("repo")
    assert rotate(world, {**NOWHERE, "notify-token": token}, permissions=None).exit_status == 1
    [issue] = issues(world)
    assert issue.author == "octocat"


def test_time_is_left_to_tell(world: World) -> None:
    """A run that has used up its time still tells of it, within its time."""
    world.fault(Fault(method="PUT", delay=4.0, times=None))
    run = rotate(world, {"timeout": "6s"})
    assert run.exit_status == 1
    assert len(issues(world)) == 1


def test_time_is_left_after_an_answer_without_end(world: World) -> None:
    """A run that is kept by an answer that comes byte by byte for ever still tells of it."""
    world.fault(Fault(service="oidc", body="slowly", drip=1.0, times=None))
    run = rotate(world, {"timeout": "6s"})
    assert run.exit_status == 1
    assert "the request failed" in advice(run)
    assert len(issues(world)) == 1


def test_answer_without_end(world: World) -> None:
    """That nobody can be told, for the answer comes byte by byte for ever, hides nothing."""
    world.fault(Fault(path="/issues", body="slowly", drip=1.0, times=None))
    run = rotate(world, {**NOWHERE, "timeout": "4s"})
    assert run.exit_status == 1
    assert "the request failed" in said(run, "warning")[0]
    assert "acme/nowhere" in advice(run)


def test_wrong_inputs(world: World) -> None:
    """Wrong inputs are still found before any request, hence without an issue."""
    run = rotate(world, {"verify": "maybe"})
    assert run.exit_status == 2
    assert world.asked == {}


def test_outside_of_a_workflow(world: World) -> None:
    """Where there is no repository and no token, the input is wrong."""
    done = world.command_line("run", "--notify=issue", environment={"GITHUB_REPOSITORY": ""})
    assert done.returncode == 2
    assert "notify: is `issue`, but no workflow runs" in done.stderr
    assert "notify-token: is missing" in done.stderr
