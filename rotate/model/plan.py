"""What a run is asked to do, whole and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rotate.model.registry import Registry
from rotate.model.target import Selection


class Command(StrEnum):
    """What a run is asked to do."""

    RUN = "run"
    PLAN = "plan"
    STATUS = "status"
    DOCTOR = "doctor"


class Notify(StrEnum):
    """How people are told that a rotation fails."""

    NONE = "none"
    ISSUE = "issue"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What GitHub allows one credential; as documented, unless said otherwise.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """

    concurrent: int = 100
    """Requests under way at once."""
    points_per_minute: int = 900
    """A read costs one point, a write five."""
    writes_per_minute: int = 80
    writes_per_hour: int = 500


@dataclass(frozen=True, kw_only=True)
class App:
    """A GitHub App, which gets a token of its own for each owner that installed it."""

    id: str
    """Its ID or client ID."""
    private_key: str = field(repr=False)
    """In PEM."""


@dataclass(frozen=True, kw_only=True)
class GitHubAccess:
    """How to authenticate at GitHub, with a token or as an App, and where its API is."""

    api_url: str = "https://api.github.com"
    token: str = field(default="", repr=False)
    app: App | None = None

    def credential_for(self, login: str) -> str:
        """Tell the credentials of owners apart: an App has one for each, a token is one for all."""
        # GitHub's names ignore case.
        return login.lower() if self.app else ""


@dataclass(frozen=True, kw_only=True)
class IssueAccess:
    """Where an issue tells people of a failure, and with which token it is written."""

    repository: str
    """Full name of the repository that the workflow runs in."""
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a run is asked to do, checked."""

    command: Command
    registries: tuple[Registry, ...]
    selections: tuple[Selection, ...]
    github: GitHubAccess
    concurrency: int = 8
    """Targets written at once."""
    timeout: float = 600.0
    """Seconds within which the run ends, every wait and retry included."""
    limits: Limits = Limits()
    """How fast each GitHub credential is used."""
    issues: IssueAccess | None = None
    """Where people are told that it failed; None to tell nobody."""
    owners: tuple[str, ...] = ()
    """Only what these own is looked at; empty for everything."""
    html: str | None = None
    """Path of the web page that shows the status; None for none."""
    warnings: tuple[str, ...] = ()
    """What the person who wrote the inputs should fix, though nothing is wrong."""

    def registry(self, name: str) -> Registry:
        """Return the registry of that name."""
        return next(registry for registry in self.registries if registry.name == name)
