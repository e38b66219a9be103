"""What `doctor` says of each of the mistakes that people make most while they set this up."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox import Fault, Job, Run
from sandbox.aws.policies import PULL_POLICY
from tests.integration.fleet import (
    add_fleet,
    app_of,
    command_line_with,
    document,
    run_file,
    seed,
)
from tests.integration.world import (
    ACCOUNT,
    HOST,
    IMAGE,
    OTHER_ACCOUNT,
    PASSWORD,
    REGION,
    ROLE,
    SUBJECT,
    World,
    advice,
    said,
)

Checks = dict[str, dict[str, str]]

PROBED = {"command": "doctor", "probe-image": f"{IMAGE}:latest"}
ORGANIZATION = {**PROBED, "scope": "organization"}


def doctor(world: World, inputs: dict[str, str] | None = None, **options: Any) -> Run:  # noqa: ANN401
    """Let the doctor look, and see to it that it wrote nothing."""
    run = world.action({**PROBED, **(inputs or {})}, **options)
    _check_nothing_written(world)
    return run


def checks(run: Run) -> Checks:
    """Return the checks of the report by name."""
    return {check["check"]: check for check in json.loads(run.outputs["report"])["checks"]}


def named(run: Run, outcome: str) -> list[str]:
    """Return the names of the checks that came to an outcome."""
    return [name for name, check in checks(run).items() if check["outcome"] == outcome]


def only_failure(run: Run) -> dict[str, str]:
    """Return the one red line; its remedy is the run's one error, and in the summary."""
    assert run.exit_status == 1
    [name] = named(run, "failed")
    check = checks(run)[name]
    assert check["remedy"] in advice(run)
    assert check["remedy"].partition("\n")[0] in run.summary
    return check


def _check_nothing_written(world: World) -> None:
    for request in world.sandbox.requests:
        if request.service in {"github", "registry", "oidc"} and request.method != "GET":
            assert request.path.endswith("/access_tokens")
    assert world.repository() == world.stale


def test_all_is_well(world: World) -> None:
    """Where nothing is wrong, every link is green, in the log, the summary and the report."""
    run = doctor(world)
    assert run.exit_status == 0
    assert named(run, "failed") == named(run, "warning") == []
    assert named(run, "skipped") == ["shadowing secrets"]
    assert f"✅ role {ROLE}: assumed\n" in run.log
    assert f"| ✅ ok | role {ROLE} | assumed |" in run.summary
    assert SUBJECT in checks(run)["ID token"]["detail"]
    assert run.outputs["failed"] == "0"


def test_what_it_costs(world: World) -> None:
    """Each link is asked for once, and each question about powers is one that changes nothing."""
    doctor(world)
    assert world.asked == {
        "oidc GET": 2,
        "sts AssumeRoleWithWebIdentity": 1,
        "sts GetCallerIdentity": 1,
        "ecr GetAuthorizationToken": 1,
        "ecr DescribeRepositories": 1,
        "ecr CompleteLayerUpload": 1,
        "registry GET": 2,
        "github GET": 4,
    }


def test_no_id_token(world: World) -> None:
    """Without `id-token: write` the YAML is shown; what AWS would be asked is skipped."""
    run = doctor(world, id_token=False)
    check = only_failure(run)
    assert check["check"] == "ID token"
    assert "permissions:\n      id-token: write" in check["remedy"]
    assert f"role {ROLE}" in named(run, "skipped")
    assert checks(run)[f"pull of {HOST}"]["detail"] == "`ID token` comes first"
    assert checks(run)["secrets of repository acme/ops in codespaces: write"]["outcome"] == "ok"


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(Job(ref="refs/heads/test"), id="branch"),
        pytest.param(Job(environment="production"), id="environment"),
        pytest.param(Job(immutable_subject=True), id="numbered"),
    ],
)
def test_another_subject(world: World, job: Job) -> None:
    """A trust policy for another `sub` is shown as it must be, in both forms of `sub`."""
    run = doctor(world, job=job)
    check = only_failure(run)
    assert check["check"] == f"role {ROLE}"
    policy = json.loads(check["remedy"][check["remedy"].index("{") :])
    world.aws.role(ROLE, trust=policy)
    mended = doctor(world, job=job)
    assert mended.exit_status == 0
    presented = checks(mended)["ID token"]["detail"]
    subjects = policy["Statement"][0]["Condition"]["StringEquals"]
    assert any(
        f"sub={subject}," in presented
        for subject in subjects["token.actions.githubusercontent.com:sub"]
    )


