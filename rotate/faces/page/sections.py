"""The parts of the page that are there without a script: verdict, warnings, advice, worst rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape

from rotate.faces.page.rows import Row, State
from rotate.faces.prose import paragraphs, spans
from rotate.faces.words import counted, end, survival
from rotate.faces.workflow import WorkflowRun
from rotate.report import Failure, Report, failures, listed, name
from rotate.times import iso, length, utc

_UNFOLDED = 1
"""Pieces of advice that are shown without a click."""

_MOST_ROWS = 500
"""Rows that a page shows where scripts are not allowed."""


def icon(report: Report) -> str:
    """Return the name of the picture that a browser's tab shows."""
    return "well.svg" if report.succeeded else "unwell.svg"


def verdict(report: Report, rows: Sequence[Row], now: datetime) -> str:
    """Return whether everything is well, and until when."""
    well = "well" if report.succeeded else "unwell"
    lines = [_until(report, rows, now), *_slack(report)]
    said = "".join(f"<p>{line}</p>" for line in lines)
    return f'<div class="verdict {well}" id="verdict"><h1>{title(rows)}</h1>{said}</div>'


def title(rows: Sequence[Row]) -> str:
    """Return in a few words whether everything is well."""
    bad = sum(row.state is not State.FRESH for row in rows)
    if not rows:
        return "There are no targets"
    if bad:
        verb = "needs" if bad == 1 else "need"
        return f"{bad:,} of {counted(len(rows), 'target')} {verb} attention"
    return "The one target is fresh" if len(rows) == 1 else f"All {len(rows):,} targets are fresh"


def _until(report: Report, rows: Sequence[Row], now: datetime) -> str:
    if not rows:
        return "The configuration names none that the GitHub credential can see."
    counts = Counter(row.state for row in rows)
    bad = ", ".join(
        f"{counts[state]:,} {state}"
        for state in State
        if counts[state] and state is not State.FRESH
    )
    if not report.expires_at:
        return f"{bad}."
    life = (report.expires_at - now).total_seconds()
    until = f"for {length(life)}, until {_time(report.expires_at)}"
    if not bad:
        return f"Good {until}."
    others = (
        "The other one is" if counts[State.FRESH] == 1 else f"The other {counts[State.FRESH]:,} are"
    )
    return f"{bad}. {others} good {until}."


def _slack(report: Report) -> list[str]:
    return [_prose(survival(report.slack))] if report.slack else []


def origin(now: datetime, run: WorkflowRun | None) -> str:
    """Return when the page was made, and by whom."""
    when = f"Looked up {_time(now)}"
    if run is None:
        return f"{when}."
    link = f'<a href="{escape(run.url)}">run {escape(run.number)} of {escape(run.repository)}</a>'
    return f"{when} by {link}."


def warnings(report: Report) -> str:
    """Return what will go wrong although nothing has failed yet; nothing where all is safe."""
    if not report.warnings:
        return ""
    items = "".join(f"<li>{_prose(warning)}</li>" for warning in report.warnings)
    return (
        '<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2>'
        f"<ul>{items}</ul></section>"
    )


def advice(report: Report) -> str:
    """Return what to do, each remedy once; nothing where there is nothing to do."""
    found = failures(report)
    if not found:
        return ""
    items = "".join(_advice(failure, number) for number, failure in enumerate(found))
    return (
        '<section class="advice" aria-labelledby="advice"><h2 id="advice">What to do</h2>'
        f"{items}</section>"
    )


def _advice(failure: Failure, number: int) -> str:
    opened = " open" if number < _UNFOLDED else ""
    places = "".join(f"<li>{escape(place)}</li>" for place in listed(failure.targets))
    remedy = "".join(
        f"<pre>{escape(piece.text)}</pre>" if piece.code else f"<p>{_prose(piece.text)}</p>"
        for piece in paragraphs(failure.remedy)
    )
    return (
        f'<details id="advice-{number}"{opened}><summary>{_prose(failure.reason)} '
        f'<span class="count">{counted(len(failure.targets), "target")}</span></summary>'
        f'{remedy}<ul class="places">{places}</ul></details>'
    )


def table(rows: Sequence[Row]) -> str:
    """Return the worst rows as plain cells, for a browser that runs no script."""
    cells = "".join(_row(row) for row in rows[:_MOST_ROWS])
    more = len(rows) - _MOST_ROWS
    note = f"<p>A script would show {counted(more, 'better target')} more.</p>" if more > 0 else ""
    return (
        "<table><thead><tr><th scope=col>State</th><th scope=col>Target</th>"
        "<th scope=col>Written</th><th scope=col>Valid until</th><th scope=col>What to do</th>"
        f"</tr></thead><tbody>{cells}</tbody></table>{note}"
    )


def _row(row: Row) -> str:
    result = row.result
    written = utc(result.written_at) if result.written_at else ""
    todo = _prose(result.reason)
    if row.advice is not None:
        todo += f' <a href="#advice-{row.advice}">What to do</a>'
    return (
        f"<tr><td>{row.state.capitalize()}</td><th scope=row>{escape(name(result))}</th>"
        f"<td>{written}</td><td>{end(result)}</td><td>{todo}</td></tr>"
    )


def _time(moment: datetime) -> str:
    return f'<time datetime="{iso(moment)}">{utc(moment)}</time>'


def _prose(text: str) -> str:
    return "".join(
        f"<code>{escape(piece.text)}</code>" if piece.code else escape(piece.text)
        for piece in spans(text)
    )
