"""The checks of a diagnosis, in words."""

from __future__ import annotations

import pytest

from rotate.faces import checks
from rotate.faces.summary import markdown
from rotate.faces.words import headline
from rotate.model.plan import Command
from rotate.report import Check, CheckOutcome, Report

GOOD = Check(name="ID token", outcome=CheckOutcome.OK, detail="sub=repo:acme/ops")
BAD = Check(name="role", outcome=CheckOutcome.FAILED, detail="a|b\nc", remedy="Do:\n\n    this")
ODD = Check(name="clock", outcome=CheckOutcome.WARNING, detail="off", remedy="Set it.")
LEFT = Check(name="login", outcome=CheckOutcome.SKIPPED, detail="`role` comes first")


def report(*made: Check) -> Report:
    """Return the report of a diagnosis with those checks."""
    return Report(command=Command.DOCTOR, registries=(), results=(), checks=made)


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (GOOD, "✅ ID token: sub=repo:acme/ops"),
        (ODD, "⚠️ clock: off"),
        (BAD, "❌ role: a|b c"),
        (LEFT, "⏭️ login: `role` comes first"),
    ],
)
def test_line(check: Check, line: str) -> None:
    """A check is one line, whatever it quotes."""
    assert checks.line(check) == line


def test_headline() -> None:
    """The headline counts what the checks came to, and nothing that did not occur."""
    assert headline(report(GOOD, GOOD, BAD)) == "Doctor: 2 ok, 1 failed"


def test_summary() -> None:
    """What is red comes first, with its remedy; then all checks in their order."""
    text = markdown(report(GOOD, BAD, LEFT))
    assert text.startswith("### Doctor: 1 ok, 1 failed, 1 skipped\n\n> [!CAUTION]\n> a\\|b\n> c\n")
    assert "Do:\n>\n> ```\n> this\n> ```" in text
    assert text.endswith(
        "| | check | what was found |\n| --- | --- | --- |\n"
        "| ✅ ok | ID token | sub=repo:acme/ops |\n"
        "| ❌ failed | role | a\\|b c |\n"
        "| ⏭️ skipped | login | `role` comes first |\n"
    )


def test_markup_of_others() -> None:
    """No word of somebody else's becomes markup, in a name or in what was found."""
    foreign = Check(name="role *x*", outcome=CheckOutcome.OK, detail="<b>, `a|b`, [x](y),\n~_z_")
    assert checks.table((foreign,)).endswith(
        "\n| ✅ ok | role \\*x\\* | \\<b\\>, `a\\|b`, [x\\](y), \\~\\_z\\_ |"
    )


def test_length_is_limited() -> None:
    """GitHub takes no summary of more than 1 MiB, so that a longer table is cut."""
    text = checks.table((GOOD,) * 1001)
    assert text.count("ID token") == 1000
    assert "more are in" not in checks.table((GOOD,) * 1000)
    assert text.endswith("\n1 more are in the output `report`.")
