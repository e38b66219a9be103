"""The links to the secrets: GitHub's credential, the places, and who will read there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rotate.diagnosis.checklist import Checklist, Finding, Link, together
from rotate.errors import (
    GrantTooNarrow,
    InstallationSuspended,
    NotAnAdministrator,
    OrganizationOnFreePlan,
    SecretsDenied,
    SingleSignOnMissing,
)
from rotate.grant import Grant, Kind, needed
from rotate.model.github import Access, Standing
from rotate.model.target import Scope, Store, Target, Visibility
from rotate.report import Check, CheckOutcome
from rotate.stores.interface import Directory, Grants, SecretStore


def credential(grants: Grants, owner: str) -> Finding[Grant]:
    """Return what the GitHub credential of an owner is.

    Raises:
        InstallationSuspended: the App is installed, but may do nothing.
        RotateError: there is none, or it is not accepted.
    """
    grant = grants.grant(owner)
    if grant.suspended:
        raise InstallationSuspended(owner, grant.settings)
    return Finding(value=grant, detail=_described(grant))


def _described(grant: Grant) -> str:
    whose = f" ({grant.holder})" if grant.holder else ""
    if grant.scopes is not None:
        return f"{grant.kind}{whose} with the scopes: {', '.join(grant.scopes) or 'none'}"
    if grant.permissions is not None:
        levels = (f"{name}: {level}" for name, level in sorted(grant.permissions.items()))
        return f"{grant.kind}{whose} installed with the permissions: {', '.join(levels)}"
    return f"{grant.kind}{whose}; GitHub does not tell its permissions"


@dataclass(frozen=True, kw_only=True)
class TargetChecks:
    """Looks at everything between the credential and a target's secrets."""

    directory: Directory
    store: SecretStore

    def examine(self, target: Target, grant: Link[Grant], checklist: Checklist) -> None:
        """Check whether a target is there, may be written, and who will read it."""
        secrets = f"secrets of {target.label} in {target.store}"
        told = not isinstance(grant, Check) and grant.value.may_write(target) is not None
        if told:
            grant = checklist.check(f"{secrets}: write", grant, lambda g: _granted(target, g))
        place = checklist.check(target.label, grant, lambda g: self._place(target, g))
        found = together(grant, place)
        standing = checklist.check(
            f"{secrets}: read", found, lambda given: self._standing(target, given[0])
        )
        if not told:
            seen = together(grant, standing)
            checklist.check(f"{secrets}: write", seen, lambda given: _proved(target, given[0]))
        if target.scope is Scope.ORGANIZATION:
            checklist.check(
                f"{secrets}: readers", standing, lambda found: self._readers(target, found)
            )

    def _place(self, target: Target, grant: Grant) -> Finding[None]:
        """Find the place of the secrets."""
        if target.scope is Scope.USER:
            return Finding(value=None, detail=grant.holder or "the token's user")
        if target.scope is Scope.ORGANIZATION:
            return self._organization(target)
        return self._repository(target, grant)

    def _organization(self, target: Target) -> Finding[None]:
        organization = self.directory.organization(target.owner)
        if organization.plan == "free" and target.store is Store.CODESPACES:
            raise OrganizationOnFreePlan(target.owner)
        plan = f", plan {organization.plan}" if organization.plan else ""
        return Finding(value=None, detail=f"{organization.login}{plan}")

    def _repository(self, target: Target, grant: Grant) -> Finding[None]:
        repository = self.directory.repository(target.owner)
        if repository.archived:
            return Finding(
                value=None,
                outcome=CheckOutcome.WARNING,
                detail=f"{repository.full_name} is archived, hence read-only: a run leaves it out",
                remedy="Take it out of `repositories`, or unarchive it.",
            )
        if repository.full_name.lower() != target.owner.lower():
            return Finding(
                value=None,
                outcome=CheckOutcome.WARNING,
                detail=f"it is called {repository.full_name} by now",
                remedy="Write the present name: the old one is good until somebody else takes it.",
            )
        if repository.administered is False and _needs_an_administrator(target, grant):
            raise NotAnAdministrator(grant.holder, repository.full_name)
        return Finding(value=None, detail=repository.full_name)

    def _standing(self, target: Target, grant: Grant) -> Finding[Mapping[str, Standing]]:
        try:
            standing = self.store.standing(target)
            self.store.public_key(target)
        except SecretsDenied as denied:
            raise _explained(denied, target, grant) from None
        there = sum(name in standing for name in target.names)
        return Finding(value=standing, detail=f"can be read; {there} of the three stand")

    def _readers(self, target: Target, standing: Mapping[str, Standing]) -> Finding[None]:
        access = self.store.access(target, standing)
        changes = {name: _change(standing.get(name), access[name]) for name in target.names}
        if any(_widens(standing.get(name), access[name]) for name in target.names):
            return Finding(
                value=None,
                outcome=CheckOutcome.WARNING,
                detail=f"a run lets more repositories read them: {_said(changes)}",
                remedy="If that is not meant, remove `visibility`: what stands is then kept.",
            )
        return Finding(value=None, detail=_said(changes))


