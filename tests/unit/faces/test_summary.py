"""The job summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rotate.errors import Fault, IdTokenNotAllowed, InvalidSettings
from rotate.faces.summary import error_markdown, markdown
from rotate.model.plan import Command
from rotate.report import Outcome, RegistryReport, Report, Result, Slack
from tests.unit.examples import HOST, NOW, PASSWORD, TWELVE_HOURS, repository, result

HEAD = "| | target | valid until | registry | secrets |\n| --- | --- | --- | --- | --- |\n"
UNTIL = "2026-07-02\N{NO-BREAK SPACE}00:00\N{NO-BREAK SPACE}UTC"
NAMES = "`ECR_CONTAINER_REGISTRY_{SERVER,USER,PASSWORD}`"
ROTATED = f"| ✅ rotated | organization acme | {UNTIL} | {HOST} | {NAMES} |\n"
FAILED = "| ❌ failed | repository acme/api |  |  |  |\n"
HOSTILE = "</details>|<b>*x*</b> `a|b` ` [l](u) \\ &lt; _e_"
SHOWN = r"\</details\>\|\<b\>\*x\*\</b\> `a|b` \` [l\](u) \\ \&lt; \_e\_"
"""The same as Markdown that shows each character."""


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
        f"### Registry secrets: 1 rotated, valid until 2026-07-02 00:00 UTC\n\n{HEAD}{ROTATED}"
    )


def test_schedule() -> None:
    """Where the schedule is known, the next thing is how many dropped runs it survives."""
    slack = Slack(cron="17 */3 * * *", window=43200.0, dropped_runs=2)
    assert markdown(replace(report(result()), slack=slack)) == (
        "### Registry secrets: 1 rotated, valid until 2026-07-02 00:00 UTC\n\n"
        f"The schedule `17 */3 * * *` survives 2 dropped runs in a row.\n\n{HEAD}{ROTATED}"
    )


def test_failure() -> None:
    """A failure comes before the table, with its remedy and its targets, and first in it."""
    assert markdown(report(result(), failed())) == (
        "### Registry secrets: 1 failed, 1 rotated, valid until 2026-07-02 00:00 UTC\n\n"
        "> [!CAUTION]\n> GitHub is down\n>\n> **What to do:** Wait.\n>\n"
        f"> - repository acme/api\n\n{HEAD}{FAILED}{ROTATED}"
    )


def test_failure_of_several_lines() -> None:
    """A reason of several lines stays one quotation, and YAML and JSON keep their shape."""
    text = markdown(report(failed("one\ntwo", "Do this:\n\n    permissions:\n      x: write\n")))
    assert (
        "> [!CAUTION]\n> one\n> two\n>\n> **What to do:** Do this:\n>\n"
        "> ```\n> permissions:\n>   x: write\n> ```\n>\n> - repository acme/api\n\n"
    ) in text


@pytest.mark.parametrize(
    ("targets", "places"),
    [
        (3, "> - repository acme/0\n> - repository acme/1\n> - repository acme/2\n\n"),
        (
            4,
            "> <details><summary>4 targets</summary>\n>\n> - repository acme/0\n"
            "> - repository acme/1\n> - repository acme/2\n> - repository acme/3\n>\n"
            "> </details>\n\n",
        ),
        (12, "> - repository acme/9\n> - and 2 more\n>\n> </details>\n\n"),
    ],
)
def test_targets_of_one_failure(targets: int, places: str) -> None:
    """A failure of many targets names the first ten of them, after a click."""
    several = (replace(failed(), target=repository(f"acme/{n}")) for n in range(targets))
    assert places in markdown(report(*several))


def test_more_failures() -> None:
    """Three failures are told at once; the others, after a click, with how many they hit."""
    text = markdown(report(*(failed(remedy=f"Do {number}.") for number in range(5))))
    before, _, rest = text.partition("<details><summary>2 more failures, 2 targets</summary>")
    inside, _, _ = rest.partition("</details>")
    assert (before.count("[!CAUTION]"), inside.count("[!CAUTION]")) == (3, 2)


def test_hostile_texts() -> None:
    """No word of somebody else's becomes markup, ends a cell, or closes what is folded."""
    hostile = replace(failed(HOSTILE, HOSTILE), target=repository(HOSTILE), host=HOSTILE)
    text = markdown(replace(report(hostile), warnings=(HOSTILE,), notes=(HOSTILE,)))
    in_a_cell = SHOWN.replace("`a|b`", r"`a\|b`")
    assert f"> {SHOWN}\n>\n> **What to do:** {SHOWN}\n>\n> - repository {SHOWN}\n" in text
    assert f"> [!WARNING]\n> {SHOWN}\n\n> [!NOTE]\n> {SHOWN}\n" in text
    assert f"| ❌ failed | repository {in_a_cell} |  | {in_a_cell} |  |\n" in text


def test_hostile_reason() -> None:
    """Why a target is stale ends no cell of the table."""
    stale = replace(failed("a | b\n<b>"), outcome=Outcome.STALE)
    assert "| ❌ stale, a \\| b \\<b\\> | repository" in markdown(report(stale))


def test_lines_of_a_name() -> None:
    """A name of several lines is one line of the table."""
    text = markdown(report(replace(failed(), target=repository("a/b\n| c"))))
    assert "| ❌ failed | repository a/b \\| c |" in text


