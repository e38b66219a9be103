"""A report as others read it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rotate.model.plan import Command
from rotate.model.target import Store
from rotate.report import (
    Check,
    CheckOutcome,
    Failure,
    Outcome,
    RegistryReport,
    Report,
    Result,
    document,
    failures,
    lines,
    listed,
    name,
)
from tests.unit.examples import HOST, NOW, PASSWORD, TWELVE_HOURS, repository, result, target


def report(*results: Result) -> Report:
    """Return the report of a run with those results."""
    registries = (
        RegistryReport(name="later", host=HOST, expires_at=NOW + TWELVE_HOURS),
        RegistryReport(name="sooner", host=HOST, expires_at=NOW),
        RegistryReport(name="refused", host=None),
    )
    return Report(command=Command.RUN, registries=registries, results=results)


def failed(owner: str, reason: str = "GitHub is down", remedy: str = "Wait.") -> Result:
    """Return that a repository failed."""
    return result(
        target=repository(owner),
        outcome=Outcome.FAILED,
        written=(),
        expires_at=None,
        reason=reason,
        remedy=remedy,
    )


def test_failures_with_one_remedy() -> None:
    """What one remedy mends is told once, with all its targets; what succeeded is not told."""
    several = report(
        failed("a/b"),
        result(),
        failed("a/c"),
        failed("a/d", "denied"),
        failed("a/e", remedy="Ask."),
    )
    assert failures(several) == (
        Failure(
            reason="GitHub is down (and 1 like it)",
            remedy="Wait.",
            targets=("repository a/b", "repository a/c", "repository a/d"),
        ),
        Failure(reason="GitHub is down", remedy="Ask.", targets=("repository a/e",)),
    )


@pytest.mark.parametrize("outcome", [Outcome.NOT_ATTEMPTED, Outcome.STALE])
def test_what_else_is_a_failure(outcome: Outcome) -> None:
    """A target that was not attempted, or that a status finds stale, needs somebody, too."""
    (failure,) = failures(report(result(outcome=outcome, reason="no time")))
    assert failure.targets == ("organization acme",)


@pytest.mark.parametrize(
    ("threshold", "ends", "renewed_from"),
    [
        (3600.0, NOW, NOW - timedelta(hours=1)),
        (None, NOW, None),
        (3600.0, None, None),
    ],
)
def test_renewed_from(
    threshold: float | None, ends: datetime | None, renewed_from: datetime | None
) -> None:
    """A target is renewed once it has no more left than its threshold."""
    one = result(target=repository("acme/api", renew_before=threshold), expires_at=ends)
    assert one.renewed_from == renewed_from


@pytest.mark.parametrize(
    ("store", "expected"),
    [(Store.CODESPACES, "organization acme"), (Store.ACTIONS, "organization acme, actions")],
)
def test_names(store: Store, expected: str) -> None:
    """The store is named where it is not the one of Codespaces."""
    assert name(result(target=target(store=store))) == expected


@pytest.mark.parametrize("owners", [[], ["a/b"], ["a/b", "a/c", "a/d"]])
def test_lines(owners: list[str]) -> None:
    """The lines are the document, and each target has one to itself."""
    several = replace(report(*(failed(owner) for owner in owners)), checks=(BROKEN,))
    text = list(lines(several))
    assert json.loads("\n".join(text)) == json.loads(json.dumps(document(several)))
    assert text[:2] == ["{", '  "version": 1,']
    assert [line.strip().startswith('{"target": ') for line in text].count(True) == len(owners)


def test_document() -> None:
    """The document holds the run, its registries and every target, as plain JSON."""
    fresh = result(target=repository("acme/web"), outcome=Outcome.FRESH, written=())
    text = json.dumps(document(report(result(), failed("acme/api"), fresh)))
    assert json.loads(text) == {
        "version": 1,
        "command": "run",
        "rotated": 1,
        "fresh": 1,
        "failed": 1,
        "registries": [
            {"name": "later", "host": HOST, "expires_at": "2026-07-02T00:00:00Z"},
            {"name": "sooner", "host": HOST, "expires_at": "2026-07-01T12:00:00Z"},
            {"name": "refused", "host": None, "expires_at": None},
        ],
        "targets": [
            {
                "target": "organization acme",
                "store": "codespaces",
                "prefix": "ECR",
                "registry": HOST,
                "outcome": "rotated",
                "written": [
                    "ECR_CONTAINER_REGISTRY_SERVER",
                    "ECR_CONTAINER_REGISTRY_USER",
                    "ECR_CONTAINER_REGISTRY_PASSWORD",
                ],
                "expires_at": "2026-07-02T00:00:00Z",
                "reason": "",
                "remedy": "",
            },
            {
                "target": "repository acme/api",
                "store": "codespaces",
                "prefix": "ECR",
                "registry": HOST,
                "outcome": "failed",
                "written": [],
                "expires_at": None,
                "reason": "GitHub is down",
                "remedy": "Wait.",
            },
            {
                "target": "repository acme/web",
                "store": "codespaces",
                "prefix": "ECR",
                "registry": HOST,
                "outcome": "fresh",
                "written": [],
                "expires_at": "2026-07-02T00:00:00Z",
                "reason": "",
                "remedy": "",
            },
        ],
    }
    assert PASSWORD not in text


def test_earliest_end() -> None:
    """What the targets hold ends when the first of it does; failed ones hold nothing new."""
    sooner = result(target=repository("acme/api"), expires_at=NOW)
    assert report(result(), sooner, failed("acme/web")).expires_at == NOW
    stale = result(target=repository("acme/old"), outcome=Outcome.STALE, expires_at=NOW)
    assert report(failed("acme/web"), stale).expires_at is None


@pytest.mark.parametrize(("count", "more"), [(10, []), (11, ["and 1 more"])])
def test_long_lists(count: int, more: list[str]) -> None:
    """Ten names are told, and how many there are beside."""
    names = tuple(f"repository acme/{number}" for number in range(count))
    assert listed(names) == [*names[:10], *more]


def test_registry_that_refuses() -> None:
    """A registry without a credential is a failure even where no target needed to be told."""
    refused = RegistryReport(name="prod", host=HOST, reason="AWS is down", remedy="Wait.")
    alone = Report(command=Command.RUN, registries=(refused,), results=())
    assert failures(alone) == (
        Failure(reason="AWS is down", remedy="Wait.", targets=("registry prod",)),
    )


def test_registry_that_fails_its_targets() -> None:
    """What a registry and its targets failed for is told once."""
    refused = RegistryReport(name="prod", host=HOST, reason="GitHub is down", remedy="Wait.")
    both = Report(command=Command.RUN, registries=(refused,), results=(failed("acme/api"),))
    (only,) = failures(both)
    assert only.targets == ("repository acme/api",)


BROKEN = Check(name="role", outcome=CheckOutcome.FAILED, detail="refused", remedy="Trust it.")
SOUND = Check(name="ID token", outcome=CheckOutcome.OK, detail="sub=repo:acme/ops")


def test_checks() -> None:
    """A diagnosis fails by its checks alone, each remedy once; the targets' are the same."""
    target = failed("acme/api", "refused", "Trust it.")
    diagnosed = replace(report(target), checks=(SOUND, BROKEN))
    assert failures(diagnosed) == (
        Failure(reason="refused", remedy="Trust it.", targets=("role",)),
    )
    assert not replace(report(), checks=(BROKEN,)).succeeded
    assert replace(report(), checks=(SOUND,)).succeeded


def test_checks_as_json() -> None:
    """The checks join the document of a diagnosis, and of nothing else."""
    assert "checks" not in document(report())
    assert document(replace(report(), checks=(BROKEN,)))["checks"] == [
        {"check": "role", "outcome": "failed", "detail": "refused", "remedy": "Trust it."}
    ]
