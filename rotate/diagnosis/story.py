"""The story of a diagnosis: from the workflow to the registries, and from there to the secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from rotate.agenda import owned
from rotate.deadline import Deadline
from rotate.diagnosis.checklist import Checklist, Finding, Link, holding
from rotate.diagnosis.registries import RegistryChecks
from rotate.diagnosis.surroundings import compared, prebuilds, room, shadowing
from rotate.diagnosis.targets import TargetChecks, credential
from rotate.errors import RotateError
from rotate.grant import Grant
from rotate.model.plan import Plan
from rotate.model.registry import Credential
from rotate.model.target import Scope, Target
from rotate.registries.interface import AwsIdentities, Powers, SessionTokens, Verification
from rotate.report import Check, CheckOutcome, Outcome, RegistryReport, Report, Result
from rotate.reporting import Reporter, result_of
from rotate.selection import Selected, select
from rotate.stores.interface import Directory, Grants, SecretStore


@dataclass(frozen=True, kw_only=True)
class World:
    """All that a rotation meets, as it can be looked at."""

    identities: AwsIdentities
    tokens: SessionTokens
    powers: Powers
    verification: Verification
    directory: Directory
    grants: Grants
    store: SecretStore
    deadline: Deadline


def diagnose(plan: Plan, world: World, *, reporter: Reporter, cron: str | None = None) -> Report:
    """Check every link, tell the reporter of each, and say what a run would come to.

    A check that fails stops those that depend on it, and no others. Nothing is written. `cron` is
    the schedule of the running workflow, if one runs.
    """
    diagnosis = _Diagnosis(plan, world, Checklist(world.deadline, reporter.checked))
    credentials = diagnosis.registries()
    grants = diagnosis.grants()
    selected = select(tuple(owned(plan)), world.directory)
    results = tuple(diagnosis.targets(selected, credentials, grants))
    diagnosis.surroundings(selected, grants, cron)
    checks = tuple(diagnosis.checklist.checks)
    return Report(
        command=plan.command,
        registries=tuple(_registry(one.name, one.host, credentials) for one in plan.registries),
        results=results,
        notes=selected.notices,
        warnings=(*selected.warnings, *_warnings(checks)),
        checks=checks,
    )


class _Diagnosis:
    def __init__(self, plan: Plan, world: World, checklist: Checklist) -> None:
        self._plan = plan
        self._world = world
        self.checklist = checklist

    def registries(self) -> Mapping[str, Link[Credential]]:
        """Check identities, tokens and registries, each of them once."""
        checks = RegistryChecks(
            identities=self._world.identities,
            tokens=self._world.tokens,
            powers=self._world.powers,
            verification=self._world.verification,
            deadline=self._world.deadline,
            checklist=self.checklist,
        )
        sources = dict.fromkeys(registry.source for registry in self._plan.registries)
        identities = dict.fromkeys(source.identity for source in sources)
        sessions = {identity: checks.session(identity) for identity in identities}
        tokens = {source: checks.token(source, sessions[source.identity]) for source in sources}
        return {
            one.name: checks.registry(one, sessions[one.source.identity], tokens[one.source])
            for one in self._plan.registries
        }

    def grants(self) -> Mapping[str, Link[Grant]]:
        """Check the GitHub credential of each owner; one token goes for all of them."""
        grants = self._world.grants
        owners = dict.fromkeys(owner for one in owned(self._plan) for owner in one.logins)
        if not self._plan.github.app:
            token = self.checklist.check(
                "GitHub token", holding(""), lambda owner: credential(grants, owner)
            )
            return dict.fromkeys(owners, token)
        return {
            owner: self.checklist.check(
                f"GitHub App for {owner}", holding(owner), lambda owner: credential(grants, owner)
            )
            for owner in owners
        }

    def targets(
        self,
        selected: Selected,
        credentials: Mapping[str, Link[Credential]],
        grants: Mapping[str, Link[Grant]],
    ) -> Iterator[Result]:
        """Check the targets beside each other, and yield what a run would make of each."""
        checks = TargetChecks(directory=self._world.directory, store=self._world.store)

        def examine(target: Target) -> tuple[Target, list[Check]]:
            made = Checklist(self._world.deadline)
            checks.examine(target, grants[target.login.lower()], made)
            return target, made.checks

        for target, error in selected.failures:
            link = grants[target.login.lower()]
            yield self._result(target, self.checklist.check(target.label, link, _raising(error)))
        with ThreadPoolExecutor(self._plan.concurrency) as looking:
            for target, made in looking.map(examine, selected.targets):
                self.checklist.extend(made)
                links = (credentials[target.registry], grants[target.login.lower()])
                failed = (check for check in made if check.outcome is CheckOutcome.FAILED)
                yield self._result(target, *links, *failed)

    def surroundings(
        self, selected: Selected, grants: Mapping[str, Link[Grant]], cron: str | None
    ) -> None:
        """Check what will go wrong although no link is broken."""
        check, world, targets = self.checklist.check, self._world, holding(selected.targets)
        check("clock of GitHub", holding(world.grants), lambda g: compared(g.skew(), "GitHub"))
        check("schedule", targets, lambda given: room(self._plan, given, cron))
        check("prebuilds", targets, prebuilds)
        check(
            "shadowing secrets",
            holding(tuple(t for t in selected.targets if _sees_shadows(t, grants))),
            lambda given: shadowing(given, directory=world.directory, store=world.store),
        )

    def _result(self, target: Target, *links: Link[Any]) -> Result:
        """Return what a run would come to: the first link that is broken tells."""
        for link in links:
            if isinstance(link, Check):
                result = result_of(target, self._plan, Outcome.FAILED)
                return replace(result, reason=link.detail, remedy=link.remedy)
        return result_of(target, self._plan, Outcome.PLANNED)


def _sees_shadows(target: Target, grants: Mapping[str, Link[Grant]]) -> bool:
    """Tell whether secrets of the repositories around a target can be looked at, perhaps."""
    grant = grants[target.login.lower()]
    beneath = replace(target, scope=Scope.REPOSITORY)
    return not isinstance(grant, Check) and grant.value.may_write(beneath) is not False


def _raising(error: RotateError) -> Callable[[Grant], Finding[None]]:
    def ask(_: Grant) -> Finding[None]:
        raise error

    return ask


def _registry(
    name: str, host: str | None, credentials: Mapping[str, Link[Credential]]
) -> RegistryReport:
    link = credentials[name]
    if isinstance(link, Check):
        return RegistryReport(name=name, host=host, reason=link.detail, remedy=link.remedy)
    credential = link.value
    return RegistryReport(name=name, host=credential.server, expires_at=credential.expires_at)


def _warnings(checks: tuple[Check, ...]) -> Iterator[str]:
    for check in checks:
        if check.outcome is CheckOutcome.WARNING:
            yield f"{check.name}: {check.detail}. {check.remedy}".removesuffix(". ")