def _needs_an_administrator(target: Target, grant: Grant) -> bool:
    """Codespaces ask for an administrator: https://docs.github.com/rest/codespaces/repository-secrets."""
    return target.store is Store.CODESPACES and bool(grant.holder) and grant.kind is not Kind.APP


def _explained(denied: SecretsDenied, target: Target, grant: Grant) -> Exception:
    """Return the one cause that is left, where what is known of the credential leaves only one."""
    if denied.single_sign_on:
        return SingleSignOnMissing(target.login, denied.single_sign_on)
    if denied.status == 403 and grant.may_write(target) is None:
        return GrantTooNarrow(grant, target)
    return denied


def _granted(target: Target, grant: Grant) -> Finding[Grant]:
    """Judge by what GitHub tells of the credential itself.

    Raises:
        GrantTooNarrow: it was not granted what it needs.
    """
    if not grant.may_write(target):
        raise GrantTooNarrow(grant, target)
    need = needed(target)
    by = f"scope `{need.scope}`" if grant.scopes is not None else f"`{need.permission}: write`"
    return Finding(value=grant, detail=f"granted: {by}")


def _proved(target: Target, grant: Grant) -> Finding[None]:
    """Judge by what could be read, where GitHub does not tell what was granted."""
    need = needed(target)
    # Of this permission there is no level `read`:
    # https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
    if target.scope is Scope.REPOSITORY and target.store is Store.CODESPACES:
        detail = f"granted: `{need.permission}: write`, without which nothing can be read either"
        return Finding(value=None, detail=detail)
    return Finding(
        value=None,
        outcome=CheckOutcome.SKIPPED,
        detail=f"that {grant.kind} may also write, GitHub tells only who tries: see to it that "
        f"`{need.permission}` is *Read and write*",
    )


def _change(standing: Standing | None, access: Access) -> str:
    before = "new" if standing is None else standing.visibility or "not told"
    return f"{before} → {access.visibility}{_selected(access)}"


def _selected(access: Access) -> str:
    return "" if access.repository_ids is None else f" ({len(access.repository_ids)} repositories)"


def _widens(standing: Standing | None, access: Access) -> bool:
    """Tell whether more repositories will read a secret that stands than do now."""
    order = [Visibility.SELECTED, Visibility.PRIVATE, Visibility.ALL]
    if not standing or not standing.visibility or not access.visibility:
        return False
    return order.index(access.visibility) > order.index(standing.visibility)


def _said(changes: Mapping[str, str]) -> str:
    """Return the changes with what they have in common said once."""
    if len(set(changes.values())) == 1:
        return next(iter(changes.values()))
    return ", ".join(f"{name} {change}" for name, change in changes.items())
