"""One job of one workflow run, as GitHub describes it to the job and to its ID tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job; the defaults are a scheduled run on the main branch.

    `environment` is the deployment environment, if the job names one. `immutable_subject`
    gives the ID token the subject of repositories created, renamed or transferred since
    2026-07-15, which carries the IDs of owner and repository. `ids` are those of accounts, by
    login, and of repositories, by full name; for a name that is not among them a checksum stands.
    """

    repository: str = "acme/ops"
    repository_visibility: str = "private"
    ref: str = "refs/heads/main"
    sha: str = "1f0d3b7f2c9e4a5d8b6a0c3e5f7d9b1a2c4e6f80"
    workflow: str = "rotate"
    workflow_file: str = ".github/workflows/rotate.yml"
    event_name: str = "schedule"
    actor: str = "octocat"
    run_id: int = 16_180_339_887
    run_number: int = 42
    run_attempt: int = 1
    environment: str | None = None
    immutable_subject: bool = False
    ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The account that owns the repository."""
        return self.repository.partition("/")[0]

    @property
    def name(self) -> str:
        """The repository's name without its owner."""
        return self.repository.partition("/")[2]

    @property
    def owner_id(self) -> int:
        """The owner's ID."""
        return self._id(self.owner)

    @property
    def repository_id(self) -> int:
        """The repository's ID."""
        return self._id(self.repository)

    @property
    def actor_id(self) -> int:
        """The ID of the account that set off the run."""
        return self._id(self.actor)

    @property
    def ref_name(self) -> str:
        """The branch or tag without its prefix."""
        return self.ref.split("/", 2)[-1]

    @property
    def ref_type(self) -> str:
        """Either `branch` or `tag`."""
        return "tag" if self.ref.startswith("refs/tags/") else "branch"

    @property
    def workflow_ref(self) -> str:
        """The workflow's file and the revision it is taken from."""
        return f"{self.repository}/{self.workflow_file}@{self.ref}"

    @property
    def subject(self) -> str:
        """The `sub` claim.

        Source: https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims
        """
        named = self.repository
        if self.immutable_subject:
            named = f"{self.owner}@{self.owner_id}/{self.name}@{self.repository_id}"
        if self.environment:
            return f"repo:{named}:environment:{self.environment}"
        if self.event_name == "pull_request":
            return f"repo:{named}:pull_request"
        return f"repo:{named}:ref:{self.ref}"

    def claims(self) -> dict[str, str]:
        """Return what an ID token says of the job."""
        claims = {
            "sub": self.subject,
            "repository": self.repository,
            "repository_id": str(self.repository_id),
            "repository_owner": self.owner,
            "repository_owner_id": str(self.owner_id),
            "repository_visibility": self.repository_visibility,
            "ref": self.ref,
            "ref_type": self.ref_type,
            "ref_protected": "true",
            "sha": self.sha,
            "workflow": self.workflow,
            "workflow_ref": self.workflow_ref,
            "workflow_sha": self.sha,
            "job_workflow_ref": self.workflow_ref,
            "job_workflow_sha": self.sha,
            "run_id": str(self.run_id),
            "run_number": str(self.run_number),
            "run_attempt": str(self.run_attempt),
            "runner_environment": "github-hosted",
            "actor": self.actor,
            "actor_id": str(self.actor_id),
            "event_name": self.event_name,
            "base_ref": "",
            "head_ref": "",
        }
        return claims | ({"environment": self.environment} if self.environment else {})

    def _id(self, name: str) -> int:
        return self.ids.get(name, crc32(name.encode()))
