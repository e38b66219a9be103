"""The standard world: one AWS account, two organizations, and what is run among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import Fault, Job, Run, Runner, Sandbox
from sandbox.aws import Token
from sandbox.container import Container
from sandbox.faults import Recorded
from sandbox.github import Level, Store
from tests.integration.leaks import Answers, Shown, born, granted
from tests.integration.workspace import Workspace

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codespaces-pull"
SUBJECT = "repo:acme/ops:ref:refs/heads/main"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
OTHER_HOST = f"{OTHER_ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
IMAGE = "base/devcontainer"

SERVER, USER, PASSWORD = NAMES = tuple(
    f"ECR_CONTAINER_REGISTRY_{name}" for name in ("SERVER", "USER", "PASSWORD")
)

TOKEN_FETCHED = {
    "oidc GET": 1,
    "sts AssumeRoleWithWebIdentity": 1,
    "ecr GetAuthorizationToken": 1,
}
"""The requests that a new token takes."""

TOKEN_PROVED = {**TOKEN_FETCHED, "registry GET": 1}
"""The requests that a new token takes which the registry has accepted."""

PYTHON = (sys.executable,)
"""A Python that starts from nothing."""

cold = pytest.mark.parametrize("python", [PYTHON], ids=["cold"])
"""Runs the program as GitHub's runner and a person's shell do, where tests are of just that."""

_REPOSITORIES = ("acme/ops", "acme/api", "acme/web", "globex/ml")

_DEBUG = {"RUNNER_DEBUG": "1", "ACTIONS_STEP_DEBUG": "true"}
"""What a step sees in a debug run: the runner makes the first of the second, which is a secret or a
variable of the repository and reaches the step only by `env`."""

_VERBOSE = tuple((command,) for command in ("run", "plan", "status", "doctor"))
"""The commands that have an option to say more."""

_SECRETS = ("github-token", "app-private-key")
"""The inputs that are secrets."""

ROTATION = {**TOKEN_PROVED, "github GET": 1, "github PUT": 3}
"""The requests that the rotation of one repository takes."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A command line that runs.

    It was `given` these inputs when the secrets `before` existed, and `masks` what is secret.
    """

    process: subprocess.Popen[str]
    given: Mapping[str, str]
    before: frozenset[str]
    masks: bool
    workspace: Workspace


class World:
    """A sandbox, and the programs that are run in it.

    `acme/ops` is where the workflow runs, and with the organization `acme` and the user
    `octocat` it holds secrets that went `stale`; `acme/api`, `acme/web` and the organization
    `globex` hold none. `token` is octocat's, who owns both organizations. `shown` is all that the
    runs let anybody see. `python` is the command that runs the program, unless a container does.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        home: Path,
        *,
        python: Sequence[str] = PYTHON,
        container: Container | None = None,
    ) -> None:
        self.sandbox = sandbox
        self.runner = Runner(sandbox, container=container)
        self._python = python
        self._entry = None if container else (*python, str(self.runner.action / "entrypoint.py"))
        self.aws = sandbox.aws
        self.github = sandbox.github
        self.home = home
        self.shown: list[Shown] = []
        self.left: dict[str, str] = {}
        self._answers = Answers(sandbox)
        _set_up_aws(sandbox)
        _set_up_github(sandbox)
        self.token = self.classic_token("admin:org", "repo", "codespace:secrets")
        self.stale = self._seed_stale_secrets()

    def classic_token(self, *scopes: str) -> str:
        """Return a classic token of octocat's."""
        return self.github.personal_token(self.github.user("octocat"), scopes)

    def fault(self, fault: Fault) -> None:
        """Let something go wrong."""
        self.sandbox.faults.add(fault)

    def action(self, inputs: Mapping[str, str] | None = None, **options: Any) -> Run:  # noqa: ANN401
        """Run the action with the standard inputs, of which `inputs` replaces or adds some.

        It always says what a debug run says, so that this is searched too; the log shows it only
        with `debug`.
        """
        before = frozenset(self.sandbox.canaries)
        given = {**self._standard(), **(inputs or {})}
        environment = {**_DEBUG, **options.pop("environment", {})}
        run = self.runner.run(self._entry, inputs=given, environment=environment, **options)
        self.shown.append(Shown.by_action(run, **self._secrets_of(given, before)))
        return run

    def command_line(
        self,
        *arguments: str,
        **options: Any,  # noqa: ANN401
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m rotate` as `start` does, and wait for its end."""
        return self.finish(self.start(*arguments, **options))

    def finish(self, started: Started) -> subprocess.CompletedProcess[str]:
        """Return what came of a program that was started, once it has ended.

        What it left in its workspace is in `left`, until another one ends.
        """
        process = started.process
        stdout, stderr = process.communicate(timeout=60)
        self.left = started.workspace.close()
        # Options that cannot be read are told of before any of them is known.
        masks = started.masks and not stderr.startswith("usage: ")
        secrets = self._secrets_of(started.given, started.before) if masks else {}
        self.shown.append(Shown.by_command_line(stdout, stderr, self.left, **secrets))
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | None = None,
        files: Mapping[str, str | bytes] | None = None,
        verbose: bool = True,
    ) -> Started:
        """Start `python -m rotate` in a job's place: with its right to ask for ID tokens.

        It has the standard inputs as options, of which `inputs` replaces or adds some. With `files`
        it has a workspace, which holds them. It says all that it can, unless it is not `verbose`.
        """
        given = {**self._standard(), **(inputs or {})}
        options = [f"--{name}={text}" for name, text in given.items() if text]
        if verbose and arguments[:1] in _VERBOSE:
            options.append("--verbose")
        workspace = Workspace(files or {})
        grant = self.sandbox.oidc.grant(Job())
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "ACTIONS_ID_TOKEN_REQUEST_URL": grant.url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": grant.token,
            "GITHUB_REPOSITORY": "acme/ops",
            **({} if files is None else {"GITHUB_WORKSPACE": str(workspace.path)}),
            **self.sandbox.environment,
            **(environment or {}),
        }
        return Started(
            given=given,
            before=frozenset(self.sandbox.canaries),
            masks=variables.get("GITHUB_ACTIONS") == "true",
            workspace=workspace,
            process=subprocess.Popen(  # noqa: S603  our own program
                [*self._python, "-m", "rotate", *arguments, *options],
                cwd=self.runner.action,
                env=variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ),
        )

    def values(self, level: Level, owner: str, store: Store = "codespaces") -> dict[str, str]:
        """Return the secrets that somebody holds, by name."""
        held = self.github.secrets(level, owner, store)
        return {name: secret.value for name, secret in held.items()}

    def repository(self, full_name: str = "acme/ops") -> dict[str, str]:
        """Return the Codespaces secrets of a repository, by name."""
        return self.values("repository", full_name)

    @property
    def issued(self) -> Token:
        """The newest token that ECR has issued."""
        return self.aws.tokens[-1]

    def fresh(self, host: str = HOST) -> dict[str, str]:
        """Return what the three secrets hold once they are rotated."""
        return {SERVER: host, USER: "AWS", PASSWORD: self.issued.password}

    @property
    def asked(self) -> dict[str, int]:
        """How many requests of each kind were made: service and method, or AWS's action."""
        return _kinds(self.sandbox.requests)

    @property
    def unanswered(self) -> dict[str, int]:
        """How many requests of each kind have no answer yet, though nobody may wait for it."""
        return _kinds(self.sandbox.unanswered)

    def paths(self, method: str) -> list[str]:
        """Return the paths that GitHub was asked for, in the order of arrival."""
        return [
            each.path
            for each in self.sandbox.requests
            if (each.service, each.method) == ("github", method)
        ]

    def _secrets_of(
        self, given: Mapping[str, str], before: frozenset[str]
    ) -> dict[str, frozenset[str]]:
        """Return what a run has to mask that was given these inputs, when `before` existed."""
        return {
            "given": frozenset({given.get(name, "").strip() for name in _SECRETS} - {""}),
            "told": self._answers.known(born(self.sandbox, before)),
            "granted": self._answers.known(granted(self.sandbox, before)),
        }

    def _standard(self) -> dict[str, str]:
        return {"role-to-assume": ROLE, "aws-region": REGION, "github-token": self.token}

    def _seed_stale_secrets(self) -> dict[str, str]:
        password = self.aws.issue_token(ROLE, REGION).password
        stale = dict(zip(NAMES, (HOST, "AWS", password), strict=True))
        places: tuple[tuple[Level, str], ...] = (
            ("repository", "acme/ops"),
            ("organization", "acme"),
            ("user", "octocat"),
        )
        for level, owner in places:
            for name, value in stale.items():
                self.github.seed(level, owner, name, value)
        return stale


@contextmanager
def standard_world(
    home: Path, *, python: Sequence[str] = PYTHON, container: Container | None = None
) -> Iterator[World]:
    """Open the standard world; no test may leave it with a secret in sight.

    Here rather than in each test, so that none can be written without the search.
    """
    with Sandbox() as sandbox:
        world = World(sandbox, home, python=python, container=container)
        yield world
    for shown in (*world.shown, Shown(lines=(), others=tuple(_issues(world)))):
        assert not shown.leaked(sandbox.canaries)
        assert not shown.masked_late()
    assert not list(home.iterdir()), "the program left files behind"


def advice(run: Run) -> str:
    """Return what the one error of a run says; fails if there is another number of them."""
    [message] = said(run, "error")
    return message


def said(run: Run, level: str) -> list[str]:
    """Return what the annotations of one level say: `error`, `warning` or `notice`."""
    return [annotation.message for annotation in run.annotations if annotation.level == level]


def outcomes(run: Run) -> dict[str, tuple[str, list[str]]]:
    """Return what the report says became of each target, and what was written there."""
    targets = json.loads(run.outputs["report"])["targets"]
    return {target["target"]: (target["outcome"], target["written"]) for target in targets}


def _issues(world: World) -> Iterator[str]:
    """Yield what all issues and their comments say."""
    for name in _REPOSITORIES:
        for issue in world.github.tracker(name).issues.values():
            yield from (issue.title, issue.body, *issue.comments)


def _kinds(requests: Iterable[Recorded]) -> dict[str, int]:
    return dict(Counter(f"{each.service} {each.action or each.method}" for each in requests))


def _set_up_aws(sandbox: Sandbox) -> None:
    aws = sandbox.aws
    aws.account(ACCOUNT, disabled_regions=("ap-east-1",))
    aws.oidc_provider(ACCOUNT)
    aws.role(ROLE, trust=aws.trust_policy(ACCOUNT, sub=SUBJECT))
    aws.repository(ACCOUNT, REGION, IMAGE)
    aws.repository(OTHER_ACCOUNT, REGION, "shared", allow_pull_from=(ACCOUNT,))
    aws.repository(OTHER_ACCOUNT, REGION, "unshared")
    aws.public_repository("acme/base")


def _set_up_github(sandbox: Sandbox) -> None:
    github = sandbox.github
    for login in ("acme", "globex"):
        github.organization(login, owners=("octocat",))
    for name in _REPOSITORIES:
        github.repository(name)
