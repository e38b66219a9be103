"""From names and globs to targets: each place once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from rotate.errors import NoReaders, NoRepositoryMatches, RotateError
from rotate.model.target import Location, Scope, Selection, Target
from rotate.stores.interface import Directory


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What selections came to."""

    targets: tuple[Target, ...]
    failures: tuple[tuple[Target, RotateError], ...]
    """Targets that cannot be told, and why."""
    notices: tuple[str, ...]
    """What was left out, for people to know."""
    warnings: tuple[str, ...] = ()
    """What is named more often than it should be."""


def select(selections: Iterable[Selection], directory: Directory) -> Selected:
    """Return the targets that the selections name, in their order.

    Archived repositories are left out, and a place named twice is kept once.
    """
    selecting = _Selecting(directory)
    for selection in selections:
        selecting.add(selection)
    return Selected(
        targets=tuple(selecting.targets.values()),
        failures=tuple(selecting.failures),
        notices=tuple(dict.fromkeys(selecting.notices)),
        warnings=tuple(dict.fromkeys(selecting.warnings)),
    )


class _Selecting:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.targets: dict[Location, Target] = {}
        self.failures: list[tuple[Target, RotateError]] = []
        self.notices: list[str] = []
        self.warnings: list[str] = []

    def add(self, selection: Selection) -> None:
        if selection.target.scope is Scope.REPOSITORY:
            for pattern in _wanted(selection.patterns):
                self._add_repositories(selection, pattern)
        else:
            self._add_readers(selection)

    def _add_repositories(self, selection: Selection, pattern: str) -> None:
        try:
            for name in self._matches(pattern, selection.patterns):
                self._keep(replace(selection.target, owner=name))
        except RotateError as error:
            self.failures.append((replace(selection.target, owner=pattern), error))

    def _add_readers(self, selection: Selection) -> None:
        """Name all the readers or fail: a list that is too short would shut somebody out."""
        if not selection.patterns:
            self._keep(selection.target)
            return
        try:
            readers = [
                name
                for pattern in _wanted(selection.patterns)
                for name in self._matches(pattern, selection.patterns)
            ]
            if not readers:
                raise NoReaders(selection.patterns)
        except RotateError as error:
            self.failures.append((selection.target, error))
        else:
            self._keep(replace(selection.target, readers=tuple(dict.fromkeys(readers))))

    def _matches(self, pattern: str, patterns: tuple[str, ...]) -> Iterator[str]:
        names = self._listed(pattern) if _is_glob(pattern) else [pattern]
        excluded = [other.removeprefix("!") for other in patterns if other.startswith("!")]
        for name in names:
            if not any(_fits(name, exclusion) for exclusion in excluded):
                yield name

    def _listed(self, pattern: str) -> list[str]:
        owner = pattern.partition("/")[0]
        matching = [
            repository
            for repository in self._directory.repositories(owner)
            if _fits(repository.full_name, pattern)
        ]
        if not matching:
            raise NoRepositoryMatches(pattern)
        archived = [repository.full_name for repository in matching if repository.archived]
        self.notices += [f"{name} is archived; it is left out." for name in archived]
        return [repository.full_name for repository in matching if not repository.archived]

    def _keep(self, target: Target) -> None:
        if target.location in self.targets:
            self.warnings.append(f"{target.label} is named twice; it is written once.")
        self.targets.setdefault(target.location, target)


def _wanted(patterns: tuple[str, ...]) -> list[str]:
    return [pattern for pattern in patterns if not pattern.startswith("!")]


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())
