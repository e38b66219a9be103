"""GitHub's REST API, through PyGithub's requester.

PyGithub has no methods for Codespaces secrets. Its requester keeps the request under way on
itself, so that two threads on one of them can send one's body to the other's address: every
thread has its own. Retries, redirects and pace are ours: PyGithub's own sleep for hours, take a
redirected write for a written one, and know no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from ssl import SSLContext
from threading import local
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github
from github.Requester import Requester
from urllib3.exceptions import HTTPError

from rotate import __version__
from rotate.deadline import Deadline
from rotate.errors import (
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    InstallationTokenNotYetKnown,
    InstallationTokenRejected,
    RateLimited,
)
from rotate.grant import Kind, kind_of
from rotate.retry import persistently
from rotate.stores import rate_limit
from rotate.stores.answer import Answer, answered
from rotate.stores.connection import Connection, Unfinished, is_redirect
from rotate.stores.listing import entries
from rotate.stores.pace import Pace
from rotate.times import answered_at
from rotate.trace import Trace, silent, traced

_API_VERSION = "2022-11-28"
_TIMEOUT = 8.0
"""Seconds that one request may take."""

_NEW = 5.0
"""Seconds in which a token of an App's installation may not be known to all of GitHub yet.

Octokit waits as long: https://github.com/octokit/auth-app.js/issues/65
"""

_REDIRECTS = 3
"""Redirects followed in a row: a renamed repository needs one."""

_OWNER = re.compile(r"^/(?:repos/[^/]+/[^/]+|orgs/[^/]+)")
"""What a redirect gives by another name or by its ID; the rest of an address stays the same."""


class GitHub:
    """GitHub's REST API for one credential; any number of threads may use it."""

    def __init__(
        self,
        *,
        api_url: str,
        token: Callable[[], str],
        deadline: Deadline,
        pace: Pace,
        trust: SSLContext,
        trace: Trace = silent,
    ) -> None:
        """Take what gives the token of the moment, what limits its use, and whom to trust."""
        self._api_url = api_url
        self._token = token
        self._deadline = deadline
        self._pace = pace
        self._trust = trust
        self._trace = trace
        self._thread = local()
        self._first_used: dict[str, float] = {}
        self._ahead: timedelta | None = None

    def now(self) -> datetime:
        """Return the time by GitHub's own clock, as of its last answer; in UTC."""
        return self._deadline.clock.now() + (self._ahead or timedelta())

    def skew(self) -> float | None:
        """Return the seconds that GitHub's clock is ahead of ours; None before its first answer."""
        return None if self._ahead is None else self._ahead.total_seconds()

    @property
    def kind(self) -> Kind:
        """What kind of credential the token is, told by its prefix."""
        return kind_of(self._token())

    @property
    def is_installation(self) -> bool:
        """Whether the token is that of an App's installation, as a workflow's own is, too."""
        return self.kind in (Kind.INSTALLATION, Kind.WORKFLOW)

    def get(self, path: str) -> Answer:
        """Return the answer to a GET.

        Raises:
            GitHubDenied: no permission, or no such thing (HTTP 403 or 404).
            RotateError: it failed in another way; the class says which.
        """
        return self._send("GET", path)

    def put(self, path: str, body: Mapping[str, object]) -> Answer:
        """Return the answer to a PUT, which is sent again after passing errors: it is idempotent.

        Raises:
            RotateError: as `get` does.
        """
        return self._send("PUT", path, body)

    def prepay(self, writes: int) -> None:
        """Wait until so many PUTs may follow each other without a limit in between.

        Raises:
            RateLimitOutlastsRun: that is not before the deadline.
        """
        self._pace.prepay(writes)

    def post(
        self, path: str, body: Mapping[str, object] | None = None, *, again: bool = True
    ) -> Answer:
        """Return the answer to a POST, sent again after passing errors if `again`.

        Raises:
            RotateError: as `get` does.
        """
        return self._send("POST", path, body, again=again)

    def patch(self, path: str, body: Mapping[str, object]) -> Answer:
        """Return the answer to a PATCH, which is sent again after passing errors.

        Raises:
            RotateError: as `get` does.
        """
        return self._send("PATCH", path, body)

    def pages(
        self, path: str, items: str | None = None, *, query: str = "?per_page=100"
    ) -> Iterator[Mapping[str, Any]]:
        """Return the entries of every page of a listing, which stand under `items` or are it all.

        Raises:
            GitHubUnavailable: it is no listing, or shows less than it says there is.
            RotateError: as `get` does.
        """
        return entries(self._page, path, items, query=query, is_own=self._is_own)

    def _page(self, path: str) -> Answer:
        """Return a page, of which there may be any number; none is part of a write under way."""
        self._deadline.check()
        return self.get(path)

    def _send(
        self,
        verb: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        again: bool = True,
    ) -> Answer:
        def once() -> Answer:
            while True:
                with self._pace.admitted(write=verb != "GET"):
                    try:
                        return self._once(verb, path, body)
                    except RateLimited as limited:
                        self._pace.pause(limited.wait)

        return persistently(once, deadline=self._deadline) if again else once()

    def _once(self, verb: str, path: str, body: Mapping[str, object] | None) -> Answer:
        where = f"{verb} {path.partition('?')[0]}"
        location = path
        for _ in range(_REDIRECTS + 1):
            status, headers, text = self._exchange(verb, location, body, where)
            if not is_redirect(status):
                break
            location = headers.get("location", "")
            if problem := self._astray(verb, path, location):
                raise GitHubRefusal(status=status, message=problem, where=where)
        try:
            answer = answered(status, headers, text, where)
        except GitHubTokenRejected:
            raise self._rejected(where) from None
        return replace(answer, moved=location != path)

    def _rejected(self, where: str) -> GitHubTokenRejected:
        """Return what it means that GitHub does not know the token which this thread has sent.

        An installation's is made shortly before its first use, here or in a step before.
        """
        token: str = self._thread.token
        if kind_of(token) is not Kind.INSTALLATION:
            return GitHubTokenRejected(where)
        age = self._deadline.clock.monotonic() - self._first_used[token]
        return (InstallationTokenNotYetKnown if age < _NEW else InstallationTokenRejected)(where)

    def _exchange(
        self, verb: str, path: str, body: Mapping[str, object] | None, where: str
    ) -> tuple[int, Mapping[str, str], str]:
        try:
            answer = self._sent(verb, path, body)
        except (HTTPError, ValueError, OverflowError) as error:
            # A header that holds a line break is a plain ValueError, and a number that PyGithub
            # cannot read is one or the other.
            what = f"the request failed: {type(error).__name__}"
            raise GitHubUnavailable(what, where=where) from None
        self._notice(answer[1])
        return answer

    def _sent(
        self, verb: str, path: str, body: Mapping[str, object] | None
    ) -> tuple[int, Mapping[str, str], str]:
        requester, connection = self._client()
        connection.timeout = self._deadline.allowance(_TIMEOUT)
        url = path if path.startswith("https:") else f"{self._api_url}{path}"
        with traced(self._trace, clock=self._deadline.clock, method=verb, url=url) as exchange:
            try:
                # It names its own two classes, but calls what ours has, too.
                answer = requester.requestJson(
                    verb,
                    path,
                    input=body,
                    cnx=connection,  # type: ignore[arg-type]
                )
            except Unfinished as unfinished:
                answer = unfinished.status, unfinished.headers, ""
            exchange.answer = str(answer[0])
        return answer

    def _notice(self, headers: Mapping[str, str]) -> None:
        """Learn GitHub's time, and when the primary limit is used up, from any answer."""
        if (now := answered_at(headers)) is not None:
            self._ahead = now - self._deadline.clock.now()
        if rate_limit.is_used_up(headers):
            self._pace.pause(rate_limit.wait(headers))

    def _client(self) -> tuple[Requester, Connection]:
        """Return this thread's own requester, with the token of the moment, and connection."""
        token = self._token()
        if not hasattr(self._thread, "connection"):
            self._thread.connection = Connection(self._api_url, trust=self._trust)
        if getattr(self._thread, "token", None) != token:
            self._thread.token = token
            # Threads that come at once agree on one moment, since `setdefault` is atomic.
            self._first_used.setdefault(token, self._deadline.clock.monotonic())
            self._thread.requester = self._requester(token)
        return self._thread.requester, self._thread.connection

    def _requester(self, token: str) -> Requester:
        return Github(
            # A scheme of `Bearer`, which an App's JSON Web Token needs and every token takes.
            auth=Auth.AppAuthToken(token),
            base_url=self._api_url,
            user_agent=f"rotate-ecr-token/{__version__}",
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=_API_VERSION,
        ).requester

    def _astray(self, verb: str, path: str, location: str) -> str | None:
        """Return why a redirect is not followed: it leads to another host, or a write elsewhere."""
        if not self._is_own(location):
            return "a redirect to another host is not followed"
        if verb != "GET" and not urlsplit(location).path.endswith(_OWNER.sub("", path)):
            return "a redirect of a write to something else is not followed"
        return None

    def _is_own(self, address: str) -> bool:
        api = urlsplit(self._api_url)
        return address.startswith(f"{api.scheme}://{api.netloc}/")
