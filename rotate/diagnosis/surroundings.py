"""What will go wrong although no link is broken: clocks, the schedule, and hidden secrets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from rotate.diagnosis.checklist import Finding
from rotate.errors import ClockOff, GitHubDenied
from rotate.hazards import schedule, shadows, slack, users
from rotate.model.plan import Plan
from rotate.model.target import Scope, Target
from rotate.report import CheckOutcome
from rotate.schedule import longest_gap
from rotate.stores.interface import Directory, SecretStore
from rotate.times import length

_NOTICEABLE = 60.0
"""Seconds; an App's signature is dated a minute back at most, and GitHub takes none of later.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""

_REFUSED = 300.0
"""Seconds by which AWS lets a signature be off:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""

_SEARCHED = 50
"""Repositories of an organization that are searched, where the target does not name its readers."""


def compared(ahead: float | None, whose: str) -> Finding[None]:
    """Judge by how many seconds somebody's clock is ahead of this machine's.

    Raises:
        ClockOff: by more than AWS forgives.
    """
    if ahead is None:
        detail = "its answer bears no date"
        return Finding(value=None, outcome=CheckOutcome.SKIPPED, detail=detail)
    if abs(ahead) > _REFUSED:
        raise ClockOff(ahead, whose)
    if abs(ahead) > _NOTICEABLE:
        off = ClockOff(ahead, whose)
        return Finding(value=None, outcome=CheckOutcome.WARNING, detail=off.what, remedy=off.remedy)
    return Finding(value=None, detail="in step with this machine's")


def room(plan: Plan, targets: Sequence[Target], cron: str | None) -> Finding[None]:
    """Judge whether the schedule leaves room for a run that GitHub drops."""
    left = slack(plan, targets, cron)
    if left is None:
        detail = "no schedule began this run" if targets else "there is no target"
        return Finding(value=None, outcome=CheckOutcome.SKIPPED, detail=detail)
    for hazard in schedule(plan, targets, cron):
        return Finding(value=None, outcome=CheckOutcome.WARNING, detail=hazard)
    return Finding(
        value=None,
        detail=f"`{left.cron}` runs every {length(longest_gap(left.cron))}; dropped runs in a row "
        f"that do no harm: {left.dropped_runs}",
    )


def prebuilds(targets: Sequence[Target]) -> Finding[None]:
    """Judge whether a prebuild could need what only a user will have."""
    for hazard in users(targets):
        return Finding(value=None, outcome=CheckOutcome.WARNING, detail=hazard)
    return Finding(value=None, detail="no target is a user, whose secrets prebuilds never use")


def shadowing(
    targets: Sequence[Target], *, directory: Directory, store: SecretStore
) -> Finding[None]:
    """Look for secrets of repositories that hide those of their organization.

    Raises:
        RotateError: it could not be seen, though it may be allowed.
    """
    candidates = [_with_readers(t, directory) for t in targets if t.scope is Scope.ORGANIZATION]
    if not candidates:
        detail = "there is no organization among the targets whose repositories can be searched"
        return Finding(value=None, outcome=CheckOutcome.SKIPPED, detail=detail)
    repositories = [t for t in targets if t.scope is Scope.REPOSITORY]
    found = list(shadows([*candidates, *repositories], store))
    if found:
        return Finding(value=None, outcome=CheckOutcome.WARNING, detail=" ".join(found))
    count = len({reader for target in candidates for reader in target.readers or ()})
    return Finding(
        value=None,
        detail=f"none in {count} of the organizations' repositories, as far as the credential may "
        "see their secrets",
    )


def _with_readers(target: Target, directory: Directory) -> Target:
    """Return a target with repositories to search, if it does not name its readers itself."""
    if target.readers is not None:
        return target
    seen: list[str] = []
    # The credential may well be allowed the organization's secrets only.
    with suppress(GitHubDenied):
        seen += (one.full_name for one in directory.repositories(target.owner) if not one.archived)
    return replace(target, readers=tuple(seen[:_SEARCHED]))