@pytest.mark.parametrize(
    ("audiences", "command"),
    [
        pytest.param((), "aws iam create-open-id-connect-provider", id="no provider"),
        pytest.param(
            ("https://example.com",), "aws iam add-client-id-to-open-id-connect", id="audience"
        ),
    ],
)
def test_no_provider(world: World, audiences: tuple[str, ...], command: str) -> None:
    """The command is shown that registers GitHub, or the audience."""
    world.aws.oidc_provider(ACCOUNT, audiences=audiences)
    check = only_failure(doctor(world))
    assert check["check"] == f"role {ROLE}"
    assert command in check["remedy"]


def test_no_token(world: World) -> None:
    """A role without `ecr:GetAuthorizationToken` is told apart, and the statement is shown."""
    pull = {**PULL_POLICY, "Statement": PULL_POLICY["Statement"][1:]}
    world.aws.role(ROLE, trust=world.aws.trust_policy(ACCOUNT, sub=SUBJECT), policy=pull)
    run = doctor(world)
    check = only_failure(run)
    assert check["check"] == f"authorization token of ecr in {REGION}"
    assert '"ecr:GetAuthorizationToken"' in check["remedy"]
    assert f"role {ROLE}" in named(run, "ok")


def test_no_pull(world: World) -> None:
    """Where another account does not share its repository, both policies are named."""
    inputs = {"registry": OTHER_ACCOUNT, "probe-image": "unshared:latest"}
    run = doctor(world, inputs)
    check = only_failure(run)
    other = HOST.replace(ACCOUNT, OTHER_ACCOUNT)
    assert check["check"] == f"pull of {other}"
    assert f"arn:aws:ecr:{REGION}:{OTHER_ACCOUNT}:repository/unshared" in check["remedy"]
    assert "the repository's own policy must allow" in check["remedy"]
    assert f"no more than pull of {other}" in named(run, "ok")


def test_wrong_region(world: World) -> None:
    """A region without the image is told by what is not there, and `aws-region` is named."""
    check = only_failure(doctor(world, {"aws-region": "eu-west-1"}))
    assert check["check"] == f"pull of {HOST.replace(REGION, 'eu-west-1')}"
    assert "correct `aws-region`" in check["remedy"]


def test_region_refused(world: World) -> None:
    """A registry that takes the token for another region's says so."""
    world.fault(Fault(service="registry", status=400))
    check = only_failure(doctor(world))
    assert check["check"] == f"login of {HOST}"
    assert "Set `aws-region`" in check["remedy"]


def test_region_against_host(world: World) -> None:
    """What is wrong with the inputs themselves is still found before anything is asked."""
    run = doctor(world, {"registry": HOST, "aws-region": "eu-west-1"})
    assert run.exit_status == 2
    assert world.asked == {}


def test_workflow_token(world: World) -> None:
    """The workflow's own token is known by its prefix, whatever the target."""
    token = world.github.workflow_token("acme/ops")
    check = only_failure(doctor(world, {"github-token": token}))
    assert "`github-token` is the workflow's own `GITHUB_TOKEN`" in check["detail"]
    assert "app-private-key" in check["remedy"]


@pytest.mark.parametrize(
    ("inputs", "permission"),
    [
        pytest.param(ORGANIZATION, "organization_codespaces_secrets", id="organization"),
        pytest.param(PROBED, "codespaces_secrets", id="repository"),
        pytest.param({**PROBED, "stores": "actions"}, "secrets", id="actions"),
    ],
)
def test_fine_grained_token(world: World, inputs: dict[str, str], permission: str) -> None:
    """A fine-grained token without the permission is told exactly that one."""
    octocat = world.github.user("octocat")
    token = world.github.fine_grained_token(octocat, "acme", {"contents": "write"})
    check = only_failure(doctor(world, {**inputs, "github-token": token}))
    assert f"a fine-grained token without the permission `{permission}: write`" in check["detail"]
    assert "with acme as its resource owner" in check["remedy"]


