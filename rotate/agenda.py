"""What there is to do: which targets, which of them are due, and the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

from rotate.errors import RotateError
from rotate.model.github import Standing
from rotate.model.plan import Plan
from rotate.model.target import USER, Location, Scope, Selection, Store, Target, login_of
from rotate.schedule import Found, found, most_urgent_first
from rotate.selection import select
from rotate.stores.interface import Directory, SecretStore


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """The targets of a run, sorted by what is to be done with them."""

    due: tuple[Found, ...]
    """To be rotated, the most urgent first."""
    fresh: tuple[Found, ...]
    failures: tuple[tuple[Target, RotateError], ...]
    """Targets of which not even this much could be told, and why."""
    notices: tuple[str, ...]
    warnings: tuple[str, ...]

    @cached_property
    def locations(self) -> frozenset[Location]:
        """Where there is something to do or to leave as it is."""
        return frozenset(found.target.location for found in (*self.due, *self.fresh))

    @property
    def count(self) -> int:
        """How many targets there are."""
        return len(self.due) + len(self.fresh) + len(self.failures)


def draw_up(
    plan: Plan,
    *,
    directory: Directory,
    store: SecretStore,
    workers: Executor,
    survey_all: bool = False,
) -> Agenda:
    """Select the targets, and ask the store how fresh they are where that matters.

    Each level of GitHub is asked once, however many targets it holds. Without a `renew-before` a
    target is due whatever is left, and nobody asks, unless `survey_all`.
    """
    selected = select(owned(plan), directory)
    asked = [t for t in selected.targets if survey_all or t.renew_before is not None]
    surveyed = _survey(asked, plan, store, workers)
    everything = [surveyed.get(target, Found(target=target)) for target in selected.targets]
    known = [one for one in everything if isinstance(one, Found)]
    return Agenda(
        due=tuple(most_urgent_first(one for one in known if one.is_due)),
        fresh=tuple(one for one in known if not one.is_due),
        failures=selected.failures
        + tuple((t, e) for t, e in surveyed.items() if isinstance(e, RotateError)),
        notices=selected.notices,
        warnings=selected.warnings,
    )


def owned(plan: Plan) -> Iterator[Selection]:
    """Yield the selections of the plan's owners, without asking for anybody else's."""
    owners = {owner.lower() for owner in plan.owners}
    for selection in plan.selections:
        if selection.target.scope is Scope.REPOSITORY and owners:
            mine = tuple(p for p in selection.patterns if login_of(p) in owners)
            yield replace(selection, patterns=mine)
        elif not owners or (selection.target.login.lower() or USER) in owners:
            yield selection


def _survey(
    targets: Iterable[Target], plan: Plan, store: SecretStore, workers: Executor
) -> dict[Target, Found | RotateError]:
    levels = {target: _level(target) for target in targets}
    first = {level: target for target, level in reversed(levels.items())}

    def ask(target: Target) -> Mapping[str, Standing] | RotateError:
        try:
            return store.standing(target)
        except RotateError as error:
            # Kept through the whole run, it lets go of the frames that it came through.
            error.__context__ = None
            return error.with_traceback(None)

    asked = {level: workers.submit(ask, target) for level, target in first.items()}
    surveyed: dict[Target, Found | RotateError] = {}
    for target, level in levels.items():
        standing = asked[level].result()
        if isinstance(standing, RotateError):
            surveyed[target] = standing
        else:
            life = plan.registry(target.registry).source.token_life
            surveyed[target] = found(target, standing, life=life, now=store.now(target))
    return surveyed


def _level(target: Target) -> tuple[Scope, str, Store]:
    return (target.scope, target.owner.lower(), target.store)
