"""The issues of repositories, as far as a program keeps one of its own there.

Source: https://docs.github.com/rest/issues/issues, /rest/issues/comments and /rest/issues/labels
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote

from sandbox.clock import Clock
from sandbox.github.access import Access, check_permissions, user_of
from sandbox.github.accounts import Repository, User
from sandbox.github.answers import ORIGIN, Answer, Call, Endpoint, RefusalError, not_found
from sandbox.github.shapes import account_shape, node_id, timestamp

LONGEST_BODY = 65536
"""Characters: https://github.com/orgs/community/discussions/41331"""

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

_READ, _WRITE = {"issues": "read"}, {"issues": "write"}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """An issue as its readers see it; `author` is a login."""

    number: int
    title: str
    body: str
    labels: tuple[str, ...]
    author: str
    created_at: datetime
    is_open: bool = True
    comments: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Tracker:
    """The issues and labels of one repository."""

    issues: dict[int, Issue] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    enabled: bool = True


class Issues:
    """The trackers of all repositories, by the repository's ID."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._trackers: dict[int, Tracker] = {}

    def tracker(self, repository: Repository) -> Tracker:
        """Return the tracker of a repository."""
        return self._trackers.setdefault(repository.id, Tracker())

    def open(
        self, repository: Repository, *, title: str, body: str, labels: Sequence[str], author: str
    ) -> Issue:
        """Open an issue; a label that is not there yet is made."""
        tracker = self.tracker(repository)
        tracker.labels.update(labels)
        issue = Issue(
            number=next(self._numbers),
            title=title,
            body=body,
            labels=tuple(labels),
            author=author,
            created_at=self._clock.now(),
        )
        tracker.issues[issue.number] = issue
        return issue


class IssueEndpoints:
    """Listing, opening, changing and commenting on issues, and the labels that they bear."""

    def __init__(self, access: Access, issues: Issues) -> None:
        self._access = access
        self._issues = issues

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints."""
        repository = "/repos/{owner}/{repo}"
        number = rf"{repository}/issues/{{number:\d+}}"
        for method, path, handler, page in (
            ("GET", f"{repository}/issues", self._list, "issues/issues#list-repository-issues"),
            ("POST", f"{repository}/issues", self._open, "issues/issues#create-an-issue"),
            ("PATCH", number, self._change, "issues/issues#update-an-issue"),
            (
                "POST",
                f"{number}/comments",
                self._comment,
                "issues/comments#create-an-issue-comment",
            ),
            ("GET", f"{repository}/labels/{{name}}", self._label, "issues/labels#get-a-label"),
            ("POST", f"{repository}/labels", self._make_label, "issues/labels#create-a-label"),
        ):
            yield Endpoint(
                method=method,
                path=path,
                handler=handler,
                documentation=page,
                scopes=("repo",),
                permissions=_READ if method == "GET" else _WRITE,
            )

    def _tracker(self, call: Call) -> tuple[Repository, Tracker]:
        repository = self._access.repository(call)
        check_permissions(call)
        tracker = self._issues.tracker(repository)
        if not tracker.enabled and call.method != "GET":
            raise RefusalError(410, "Issues has been disabled in this repository.")
        return repository, tracker

    def _list(self, call: Call) -> Answer:
        """Open ones unless asked otherwise, the newest first; labels must all be there."""
        repository, tracker = self._tracker(call)
        state = call.query.get("state", "open")
        wanted = set(filter(None, call.query.get("labels", "").split(",")))
        found = [
            issue
            for issue in reversed(tracker.issues.values())
            if state in ("all", "open" if issue.is_open else "closed")
            and wanted <= set(issue.labels)
        ]
        shown, headers = call.page(found)
        return Answer(body=[_shape(issue, repository) for issue in shown], headers=headers)

    def _open(self, call: Call) -> Answer:
        repository, _ = self._tracker(call)
        members = call.members()
        _check(members)
        issue = self._issues.open(
            repository,
            title=members["title"],
            body=members.get("body", ""),
            labels=members.get("labels", ()),
            author=_author(call),
        )
        return Answer(status=201, body=_shape(issue, repository))

    def _change(self, call: Call) -> Answer:
        repository, tracker = self._tracker(call)
        issue, members = _issue(call, tracker), call.members()
        _check(members)
        changed = replace(
            issue,
            title=members.get("title", issue.title),
            body=members.get("body", issue.body),
            is_open=members.get("state", "open" if issue.is_open else "closed") == "open",
        )
        tracker.issues[issue.number] = changed
        return Answer(body=_shape(changed, repository))

    def _comment(self, call: Call) -> Answer:
        repository, tracker = self._tracker(call)
        issue, body = _issue(call, tracker), call.members()["body"]
        changed = replace(issue, comments=(*issue.comments, body))
        tracker.issues[issue.number] = changed
        return Answer(status=201, body=_comment_shape(changed, repository, _author(call)))

    def _label(self, call: Call) -> Answer:
        repository, tracker = self._tracker(call)
        if call.parameters["name"] not in tracker.labels:
            raise not_found()
        return Answer(body=_label_shape(call.parameters["name"], repository))

    def _make_label(self, call: Call) -> Answer:
        repository, tracker = self._tracker(call)
        name = call.members()["name"]
        if name in tracker.labels:
            errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
            raise RefusalError(422, "Validation Failed", errors=errors)
        tracker.labels.add(name)
        return Answer(status=201, body=_label_shape(name, repository))


