"""The job summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rotate.errors import IdTokenNotAllowed
from rotate.faces.summary import error_markdown, markdown
from rotate.model import Command, Outcome
from rotate.report import RegistryReport, Report, Result
from tests.unit.examples import HOST, NOW, PASSWORD, TWELVE_HOURS, repository, result

HEAD = "| | target | secrets | registry | valid until |\n| --- | --- | --- | --- | --- |\n"


def report(*results: Result, command: Command = Command.RUN, proved: bool = True) -> Report:
    """Return the report of a run with those results."""
    ends = NOW + TWELVE_HOURS if proved else None
    registry = RegistryReport(name="default", host=HOST, expires_at=ends)
    return Report(command=command, registries=(registry,), results=results)


def failed(reason: str = "GitHub is down", remedy: str = "Wait.") -> Result:
    """Return that a repository failed."""
    return result(
        target=repository("acme/api"),
        outcome=Outcome.FAILED,
        host=None,
        written=(),
        expires_at=None,
        reason=reason,
        remedy=remedy,
    )


def test_success() -> None:
    """A run without failures is a headline and a table."""
    assert markdown(report(result())) == (
        "### Registry secrets: 1 rotated, valid until 2026-07-02 00:00 UTC\n\n"
        f"{HEAD}"
        "| ✅ rotated | organization acme | `ECR_CONTAINER_REGISTRY_{SERVER,USER,PASSWORD}` | "
        f"{HOST} | 2026-07-02 00:00 UTC |\n"
    )


def test_failure() -> None:
    """A failure comes before the table, with its targets and its remedy, and first in it."""
    text = markdown(report(result(), failed()))
    assert ("> [!CAUTION]\n> GitHub is down\n> - repository acme/api\n\nWait.\n\n" + HEAD) in text
    rows = text.partition(HEAD)[2].splitlines()
    assert rows[0] == "| ❌ failed | repository acme/api |  |  |  |"
    assert rows[1].startswith("| ✅ rotated |")


def test_failure_of_several_lines() -> None:
    """A reason of several lines stays one quotation, and YAML and JSON keep their shape."""
    text = markdown(report(failed("one\ntwo", "Do this:\n\n    permissions:\n      x: write\n")))
    assert "> [!CAUTION]\n> one\n> two\n> - repository acme/api\n\n" in text
    assert "Do this:\n\n```\n    permissions:\n      x: write\n```\n" in text


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome(outcome: Outcome) -> None:
    """Every outcome has its mark."""
    reason = ", expired" if outcome is Outcome.STALE else ""
    given = result(outcome=outcome, reason="expired")
    assert f" {outcome}{reason} | organization acme |" in markdown(report(given))


def test_no_password() -> None:
    """The password is in no summary."""
    assert PASSWORD not in markdown(report(result(), failed()))


def test_notes() -> None:
    """What should be mended, and what is good to know, stand before the table."""
    noted = replace(report(result()), notes=("Prebuilds never use a user's secrets.",))
    noted = replace(noted, warnings=("acme is named twice.",))
    assert "> [!WARNING]\n> acme is named twice.\n\n> [!NOTE]" in markdown(noted)
    assert f"> [!NOTE]\n> Prebuilds never use a user's secrets.\n\n{HEAD}" in markdown(noted)


def test_worst_first() -> None:
    """The table goes from the worst to the best."""
    text = markdown(report(*(result(outcome=outcome) for outcome in Outcome)))
    marks = [row.split()[2].strip(",") for row in text.partition(HEAD)[2].splitlines()]
    assert marks == ["failed", "stale", "not-attempted", "planned", "rotated", "fresh"]


@pytest.mark.parametrize(("targets", "folded"), [(20, False), (21, True)])
def test_many_targets_are_folded(targets: int, folded: bool) -> None:
    """A long table is shown on demand."""
    text = markdown(report(*[result()] * targets))
    assert (f"<details><summary>All {targets} targets</summary>\n\n{HEAD}" in text) is folded
    assert text.endswith("</details>\n") is folded


@pytest.mark.parametrize(("targets", "left_out"), [(1000, 0), (1001, 1)])
def test_length_is_limited(targets: int, left_out: int) -> None:
    """GitHub takes no summary of more than 1 MiB, so that a longer table is cut."""
    text = markdown(report(*[result()] * targets))
    assert text.count("\n| ✅ rotated |") == targets - left_out
    assert (f"{left_out} more are in the output `report`." in text) is bool(left_out)
    assert len(text.encode()) < 2**20


def test_number_of_failures_is_limited() -> None:
    """Of many failures that have nothing in common, the first twenty are explained."""
    text = markdown(report(*(failed(remedy=f"Do {number}.") for number in range(30))))
    assert text.count("[!CAUTION]") == 20


def test_nothing_attempted() -> None:
    """A run that attempted nothing says why, and what to do."""
    text = error_markdown(IdTokenNotAllowed())
    assert text.startswith("### Nothing was attempted\n\n> [!CAUTION]\n> GitHub OIDC: ")
    assert "      id-token: write\n" in text


def test_what_is_left_is_shown() -> None:
    """Where it is known what is left of a credential, the table says so."""
    text = markdown(report(result(outcome=Outcome.FRESH, written=(), left=3600.0)))
    assert "| 2026-07-02 00:00 UTC (1 h left) |" in text