def test_right_to_write_that_nobody_tells(world: World) -> None:
    """What only a write could prove is no green line."""
    octocat = world.github.user("octocat")
    permissions = {"organization_codespaces_secrets": "read"}
    token = world.github.fine_grained_token(octocat, "acme", permissions)
    run = doctor(world, {**ORGANIZATION, "github-token": token})
    name = "secrets of organization acme in codespaces: write"
    assert checks(run)[name]["outcome"] == "skipped"
    assert "*Read and write*" in checks(run)[name]["detail"]


def test_app_not_installed(world: World) -> None:
    """An owner without the App is named, and the other owner's targets are looked at."""
    add_fleet(world)
    text = document("registry: prod, repositories: [acme/api, globex/ml]")
    run = run_file(world, text, {"command": "doctor", **app_of(world, ["acme"])})
    check = only_failure(run)
    assert check["check"] == "GitHub App for globex"
    assert "the App's settings, Install App, globex" in check["remedy"]
    assert checks(run)["repository globex/ml"]["outcome"] == "skipped"
    assert checks(run)["secrets of repository acme/api in codespaces: write"]["outcome"] == "ok"


def test_permission_that_the_owner_has_not_accepted(world: World) -> None:
    """The installation tells what it was granted: the permission is named without a request."""
    inputs = app_of(world, ["acme"], {"contents": "read"})
    run = doctor(world, {**ORGANIZATION, **inputs})
    check = only_failure(run)
    assert "lacks the permission `organization_codespaces_secrets: write`" in check["detail"]
    assert "let acme accept it, at https://github.com/settings/installations/" in check["remedy"]
    assert not [path for path in world.paths("GET") if "codespaces" in path]


def test_classic_token_without_scope(world: World) -> None:
    """The scope is named, beside those that the token has."""
    token = world.classic_token("repo")
    check = only_failure(doctor(world, {**ORGANIZATION, "github-token": token}))
    assert "a classic token without the scope `admin:org`" in check["detail"]
    assert "it has `repo`" in check["remedy"]


def test_free_plan(world: World) -> None:
    """An organization on the Free plan is told by its plan, and not by HTTP 404."""
    world.github.organization("initech", "free", owners=["octocat"])
    check = only_failure(doctor(world, {**ORGANIZATION, "organization": "initech"}))
    assert "initech is on GitHub's Free plan" in check["detail"]
    assert "`scope: repository`" in check["remedy"]


@pytest.mark.parametrize("inputs", [PROBED, ORGANIZATION], ids=["repository", "organization"])
def test_single_sign_on(world: World, inputs: dict[str, str]) -> None:
    """A token that single sign-on keeps out is to be authorized at the address GitHub gives."""
    world.github.require_single_sign_on("acme")
    check = only_failure(doctor(world, inputs))
    assert "https://github.com/orgs/acme/sso?authorization_request=" in check["remedy"]
    scopes = ("admin:org", "repo")
    token = world.github.personal_token(world.github.user("octocat"), scopes, authorized=["acme"])
    assert doctor(world, {**inputs, "github-token": token}).exit_status == 0


def test_names(world: World) -> None:
    """A misspelt name is red; an old name, and an archived repository, are warned of."""
    for name in ("acme/old", "acme/past"):
        world.github.repository(name)
    world.github.rename("acme/old", "new")
    world.github.archive("acme/past")
    run = doctor(world, {"repositories": "acme/old, acme/past, acme/wbe"})
    check = only_failure(run)
    assert check["check"] == "repository acme/wbe"
    assert "Correct the name" in check["remedy"]
    assert named(run, "warning") == ["repository acme/old", "repository acme/past"]
    assert "it is called acme/new by now" in run.log
    assert "acme/past is archived" in run.log


def test_misspelt_organization(world: World) -> None:
    """An organization that is none is told by its name."""
    check = only_failure(doctor(world, {**ORGANIZATION, "organization": "acmee"}))
    assert check["check"] == "organization acmee"
    assert "Correct `organization`" in check["remedy"]


def test_not_an_administrator(world: World) -> None:
    """A person who may read the secrets but not write them is named."""
    world.github.collaborate("acme/ops", "hubot", "write")
    token = world.github.personal_token(world.github.user("hubot"), ["repo"])
    check = only_failure(doctor(world, {"github-token": token}))
    assert "Make hubot an administrator of acme/ops" in check["remedy"]


