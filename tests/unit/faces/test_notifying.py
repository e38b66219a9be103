"""What people are told of a rotation, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from rotate.errors import IssuesDisabled, WrongRegion
from rotate.faces.notifying import Rotation, Telling, rotation_of
from rotate.model.plan import Command
from rotate.notifications.interface import Notice
from rotate.report import Outcome, Report, Result
from tests.unit.examples import PASSWORD, plan, repository, result, target
from tests.unit.fakes import FakeClock, FakeReporter

RUNNER = {
    "GITHUB_WORKFLOW": "Rotate",
    "GITHUB_WORKFLOW_REF": "acme/ops/.github/workflows/rotate.yml@refs/heads/main",
    "GITHUB_JOB": "rotate",
    "GITHUB_ACTION": "__acme",
    "GITHUB_REPOSITORY": "acme/ops",
    "GITHUB_RUN_ID": "42",
    "GITHUB_RUN_NUMBER": "7",
}
ROTATION = Rotation(key="k1", title="It fails", run="[Run 7](https://run)")
FAILED = result(outcome=Outcome.FAILED, written=(), reason="no", remedy="Mend it.")


@dataclass
class FakeNotifications:
    """Remembers what it is told; it fulfils `notifications.interface.Notifications`."""

    failures: list[Notice] = field(default_factory=list)
    recoveries: list[Notice] = field(default_factory=list)
    refusal: Exception | None = None

    def failed(self, notice: Notice) -> None:
        """Remember a failure, or refuse."""
        if self.refusal:
            raise self.refusal
        self.failures.append(notice)

    def recovered(self, notice: Notice) -> None:
        """Remember a success, or refuse."""
        if self.refusal:
            raise self.refusal
        self.recoveries.append(notice)


@dataclass
class World:
    """Everything that is there to tell."""

    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    reporter: FakeReporter = field(default_factory=FakeReporter)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def telling(self) -> Telling:
        """Return what tells."""
        return Telling(
            rotation=ROTATION,
            notifications=self.notifications,
            redact=lambda text: text.replace(PASSWORD, "***"),
            reporter=self.reporter,
            clock=self.clock,
        )


def report(*results: Result) -> Report:
    """Return the report of a run with those results."""
    return Report(command=Command.RUN, registries=(), results=results)


def test_failure() -> None:
    """A failure is told as the summary tells it, redacted, with the way to the run."""
    world = World()
    world.telling.of_report(report(replace(FAILED, reason=f"no {PASSWORD}")))
    (notice,) = world.notifications.failures
    assert (notice.key, notice.title) == ("k1", "It fails")
    assert "> no ***" in notice.body
    assert "Mend it." in notice.body
    assert notice.body.endswith(
        "\n\n[Run 7](https://run). Every run that fails brings this issue up to date, and the "
        "first one that succeeds closes it."
    )
    assert world.reporter.warnings == []


def test_success() -> None:
    """A success is told to whoever was told of a failure."""
    world = World()
    world.telling.of_report(report(result()))
    assert len(world.notifications.recoveries) == 1
    assert world.notifications.failures == []


def test_error() -> None:
    """What kept a run from beginning is told, too."""
    world = World()
    world.telling.of_error(WrongRegion("host"))
    assert "another region" in world.notifications.failures[0].body


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (FAILED, replace(FAILED, reason="no, in 61 s"), True),
        (FAILED, replace(FAILED, remedy="Mend that."), False),
        (FAILED, replace(FAILED, outcome=Outcome.STALE), False),
    ],
)
def test_reasons(first: Result, second: Result, same: bool) -> None:
    """Failures are the same if the same is to be done about them."""
    world = World()
    world.telling.of_report(report(first))
    world.telling.of_report(report(second))
    one, other = world.notifications.failures
    assert (one.reasons == other.reasons) is same


def test_order_of_reasons() -> None:
    """Failures are the same in whatever order they came."""
    world = World()
    both = (FAILED, replace(FAILED, remedy="Mend that."))
    world.telling.of_report(report(*both))
    world.telling.of_report(report(*reversed(both)))
    one, other = world.notifications.failures
    assert one.reasons == other.reasons


def test_long_report() -> None:
    """GitHub takes no body of more than 65,536 characters."""
    world = World()
    world.telling.of_report(report(*[FAILED] * 1000))
    body = world.notifications.failures[0].body
    assert len(body) < 65_000
    assert "[Run 7]" in body


def test_secrets_in_a_long_report() -> None:
    """Secrets are struck out before what is too long is cut: half of one would not be known."""
    world = World()
    world.telling.of_report(replace(report(FAILED), warnings=(PASSWORD * 3000,)))
    assert f"***{PASSWORD[0]}" not in world.notifications.failures[0].body


def test_nobody_can_be_told() -> None:
    """That nobody can be told is a warning with its remedy, and no error."""
    world = World(notifications=FakeNotifications(refusal=IssuesDisabled()))
    world.telling.of_report(report(FAILED))
    (warning,) = world.reporter.warnings
    assert "issues are disabled" in warning
    assert "Enable them" in warning


@pytest.mark.parametrize("told", [report(FAILED), report(result())])
def test_fault_of_ours(told: Report) -> None:
    """A fault of this program's in telling costs nothing but the telling, and shows no text."""
    world = World(notifications=FakeNotifications(refusal=KeyError(PASSWORD)))
    world.telling.of_report(told)
    (warning,) = world.reporter.warnings
    assert warning.startswith("The issue could not be kept: rotate-ecr-token: KeyError in ")
    assert "This is a fault of rotate-ecr-token." in warning
    assert PASSWORD not in warning


