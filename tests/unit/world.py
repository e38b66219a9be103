"""Everything that a run meets, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from rotate.deadline import Deadline
from rotate.errors import GitHubUnavailable, RotateError
from rotate.inspection import preview, status
from rotate.model.plan import Plan
from rotate.model.target import Target
from rotate.report import Outcome, Report
from rotate.rotation import rotate
from tests.unit.fakes import (
    FakeClock,
    FakeDirectory,
    FakeReporter,
    FakeStore,
    FakeTokens,
    FakeVerification,
)

UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")


@dataclass
class World:
    """Everything that a run meets."""

    clock: FakeClock = field(default_factory=FakeClock)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    verification: FakeVerification = field(default_factory=FakeVerification)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    store: FakeStore = field(default_factory=FakeStore)
    reporter: FakeReporter = field(default_factory=FakeReporter)

    def rotate(self, plan: Plan) -> Report:
        """Run a plan."""
        return rotate(
            plan,
            directory=self.directory,
            tokens=self.tokens,
            verification=self.verification,
            store=self.store,
            deadline=Deadline(clock=self.clock, seconds=plan.timeout),
            reporter=self.reporter,
        )

    def preview(self, plan: Plan) -> Report:
        """Say what a plan would do."""
        return preview(
            plan,
            directory=self.directory,
            store=self.store,
            deadline=Deadline(clock=self.clock, seconds=plan.timeout),
            reporter=self.reporter,
        )

    def status(self, plan: Plan, *, cron: str | None = None) -> Report:
        """Say how fresh a plan's targets are."""
        return status(
            plan,
            directory=self.directory,
            store=self.store,
            deadline=Deadline(clock=self.clock, seconds=plan.timeout),
            reporter=self.reporter,
            cron=cron,
        )

    def refuse(self, what: str, target: Target, error: RotateError = UNAVAILABLE) -> None:
        """Make the store refuse one thing of a target."""
        self.store.refusals[what, target.label] = error


def outcomes(report: Report) -> dict[str, Outcome]:
    """Return what became of each target."""
    return {result.target.label: result.outcome for result in report.results}