def _check(members: Mapping[str, Any]) -> None:
    if len(members.get("body", "")) > LONGEST_BODY:
        raise RefusalError(422, f"body is too long (maximum is {LONGEST_BODY} characters)")


def _issue(call: Call, tracker: Tracker) -> Issue:
    issue = tracker.issues.get(int(call.parameters["number"]))
    if issue is None:
        raise not_found()
    return issue


def _author(call: Call) -> str:
    user = user_of(call.credential)
    return user.login if user else "github-actions[bot]"


def _shape(issue: Issue, repository: Repository) -> dict[str, Any]:
    place = f"{ORIGIN}/repos/{repository.full_name}"
    url = f"{place}/issues/{issue.number}"
    return {
        "id": issue.number,
        "node_id": node_id("Issue", issue.number),
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": "open" if issue.is_open else "closed",
        "labels": [_label_shape(name, repository) for name in issue.labels],
        "user": _author_shape(issue.author),
        **dict.fromkeys(("assignee", "milestone", "closed_at"), None),
        "locked": False,
        "comments": len(issue.comments),
        "url": url,
        "repository_url": place,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": _page(issue, repository),
        **dict.fromkeys(("created_at", "updated_at"), timestamp(issue.created_at)),
    }


def _label_shape(name: str, repository: Repository) -> dict[str, Any]:
    number = zlib.crc32(name.encode())
    return {
        "id": number,
        "node_id": node_id("Label", number),
        "url": f"{ORIGIN}/repos/{repository.full_name}/labels/{quote(name)}",
        "name": name,
        "description": None,
        "color": "d93f0b",
        "default": False,
    }


def _comment_shape(issue: Issue, repository: Repository, author: str) -> dict[str, Any]:
    """Return the newest comment of an issue."""
    number, url = len(issue.comments), f"{ORIGIN}/repos/{repository.full_name}/issues"
    return {
        "id": number,
        "node_id": node_id("IssueComment", number),
        "url": f"{url}/comments/{number}",
        "html_url": f"{_page(issue, repository)}#issuecomment-{number}",
        "issue_url": f"{url}/{issue.number}",
        "body": issue.comments[-1],
        "user": _author_shape(author),
        **dict.fromkeys(("created_at", "updated_at"), timestamp(issue.created_at)),
    }


def _page(issue: Issue, repository: Repository) -> str:
    return f"https://github.com/{repository.full_name}/issues/{issue.number}"


def _author_shape(login: str) -> dict[str, Any]:
    return account_shape(User(id=zlib.crc32(login.encode()), login=login, created_at=_LONG_AGO))
