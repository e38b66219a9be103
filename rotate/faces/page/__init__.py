"""The status as one web page: how fresh every target is, until when, and what to do.

The page needs nothing but itself. Its content policy lets nothing be loaded, its own script and
style are named by their hashes, and whatever comes from a report is escaped.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from string import Template
from urllib.parse import quote

from rotate.faces.page import sections
from rotate.faces.page.rows import data, rows_of
from rotate.faces.workflow import WorkflowRun
from rotate.report import Report


def html(report: Report, *, now: datetime, run: WorkflowRun | None) -> str:
    """Return the page of a status.

    Args:
        report: what the status came to.
        now: when it was found out.
        run: the workflow that found it out, if one did.
    """
    rows = rows_of(report)
    style, script = _part("page.css"), _part("page.js")
    return Template(_part("page.html")).substitute(
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        icon=f"data:image/svg+xml,{quote(_part(sections.icon(report)))}",
        style=style,
        script=script,
        title=sections.title(rows),
        verdict=sections.verdict(report, rows, now),
        origin=sections.origin(now, run),
        warnings=sections.warnings(report),
        advice=sections.advice(report),
        rows=sections.table(rows),
        data=_embedded(data(rows, now, report.expires_at)),
    )


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source expression that lets exactly this text of the page work.

    https://www.w3.org/TR/CSP3/#framework-directive-source-list
    """
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _embedded(values: object) -> str:
    """Return JSON in which nothing can end the element that holds it, or begin a comment.

    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    return json.dumps(values, separators=(",", ":")).replace("<", r"\u003c")
