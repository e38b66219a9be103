"""The one question of the GraphQL interface that `gh secret set --repos` asks.

https://github.com/cli/cli/blob/v2.23.0/api/queries_repo.go: aliased `repository(owner:, name:)`
fields, of which it wants the `databaseId`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.github.access import Access
from sandbox.github.accounts import Accounts
from sandbox.github.answers import Answer, Call, Endpoint, RefusalError
from sandbox.github.credentials import Anonymous, Credential

_FIELD = re.compile(
    r'(?P<alias>\w+):\s*repository\(owner:\s*"(?P<owner>[^"]+)",\s*name:\s*"(?P<name>[^"]+)"\)'
    r"\s*{\s*databaseId\s*}"
)


class GraphQLEndpoint:
    """Looks up the IDs of repositories by name."""

    def __init__(self, accounts: Accounts, access: Access) -> None:
        self._accounts = accounts
        self._access = access

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoint; its limits are counted apart from those of REST."""
        yield Endpoint(
            method="POST",
            path="/graphql",
            handler=self._query,
            documentation="guides/forming-calls-with-graphql",
            metered=False,
        )

    def _query(self, call: Call) -> Answer:
        if isinstance(call.credential, Anonymous):
            raise RefusalError(401, "This endpoint requires you to be authenticated.")
        data: dict[str, Any] = {}
        errors: list[dict[str, Any]] = []
        for field in _FIELD.finditer(str(call.members().get("query", ""))):
            full_name = f"{field['owner']}/{field['name']}"
            data[field["alias"]] = self._found(call.credential, full_name)
            if data[field["alias"]] is None:
                errors.append(_unresolved(field["alias"], full_name))
        return Answer(body={"data": data} | ({"errors": errors} if errors else {}))

    def _found(self, credential: Credential, full_name: str) -> dict[str, int] | None:
        try:
            repository = self._accounts.repository(full_name)
        except LookupError:
            return None
        return {"databaseId": repository.id} if self._access.sees(credential, repository) else None


def _unresolved(alias: str, full_name: str) -> dict[str, Any]:
    return {
        "type": "NOT_FOUND",
        "path": [alias],
        "message": f"Could not resolve to a Repository with the name '{full_name}'.",
    }
