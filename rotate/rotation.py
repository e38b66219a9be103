"""The story of a run: what is due is fetched, proved, sealed, written and reported."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rotate.agenda import draw_up
from rotate.deadline import Deadline
from rotate.model.plan import Plan
from rotate.proving import prove
from rotate.registries.interface import Tokens, Verification
from rotate.report import Report, Result
from rotate.reporting import Reporter, each, failures, fresh, outcome, report_on
from rotate.schedule import Found
from rotate.stores.interface import Directory, SecretStore
from rotate.writing import Places, write

_LOOKED_AT_AHEAD = 200
"""Targets; GitHub tells of about as many while AWS answers."""


def rotate(
    plan: Plan,
    *,
    directory: Directory,
    tokens: Tokens,
    verification: Verification,
    store: SecretStore,
    deadline: Deadline,
    reporter: Reporter,
) -> Report:
    """Write a new credential to every target that is due, and say what became of each.

    GitHub is asked for the first targets' keys and standing secrets while AWS answers; where
    nothing is due, AWS is not asked at all. Nothing is written with a credential that is not
    proved, and one target's failure never stops the others.
    """
    with (
        # A registry waits for its source, and neither for another one that hangs.
        ThreadPoolExecutor(2 * len(plan.registries)) as fetching,
        ThreadPoolExecutor(plan.concurrency) as writing,
        ThreadPoolExecutor(plan.concurrency) as beside,
        ThreadPoolExecutor(plan.concurrency) as looking,
    ):
        agenda = draw_up(plan, directory=directory, store=store, workers=writing)
        reporter.agenda(agenda)
        credentials = prove(
            (plan.registry(found.target.registry) for found in agenda.due),
            tokens=tokens,
            verification=verification,
            workers=fetching,
            deadline=deadline,
            reporter=reporter,
        )
        places = Places(store=store, deadline=deadline, locations=agenda.locations)
        # What cannot be written soon is not worth a request yet.
        soon = min(_LOOKED_AT_AHEAD, plan.limits.writes_per_minute)
        places.look_ahead(agenda.due[:soon], workers=looking)

        def renew(found: Found) -> Result | None:
            credential = credentials[found.target.registry]
            attempt = write(
                found, credential, places=places, store=store, beside=beside, deadline=deadline
            )
            return outcome(found.target, attempt, plan, reporter)

        results = (
            *failures(agenda, plan, reporter),
            *fresh(agenda, plan, reporter),
            *each(
                renew,
                agenda.due,
                plan,
                workers=writing,
                reporter=reporter,
                credentials=credentials,
            ),
        )
    return report_on(plan, results, credentials)
