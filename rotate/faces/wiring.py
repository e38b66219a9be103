"""From the inputs to a report: the clients are made, and handed to the story."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from rotate import inspection, rotation, settings
from rotate.deadline import Clock
from rotate.diagnosis import diagnose
from rotate.errors import Fault, InvalidSettings, RotateError, Unexpected
from rotate.faces import page, workflow
from rotate.faces.clients import Clients
from rotate.faces.masks import Masks
from rotate.hazards import slack
from rotate.model import Command, Plan
from rotate.report import Report
from rotate.reporting import Reporter
from rotate.settings.document import LARGEST
from rotate.settings.inputs import INPUTS
from rotate.trace import Trace, silent


def run(
    given: Mapping[str, str],
    *,
    environment: Mapping[str, str],
    clock: Clock,
    masks: Masks,
    reporter: Reporter,
    offline: bool = False,
    trace: Trace = silent,
) -> Report:
    """Read the inputs, do what they say, and return what came of it.

    Raises:
        InvalidSettings: the inputs are wrong; no request was made.
        Unexpected: this program has a fault.
    """
    # At DEBUG, botocore logs the ID token, the keys and the ECR token. We log nothing ourselves, so
    # no handler that somebody else has set up will see anything.
    logging.disable()
    try:
        _mask_inputs(given, masks)
        plan = settings.read(given, environment, load=partial(_load, environment), offline=offline)
        for warning in plan.warnings:
            reporter.warn(warning)
        if offline:
            return inspection.outline(plan)
        _mask_credentials(plan, masks)
        file = _begin_page(environment, plan.html)
        clients = Clients(plan, environment=environment, clock=clock, masks=masks, trace=trace)
        report = _carry_out(plan, clients, reporter, workflow.schedule(environment))
        if file:
            shown = page.html(report, now=clock.now(), run=workflow.running(environment))
            file.write_text(masks.redact(shown), encoding="utf-8")
    except RotateError:
        raise
    except Exception as error:
        # The one place that catches everything: a traceback could show a secret.
        raise Unexpected(error) from None
    return report


def _mask_inputs(given: Mapping[str, str], masks: Masks) -> None:
    """Mask what is secret before anything is read: even a message of what is wrong comes later."""
    for known in INPUTS:
        if known.secret:
            masks.add(given.get(known.name, "").strip())


def _mask_credentials(plan: Plan, masks: Masks) -> None:
    """Mask what the plan found elsewhere than in the inputs."""
    masks.add(plan.github.token)
    if plan.github.app:
        masks.add(plan.github.app.private_key.strip())


def _carry_out(plan: Plan, clients: Clients, reporter: Reporter, cron: str | None) -> Report:
    """Do what the plan says, and add how much room the schedule leaves."""
    report = _done(plan, clients, reporter, cron)
    targets = [result.target for result in report.results]
    return replace(report, slack=slack(plan, targets, cron))


def _done(plan: Plan, clients: Clients, reporter: Reporter, cron: str | None) -> Report:
    directory, store, deadline = clients.repositories, clients.store, clients.deadline
    if plan.command is Command.STATUS:
        return inspection.status(
            plan, directory=directory, store=store, reporter=reporter, cron=cron
        )
    if plan.command is Command.PLAN:
        return inspection.preview(
            plan, directory=directory, store=store, deadline=deadline, reporter=reporter
        )
    if plan.command is Command.DOCTOR:
        return diagnose(plan, clients.world, reporter=reporter, cron=cron)
    return rotation.rotate(
        plan,
        directory=directory,
        tokens=clients.tokens,
        verification=clients.verification,
        store=store,
        deadline=deadline,
        reporter=reporter,
    )


def _load(environment: Mapping[str, str], path: str) -> bytes:
    """Return the start of a file, relative to the workspace; enough to see that it is too long."""
    with (_workspace(environment) / path).open("rb") as file:
        return file.read(LARGEST + 1)


def _workspace(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("GITHUB_WORKSPACE", "."))


def _begin_page(environment: Mapping[str, str], path: str | None) -> Path | None:
    """Return where the page goes, once it is sure that it can be written there.

    Raises:
        InvalidSettings: it cannot, which is better known before GitHub is asked.
    """
    if path is None:
        return None
    file = _workspace(environment) / path
    is_new = not file.exists()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a").close()
    except OSError as error:
        problem = f"`{path}` cannot be written: {error.strerror}."
        raise InvalidSettings((Fault(path="html", problem=problem),)) from None
    if is_new:
        # Whoever publishes it must not find an empty page, should this run come to nothing.
        file.unlink()
    return file
