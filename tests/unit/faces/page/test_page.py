"""The status as a web page."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from rotate import remedies
from rotate.faces.page import html
from rotate.faces.workflow import WorkflowRun
from rotate.model.plan import Command
from rotate.report import Outcome, Report, Result, Slack
from tests.unit.examples import NOW, repository, result

HOUR = 3600.0
HOSTILE = "</script><script>alert(1)</script><!--\"'&`x`"
RUN = WorkflowRun(
    repository="acme/ops", number="42", url="https://github.com/acme/ops/actions/runs/1"
)


def looked_at(name: str, left: float | None, **changes: Any) -> Result:  # noqa: ANN401
    """Return what a status says of a repository with so many seconds left."""
    ends = None if left is None else NOW + timedelta(seconds=left)
    given = result(
        target=repository(name, renew_before=6 * HOUR),
        outcome=Outcome.FRESH,
        written=(),
        written_at=ends and ends - timedelta(hours=12),
        expires_at=ends,
        left=left,
    )
    return replace(given, **changes)


FRESH = looked_at("acme/fresh", 9 * HOUR)
DUE = looked_at("acme/due", HOUR, outcome=Outcome.STALE, reason="due", remedy=remedies.DUE)
EXPIRED = looked_at(
    "acme/expired", -HOUR, outcome=Outcome.STALE, reason="expired", remedy=remedies.EXPIRED
)
INCOMPLETE = looked_at(
    "acme/incomplete", None, outcome=Outcome.STALE, reason="missing", remedy=remedies.INCOMPLETE
)
UNKNOWN = looked_at(
    "acme/unknown", None, outcome=Outcome.FAILED, reason="GitHub is down", remedy="Wait `1 h`."
)
OUT_OF_TIME = replace(UNKNOWN, outcome=Outcome.NOT_ATTEMPTED)
EVERYTHING = (FRESH, DUE, EXPIRED, INCOMPLETE, UNKNOWN)


def page(*results: Result, run: WorkflowRun | None = RUN, **changes: Any) -> str:  # noqa: ANN401
    """Return the page of a status with those results."""
    report = Report(command=Command.STATUS, registries=(), results=results)
    return html(replace(report, **changes), now=NOW, run=run)


def data(text: str) -> dict[str, Any]:
    """Return what the script of a page draws."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert found
    values: dict[str, Any] = json.loads(found[1])
    return values


def states(text: str) -> list[str]:
    """Return how each target of a page stands, in order."""
    values = data(text)
    return [values["names"][row[0]] for row in values["rows"]]


class Elements(HTMLParser):
    """The elements of a page, and what they are given."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("results", "heading", "until"),
    [
        (
            (FRESH,),
            "The one target is fresh",
            'until <time datetime="2026-07-01T21:00:00Z">2026-07-01 21:00 UTC</time>.',
        ),
        ((FRESH, FRESH), "All 2 targets are fresh", "Good for 9 h, until"),
        ((DUE,), "1 of 1 target needs attention", "<p>1 due.</p>"),
        ((replace(DUE, left=0.0),), "1 of 1 target needs attention", "<p>1 expired.</p>"),
        ((FRESH, DUE), "1 of 2 targets needs attention", "1 due. The other one is good for 9 h,"),
        (
            (*EVERYTHING, FRESH),
            "4 of 6 targets need attention",
            "1 unknown, 1 incomplete, 1 expired, 1 due. The other 2 are good for 9 h, until",
        ),
        ((), "There are no targets", "The configuration names none"),
        ((FRESH,) * 1000, "All 1,000 targets are fresh", ""),
    ],
)
def test_verdict(results: tuple[Result, ...], heading: str, until: str) -> None:
    """The first thing on the page is whether everything is well, and until when."""
    text = page(*results)
    assert f"<h1>{heading}</h1>" in text
    assert f"<title>{heading}</title>" in text
    assert until in text


@pytest.mark.parametrize(
    ("results", "well"), [((FRESH,), True), ((), True), ((FRESH, DUE), False), ((UNKNOWN,), False)]
)
def test_sign(results: tuple[Result, ...], well: bool) -> None:
    """The verdict and the picture on the browser's tab say the same, not by colour alone."""
    text = page(*results)
    assert ('<div class="verdict well"' in text) is well
    assert ("M8%204v5" not in text) is well


