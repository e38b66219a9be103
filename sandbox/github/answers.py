"""What the endpoints of the REST interface are made of: calls, answers, refusals, pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.github.credentials import ANONYMOUS, Credential

ORIGIN = "https://api.github.com"
DOCUMENTATION = "https://docs.github.com/rest"

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A status, a body that JSON can express (`None`: no body) and headers."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """A request that GitHub turns down.

    `details` are further members of the body, `documentation_url` among them when it is not
    the endpoint's own.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **details: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.details = details

    def answer(self, documentation_url: str) -> Answer:
        """Return the refusal as GitHub words it."""
        body = {
            "message": self.message,
            "documentation_url": documentation_url,
            "status": str(self.status),
        }
        return Answer(status=self.status, body=body | self.details, headers=self.headers)


def not_found() -> RefusalError:
    """Return the refusal that also stands for "you may not know whether it exists"."""
    return RefusalError(404, "Not Found")


def unprocessable(message: str) -> RefusalError:
    """Return the refusal of a body that contradicts the endpoint's schema."""
    return RefusalError(422, f"Invalid request.\n\n{message}")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A method and path template, what it needs, and what handles it.

    `scopes` are those of classic tokens, any of which will do; `permissions` those of
    fine-grained tokens and Apps, all of them needed. `documentation` is the page and the
    section below docs.github.com/rest. Calls of an endpoint that is not `metered` are free.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    documentation: str = ""
    scopes: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    metered: bool = True

    @property
    def documentation_url(self) -> str:
        """Where GitHub documents this endpoint."""
        return f"{DOCUMENTATION}/{self.documentation}".rstrip("/")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to one endpoint, after authentication."""

    endpoint: Endpoint
    method: str
    url: str
    parameters: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    version: str = ""
    credential: Credential = ANONYMOUS

    def members(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object; an empty one stands for no body."""
        if not self.body:
            return {}
        try:
            parsed = json.loads(self.body)
        except ValueError as error:
            raise RefusalError(400, "Problems parsing JSON") from error
        if not isinstance(parsed, dict):
            raise RefusalError(400, "Body should be a JSON object")
        return parsed

    def page(self, items: Sequence[Item]) -> tuple[list[Item], dict[str, str]]:
        """Return the items of the page asked for, and the `Link` header when there are more.

        Thirty a page unless asked, a hundred at most:
        https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        size = min(_positive(self.query.get("per_page"), 30), 100)
        number = _positive(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        shown = list(items[(number - 1) * size : number * size])
        links = [
            f'<{_with_page(self.url, target)}>; rel="{relation}"'
            for relation, target in _relations(number, last)
        ]
        return shown, {"Link": ", ".join(links)} if links else {}


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default


def _relations(number: int, last: int) -> list[tuple[str, int]]:
    before = [("prev", min(number - 1, last))] if number > 1 else []
    after = [("next", number + 1), ("last", last)] if number < last else []
    return [*before, *after, *([("first", 1)] if number > 1 else [])]


def _with_page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | {"page": str(number)}
    return f"{ORIGIN}{parts.path}?{urlencode(query)}"
