"""AWS's query protocol: a form in, XML out.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from xml.sax.saxutils import escape  # nosec B406  # It writes XML, and reads none.

from aiohttp import web

Tree = Mapping[str, "str | Tree"]


class QueryError(Exception):
    """An error answer: AWS's code and message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the parameters of a request, `Action` among them."""
    form = await request.post() if request.method == "POST" else request.query
    return {name: str(value) for name, value in form.items()}


def listed(form: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return a list, whose members are numbered from one."""
    prefix = f"{name}.member."
    numbers = sorted(int(key.removeprefix(prefix)) for key in form if key.startswith(prefix))
    return tuple(form[f"{prefix}{number}"] for number in numbers)


def answer(action: str, result: Tree | None, *, namespace: str) -> web.Response:
    """Return the answer to a call; without a result it only says that all went well."""
    content: Tree = {} if result is None else {f"{action}Result": result}
    body = {f"{action}Response": {**content, "ResponseMetadata": _metadata()}}
    return _xml(body, namespace=namespace)


def refusal(error: QueryError, *, namespace: str) -> web.Response:
    """Return the answer that stands for an error."""
    told = {"Type": "Sender", "Code": error.code, "Message": error.message}
    body = {"ErrorResponse": {"Error": told, **_metadata()}}
    return _xml(body, namespace=namespace, status=error.status)


def _metadata() -> Tree:
    return {"RequestId": str(uuid.uuid4())}


def _xml(tree: Tree, *, namespace: str, status: int = 200) -> web.Response:
    text = _elements(tree).replace(">", f' xmlns="{namespace}">', 1)
    return web.Response(text=text, content_type="text/xml", status=status)


def _elements(tree: Tree) -> str:
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else _elements(value)}</{name}>"
        for name, value in tree.items()
    )
