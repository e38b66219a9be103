"""What `init` writes works: the roles let in whom they should, and the workflow rotates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sandbox import Job, Run, Runner, Sandbox, demo
from sandbox.github import Level
from tests.integration.leaks import searched

_PROJECT = Path(__file__).parents[2]
_REGISTRY_ACCOUNT = "210987654321"
_PULL = "ecr:BatchGetImage"

_FORBIDDEN = (
    "ecr:PutImage",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:BatchDeleteImage",
    "ecr:SetRepositoryPolicy",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
)

LEVELS: dict[Level, tuple[str, str]] = {
    "organization": ("acme", "organization_codespaces_secrets"),
    "repository": ("acme/ops", "codespaces_secrets"),
    "user": ("octocat", "codespaces_user_secrets"),
}
"""Who gets the secrets of each level, and the permission that takes."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Open a world with an image, an organization, and neither a role nor a secret."""
    with Sandbox() as sandbox:
        sandbox.aws.account(demo.ACCOUNT)
        sandbox.aws.repository(demo.ACCOUNT, demo.REGION, demo.IMAGE)
        sandbox.aws.repository(demo.ACCOUNT, demo.REGION, "secret")
        for name in ("acme", "globex"):
            sandbox.github.organization(name, owners=["octocat"])
        for name in ("acme/ops", "acme/api", "globex/web"):
            sandbox.github.repository(name)
        yield sandbox


class Written:
    """The files of a set-up, in a world where they have been put to use."""

    def __init__(self, sandbox: Sandbox, folder: Path, **options: str) -> None:
        self.sandbox = sandbox
        self.folder = folder
        given = {
            "ops-repository": "acme/ops",
            "scope": "organization",
            "aws-account": demo.ACCOUNT,
            "aws-region": demo.REGION,
            "ecr-repositories": demo.IMAGE,
            "probe-image": f"{demo.IMAGE}:latest",
            **{name.replace("_", "-"): text for name, text in options.items()},
        }
        _init(folder, given)
        self.role = f"arn:aws:iam::{given['aws-account']}:role/codespaces-pull"
        self._make_role()

    def file(self, name: str) -> str:
        """Return a file, by its path in the repository."""
        return (self.folder / name).read_text(encoding="utf-8")

    def _make_role(self) -> None:
        self.sandbox.aws.oidc_provider(demo.ACCOUNT)
        self.sandbox.aws.role(
            self.role,
            trust=json.loads(self.file("rotate-ecr-token/trust.json")),
            policy=json.loads(self.file("rotate-ecr-token/pull.json")),
            max_session=43200,
        )

    def rotate(self, secrets: Mapping[str, str], *, job: Job | None = None) -> Run:
        """Run the workflow, with the files of its repository where it checks them out."""
        workflow = self.file(".github/workflows/rotate-ecr-token.yml")
        given, id_token = demo.step_of(workflow, secrets)
        file = "rotate-ecr-token.yml"
        files = {file: self.file(file)} if "actions/checkout" in workflow else {}
        runner = Runner(self.sandbox)
        run = runner.run(inputs=given, id_token=id_token, files=files, job=job)
        return searched(run, self.sandbox)

    def token(self, level: Level) -> dict[str, str]:
        """Return a token with the one permission of a level, as the workflow finds it."""
        owner, permission = LEVELS[level]
        github = self.sandbox.github
        token = github.fine_grained_token(
            github.user("octocat"), owner.partition("/")[0], {permission: "write"}
        )
        return {"secrets.CODESPACES_SECRETS_TOKEN": token}

    def app(self, *owners: str) -> dict[str, str]:
        """Register the App of the manifest, install it, and return what the workflow finds."""
        manifest = json.loads(self.file("rotate-ecr-token/github-app.json"))
        app = self.sandbox.github.register_app(manifest["default_permissions"])
        for owner in owners:
            self.sandbox.github.install(app, owner)
        return {"vars.ROTATE_APP_ID": str(app.id), "secrets.APP_PRIVATE_KEY": app.private_key}


def _init(folder: Path, given: Mapping[str, str]) -> None:
    options = [f"--{name}={text}" for name, text in given.items()]
    subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "rotate", "init", f"--output={folder}", *options],
        cwd=_PROJECT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )


