"""What GitHub answers, and which error an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from rotate.errors import (
    GitHubDenied,
    GitHubRefusal,
    GitHubTokenRejected,
    GitHubUnavailable,
    RateLimited,
    RepositoryArchived,
    RotateError,
    Unprocessable,
)
from rotate.foreign import parsed, phrase
from rotate.stores import rate_limit

_SUCCESS = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer of GitHub's that is no error."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    body: Any = field(repr=False)
    """The JSON of the body, None where it is empty."""
    moved: bool = False
    """Whether another address answered, to which the one that was asked led."""


def answered(status: int, headers: Mapping[str, str], text: str, where: str) -> Answer:
    """Return the answer that came, if it is one.

    Raises:
        RateLimited: a limit is reached.
        RotateError: it is an error; the class says which.
    """
    body = parsed(text)
    message = phrase(body.get("message", "")) if isinstance(body, dict) else ""
    if status in _SUCCESS:
        if text and body is None:
            raise GitHubUnavailable(f"the answer (HTTP {status}) is not JSON", where=where)
        return Answer(status=status, headers=headers, body=body)
    if rate_limit.is_reached(status, headers, message):
        raise RateLimited(where=where, wait=rate_limit.wait(headers))
    raise _error(status, headers, message or "no message", where)


def _error(status: int, headers: Mapping[str, str], message: str, where: str) -> RotateError:
    if status == HTTPStatus.UNAUTHORIZED:
        return GitHubTokenRejected(where)
    if status == HTTPStatus.FORBIDDEN and "archived" in message.lower():
        return RepositoryArchived(where)
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return GitHubDenied(
            status=status,
            message=message,
            where=where,
            accepted=phrase(headers.get("x-accepted-github-permissions", "")),
            single_sign_on=phrase(headers.get("x-github-sso", "")),
        )
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return Unprocessable(message=message, where=where)
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return GitHubUnavailable(f"GitHub answered HTTP {status}", where=where)
    return GitHubRefusal(status=status, message=message, where=where)
