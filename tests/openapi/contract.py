"""Whether requests to GitHub, and the sandbox's answers, are as GitHub describes them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.testing import MockRequest, MockResponse

from sandbox.faults import Exchange
from tests.openapi.description import Description

HOST = "api.github.com"

_METHODS = frozenset({"get", "put", "post", "patch", "delete"})
_BY_NUMBER = (
    (re.compile(r"^/repositories/\d+"), "/repos/owner/name"),
    (re.compile(r"^/organizations/\d+"), "/orgs/login"),
)
"""Where GitHub's redirects and links lead to, which the description says nothing of.

https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
"""

_SEALED = re.compile(r"[A-Za-z0-9+/]{64,}={0,2}|[A-Za-z0-9+/]{43}=")
"""A value that only GitHub can open, or the key that it is sealed with: different each time."""

_REFUSAL = {
    "description": "What every endpoint may answer, although few of them say so.",
    "content": {
        "application/json": {
            "schema": {
                "allOf": [{"$ref": "#/components/schemas/basic-error"}],
                "required": ["message", "documentation_url"],
            }
        }
    },
}


class Contract:
    """GitHub's description as a judge of exchanges; what looks the same is judged once."""

    def __init__(self, description: Description) -> None:
        permissions = description["components"]["schemas"]["app-permissions"]["properties"]
        self.permissions = frozenset(permissions)
        """What an installation token can be asked for."""
        self._openapi = OpenAPI.from_dict(_amended(description))
        self._judged: dict[object, tuple[str, ...]] = {}

    def deviations(self, exchanges: Iterable[Exchange], *, own: bool = True) -> set[str]:
        """Return what is not as described, nothing if all is well.

        Where the requests are the program's `own`, none of them may deviate. Others may send what
        they like as long as it is refused. An answer is judged unless a fault has touched it.
        """
        found: set[str] = set()
        for exchange in exchanges:
            if exchange.host != HOST or exchange.path == "/graphql":
                continue
            if own or exchange.status < 300:
                found.update(self._of_request(exchange))
            if exchange.genuine:
                found.update(self._of_answer(exchange))
        return found

    def _of_request(self, exchange: Exchange) -> tuple[str, ...]:
        request = _request(exchange)
        sent = _outline(_json(exchange.sent))
        looks = (request.method, _place(request), repr(_outline(request.args)), repr(sent))
        if looks not in self._judged:
            errors = map(_told, self._openapi.iter_request_errors(request))
            found = (*errors, *self._undescribed_parameters(request))
            self._judged[looks] = _deviations(exchange, "is asked", found)
        return self._judged[looks]

    def _of_answer(self, exchange: Exchange) -> tuple[str, ...]:
        request = _request(exchange)
        body = _typical(_json(exchange.answer))
        looks = (request.method, _place(request), exchange.status, repr(_outline(body)))
        if looks not in self._judged:
            response = MockResponse(
                data=json.dumps(body).encode() if exchange.answer else b"",
                status_code=exchange.status,
                headers=dict(exchange.headers),
                content_type=exchange.headers.get("Content-Type", ""),
            )
            errors = self._openapi.iter_response_errors(request, response)
            # That there is no such path is the request's fault, and judged there.
            found = (_told(error) for error in errors if not isinstance(error, PathError))
            verb = f"is answered with {exchange.status}"
            self._judged[looks] = _deviations(exchange, verb, found)
        return self._judged[looks]

    def _undescribed_parameters(self, request: MockRequest) -> Iterator[str]:
        """Yield what GitHub would silently ignore in the query."""
        finder = APICallPathFinder(self._openapi.spec)
        try:
            operation = finder.find(request.method, request.host_url + request.path).operation
        except PathError:
            return
        described = {parameter["name"] for parameter in operation.get("parameters", [])}
        for name in sorted(set(request.args or ()) - described):
            yield f"there is no parameter {name!r}"


def _amended(description: Description) -> Description:
    """Return the description with what GitHub documents in prose only.

    And without a slip: the accounts of a listing of installations were to be users and enterprises
    at once, while elsewhere, and in the documentation's examples, an account is one of both:
    https://docs.github.com/rest/apps/apps#list-installations-for-the-authenticated-app
    """
    amended = copy.deepcopy(description)
    listing = amended["paths"]["/app/installations"]["get"]["responses"]["200"]
    listing["content"]["application/json"]["schema"]["items"] = {
        "$ref": "#/components/schemas/installation"
    }
    for item in amended["paths"].values():
        for operation in (item[method] for method in _METHODS & item.keys()):
            operation["responses"] |= {"3XX": _REFUSAL, "4XX": _REFUSAL}
            body = operation.get("requestBody")
            if body:
                body["content"]["application/json"]["schema"]["additionalProperties"] = False
    return amended


def _request(exchange: Exchange) -> MockRequest:
    url = urlsplit(exchange.path)
    path = url.path
    for number, name in _BY_NUMBER:
        path = number.sub(name, path)
    return MockRequest(
        f"https://{HOST}",
        exchange.method,
        path,
        args={name: values[-1] for name, values in parse_qs(url.query).items()},
        data=exchange.sent,
        content_type=exchange.content_type or "application/json",
    )


def _place(request: MockRequest) -> str:
    return re.sub(r"\d+", "0", request.path)


def _json(body: bytes) -> Any:  # noqa: ANN401
    return json.loads(body) if body else None


def _deviations(exchange: Exchange, verb: str, found: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{exchange.method} {exchange.path} {verb}: {each}" for each in found)


def _told(error: BaseException) -> str:
    """Return an error with its causes, which openapi-core keeps to themselves."""
    schema_errors = getattr(error, "schema_errors", None)
    told = "; ".join(
        f"{each.json_path}: {each.message[:200]}" for each in schema_errors or ()
    ) or str(error)
    return f"{told} {_told(error.__cause__)}" if error.__cause__ else told


def _typical(value: Any) -> Any:  # noqa: ANN401
    """Return JSON with one entry of a list for all that look the same."""
    if isinstance(value, dict):
        return {name: _typical(each) for name, each in value.items()}
    if isinstance(value, list):
        return list({repr(_outline(each)): _typical(each) for each in value}.values())
    return value


def _outline(value: Any) -> Any:  # noqa: ANN401
    """Return what is left of JSON without the names and numbers that differ each time."""
    if isinstance(value, dict):
        return {name: _outline(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_outline(each) for each in value]
    if isinstance(value, str):
        # A single word may be one of an enumeration.
        return value if value.isalpha() else re.sub(r"\d+", "0", _SEALED.sub("sealed", value))
    return type(value).__name__
