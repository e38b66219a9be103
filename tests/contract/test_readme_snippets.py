"""What the README shows works when it is copied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from rotate import cost, errors
from rotate.model.plan import Command, GitHubAccess, Plan
from rotate.model.target import Scope, Target
from rotate.remedies import Claims
from rotate.report import Outcome, Report, Result
from rotate.schedule import dropped_runs_survived, longest_gap
from rotate.settings import values
from rotate.settings.inputs import NAMES
from sandbox import Job, Run, Runner, Sandbox, demo
from tests.contract.documentation import blocks, page
from tests.integration.leaks import searched

_README = page("README.md")
_HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
_CLAIMS = Claims(
    sub="repo:acme/ops:ref:refs/heads/main",
    audience="sts.amazonaws.com",
    issuer="https://token.actions.githubusercontent.com",
)


def section(title: str) -> str:
    """Return what stands below a heading, up to the next one."""
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#|\Z)", _README, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def policy(title: str) -> dict[str, Any]:
    """Return the IAM policy that stands below a heading."""
    found: dict[str, Any] = json.loads(blocks(section(title), "json")[0])
    return found


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Open a world whose one role has the README's policies, and whose secrets are yet to come."""
    with Sandbox() as sandbox:
        sandbox.aws.account(demo.ACCOUNT)
        sandbox.aws.oidc_provider(demo.ACCOUNT)
        trust, pull = policy("Trust policy"), policy("Pull policy")
        sandbox.aws.role(demo.ROLE, trust=trust, policy=pull, max_session=43200)
        sandbox.aws.repository(demo.ACCOUNT, demo.REGION, demo.IMAGE)
        sandbox.github.organization("acme", owners=["octocat"])
        sandbox.github.repository("acme/ops")
        yield sandbox


def rotate(sandbox: Sandbox, job: Job, **inputs: str) -> Run:
    """Run the README's workflow, with other inputs where some are given."""
    owner = sandbox.github.user("octocat")
    permissions = {"organization_codespaces_secrets": "write"}
    token = sandbox.github.fine_grained_token(owner, "acme", permissions)
    given, id_token = demo.step_of(
        blocks(_README, "yaml")[0], {"secrets.CODESPACES_SECRETS_TOKEN": token}
    )
    run = Runner(sandbox).run(inputs={**given, **inputs}, id_token=id_token, job=job)
    return searched(run, sandbox)


def steps() -> list[dict[str, Any]]:
    """Return every step that the README shows."""
    documents = [yaml.safe_load(text) for text in blocks(_README, "yaml")]
    jobs = [job for document in documents for job in document.get("jobs", {}).values()]
    return [step for part in (*documents, *jobs) for step in part.get("steps", ())]


def test_steps_name_inputs_that_exist() -> None:
    """Every step of this action gives it what it takes."""
    given = [step["with"] for step in steps() if step["uses"].startswith("rotate-ecr-token/")]

    assert len(given) == 4
    assert all(set(names) <= set(NAMES) for names in given)


@pytest.mark.parametrize("text", blocks(_README, "json"))
def test_json_parses(text: str) -> None:
    """Every policy and configuration file is JSON."""
    assert isinstance(json.loads(text), dict)


def test_the_workflow_is_careful() -> None:
    """It runs off the hour, may do one thing, never beside itself, and not for hours."""
    workflow = yaml.safe_load(blocks(_README, "yaml")[0])
    triggers = workflow[True]  # YAML 1.1 reads `on` as a boolean.

    assert triggers["schedule"] == [{"cron": "17 * * * *"}]
    assert "dry-run" in triggers["workflow_dispatch"]["inputs"]
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert workflow["jobs"]["rotate"]["permissions"] == {"id-token": "write"}
    assert workflow["jobs"]["rotate"]["timeout-minutes"] == 15


def test_the_workflow_is_the_one_of_the_demo() -> None:
    """What `make demo` runs is what the README shows."""
    assert blocks(_README, "yaml")[0] == demo.WORKFLOW


