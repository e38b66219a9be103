"""From a plan to a report: the clients are made here, and handed to the story."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from rotate import inspection, rotation, settings
from rotate.deadline import Clock, Deadline
from rotate.errors import Fault, InvalidSettings, RotateError, Unexpected
from rotate.faces import page, workflow
from rotate.faces.masks import Masks
from rotate.hazards import slack
from rotate.identity.aws_call import Aws
from rotate.identity.aws_session import AwsIdentities
from rotate.identity.github_oidc import IdTokens
from rotate.model import Command, Plan
from rotate.registries.ecr import EcrTokens
from rotate.registries.verification import RegistryVerification
from rotate.report import Report
from rotate.reporting import Reporter
from rotate.settings.document import LARGEST
from rotate.settings.inputs import INPUTS
from rotate.stores.credentials import AppInstallations, Credentials, OneToken
from rotate.stores.github import GitHub
from rotate.stores.pace import Pace
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from rotate.trace import Trace, silent
from rotate.web import Web

_CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")


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
        for known in INPUTS:
            if known.secret:
                masks.add(given.get(known.name, "").strip())
        plan = settings.read(given, environment, load=partial(_load, environment), offline=offline)
        for warning in plan.warnings:
            reporter.warn(warning)
        if offline:
            return inspection.outline(plan)
        masks.add(plan.github.token)
        if plan.github.app:
            masks.add(plan.github.app.private_key.strip())
        file = _begin_page(environment, plan.html)
        report = _carry_out(
            plan,
            environment=environment,
            clock=clock,
            masks=masks,
            reporter=reporter,
            trace=trace,
        )
        report = _with_slack(report, plan, environment)
        if file:
            shown = page.html(report, now=clock.now(), run=workflow.running(environment))
            file.write_text(masks.redact(shown), encoding="utf-8")
    except RotateError:
        raise
    except Exception as error:
        # The one place that catches everything: a traceback could show a secret.
        raise Unexpected(error) from None
    return report


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


def _with_slack(report: Report, plan: Plan, environment: Mapping[str, str]) -> Report:
    targets = [result.target for result in report.results]
    return replace(report, slack=slack(plan, targets, workflow.schedule(environment)))


def _carry_out(
    plan: Plan,
    *,
    environment: Mapping[str, str],
    clock: Clock,
    masks: Masks,
    reporter: Reporter,
    trace: Trace,
) -> Report:
    """Do what the plan says, within its timeout, against the real world."""
    deadline = Deadline(clock=clock, seconds=plan.timeout)
    ca_bundle = _ca_bundle(environment)
    credentials = _credentials(plan, deadline, ca_bundle, masks, trace)
    repositories = GitHubRepositories(credentials)
    store = GitHubSecrets(credentials=credentials, repositories=repositories)
    if plan.command is Command.STATUS:
        return inspection.status(
            plan,
            directory=repositories,
            store=store,
            reporter=reporter,
            cron=workflow.schedule(environment),
        )
    if plan.command is Command.PLAN:
        return inspection.preview(
            plan, directory=repositories, store=store, deadline=deadline, reporter=reporter
        )
    web = Web(deadline=deadline, ca_bundle=ca_bundle, trace=trace)
    id_tokens = IdTokens(environment=environment, web=web, mask=masks.add)
    identities = AwsIdentities(
        aws=Aws(deadline=deadline, ca_bundle=ca_bundle, trace=trace),
        mint=id_tokens.mint,
        mask=masks.add,
    )
    return rotation.rotate(
        plan,
        directory=repositories,
        tokens=EcrTokens(identities=identities, mask=masks.add),
        verification=RegistryVerification(web=web, mask=masks.add),
        store=store,
        deadline=deadline,
        reporter=reporter,
    )


def _credentials(
    plan: Plan, deadline: Deadline, ca_bundle: str | None, masks: Masks, trace: Trace
) -> Credentials:
    def connect(token: Callable[[], str]) -> GitHub:
        return GitHub(
            api_url=plan.github.api_url,
            token=token,
            deadline=deadline,
            pace=Pace(deadline=deadline, limits=plan.limits),
            ca_bundle=ca_bundle,
            trace=trace,
        )

    if plan.github.app:
        return AppInstallations(app=plan.github.app, connect=connect, mask=masks.add)
    return OneToken(github=connect(lambda: plan.github.token))


def _ca_bundle(environment: Mapping[str, str]) -> str | None:
    """Return the one CA bundle that every client trusts; None for each client's own."""
    return next((environment[name] for name in _CA_BUNDLES if environment.get(name)), None)
