"""From the inputs to a report: the clients are made, and handed to the story."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from rotate import inspection, rotation, settings
from rotate.deadline import TO_FINISH
from rotate.diagnosis import diagnose
from rotate.errors import RotateError, Stuck, known
from rotate.faces import page, process, workflow, workspace
from rotate.faces.clients import Clients
from rotate.faces.clock import StoppableClock
from rotate.faces.masks import Masks
from rotate.faces.notifying import Telling, rotation_of
from rotate.faces.publishing import Writers
from rotate.hazards import slack
from rotate.model.plan import Command, Plan
from rotate.report import Report
from rotate.reporting import Reporter
from rotate.settings.inputs import SECRETS
from rotate.trace import Trace, silent

_MOMENT = 1.0
"""Seconds after the end in which a request that was given what was left says that it took too long.

Hung up at the very end, it would say that the connection broke, or that the proxy did.
"""

_GRACE = 10.0
"""Seconds after its timeout in which a run ends by itself: what is under way finishes."""

_BEFORE_KILLED = 9.0
"""Seconds after a signal in which it does so; GitHub's runner kills it after ten."""


def run(
    given: Mapping[str, str],
    *,
    environment: Mapping[str, str],
    clock: StoppableClock,
    masks: Masks,
    reporter: Reporter,
    fail: Callable[[RotateError], None],
    offline: bool = False,
    trace: Trace = silent,
) -> tuple[Report, Writers]:
    """Read the inputs, do what they say, and return what came of it, with what writes its page.

    Where that takes longer than its timeout, or than a run may that was told to stop, every
    connection is hung up. Where that does not help either, `fail` tells so, and the process ends.

    Raises:
        InvalidSettings: the inputs are wrong; no request was made.
        Unexpected: this program has a fault.
    """
    # At DEBUG, botocore logs the ID token, the keys and the ECR token. We log nothing ourselves, so
    # no handler that somebody else has set up will see anything.
    logging.disable()
    # To the end of the process: even what the run came to may find nobody who takes it.
    clock.on_stop(
        partial(
            process.cut_short,
            hang_up_after=TO_FINISH + _MOMENT,
            end_after=_BEFORE_KILLED,
            last_words=partial(fail, Stuck("signal")),
        )
    )
    try:
        _mask_inputs(given, masks)
        load = partial(workspace.load, environment)
        plan = settings.read(given, environment, load=load, offline=offline)
        for warning in plan.warnings:
            reporter.warn(warning)
        if offline:
            return inspection.outline(plan), {}
        _mask_credentials(plan, masks)
        file = workspace.page_file(environment, plan.html)
        clients = Clients(plan, environment=environment, clock=clock, masks=masks, trace=trace)
        carry_out = partial(_carry_out, plan, clients, reporter, workflow.schedule(environment))
        if plan.issues:
            config = given.get("config", "").strip()
            which = rotation_of(plan, config, environment)
            carry_out = partial(_told, carry_out, clients.telling(plan.issues, which, reporter))
        with (
            process.hung_up_after(plan.timeout + _MOMENT),
            process.ended_after(plan.timeout + _GRACE, partial(fail, Stuck("timeout"))),
        ):
            report = carry_out()
        if not file:
            return report, {}
        shown = page.html(report, now=clock.now(), run=workflow.running(environment))
        write = partial(file.write_text, masks.redact(shown), encoding="utf-8")
    except Exception as error:
        # The one place that catches everything: a traceback could show a secret.
        raise known(error) from None
    return report, {"html": write}


def _mask_inputs(given: Mapping[str, str], masks: Masks) -> None:
    """Mask what is secret before anything is read: even a message of what is wrong comes later."""
    for name in SECRETS:
        masks.add(given.get(name, "").strip())


def _mask_credentials(plan: Plan, masks: Masks) -> None:
    """Mask what the plan found elsewhere than in the inputs."""
    masks.add(plan.github.token)
    if plan.github.app:
        masks.add(plan.github.app.private_key.strip())
    if plan.issues:
        masks.add(plan.issues.token)


def _told(carry_out: Callable[[], Report], telling: Telling) -> Report:
    """Do it, and tell people what came of it."""
    try:
        report = carry_out()
    except Exception as error:
        telling.of_error(known(error))
        raise
    telling.of_report(report)
    return report


def _carry_out(plan: Plan, clients: Clients, reporter: Reporter, cron: str | None) -> Report:
    """Do what the plan says, and add how much room the schedule leaves."""
    with process.hung_up_after(clients.deadline.remaining() + _MOMENT):
        report = _done(plan, clients, reporter, cron)
    targets = [result.target for result in report.results]
    return replace(report, slack=slack(plan, targets, cron))


def _done(plan: Plan, clients: Clients, reporter: Reporter, cron: str | None) -> Report:
    directory, store, deadline = clients.repositories, clients.store, clients.deadline
    if plan.command is Command.STATUS:
        return inspection.status(
            plan,
            directory=directory,
            store=store,
            deadline=deadline,
            reporter=reporter,
            cron=cron,
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
