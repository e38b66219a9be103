"""The page as people meet it: in a browser, by mouse and by keyboard, in the dark and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Show
from tests.browser.fleet import HOST, fresh, mixed

AXE = Axe()
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
WORST = ["acme/service-0", "globex/service-1", "octocat/service-2", "acme/service-3"]
ROWS_AT_ONCE = 50
MILLISECONDS_TO_LOAD = 5000
MILLISECONDS_TO_FILTER = 500
"""Far above what either takes on an idle machine, and far below what people wait for."""


def test_verdict(show: Show) -> None:
    """A glance says whether all is well, until when, and what was looked up by whom."""
    page = show(mixed(50)).page
    expect(page.get_by_role("heading", level=1)).to_have_text("4 of 50 targets need attention")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("1 unknown, 1 incomplete, 1 expired, 1 due.")
    expect(verdict).to_contain_text("survives 1 dropped run")
    expect(page.get_by_role("link", name="run 42 of acme/ops")).to_be_visible()
    expect(page.get_by_role("region", name="Warnings")).to_contain_text("of its own")


def test_rows(show: Show) -> None:
    """Each row says in words how a target stands, how long, and what to do."""
    page = show(mixed(50)).page
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("Unknown")
    expect(rows.nth(1)).to_contain_text("HTTP 403: no access")
    expect(rows.nth(2)).to_contain_text("Incomplete")
    expect(rows.nth(3)).to_contain_text("30 h ago")
    expect(rows.nth(4)).to_contain_text("2 h left")
    expect(rows.nth(5)).to_contain_text("Nothing: runs renew it from")
    expect(rows.nth(4).get_by_role("img")).to_have_accessible_name(
        "written 2026-07-01 02:00 UTC, renewed from 2026-07-01 08:00 UTC, "
        "valid until 2026-07-01 14:00 UTC"
    )


def test_time_line(show: Show) -> None:
    """Life that is left is drawn after the moment of the look, life that was lived before it."""
    line = show(mixed(50)).page.get_by_role("row").nth(4).locator("svg[role=img]")
    past, rest, renewal = (line.locator(f".{name}") for name in ("past", "rest", "renewal"))
    now = 50
    assert percent(past, "x") + percent(past, "width") == pytest.approx(now)
    assert percent(past, "width") == pytest.approx(50 * 10 / 12)
    assert (percent(rest, "x"), percent(rest, "width")) == pytest.approx((now, 50 * 2 / 12))
    assert percent(renewal, "x") == pytest.approx(now - 50 * 4 / 12)


def percent(shape: Any, attribute: str) -> float:  # noqa: ANN401
    """Return a length of a shape."""
    return float(shape.get_attribute(attribute).removesuffix("%"))


def test_search(show: Show) -> None:
    """Every word of a search narrows the rows, in any part of a name, registry or store."""
    shown = show(mixed(200))
    box = shown.page.get_by_role("searchbox", name="Search")
    told = shown.page.locator("#shown")
    box.fill("globex service-1 us-EAST")
    expect(told).to_have_text("0 of 200 targets")
    box.fill("GLOBEX service-19")
    expect(told).to_have_text("5 of 200 targets")
    assert all(name.startswith("globex/service-19") for name in shown.names())


def test_filters(show: Show) -> None:
    """State, owner, registry and store narrow the rows together, until they are cleared."""
    shown = show(mixed(200))
    page = shown.page
    page.get_by_role("group", name="State").get_by_text("Fresh").click()
    page.get_by_label("Owner").select_option("acme")
    page.get_by_label("Registry").select_option(HOST)
    page.get_by_label("Store").select_option("dependabot")
    expect(page.locator("#shown")).to_have_text("22 of 200 targets")
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(22)
    assert all("dependabot" in text for text in rows.all_text_contents())
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#shown")).to_have_text("200 targets")


def test_states_are_counted(show: Show) -> None:
    """Each state that there is can be chosen, and says how many targets are in it."""
    page = show(mixed(50)).page
    states = page.get_by_role("group", name="State").get_by_role("radio")
    assert [
        state.evaluate("one => one.parentElement.innerText.split(/\\s+/).join(' ')")
        for state in states.all()
    ] == [
        "All 50",
        "Unknown 1",
        "Incomplete 1",
        "Expired 1",
        "Due 1",
        "Fresh 46",
    ]


def test_keyboard(show: Show) -> None:
    """Everything can be reached and used without a mouse, and the focus can be seen."""
    shown = show(mixed(150))
    page = shown.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the targets")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="All")).to_be_focused()
    assert (
        page.locator(".states label").first.evaluate("l => getComputedStyle(l).outlineStyle")
        == "solid"
    )
    page.keyboard.press("ArrowRight")
    assert shown.names() == WORST[:1]
    page.keyboard.press("Tab")
    page.keyboard.type("nobody")
    assert shown.names() == []
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr")).to_have_count(ROWS_AT_ONCE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="What to do").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#advice-0")).to_have_attribute("open", "")


def test_advice_unfolds(show: Show) -> None:
    """The link of a row opens the advice that it leads to."""
    page = show(mixed(50)).page
    advice = page.locator("details").filter(has_text="expired")
    expect(advice).not_to_have_attribute("open", "")
    page.get_by_role("row").filter(has_text="30 h ago").get_by_role("link").click()
    expect(advice).to_have_attribute("open", "")
    expect(advice).to_be_in_viewport()


def test_more_rows_come_while_scrolling(show: Show) -> None:
    """Rows are drawn as they are needed, and in the end all of them are there."""
    shown = show(fresh(170))
    assert len(shown.names()) == ROWS_AT_ONCE
    rows = shown.page.locator("#rows tr")
    for expected in (100, 150, 170):
        shown.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(rows).to_have_count(expected)
    expect(shown.page.get_by_role("button", name="Show")).to_be_hidden()


@pytest.mark.parametrize(
    ("hours_later", "told", "outdated"),
    [(0, "", False), (2, "That was 2 h ago.", False), (7.5, "That was 7 h 30 min ago.", True)],
)
def test_age(show: Show, hours_later: float, told: str, outdated: bool) -> None:
    """A page that is looked at late says how old it is, and when it holds no longer."""
    page = show(fresh(50), hours_later=hours_later).page
    expect(page.locator("#age")).to_have_text(told)
    says = page.get_by_text("This page is out of date")
    expect(says).to_be_visible() if outdated else expect(says).to_be_hidden()


def test_age_of_an_open_page(show: Show) -> None:
    """A page that stays open notices that it holds no longer."""
    page = show(fresh(50)).page
    expect(page.get_by_text("This page is out of date")).to_be_hidden()
    page.clock.run_for(7 * 3600 * 1000 + 60_000)
    expect(page.get_by_text("This page is out of date")).to_be_visible()


@pytest.mark.parametrize(
    ("results", "options"),
    [
        (mixed, {"color_scheme": "light"}),
        (mixed, {"color_scheme": "dark"}),
        (mixed, {"color_scheme": "light", **PHONE}),
        (mixed, {"color_scheme": "dark", **PHONE}),
        (fresh, {"color_scheme": "light"}),
        (fresh, {"color_scheme": "dark"}),
    ],
)
def test_accessibility(show: Show, results: Any, options: dict[str, Any]) -> None:  # noqa: ANN401
    """No rule of WCAG that a program can check is broken: roles, names, contrast and the rest."""
    page = show(results(10), **options).page
    found = AXE.run(page)
    assert found.violations_count == 0, found.generate_report()
    assert {"color-contrast", "landmark-one-main"} <= {
        rule["id"] for rule in found.response["passes"]
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scheme(show: Show, scheme: Any) -> None:  # noqa: ANN401
    """The page is light or dark as the reader's system is."""
    page = show(fresh(3), color_scheme=scheme).page
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


