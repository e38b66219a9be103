"""Saying what became of each target, and of all of them."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from rotate.errors import (
    Cancelled,
    GitHubUnavailable,
    OutOfTime,
    RateLimitOutlastsRun,
    RepositoryArchived,
    RepositoryNamedTwice,
    RotateError,
)
from rotate.model.registry import Credential
from rotate.report import Outcome, RegistryReport, Result
from rotate.reporting import each, failed, failures, fresh, outcome, report_on
from rotate.schedule import Found
from rotate.writing import Attempt
from tests.unit.examples import (
    HOST,
    NOW,
    TWELVE_HOURS,
    agenda,
    credential,
    found,
    plan,
    registry,
    repository,
    result,
)
from tests.unit.fakes import FakeReporter

API = repository("acme/api")
SERVER, USER, SECRET = API.names
ARCHIVED = RepositoryArchived("PUT /repos/acme/api")
UNAVAILABLE = GitHubUnavailable("it hangs", where="GitHub")


def test_rotated() -> None:
    """A target that holds all of the credential is rotated, at the credential's host."""
    other = credential(server="elsewhere")
    attempt = Attempt(credential=other, written=(SERVER, USER, SECRET))
    assert outcome(API, attempt, plan(), FakeReporter()) == Result(
        target=API,
        outcome=Outcome.ROTATED,
        host="elsewhere",
        written=(SERVER, USER, SECRET),
        expires_at=NOW + TWELVE_HOURS,
    )


class Speechless(FakeReporter):
    """Cannot say anything any more."""

    def finished(self, result: Result) -> None:
        """Fail."""
        raise BrokenPipeError


def test_nobody_hears() -> None:
    """That a target cannot be told of keeps none from being worked on, nor from the report."""
    due = [found(repository(f"acme/{number}")) for number in range(9)]

    def work(one: Found) -> Result:
        return result(target=one.target)

    with ThreadPoolExecutor(2) as workers:
        results = each(work, due, plan(), workers=workers, reporter=Speechless())
    assert [one.target for one in results] == [one.target for one in due]


def test_nobody_hears_of_what_is_not_worked_on() -> None:
    """That nobody can be told of fresh targets, and of those nothing is known of, stops nothing."""
    known = replace(agenda(), fresh=(found(API),), failures=((API, UNAVAILABLE),))
    assert [one.outcome for one in fresh(known, plan(), Speechless())] == [Outcome.FRESH]
    assert [one.outcome for one in failures(known, plan(), Speechless())] == [Outcome.FAILED]


def test_archived_is_left_out() -> None:
    """A repository that turns out to be archived is left out with a note."""
    reporter = FakeReporter()
    assert outcome(API, Attempt(error=ARCHIVED), plan(), reporter) is None
    assert reporter.notes == ["acme/api is archived; it is left out."]


def test_named_twice_is_left_out() -> None:
    """A repository that is a target by another name too is left out with a warning."""
    reporter = FakeReporter()
    error = RepositoryNamedTwice("acme/old", now="acme/api")
    assert outcome(API, Attempt(error=error), plan(), reporter) is None
    assert reporter.warnings == [
        "acme/old is called acme/api by now, which is a target already; it is left out."
    ]


def test_archived_meanwhile() -> None:
    """A repository that was archived between two writes is a failure: it is half written."""
    attempt = Attempt(credential=credential(), written=(SERVER,), error=ARCHIVED)
    result = outcome(API, attempt, plan(), FakeReporter())
    assert result is not None
    assert (result.outcome, result.written) == (Outcome.FAILED, (SERVER,))
    assert result.expires_at is None


@pytest.mark.parametrize(
    ("error", "written", "expected"),
    [
        (OutOfTime(), (), Outcome.NOT_ATTEMPTED),
        (Cancelled(), (), Outcome.NOT_ATTEMPTED),
        (RateLimitOutlastsRun(60), (), Outcome.NOT_ATTEMPTED),
        (OutOfTime(), (SERVER,), Outcome.FAILED),
        (UNAVAILABLE, (), Outcome.FAILED),
    ],
)
def test_failed(error: RotateError, written: tuple[str, ...], expected: Outcome) -> None:
    """What time or a person stopped is not attempted, unless a part of it was written."""
    result = failed(API, plan(), error, written=written)
    assert (result.outcome, result.written, result.host) == (expected, written, HOST)
    assert (result.reason, result.remedy) == (str(error), error.remedy)


def future(came: Credential | Exception) -> Future[Credential]:
    """Return a credential, or why there is none."""
    given: Future[Credential] = Future()
    if isinstance(came, Exception):
        given.set_exception(came)
    else:
        given.set_result(came)
    return given


def test_registries() -> None:
    """Every registry is reported: with its credential, with the reason, or as not asked."""
    registries = tuple(registry(name=name, host=name) for name in ("proved", "refused", "idle"))
    credentials = {"proved": future(credential()), "refused": future(UNAVAILABLE)}
    report = report_on(plan(registries=registries), (), credentials)
    assert report.registries == (
        RegistryReport(name="proved", host=HOST, expires_at=NOW + TWELVE_HOURS),
        RegistryReport(
            name="refused", host="refused", reason=str(UNAVAILABLE), remedy=UNAVAILABLE.remedy
        ),
        RegistryReport(name="idle", host="idle"),
    )
