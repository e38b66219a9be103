"""One open issue for each rotation that fails, closed when it has recovered.

https://docs.github.com/rest/issues/issues
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

from rotate.errors import (
    GitHubDenied,
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    IssuesDenied,
    IssuesDisabled,
    Unprocessable,
)
from rotate.notifications.interface import Api, Notice

LABEL = "rotate-ecr-token"
"""By which the issues are found; only who may triage can give it to one."""

_ATTEMPTS = 3
"""Times that an issue is looked for and opened, where GitHub does not say whether it was."""


class GitHubIssues:
    """Keeps issues in one repository; it fulfils `notifications.interface.Notifications`.

    An issue is known again by a marker in its body. It is looked for in a listing: GitHub's search
    takes minutes to learn of a new issue.
    """

    def __init__(self, *, api: Api, repository: str) -> None:
        """Take the API as the credential sees it, and the full name of the repository."""
        self._api = api
        self._path = f"/repos/{repository}"

    def failed(self, notice: Notice) -> None:
        """Open the rotation's issue, or bring it up to date; comment if the reasons are new.

        Raises:
            IssuesDenied: the credential may not write issues.
            IssuesDisabled: the repository has none.
            RotateError: GitHub fails.
        """
        with _explaining():
            issue = self._only(notice)
            if issue is None:
                self._open(notice)
                return
            self._change(issue, notice)
            if _reasons(notice) not in str(issue.get("body")):
                comment = {"body": f"It fails for another reason by now.\n\n{notice.body}"}
                self._api.post(f"{self._path}/issues/{issue['number']}/comments", comment)

    def recovered(self, notice: Notice) -> None:
        """Close the rotation's issue, if one is open.

        Raises:
            RotateError: as `failed` does.
        """
        with _explaining():
            if issue := self._only(notice):
                self._change(issue, notice, state="closed", state_reason="completed")

    def _only(self, notice: Notice) -> Mapping[str, Any] | None:
        """Return the oldest open issue of the rotation, and close any other.

        Two runs at the same time can each have opened one.
        """
        query = f"?per_page=100&state=open&labels={LABEL}"
        listing = self._api.pages(f"{self._path}/issues", query=query)
        found = [issue for issue in listing if _marker(notice) in str(issue.get("body"))]
        found.sort(key=lambda issue: int(issue["number"]))
        for other in found[1:]:
            self._change(other, notice, state="closed", state_reason="not_planned")
        return found[0] if found else None

    def _open(self, notice: Notice) -> None:
        """Open the issue, once: where the answer is lost, look before sending it again."""
        self._make_label()
        content = {"title": notice.title, "body": _body(notice), "labels": [LABEL]}
        for _ in range(_ATTEMPTS):
            try:
                self._api.post(f"{self._path}/issues", content, again=False)
            except GitHubUnavailable as unavailable:
                lost = unavailable
            else:
                return
            if self._only(notice):
                return
        raise lost

    def _make_label(self) -> None:
        """See to it that the label is there: an issue that does not bear it is not found again."""
        try:
            self._api.get(f"{self._path}/labels/{LABEL}")
        except GitHubDenied as denied:
            if denied.status != HTTPStatus.NOT_FOUND:
                raise
            # It is there already if another run was faster.
            with suppress(Unprocessable):
                self._api.post(f"{self._path}/labels", {"name": LABEL, "color": "d93f0b"})

    def _change(self, issue: Mapping[str, Any], notice: Notice, **members: str) -> None:
        content = {"title": notice.title, "body": _body(notice), **members}
        self._api.patch(f"{self._path}/issues/{issue['number']}", content)


@contextmanager
def _explaining() -> Iterator[None]:
    """Say what to grant, or to turn on, so that issues can be written."""
    try:
        yield
    except (GitHubDenied, GitHubTokenRejected) as denied:
        raise IssuesDenied(denied.what) from None
    except GitHubRefusal as refusal:
        if refusal.status != HTTPStatus.GONE:
            raise
        raise IssuesDisabled from None


def _body(notice: Notice) -> str:
    return f"{notice.body}\n\n{_marker(notice)}\n{_reasons(notice)}\n"


def _marker(notice: Notice) -> str:
    return f"<!-- rotate-ecr-token: {notice.key} -->"


def _reasons(notice: Notice) -> str:
    return f"<!-- reasons: {notice.reasons} -->"
