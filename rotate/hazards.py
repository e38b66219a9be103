"""What will go wrong although nothing has failed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rotate.errors import RotateError, SecretsDenied
from rotate.model.plan import Plan
from rotate.model.target import Scope, Target
from rotate.report import Slack
from rotate.schedule import DELAY, dropped_runs_survived, longest_gap
from rotate.stores.interface import SecretStore
from rotate.times import length


def hazards(
    plan: Plan, targets: Sequence[Target], *, store: SecretStore, cron: str | None
) -> tuple[str, ...]:
    """Return the hazards of a plan, in sentences that say what to do."""
    return (
        *users(targets),
        *_shadows_or_why_not(targets, store),
        *schedule(plan, targets, cron),
    )


def users(targets: Iterable[Target]) -> Iterator[str]:
    """Yield what is to be known of the secrets of users."""
    # https://docs.github.com/codespaces/prebuilding-your-codespaces/about-github-codespaces-prebuilds
    if any(target.scope is Scope.USER for target in targets):
        yield (
            "Prebuilds never use a user's secrets: where a prebuild pulls from the registry, "
            "write repository or organization secrets."
        )


def _shadows_or_why_not(targets: Sequence[Target], store: SecretStore) -> Iterator[str]:
    """Yield the hidden secrets; what was found out before must not be lost to a mere hazard."""
    try:
        yield from shadows(targets, store)
    except RotateError as error:
        yield (
            "Whether repositories hide an organization's secret could not be seen: "
            f"{error}. {error.remedy}"
        )


def shadows(targets: Sequence[Target], store: SecretStore) -> Iterator[str]:
    """Look for repository secrets that hide an organization's, and that no target rotates.

    Raises:
        RotateError: it could not be seen, though it may be allowed.
    """
    rotated = {(target.owner.lower(), target.store, target.prefix) for target in targets}
    for target in targets:
        for reader in target.readers or ():
            if target.scope is not Scope.ORGANIZATION:
                continue
            if (reader.lower(), target.store, target.prefix) in rotated:
                continue
            if _holds_password(target, reader, store):
                yield (
                    f"{reader} has a secret {target.names.password} of its own, which hides the "
                    f"one of {target.owner}: delete it, or make the repository a target."
                )


def _holds_password(target: Target, repository: str, store: SecretStore) -> bool:
    place = replace(target, scope=Scope.REPOSITORY, owner=repository)
    try:
        return target.names.password in store.standing(place)
    except SecretsDenied:
        # The credential may well be allowed the organization's secrets only.
        return False


def schedule(plan: Plan, targets: Iterable[Target], cron: str | None) -> Iterator[str]:
    """Yield that a schedule leaves no room for a run that GitHub drops, if it leaves none."""
    found = slack(plan, targets, cron)
    if found and found.dropped_runs < 1:
        gap = longest_gap(found.cron)
        yield (
            f"The schedule `{cron}` runs every {length(gap)}, which leaves no room for a run "
            f"that GitHub drops: {length(found.window)} of life must outlast two of them and a "
            f"delay. Run more often, or, where it is less than a token's life, raise "
            f"`renew-before` above {length(2 * gap + DELAY)}."
        )


def slack(plan: Plan, targets: Iterable[Target], cron: str | None) -> Slack | None:
    """Return what a schedule leaves for runs that GitHub drops; None where none is known."""
    least = min((_window(plan, target) for target in targets), default=None)
    if not cron or least is None:
        return None
    try:
        gap = longest_gap(cron)
    except ValueError:
        return None
    return Slack(cron=cron, window=least, dropped_runs=dropped_runs_survived(gap=gap, window=least))


def _window(plan: Plan, target: Target) -> float:
    """Return the least life, in seconds, that a run may leave to the next one."""
    life = plan.registry(target.registry).source.token_life
    return life if target.renew_before is None else min(target.renew_before, life)