def test_the_doctor_finds_nothing(sandbox: Sandbox) -> None:
    """With the README's policies and workflow, no line of the doctor's is red or yellow."""
    run = rotate(sandbox, Job(), command="doctor")

    assert run.exit_status == 0, run.log
    checks = json.loads(run.outputs["report"])["checks"]
    assert {check["outcome"] for check in checks} == {"ok", "skipped"}


@pytest.mark.parametrize("immutable", [False, True], ids=["by name", "by name and ID"])
def test_the_policies_suffice(sandbox: Sandbox, immutable: bool) -> None:
    """With exactly these policies a run succeeds, whichever way GitHub names the repository."""
    numbers = re.search(r"acme@(\d+)/ops@(\d+)", section("Trust policy"))
    assert numbers
    ids = {"acme": int(numbers[1]), "acme/ops": int(numbers[2])}
    run = rotate(sandbox, Job(immutable_subject=immutable, ids=ids))

    assert run.succeeded, run.log
    assert demo.secrets_of(sandbox).keys() == set(demo.NAMES)


@pytest.mark.parametrize("job", [Job(ref="refs/heads/topic"), Job(repository="acme/api")])
def test_the_trust_policy_lets_nobody_else_in(sandbox: Sandbox, job: Job) -> None:
    """Another branch and another repository are refused."""
    sandbox.github.repository("acme/api")

    assert "may not be assumed by this workflow" in rotate(sandbox, job).log


def test_the_policy_for_ecr_public_suffices(sandbox: Sandbox) -> None:
    """With exactly this policy, and the session as long as is advised, a run succeeds."""
    trust, public = policy("Trust policy"), policy("Policy for ECR Public")
    sandbox.aws.role(demo.ROLE, trust=trust, policy=public, max_session=43200)
    sandbox.aws.public_repository("acme/base")
    inputs = {
        "registry": "public.ecr.aws",
        "probe-image": "acme/base:latest",
        "role-duration-seconds": "43200",
    }
    run = rotate(sandbox, Job(), **inputs)

    assert run.succeeded, run.log
    assert run.outputs["registry"] == "public.ecr.aws"