@pytest.mark.parametrize("results", [mixed, fresh], ids=["mixed", "fresh"])
def test_phone(show: Show, results: Any) -> None:  # noqa: ANN401
    """On a phone nothing is cut off, and nothing scrolls sideways."""
    page = show(results(30), **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_print(show: Show) -> None:
    """On paper there are all rows and all advice, dark on light, and nothing to click."""
    page = show(mixed(450), color_scheme="dark").page
    assert len(page.pdf()) > 10_000
    page.emulate_media(media="print")
    expect(page.locator("#rows tr")).to_have_count(450)
    assert page.locator("details:not([open])").count() == 0
    expect(page.locator("#filters")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 35, 40)"


def test_no_motion(show: Show) -> None:
    """Nothing on the page moves, so that there is nothing to reduce."""
    page = show(mixed(30)).page
    assert page.evaluate("document.getAnimations().length") == 0
    durations = (
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).transitionDuration)"
    )
    assert set(page.evaluate(durations)) == {"0s"}


def test_without_a_script(show: Show) -> None:
    """Without scripts the verdict, the advice and every row can still be read."""
    page = show(mixed(30), java_script_enabled=False).page
    expect(page.get_by_role("heading", level=1)).to_have_text("4 of 30 targets need attention")
    expect(page.get_by_role("row")).to_have_count(31)
    expect(page.get_by_role("row").nth(3)).to_contain_text("expired")
    expect(page.locator("form")).to_be_hidden()


def test_nobody(show: Show) -> None:
    """A fleet without targets is no error, and no empty table."""
    page = show([]).page
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no targets")
    expect(page.get_by_role("table")).to_be_hidden()


def test_few(show: Show) -> None:
    """Three targets need no filters."""
    page = show(fresh(3)).page
    expect(page.locator("form")).to_be_hidden()
    expect(page.locator("#rows tr")).to_have_count(3)


def test_ten_thousand(show: Show) -> None:
    """Ten thousand targets are there in a moment, and are filtered in less."""
    shown = show(mixed(10_000), hours_later=None)
    page = shown.page
    loading = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    assert page.evaluate(loading) < MILLISECONDS_TO_LOAD
    assert shown.names()[:4] == WORST
    filtering = """box => {
        const begun = performance.now();
        box.value = "octocat 99";
        box.dispatchEvent(new Event("input", {bubbles: true}));
        document.body.offsetHeight; // Only known once everything has its place.
        return performance.now() - begun;
    }"""
    assert page.get_by_role("searchbox").evaluate(filtering) < MILLISECONDS_TO_FILTER
    matching = sum("99" in str(number) for number in range(2, 10_000, 3))
    expect(page.locator("#shown")).to_have_text(f"{matching} of 10,000 targets")