def test_cancelled() -> None:
    """Of a run that was cancelled nobody is told."""
    world = World()
    world.clock.stop()
    world.telling.of_report(report(FAILED))
    assert world.notifications == FakeNotifications()
    assert world.reporter.warnings == []


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"GITHUB_RUN_ID": "43", "GITHUB_RUN_NUMBER": "8"}, True),
        ({"GITHUB_WORKFLOW_REF": RUNNER["GITHUB_WORKFLOW_REF"].replace("main", "test")}, True),
        ({"GITHUB_WORKFLOW_REF": RUNNER["GITHUB_WORKFLOW_REF"].replace("rotate.yml", "x")}, False),
        ({"GITHUB_JOB": "second"}, False),
        ({"GITHUB_ACTION": "__acme_2"}, False),
    ],
)
def test_key_of_a_job(change: dict[str, str], same: bool) -> None:
    """A rotation is a step of a job of a workflow, whichever run and branch."""
    one, other = rotation_of(plan(), "", RUNNER), rotation_of(plan(), "", RUNNER | change)
    assert (one.key == other.key) is same


def test_key_of_a_plan() -> None:
    """Without a file the secrets tell rotations apart; with one, the file and the owners do."""
    keys = {
        rotation_of(given, config, RUNNER).key
        for given, config in (
            (plan(), ""),
            (plan(repository("acme/api")), ""),
            (plan(target(prefix="ECR_DATA")), ""),
            (plan(command=Command.STATUS), ""),
            (plan(), "one.yml"),
            (plan(), "two.yml"),
            (plan(owners=("acme",)), "two.yml"),
        )
    }
    assert len(keys) == 7
    changed = plan(repository("acme/api"))
    assert rotation_of(changed, "one.yml", RUNNER) == rotation_of(plan(), "one.yml", RUNNER)


def test_words() -> None:
    """People are told which workflow, job and owners, and led to the run."""
    everything = rotation_of(plan(), "one.yml", RUNNER)
    assert everything.title == "Registry secrets: Rotate / rotate fails"
    rotation = rotation_of(plan(owners=("acme", "globex")), "one.yml", RUNNER)
    assert rotation.title == "Registry secrets: Rotate / rotate fails (acme, globex)"
    assert rotation.run == (
        "[Run 7](https://github.com/acme/ops/actions/runs/42) of Rotate / rotate (acme, globex)"
    )