@pytest.fixture
def fleet(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Add what the README's configuration file names."""
    pull = policy("Pull policy")
    pull["Statement"][1]["Resource"] = "*"
    sandbox.aws.role(demo.ROLE, trust=policy("Trust policy"), policy=pull)
    sandbox.aws.account("210987654321")
    sandbox.aws.repository("210987654321", "eu-west-1", demo.IMAGE, allow_pull_from=(demo.ACCOUNT,))
    sandbox.github.organization("globex")
    for name in ("acme/api", "acme/web", "acme/svc-a", "acme/svc-old", "acme/ml", "globex/one"):
        sandbox.github.repository(name)
    yield sandbox


def test_the_configuration_file_works(fleet: Sandbox) -> None:
    """The file rotates two organizations through an App, and a second run finds nothing due."""
    permissions = {
        "codespaces_secrets": "write",
        "dependabot_secrets": "write",
        "organization_codespaces_secrets": "write",
    }
    app = fleet.github.register_app(permissions=permissions)
    for owner in ("acme", "globex"):
        fleet.github.install(app, owner)
    (file,) = (text for text in blocks(_README, "yaml") if "targets:" in text)
    inputs = {
        "config": "rotate-ecr-token.yml",
        "app-id": str(app.id),
        "app-private-key": app.private_key,
    }
    first, second = (
        searched(Runner(fleet).run(inputs=inputs, files={inputs["config"]: file}), fleet)
        for _ in range(2)
    )

    assert (first.exit_status, first.outputs["rotated"]) == (0, "5"), first.log
    assert (second.outputs["rotated"], second.outputs["fresh"]) == ("0", "5"), second.log
    readers = fleet.github.secrets("organization", "acme")[demo.NAMES[-1]].selected_repository_ids
    names = ("acme/api", "acme/svc-a", "acme/web")
    assert set(readers or ()) == {fleet.github.id_of(name) for name in names}


@pytest.mark.parametrize(
    ("cron", "renew_before", "survived"),
    re.findall(r"^\| `(.+?)` \| `?(.*?)`? ?\| (\d) \|$", section("How often to run"), re.MULTILINE),
)
def test_the_dropped_runs_are_survived(cron: str, renew_before: str, survived: str) -> None:
    """The table of schedules says what the program computes."""
    life = 12 * 3600.0
    window = values.renewal(life)(renew_before) if renew_before else life

    assert dropped_runs_survived(gap=longest_gap(cron), window=window) == int(survived)


@pytest.mark.parametrize(
    ("repositories", "three_secrets", "password"),
    re.findall(r"^\| ([\d,]+) \| (.+?) \| (.+?) \|$", page("docs/fleet.md"), re.MULTILINE),
)
def test_the_times_of_a_fleet(repositories: str, three_secrets: str, password: str) -> None:
    """The table of docs/fleet.md says what `plan` does of a fleet of that size."""
    count = int(repositories.replace(",", ""))

    assert f"about {three_secrets} at" in billed(count, demo.NAMES)
    assert f"about {password} at" in billed(count, demo.NAMES[-1:])


def billed(repositories: int, names: tuple[str, ...]) -> str:
    """Return what `plan` says of writing these secrets to so many repositories."""
    target = Target(registry="prod", scope=Scope.REPOSITORY, owner="acme/api")
    planned = Result(target=target, outcome=Outcome.PLANNED, written=names)
    plan = Plan(command=Command.PLAN, registries=(), selections=(), github=GitHubAccess())
    report = Report(command=Command.PLAN, registries=(), results=(planned,) * repositories)
    return cost.bill(plan, report)


ERRORS = (
    errors.IdTokenNotAllowed(),
    errors.RoleNotAssumable(role=demo.ROLE, claims=_CLAIMS),
    errors.ProviderNotAccepted(
        role=demo.ROLE,
        claims=_CLAIMS,
        message="AWS answered InvalidIdentityToken: Incorrect token audience",
    ),
    errors.AwsPermissionMissing(
        operation="ecr:get_authorization_token",
        actions=("ecr:GetAuthorizationToken",),
        message="AWS answered AccessDeniedException: User is not authorized",
    ),
    errors.PullDenied(_HOST, repository=demo.IMAGE),
    errors.WrongRegion(_HOST),
    errors.ProbeImageMissing(_HOST, "base/devcontainer:latest"),
    errors.AccountNotAllowed(account=demo.ACCOUNT, allowed=("210987654321",)),
    errors.GitHubTokenRejected("GET /orgs/acme"),
    errors.AppNotInstalled("globex"),
    *(
        errors.GitHubDenied(
            status=status, message=message, where="GET /orgs/acme", accepted="", single_sign_on=""
        )
        for status, message in (
            (403, "Resource not accessible by integration"),
            (404, "Not Found"),
        )
    ),
    errors.NoRepositoryMatches("acme/svc-*"),
    errors.RepositoryArchived("PUT /repos/acme/api"),
    errors.RateLimitOutlastsRun(60),
    errors.OutOfTime(),
    errors.Cancelled(),
    errors.InvalidSettings((errors.Fault(path="scope", problem="is wrong."),)),
)


def test_the_errors_are_quoted_as_they_are_printed() -> None:
    """Whoever searches the README for an error finds it, and each row quotes one that exists."""
    rows = re.findall(r"^\| `(.+?)` \|", section("The action fails"), re.MULTILINE)
    patterns = [".+".join(map(re.escape, row.split("…"))) for row in rows]

    for pattern, error in zip(patterns, ERRORS, strict=True):
        assert re.search(pattern, str(error)), (pattern, str(error))
