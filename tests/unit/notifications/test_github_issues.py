"""One open issue for each rotation that fails."""

from __future__ import annotations

from typing import Any

import pytest

from rotate.errors import (
    GitHubDenied,
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    IssuesDenied,
    IssuesDisabled,
    RotateError,
    Unprocessable,
)
from rotate.notifications.github_issues import GitHubIssues
from rotate.notifications.interface import Notice
from tests.unit.fake_clients import FakeGitHub

NOTICE = Notice(key="k1", title="It fails", body="Mend it.", reasons="r1")
BODY = "Mend it.\n\n<!-- rotate-ecr-token: k1 -->\n<!-- reasons: r1 -->\n"
LIST = "GET /repos/acme/ops/issues?per_page=100&state=open&labels=rotate-ecr-token"
OPEN = "POST /repos/acme/ops/issues"
LABEL = "GET /repos/acme/ops/labels/rotate-ecr-token"
MAKE_LABEL = "POST /repos/acme/ops/labels"
CHANGE = "PATCH /repos/acme/ops/issues/7"
COMMENT = "POST /repos/acme/ops/issues/7/comments"
LOST = GitHubUnavailable("GitHub answered HTTP 502", where=OPEN)


def denied(status: int) -> GitHubDenied:
    """Return how GitHub refuses."""
    return GitHubDenied(status=status, message="no", where="GET", accepted="", single_sign_on="")


def issue(number: int, body: str | None = BODY) -> dict[str, Any]:
    """Return an issue as GitHub lists it."""
    return {"number": number, "body": body}


def kept(answers: dict[str, object]) -> tuple[GitHubIssues, FakeGitHub]:
    """Return the issues of a GitHub that gives those answers."""
    github = FakeGitHub(answers)
    return GitHubIssues(api=github, repository="acme/ops"), github


def test_first_failure() -> None:
    """The first failure opens an issue with the label and both markers."""
    issues, github = kept({LIST: [issue(1, None), issue(2, "another")], LABEL: {}, OPEN: {}})
    issues.failed(NOTICE)
    assert github.sent == [LIST, LABEL, OPEN]
    assert github.bodies == [{"title": "It fails", "body": BODY, "labels": ["rotate-ecr-token"]}]


@pytest.mark.parametrize("made", [{}, Unprocessable(message="already_exists", where=MAKE_LABEL)])
def test_first_failure_of_all(made: object) -> None:
    """The label is made where it is missing, and it does not matter who was faster."""
    issues, github = kept({LIST: [], LABEL: denied(404), MAKE_LABEL: made, OPEN: {}})
    issues.failed(NOTICE)
    assert github.sent == [LIST, LABEL, MAKE_LABEL, OPEN]


def test_same_failure() -> None:
    """A failure that lasts changes the issue, and says nothing more."""
    issues, github = kept({LIST: [issue(7)], CHANGE: {}})
    issues.failed(NOTICE)
    assert github.sent == [LIST, CHANGE]
    assert github.bodies == [{"title": "It fails", "body": BODY}]


def test_another_failure() -> None:
    """Another reason is a comment, beside the change."""
    issues, github = kept({LIST: [issue(7, BODY.replace("r1", "r0"))], CHANGE: {}, COMMENT: {}})
    issues.failed(NOTICE)
    assert github.sent == [LIST, CHANGE, COMMENT]
    assert str(github.bodies[-1]["body"]).endswith("Mend it.")


def test_recovery() -> None:
    """A recovery closes the issue."""
    issues, github = kept({LIST: [issue(7)], CHANGE: {}})
    issues.recovered(NOTICE)
    (sent,) = github.bodies
    assert (sent["state"], sent["state_reason"]) == ("closed", "completed")


def test_nothing_to_close() -> None:
    """Where no issue is open, a success asks once and writes nothing."""
    issues, github = kept({LIST: [issue(1, "another")]})
    issues.recovered(NOTICE)
    assert github.sent == [LIST]


def test_doubled() -> None:
    """Of two issues of one rotation the older is kept, and the other is closed."""
    other = "PATCH /repos/acme/ops/issues/9"
    issues, github = kept({LIST: [issue(9), issue(7)], CHANGE: {}, other: {}})
    issues.failed(NOTICE)
    assert github.sent == [LIST, other, CHANGE]
    assert github.bodies[0]["state"] == "closed"
    assert github.bodies[0]["state_reason"] == "not_planned"
    assert "state" not in github.bodies[1]


class Losing(FakeGitHub):
    """Loses answers, after or before the issue was opened."""

    def __init__(self, *, opened: bool) -> None:
        """Take whether the issue is there all the same."""
        super().__init__({LABEL: {}, OPEN: LOST})
        self._opened = opened

    def _find(self, request: str) -> object:
        if request != LIST:
            return super()._find(request)
        there = self._opened and OPEN in self.sent
        self.sent.append(request)
        return [issue(7)] if there else []


def test_lost_answer() -> None:
    """Where the answer is lost, the issue is looked for before it is opened again."""
    github = Losing(opened=True)
    GitHubIssues(api=github, repository="acme/ops").failed(NOTICE)
    assert github.sent == [LIST, LABEL, OPEN, LIST]


def test_outage() -> None:
    """An outage that lasts is told after three attempts."""
    github = Losing(opened=False)
    with pytest.raises(GitHubUnavailable):
        GitHubIssues(api=github, repository="acme/ops").failed(NOTICE)
    assert github.sent.count(OPEN) == 3
    assert github.again == [False] * 3


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({LIST: denied(403)}, IssuesDenied),
        ({LIST: denied(404)}, IssuesDenied),
        ({LIST: GitHubTokenRejected(LIST)}, IssuesDenied),
        ({LIST: [], LABEL: denied(403)}, IssuesDenied),
        ({LIST: [], LABEL: denied(404), MAKE_LABEL: denied(403)}, IssuesDenied),
        (
            {LIST: [], LABEL: {}, OPEN: GitHubRefusal(status=410, message="no", where=OPEN)},
            IssuesDisabled,
        ),
        (
            {LIST: [], LABEL: {}, OPEN: GitHubRefusal(status=451, message="no", where=OPEN)},
            GitHubRefusal,
        ),
    ],
)
def test_refusals(answers: dict[str, object], error: type[RotateError]) -> None:
    """What keeps people from being told has a remedy of its own."""
    issues, _ = kept(answers)
    with pytest.raises(error):
        issues.failed(NOTICE)


def test_refused_recovery() -> None:
    """What keeps an issue from being closed has the same remedy."""
    issues, _ = kept({LIST: denied(403)})
    with pytest.raises(IssuesDenied):
        issues.recovered(NOTICE)