def test_worst_first() -> None:
    """What GitHub did not tell comes first, then what is broken, and the fresh come last."""
    assert states(page(*EVERYTHING)) == ["unknown", "incomplete", "expired", "due", "fresh"]
    assert states(page(OUT_OF_TIME)) == ["unknown"]


def test_soonest_first() -> None:
    """Among the fresh, the first to end comes first."""
    text = page(FRESH, looked_at("acme/sooner", 7 * HOUR))
    assert [row[3] for row in data(text)["rows"]] == ["acme/sooner", "acme/fresh"]


def test_data() -> None:
    """A row has the moments of its time line; what rows have in common is named once."""
    values = data(page(FRESH, replace(DUE, reason=FRESH.reason), run=None))
    now = NOW.timestamp()
    due, fresh = values["rows"]
    assert (values["now"], values["until"]) == (now, now + 9 * HOUR)
    assert fresh[7:10] == [now - 3 * HOUR, now + 3 * HOUR, now + 9 * HOUR]
    assert [values["names"][place] for place in (*fresh[:3], *fresh[4:7])] == [
        *("fresh", "repository", "acme", "codespaces", "ECR"),
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    ]
    assert (due[11], fresh[11]) == (0, None)
    assert max(Counter(values["names"]).values()) == 1


def test_what_is_not_known() -> None:
    """Without an end there is no time line, and nothing is good until anything."""
    values = data(page(replace(INCOMPLETE, host=None)))
    (row,) = values["rows"]
    assert row[7:10] == [None, None, None]
    assert values["names"][row[6]] == ""
    assert values["until"] is None


def test_advice() -> None:
    """What to do is told once for all the targets that it mends, with code as code."""
    text = page(*EVERYTHING, replace(UNKNOWN, target=repository("acme/other")))
    assert text.count("Wait <code>1 h</code>.") == 1
    assert re.findall('<details id="(.*?)" open>', text) == ["advice-0"]
    assert 'GitHub is down <span class="count">2 targets</span>' in text
    assert "<li>repository acme/unknown</li><li>repository acme/other</li>" in text
    numbers = {row[3]: row[11] for row in data(text)["rows"]}
    assert numbers["acme/unknown"] == numbers["acme/other"] is not None
    assert f'id="advice-{numbers["acme/unknown"]}"' in text


def test_advice_for_many() -> None:
    """Of many targets that one remedy mends, some are named."""
    text = page(*(replace(UNKNOWN, target=repository(f"acme/{n:04}")) for n in range(1000)))
    named = re.findall("<li>(.*?)</li>", text)
    assert named[:1] == ["repository acme/0000"]
    assert len(named) < 100


def test_example() -> None:
    """YAML in a remedy keeps its shape."""
    text = page(replace(UNKNOWN, remedy="Allow it:\n\n    permissions:\n      id-token: write"))
    assert "<p>Allow it:</p><pre>permissions:\n  id-token: write</pre>" in text


def test_warnings() -> None:
    """What will go wrong is on the page; where nothing will, nothing is."""
    assert "<li>Use <code>x</code> &amp; y.</li>" in page(FRESH, warnings=("Use `x` & y.",))
    assert "Warnings" not in page(FRESH)
    assert "What to do</h2>" not in page(FRESH)


def test_slack() -> None:
    """Where the schedule is known, the verdict says how many dropped runs it survives."""
    slack = Slack(cron="17 */3 * * *", window=12 * HOUR, dropped_runs=2)
    told = "The schedule <code>17 */3 * * *</code> survives 2 dropped runs in a row."
    assert told in page(FRESH, slack=slack)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (RUN, ' by <a href="https://github.com/acme/ops/actions/runs/1">run 42 of acme/ops</a>.'),
        (None, "."),
    ],
)
def test_origin(run: WorkflowRun | None, told: str) -> None:
    """The page says when it was made, and links to the run that made it."""
    assert f"2026-07-01 12:00 UTC</time>{told} <span" in page(FRESH, run=run)


