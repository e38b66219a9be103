"""Reading targets: which secrets, where, and who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rotate.model.registry import Registry
from rotate.model.target import (
    Scope,
    Secrets,
    Selection,
    Store,
    Target,
    Visibility,
    login_of,
)
from rotate.settings import github, values
from rotate.settings.reader import Reader

_NONE: tuple[str, ...] = ()


def read(reader: Reader, registry: Registry, *, run: Reader) -> tuple[Selection, ...]:
    """Return one selection of targets per store; what is wrong joins the reader's faults.

    Args:
        reader: the values of the target.
        registry: where its credential comes from.
        run: the values of the run, whose `renew-before` goes for targets that have none.
    """
    scope = reader.maybe("scope", values.one_of(Scope))
    if scope is None:
        # It was wrong, and what a target of another scope needs would be wrong advice.
        return ()
    stores = reader.take("stores", values.listed(values.one_of(Store)))
    _check_scope(reader, scope, stores)
    target = Target(
        registry=registry.name,
        scope=scope,
        prefix=reader.take("secret-prefix", github.secret_prefix),
        secrets=reader.take("secrets", values.one_of(Secrets)),
        renew_before=_renew_before(reader, registry, run),
    )
    selection = _SELECTIONS[scope](reader, target)
    return tuple(
        replace(selection, target=replace(selection.target, store=store))
        for store in dict.fromkeys(stores)
    )


def _renew_before(reader: Reader, registry: Registry, run: Reader) -> float | None:
    """Return seconds; None, which rotates every time, where nothing says otherwise."""
    read_seconds = values.renewal(registry.source.token_life)
    own = reader.maybe("renew-before", read_seconds)
    general = run.maybe("renew-before", read_seconds)
    return None if run.take("force", values.boolean) else own or general


def _repositories(reader: Reader, target: Target) -> Selection:
    """Each repository is a target of its own."""
    patterns = reader.need(
        "repositories",
        values.listed(github.pattern),
        "GITHUB_REPOSITORY",
        missing="is missing: name the repositories that get the secrets, as `owner/name`.",
        stand_in=_NONE,
    )
    _check_exclusions(reader, patterns)
    return Selection(target=target, patterns=patterns)


def _organization(reader: Reader, target: Target) -> Selection:
    organization = reader.need(
        "organization",
        github.owner,
        "GITHUB_REPOSITORY_OWNER",
        missing="is missing: name the organization that gets the secrets.",
        stand_in="",
    )
    if not organization:
        return Selection(target=target)
    patterns = reader.maybe("repositories", values.listed(github.pattern_of(organization)))
    for pattern in patterns or ():
        if login_of(pattern) != organization.lower():
            reader.fault("repositories", f"`{pattern}` is not of `{organization}`.")
    _check_exclusions(reader, patterns or ())
    visibility = _visibility(reader, patterns)
    return Selection(
        target=replace(target, owner=organization, visibility=visibility),
        patterns=patterns or (),
    )


def _visibility(reader: Reader, patterns: tuple[str, ...] | None) -> Visibility | None:
    visibility = reader.maybe("visibility", values.one_of(Visibility))
    if visibility is Visibility.SELECTED and not patterns:
        reader.fault(
            "visibility",
            "is `selected`, but `repositories` names none.",
            "To keep the repositories that are selected now, remove `visibility`.",
        )
    if patterns and visibility in (Visibility.ALL, Visibility.PRIVATE):
        reader.fault(
            "visibility", f"is `{visibility}`, so `repositories` cannot choose the readers."
        )
    return Visibility.SELECTED if patterns else visibility


def _user(reader: Reader, target: Target) -> Selection:
    patterns = reader.maybe("repositories", values.listed(github.pattern)) or ()
    _check_exclusions(reader, patterns)
    return Selection(target=target, patterns=patterns)


_SELECTIONS = {
    Scope.REPOSITORY: _repositories,
    Scope.ORGANIZATION: _organization,
    Scope.USER: _user,
}


def _check_exclusions(reader: Reader, patterns: tuple[str, ...]) -> None:
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        reader.fault("repositories", "excludes repositories, but names none.")


def _check_scope(reader: Reader, scope: Scope, stores: Iterable[Store]) -> None:
    """Find values that the scope does not have: to ignore one would be to misunderstand it."""
    for name in ("organization", "visibility"):
        if scope is not Scope.ORGANIZATION and reader.has(name):
            reader.fault(name, "is for `scope: organization` only.")
    for store in stores:
        if scope is Scope.USER and store is not Store.CODESPACES:
            reader.fault("stores", f"`{store}` has no secrets of a user.")