def test_status() -> None:
    """What is stale is told with why and what to do, and with what is left."""
    stale = result(
        outcome=Outcome.STALE, written=(), left=3600.0, reason="due: `renew-before`", remedy="Run."
    )
    assert markdown(report(stale, command=Command.STATUS)) == (
        "### Status: 1 stale\n\n"
        "> [!CAUTION]\n> due: `renew-before`\n>\n> **What to do:** Run.\n>\n"
        f"> - organization acme\n\n{HEAD}"
        f"| ❌ stale, due: `renew-before` | organization acme | {UNTIL} "
        f"(1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}left) | {HOST} |  |\n"
    )


def test_plan() -> None:
    """A plan is what would be written, after what is good to know."""
    planned = result(outcome=Outcome.PLANNED, expires_at=None)
    assert markdown(replace(report(planned, command=Command.PLAN), notes=("a", "b"))) == (
        f"### Plan: 1 planned\n\n> [!NOTE]\n> - a\n> - b\n\n{HEAD}"
        f"| 📝 planned | organization acme |  | {HOST} | {NAMES} |\n"
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome(outcome: Outcome) -> None:
    """Every outcome has its mark."""
    reason = ", expired" if outcome is Outcome.STALE else ""
    given = result(outcome=outcome, reason="expired")
    assert f" {outcome}{reason} | organization acme |" in markdown(report(given))


def test_no_password() -> None:
    """The password is in no summary."""
    assert PASSWORD not in markdown(report(result(), failed()))


def test_the_longest_texts() -> None:
    """However long names and messages are, the summary stays below GitHub's 1 MiB."""
    long = repository("o" * 39 + "/" + "*" * 100, prefix="P" * 100)
    rows = [replace(failed("*" * 10**6, f"{n}" + "*" * 10**6), target=long) for n in range(500)]
    good = [replace(result(), target=long, written=long.names)] * 500
    warnings = ("*" * 1000,) * 1000
    text = markdown(replace(report(*rows, *good), warnings=warnings, notes=warnings))
    assert len(text.encode()) < 2**20


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


@pytest.mark.parametrize(("failures", "unfolded"), [(1, True), (20, True), (21, False)])
def test_failures_among_many(failures: int, unfolded: bool) -> None:
    """Among many targets, a few to look at stand apart and can be seen without a click."""
    text = markdown(report(*[result()] * 100, *[failed()] * failures))
    apart = f"{HEAD}{FAILED * failures}".rstrip()
    assert f"{apart}\n\n" in text
    folded = f"<details><summary>{failures} targets to look at</summary>\n\n{apart}"
    assert (folded not in text) is unfolded
    assert f"<details><summary>100 others</summary>\n\n{HEAD}{ROTATED}" in text


def test_few_that_are_well_among_many() -> None:
    """Where most are to look at, the others need a click however few they are."""
    text = markdown(report(*[result()] * 5, *[failed()] * 20))
    assert f"<details><summary>5 others</summary>\n\n{HEAD}{ROTATED}" in text


@pytest.mark.parametrize(("targets", "left_out"), [(1000, 0), (1001, 1)])
def test_length_is_limited(targets: int, left_out: int) -> None:
    """GitHub takes no summary of more than 1 MiB, so that a longer table is cut."""
    text = markdown(report(*[result()] * targets))
    assert text.count("\n| ✅ rotated |") == targets - left_out
    assert (f"{left_out} more are in the output `report`." in text) is bool(left_out)
    assert len(text.encode()) < 2**20


@pytest.mark.parametrize(("failures", "left_out"), [(20, 0), (21, 1), (30, 10)])
def test_number_of_failures_is_limited(failures: int, left_out: int) -> None:
    """Of many failures that have nothing in common, twenty are explained, and all are counted."""
    hit = [failed(remedy=f"Do {number // 2}.") for number in range(2 * failures)]
    text = markdown(report(*hit))
    assert text.count("[!CAUTION]") == failures - left_out
    more = failures - 3
    assert f"<summary>{more} more failures, {2 * more} targets</summary>" in text
    inside = text.partition("more failures, ")[2].partition(HEAD)[0]
    assert (f"\n\n{left_out} more are in the output `report`.\n\n" in inside) is bool(left_out)


def test_broken_off() -> None:
    """A run without a report says why, and what to do; it does not say that it wrote nothing."""
    text = error_markdown(IdTokenNotAllowed())
    assert text.startswith("### The run broke off\n\n> [!CAUTION]\n> GitHub OIDC: ")
    assert "> ```\n> permissions:\n>   id-token: write\n> ```\n>\n> A reusable workflow" in text


def test_wrong_inputs() -> None:
    """Wrong inputs are a list of their own, in which no value is markup."""
    faults = (Fault(path="scope", problem="`<b>` is wrong."), Fault(path="a", problem="is."))
    assert error_markdown(InvalidSettings(faults)) == (
        "### Nothing was attempted\n\n> [!CAUTION]\n"
        "> inputs: 2 faults, so nothing was attempted:\n> - scope: `<b>` is wrong.\n> - a: is.\n"
        ">\n> **What to do:** Correct the inputs; "
        "https://github.com/rotate-ecr-token/rotate-ecr-token#inputs explains each of them.\n"
    )