@pytest.mark.parametrize("level", LEVELS)
def test_a_token_rotates(sandbox: Sandbox, level: Level, tmp_path: Path) -> None:
    """At every level, the one permission and the two policies are enough for a rotation."""
    written = Written(sandbox, tmp_path, scope=level)
    run = written.rotate(written.token(level))

    assert run.succeeded, run.log
    assert sandbox.github.secrets(level, LEVELS[level][0]).keys() == set(demo.NAMES)


@pytest.mark.parametrize("level", ["organization", "repository"])
def test_an_app_rotates(sandbox: Sandbox, level: Level, tmp_path: Path) -> None:
    """An App that was registered with the manifest may write the secrets."""
    written = Written(sandbox, tmp_path, scope=level, github_access="app")
    run = written.rotate(written.app("acme"))

    assert run.succeeded, run.log
    assert sandbox.github.secrets(level, LEVELS[level][0]).keys() == set(demo.NAMES)


def test_several_organizations(sandbox: Sandbox, tmp_path: Path) -> None:
    """One workflow with a configuration file writes the secrets of all of them."""
    written = Written(sandbox, tmp_path, organization="acme,globex", github_access="app")
    run = written.rotate(written.app("acme", "globex"))

    assert run.succeeded, run.log
    assert run.outputs["rotated"] == "2"


@pytest.mark.parametrize("immutable", [False, True], ids=["by name", "by name and ID"])
def test_both_forms_of_a_subject(sandbox: Sandbox, immutable: bool, tmp_path: Path) -> None:
    """With the two IDs, the role lets the workflow in whichever way GitHub names it."""
    ids = {name: sandbox.github.id_of(name) for name in ("acme", "acme/ops")}
    written = Written(
        sandbox, tmp_path, owner_id=str(ids["acme"]), repository_id=str(ids["acme/ops"])
    )
    run = written.rotate(written.token("organization"), job=Job(immutable_subject=immutable))

    assert run.succeeded, run.log


@pytest.mark.parametrize(
    "job",
    [
        Job(ref="refs/heads/topic"),
        Job(event_name="pull_request"),
        Job(environment="production"),
        Job(repository="acme/api"),
        Job(repository="globex/web"),
    ],
    ids=["branch", "pull request", "environment", "repository", "owner"],
)
def test_nobody_else_is_let_in(sandbox: Sandbox, job: Job, tmp_path: Path) -> None:
    """The role refuses everything but the workflow's branch, and nothing is written."""
    written = Written(sandbox, tmp_path)
    run = written.rotate(written.token("organization"), job=job)

    assert "may not be assumed by this workflow" in run.log
    assert not sandbox.github.secrets("organization", "acme")


def test_the_role_may_only_pull(sandbox: Sandbox, tmp_path: Path) -> None:
    """With the role nothing can be pushed, deleted or granted, nor anything else be pulled."""
    written = Written(sandbox, tmp_path)
    registry = f"arn:aws:ecr:{demo.REGION}:{demo.ACCOUNT}:repository"
    principal = sandbox.aws.roles[written.role].principal("test")

    assert principal.refusal(_PULL, f"{registry}/{demo.IMAGE}") is None
    assert principal.refusal(_PULL, f"{registry}/secret")
    assert all(principal.refusal(action, f"{registry}/{demo.IMAGE}") for action in _FORBIDDEN)


def test_the_registry_of_another_account(sandbox: Sandbox, tmp_path: Path) -> None:
    """The role pulls from the account that was named, whose repositories let it."""
    sandbox.aws.repository(
        _REGISTRY_ACCOUNT, demo.REGION, demo.IMAGE, allow_pull_from=(demo.ACCOUNT,)
    )
    written = Written(sandbox, tmp_path, registry=_REGISTRY_ACCOUNT)
    run = written.rotate(written.token("organization"))

    assert run.succeeded, run.log
    assert run.outputs["registry"].startswith(f"{_REGISTRY_ACCOUNT}.dkr.ecr.")
    (shared,) = json.loads(written.file("rotate-ecr-token/repository-policy.json"))["Statement"]
    assert shared["Principal"] == {"AWS": written.role}


def test_ecr_public(sandbox: Sandbox, tmp_path: Path) -> None:
    """A token of ECR Public is fetched in a session that is as long as the token should be."""
    sandbox.aws.public_repository("acme/base")
    public = {
        "registry": "public.ecr.aws",
        "ecr_repositories": "",
        "probe_image": "acme/base:latest",
    }
    written = Written(sandbox, tmp_path, **public)
    run = written.rotate(written.token("organization"))

    assert run.succeeded, run.log
    assert run.outputs["registry"] == "public.ecr.aws"
