"""A sandbox to measure in: one account, one organization, as many repositories as wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox import Sandbox
from sandbox.aws import trust_policy
from sandbox.github import Limits
from sandbox.job import Job

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codespaces-pull"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"

_LIMITS = dict.fromkeys(
    ("concurrent", "points-per-minute", "writes-per-minute", "writes-per-hour"), 1_000_000
)


@dataclass(frozen=True, kw_only=True)
class World:
    """A sandbox, and the environment in which a client lives in it as in a workflow's job."""

    sandbox: Sandbox
    folder: Path
    environment: dict[str, str]

    def configure(self, pattern: str, **defaults: str) -> Path:
        """Write a configuration file for the repositories that fit, without GitHub's limits."""
        file = self.folder / "rotate.json"
        registry = {"role-to-assume": ROLE, "aws-region": REGION}
        content = {
            "version": 1,
            "limits": _LIMITS,
            "defaults": defaults,
            "registries": {"prod": registry},
            "targets": [{"repositories": [pattern]}],
        }
        file.write_text(json.dumps(content))
        return file


@contextmanager
def world(*, repositories: int = 0, latency: float = 0.0) -> Iterator[World]:
    """Yield a world with that many repositories and that latency, in seconds a request."""
    with Sandbox(latency=latency) as sandbox, TemporaryDirectory() as folder:
        job = Job()
        sandbox.aws.account(ACCOUNT)
        sandbox.aws.oidc_provider(ACCOUNT)
        sandbox.aws.role(ROLE, trust=trust_policy(ACCOUNT, sub=job.subject))
        sandbox.github.limits = Limits(allowance=1_000_000)
        octocat = sandbox.github.user("octocat")
        sandbox.github.organization("acme", owners=(octocat.login,))
        for number in range(repositories):
            sandbox.github.repository(f"acme/service-{number:05}")
        grant = sandbox.oidc.grant(job)
        yield World(
            sandbox=sandbox,
            folder=Path(folder),
            environment={
                **sandbox.environment,
                "ACTIONS_ID_TOKEN_REQUEST_URL": grant.url,
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": grant.token,
                "GH_TOKEN": sandbox.github.personal_token(octocat, ("repo", "admin:org")),
                "AWS_REGION": REGION,
                "HOME": folder,
                "PATH": "/usr/local/bin:/usr/bin:/bin",
            },
        )