def test_hostile_texts() -> None:
    """No name, reason, remedy or warning becomes markup, an attribute or a script."""
    hostile = replace(
        UNKNOWN, target=repository(HOSTILE), host=HOSTILE, reason=HOSTILE, remedy=HOSTILE
    )
    run = WorkflowRun(repository=HOSTILE, number=HOSTILE, url=f"https://github.com/{HOSTILE}")
    text = page(hostile, run=run, warnings=(HOSTILE,))
    elements = Elements(text).found
    assert [given.get("type") for tag, given in elements if tag == "script"] == [
        "application/json",
        None,
    ]
    assert "<!--" not in text
    assert {"onerror", "onclick", "onload"}.isdisjoint(
        key for _, given in elements for key in given
    )
    assert data(text)["rows"][0][3] == HOSTILE
    (link,) = [given["href"] for tag, given in elements if tag == "a" and "42" not in tag][1:2]
    assert link == f"https://github.com/{HOSTILE}"


def test_hostile_code() -> None:
    """What is shown as code, in a sentence or as an example, becomes no markup either."""
    text = page(replace(UNKNOWN, reason="no `<b>`", remedy="Write:\n\n    <b>\n"))
    assert "<code>&lt;b&gt;</code>" in text
    assert "<pre>&lt;b&gt;" in text
    assert "b" not in {tag for tag, _ in Elements(text).found}


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x00", "\ud83d"])
def test_characters_that_break_scripts(character: str) -> None:
    """The data are plain ASCII, whatever a text holds."""
    text = page(replace(UNKNOWN, target=repository(f"acme/{character}"), reason=""))
    assert data(text)["rows"][0][3] == f"acme/{character}"


def test_nothing_is_loaded() -> None:
    """No element names anything that a browser would fetch, and the policy forbids the rest."""
    text = page(*EVERYTHING)
    elements = Elements(text).found
    fetched = {
        given[key]
        for tag, given in elements
        for key in ("src", "href", "srcset", "data", "poster", "action")
        if tag != "a" and given.get(key)
    }
    assert [address for address in fetched if not str(address).startswith("data:image/")] == []
    assert "url(" not in text
    assert "@import" not in text
    policy = next(given["content"] for _, given in elements if given.get("http-equiv"))
    assert "default-src 'none'" in str(policy)
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("tag", ["style", "script"])
def test_only_our_own_code_may_work(tag: str) -> None:
    """The policy names style and script by the hash of what is on the page."""
    text = page(*EVERYTHING)
    found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    assert found
    digest = b64encode(sha256(found[1].encode()).digest()).decode()
    assert f"{tag}-src 'sha256-{digest}'" in text


@pytest.mark.parametrize(("targets", "left_out"), [(500, 0), (501, 1), (2000, 1500)])
def test_without_a_script(targets: int, left_out: int) -> None:
    """A browser that runs no script shows the worst rows, and says how many there are beside."""
    text = page(UNKNOWN, *(looked_at(f"acme/{n}", HOUR * 7 + n) for n in range(targets - 1)))
    plain = text.partition("<noscript>")[2].partition("</noscript>")[0]
    rows = re.findall("<tr><td>.*?</tr>", plain)
    assert len(rows) == targets - left_out
    assert "<td>Unknown</td><th scope=row>repository acme/unknown</th><td></td><td></td>" in rows[0]
    assert '<a href="#advice-0">What to do</a>' in rows[0]
    assert "<td>2026-07-01 07:00 UTC</td><td>2026-07-01 19:00 UTC (7 h left)</td>" in rows[1]
    assert "#advice" not in rows[1]
    more = {0: "", 1: "1 better target", 1500: "1,500 better targets"}[left_out]
    assert re.findall("A script would show (.*) more", plain) == [more][: bool(left_out)]


def test_size() -> None:
    """A page of ten thousand targets stays below two megabytes."""
    text = page(*(looked_at(f"acme/service-{n}", HOUR * 7 + n) for n in range(10_000)))
    assert len(text.encode()) < 2_000_000
