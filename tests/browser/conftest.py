"""Chromium, and the page in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from rotate.faces.page import html
from rotate.faces.workflow import WorkflowRun
from rotate.model.plan import Command
from rotate.report import Report, Result, Slack
from tests.browser.fleet import HOUR, NOW
from tests.interop.program import path_of

_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
"""As root in a container, and without what the browser itself would ask the internet for."""

_RUN = WorkflowRun(
    repository="acme/ops", number="42", url="https://github.com/acme/ops/actions/runs/1"
)


@dataclass
class Shown:
    """A page in the browser, and what it did there."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Messages of the console, and errors of the script."""

    def names(self) -> list[str]:
        """Return the targets that are shown, in order."""
        return self.page.locator("#rows .target strong").all_text_contents()


Show = Callable[..., Shown]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser that the machine has.

    Ubuntu's `chromium` is a snap, which has a `/tmp` of its own; hence Chrome first, which
    GitHub's runners have: https://snapcraft.io/docs/snap-confinement
    """
    path = path_of("google-chrome", "chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=_QUIET)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Return what shows the page of a fleet; nothing may be loaded, or complained of.

    The browser's clock stands so many hours after the page was made; for None it is the machine's.
    """
    opened: list[Shown] = []

    def open_page(
        results: Iterable[Result],
        *,
        hours_later: float | None = 0,
        **options: Any,  # noqa: ANN401
    ) -> Shown:
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(_page(results), encoding="utf-8")
        page = browser.new_context(**options).new_page()
        shown = Shown(page)
        opened.append(shown)
        if hours_later is not None:
            page.clock.install(time=NOW.timestamp() + hours_later * HOUR)
        page.on("request", lambda request: shown.requests.append(request.url))
        page.on("console", lambda message: shown.complaints.append(message.text))
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.goto(file.as_uri())
        return shown

    yield open_page
    for shown in opened:
        assert [url for url in shown.requests if not url.startswith(("file:", "data:"))] == []
        assert shown.complaints == []
        shown.page.context.close()


def _page(results: Iterable[Result]) -> str:
    report = Report(
        command=Command.STATUS,
        registries=(),
        results=tuple(results),
        warnings=("acme/api has a secret `X` of its own.",),
        slack=Slack(cron="17 */2 * * *", window=6 * HOUR, dropped_runs=1),
    )
    return html(report, now=NOW, run=_RUN)
