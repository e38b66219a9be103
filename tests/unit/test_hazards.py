"""What will go wrong although nothing has failed yet."""

from __future__ import annotations

import pytest

from rotate.errors import GitHubDenied, GitHubUnavailable, SecretsDenied
from rotate.hazards import hazards, slack
from rotate.model.plan import Plan
from rotate.model.target import Scope, Store, Target
from rotate.report import Slack
from tests.unit.examples import plan, public_source, registry, repository, target
from tests.unit.fakes import FakeStore

OWN = target(scope=Scope.USER, owner="")
READ_BY_API = target(readers=("acme/api",))
DENIED = GitHubDenied(status=404, message="no", where="GET", accepted="", single_sign_on="")
UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")
HOUR = 3600.0


def told(
    *targets: Target,
    store: FakeStore | None = None,
    cron: str | None = None,
    of: Plan | None = None,
) -> list[str]:
    """Return the hazards of those targets."""
    return list(hazards(of or plan(), targets, store=store or FakeStore(), cron=cron))


def test_nothing_to_tell() -> None:
    """A plan without hazards is told none."""
    assert told(target(), repository("acme/api"), cron="17 */3 * * *") == []


def test_prebuilds_of_a_user() -> None:
    """A user's secrets are never used by a prebuild, which is told once."""
    (hazard,) = told(OWN, target(scope=Scope.USER, owner="", prefix="ECR_B"))
    assert hazard.startswith("Prebuilds never use a user's secrets")


def test_shadow() -> None:
    """A repository's own secret that nobody rotates hides the organization's."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    assert told(READ_BY_API, store=store) == [
        "acme/api has a secret ECR_CONTAINER_REGISTRY_PASSWORD of its own, which hides the one of "
        "acme: delete it, or make the repository a target."
    ]


@pytest.mark.parametrize(
    ("place", "others"),
    [
        (READ_BY_API, (repository("ACME/api"),)),
        (target(readers=("ACME/api",)), (repository("acme/api"),)),
        (target(readers=("acme/web",)), ()),
        (target(), ()),
        (target(readers=("acme/api",), prefix="ECR_B"), ()),
        (target(readers=("acme/api",), store=Store.ACTIONS), ()),
    ],
)
def test_no_shadow(place: Target, others: tuple[Target, ...]) -> None:
    """Nothing is hidden by a secret that is rotated, or of another place."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    assert told(place, *others, store=store) == []


def test_shadow_beside_what_is_rotated() -> None:
    """A repository that is a target hides nothing of the others that read the same secret."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    place = target(readers=("acme/web", "acme/api"))
    (hazard,) = told(place, repository("acme/web"), store=store)
    assert hazard.startswith("acme/api has a secret")


def test_readers_of_a_user_have_no_shadow() -> None:
    """A repository's own secrets are looked for behind an organization's only."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    told(target(scope=Scope.USER, owner="", readers=("acme/api",)), store=store)
    assert store.asked == []


def test_repository_that_cannot_be_looked_at() -> None:
    """A credential that is allowed the organization's secrets only sees no shadow."""
    store = FakeStore()
    store.refusals["standing", "repository acme/api"] = SecretsDenied(DENIED, READ_BY_API)
    assert told(READ_BY_API, store=store) == []


def test_outage() -> None:
    """That nobody could look is told with its remedy, once, beside all that is known."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    store.refusals["standing", "repository acme/web"] = UNAVAILABLE
    place = target(readers=("acme/api", "acme/web", "acme/ops"))
    shadow, outage, room = told(place, store=store, cron="0 0 * * *")
    assert shadow.startswith("acme/api has a secret")
    assert outage.startswith(
        "Whether repositories hide an organization's secret could not be seen: GitHub: GitHub "
        "answered HTTP 502. Run again."
    )
    assert room.startswith("The schedule")
    assert ("standing", "repository acme/ops") not in store.asked


@pytest.mark.parametrize(
    ("cron", "threshold", "tight"),
    [
        ("17 */3 * * *", None, False),
        ("17 */4 * * *", None, False),
        ("17 */6 * * *", None, True),
        ("17 */6 * * *", 6 * HOUR, True),
        ("17 * * * *", 6 * HOUR, False),
        ("17 * * * *", 2 * HOUR, True),
        ("17 */8 * * *", 24 * HOUR, True),
    ],
)
def test_schedule(cron: str, threshold: float | None, tight: bool) -> None:
    """A schedule must leave room for a run that GitHub drops, within what a token lives."""
    hazard = told(target(renew_before=threshold), cron=cron)
    assert bool(hazard) is tight
    assert all(f"The schedule `{cron}` runs every" in sentence for sentence in hazard)


def test_schedule_of_the_shortest_life() -> None:
    """The target with the least life decides."""
    public = registry(name="public", source=public_source())
    both = plan(registries=(registry(), public))
    (hazard,) = told(target(), target(registry="public"), cron="17 */3 * * *", of=both)
    assert "runs every 3 h" in hazard
    assert ": 1 h of life must" in hazard


def test_advice_on_a_schedule() -> None:
    """A threshold that outlasts two runs and a delay is named, so that it need not be found."""
    (hazard,) = told(target(renew_before=6 * HOUR), cron="17 */6 * * *")
    assert "6 h of life must outlast two of them" in hazard
    assert hazard.endswith("raise `renew-before` above 13 h 42 min.")


def test_schedule_without_targets() -> None:
    """Without targets no schedule is too slow."""
    assert told(cron="0 0 1 1 *") == []


@pytest.mark.parametrize("cron", ["often", ""])
def test_schedule_that_cannot_be_read(cron: str) -> None:
    """A schedule that is none of cron's costs nobody the rest of the report."""
    assert told(target(), cron=cron) == []


def test_order() -> None:
    """Every hazard is told."""
    store = FakeStore()
    store.hold(repository("acme/api"))
    assert len(told(OWN, READ_BY_API, store=store, cron="0 0 * * *")) == 3


@pytest.mark.parametrize(
    ("cron", "threshold", "window", "dropped_runs"),
    [("17 */3 * * *", None, 12 * HOUR, 2), ("17 */3 * * *", 6 * HOUR, 6 * HOUR, 0)],
)
def test_slack(cron: str, threshold: float | None, window: float, dropped_runs: int) -> None:
    """A schedule survives as many dropped runs as fit into the least life that a run leaves."""
    targets = (target(), repository("acme/api", renew_before=threshold))
    assert slack(plan(*targets), targets, cron) == Slack(
        cron=cron, window=window, dropped_runs=dropped_runs
    )


@pytest.mark.parametrize(
    ("targets", "cron"), [((), "0 * * * *"), ((target(),), None), ((target(),), "often")]
)
def test_slack_that_is_not_known(targets: tuple[Target, ...], cron: str | None) -> None:
    """Without targets, or a schedule that can be read, nobody knows."""
    assert slack(plan(), targets, cron) is None
