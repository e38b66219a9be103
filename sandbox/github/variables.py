"""The variables of Actions, as far as a set-up stores one in a repository."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.github.access import Access
from sandbox.github.answers import Answer, Call, Endpoint, RefusalError, unprocessable


class Variables:
    """What each repository's variables hold, by the repository's ID and the variable's name."""

    def __init__(self) -> None:
        self._values: dict[int, dict[str, str]] = {}

    def of(self, repository_id: int) -> dict[str, str]:
        """Return the variables of a repository."""
        return self._values.setdefault(repository_id, {})

    def endpoints(self, access: Access) -> Iterator[Endpoint]:
        """Yield the endpoint that makes a variable."""

        def create(call: Call) -> Answer:
            repository = access.administered_repository(call, "write")
            members = call.members()
            name, value = members.get("name"), members.get("value")
            if not isinstance(name, str) or not isinstance(value, str):
                raise unprocessable("name and value must be strings.")
            known = self.of(repository.id)
            if name in known:
                raise RefusalError(409, "Already exists - Variable already exists")
            known[name] = value
            return Answer(status=201, body={})

        yield Endpoint(
            method="POST",
            path="/repos/{owner}/{repo}/actions/variables",
            handler=create,
            documentation="actions/variables#create-a-repository-variable",
            scopes=("repo",),
            permissions={"variables": "write"},
        )