def test_shadow(world: World) -> None:
    """A repository's own secret is found though the target names no readers."""
    seed(world, "acme/api", hours=30)
    run = doctor(world, ORGANIZATION)
    assert run.exit_status == 0
    [name] = named(run, "warning")
    assert name == "shadowing secrets"
    assert f"acme/api has a secret {PASSWORD} of its own" in checks(run)[name]["detail"]


def test_readers(world: World) -> None:
    """Who may read stands beside who will; that more will be able to is warned of."""
    world.github.seed("organization", "globex", PASSWORD, "old", visibility="selected")
    run = doctor(world, {**ORGANIZATION, "organization": "globex", "visibility": "all"})
    name = "secrets of organization globex in codespaces: readers"
    assert named(run, "warning") == [name]
    assert f"{PASSWORD} selected → all" in checks(run)[name]["detail"]


def test_more_than_pull(world: World) -> None:
    """A session that may push or list is warned of, with the words for what was tested."""
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}],
    }
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT)
    world.aws.role(ROLE, trust=trust, policy=everything)
    assert named(doctor(world), "warning") == []
    run = doctor(world, {"session-policy": "none"})
    assert run.exit_status == 0
    [warning] = said(run, "warning")
    assert "`ecr:DescribeRepositories` and `ecr:CompleteLayerUpload`" in warning
    assert "Remove `session-policy: none`" in warning


def test_schedule_without_slack(world: World) -> None:
    """A schedule that leaves no room for a dropped run is warned of."""
    run = doctor(world, event={"schedule": "0 */8 * * *"})
    assert run.exit_status == 0
    assert named(run, "warning") == ["schedule"]
    assert "every 8 h" in checks(run)["schedule"]["detail"]


@pytest.mark.parametrize(
    ("service", "name"), [("github", "clock of GitHub"), ("sts", "clock of AWS")]
)
@pytest.mark.parametrize(("minutes", "outcome"), [(2, "warning"), (-7, "failed")])
def test_clock_skew(world: World, service: str, name: str, minutes: int, outcome: str) -> None:
    """A clock that is off is told by GitHub's and AWS's own, before anything is refused for it."""
    world.fault(Fault(service=service, skew=timedelta(minutes=minutes), times=None))
    run = doctor(world)
    assert named(run, outcome) == [name]
    assert "Set the clock" in checks(run)[name]["remedy"]


def test_token_that_is_not_accepted(world: World) -> None:
    """A revoked token is red once, and what depends on it is skipped."""
    run = doctor(world, {"github-token": "ghp_revoked0000000000000000000000000000"})
    assert only_failure(run)["check"] == "GitHub token"
    assert checks(run)["repository acme/ops"]["detail"] == "`GitHub token` comes first"


def test_command_line(world: World) -> None:
    """A terminal reads the checklist, a machine the report, with the same exit status."""
    plain = world.command_line("doctor", inputs={"github-token": world.classic_token()})
    assert plain.returncode == 1
    assert "❌ secrets of repository acme/ops in codespaces: write: " in plain.stdout
    assert "Give it the scope `repo`" in plain.stderr
    machine = world.command_line("doctor", "--json")
    assert machine.returncode == 0
    report = json.loads(machine.stdout)
    assert (report["version"], report["command"]) == (1, "doctor")
    assert {check["outcome"] for check in report["checks"]} == {"ok", "skipped"}
    assert all(set(check) == {"check", "outcome", "detail", "remedy"} for check in report["checks"])


def test_file(world: World) -> None:
    """One configuration file is looked at as a whole: each registry, owner and target."""
    add_fleet(world)
    seed(world, "acme", level="organization", hours=1)
    text = document(
        "registry: prod, organization: acme, repositories: [api, web]",
        "registry: data, repositories: ['globex/*'], secret-prefix: ECR_DATA",
    )
    done = command_line_with(world, text, "doctor", "--json")
    assert done.returncode == 0
    names = [check["check"] for check in json.loads(done.stdout)["checks"]]
    assert names.count("ID token") == 2
    assert "secrets of repository globex/etl in codespaces: write" in names
    assert f"pull of {OTHER_ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com" in names
