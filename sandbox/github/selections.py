"""The endpoints of the repositories selected to read a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sandbox.github.accounts import Accounts, Organization, Repository, User
from sandbox.github.answers import Answer, Call, Endpoint, RefusalError, not_found, unprocessable
from sandbox.github.levels import Holder, SecretLevel, Vaultkeeper
from sandbox.github.payload import read_repository_ids
from sandbox.github.shapes import repository_shape
from sandbox.github.vault import Level, Secret, Store

_SECTIONS: dict[Level, tuple[str, str, str, str]] = {
    "organization": (
        "list-selected-repositories-for-an-organization-secret",
        "set-selected-repositories-for-an-organization-secret",
        "add-selected-repository-to-an-organization-secret",
        "remove-selected-repository-from-an-organization-secret",
    ),
    "user": (
        "list-selected-repositories-for-a-user-secret",
        "set-selected-repositories-for-a-user-secret",
        "add-a-selected-repository-to-a-user-secret",
        "remove-a-selected-repository-from-a-user-secret",
    ),
}


class Selections:
    """Lists and changes which repositories may read a secret."""

    def __init__(self, accounts: Accounts, keeper: Vaultkeeper) -> None:
        self._accounts = accounts
        self._keeper = keeper

    def endpoints(self, level: SecretLevel, store: Store) -> Iterator[Endpoint]:
        """Yield the endpoints below the secrets of a level and store."""
        tails = ("", "", r"/{selected_id:\d+}", r"/{selected_id:\d+}")
        handlers = (self._list, self._set, self._add, self._remove)
        methods = ("GET", "PUT", "PUT", "DELETE")
        for tail, handler, method, section in zip(
            tails, handlers, methods, _SECTIONS[level.name], strict=True
        ):
            yield from level.endpoints(
                store,
                method,
                f"/{{secret_name}}/repositories{tail}",
                section,
                self._opened(level, store, handler),
            )

    def check(self, holder: Holder, repository_ids: Iterable[int]) -> None:
        """Raise a 422 `RefusalError` when a secret cannot be shown to one of the repositories."""
        for number in repository_ids:
            if not self._selectable(holder, number):
                raise RefusalError(
                    422, f"Bad request - repository {number} does not belong to the owner"
                )

    def _opened(
        self, level: SecretLevel, store: Store, handler: Callable[[Call, Holder, Secret], Answer]
    ) -> Callable[[Call], Answer]:
        def handle(call: Call) -> Answer:
            holder = self._keeper.open(call, level.name, store, "admin")
            return handler(call, holder, holder.vault.secret(call.parameters["secret_name"]))

        return handle

    def _list(self, call: Call, holder: Holder, secret: Secret) -> Answer:
        repositories = list(self._accounts.repositories(secret.selected_repository_ids))
        shown, headers = call.page(repositories)
        body = {
            "total_count": len(repositories),
            "repositories": [repository_shape(repository) for repository in shown],
        }
        return Answer(body=body, headers=headers)

    def _set(self, call: Call, holder: Holder, secret: Secret) -> Answer:
        members = call.members()
        if "selected_repository_ids" not in members:
            raise unprocessable('"selected_repository_ids" wasn\'t supplied.')
        chosen = read_repository_ids(members)
        _check_selected(secret)
        self.check(holder, chosen)
        holder.vault.select(secret.name, chosen)
        return Answer(status=204)

    def _add(self, call: Call, holder: Holder, secret: Secret) -> Answer:
        number = self._selected_id(call, holder, secret)
        holder.vault.select(secret.name, (*secret.selected_repository_ids, number))
        return Answer(status=204)

    def _remove(self, call: Call, holder: Holder, secret: Secret) -> Answer:
        number = self._selected_id(call, holder, secret)
        left = tuple(each for each in secret.selected_repository_ids if each != number)
        holder.vault.select(secret.name, left)
        return Answer(status=204)

    def _selected_id(self, call: Call, holder: Holder, secret: Secret) -> int:
        _check_selected(secret)
        number = int(call.parameters["selected_id"])
        if not self._selectable(holder, number):
            raise not_found()
        return number

    def _selectable(self, holder: Holder, number: int) -> bool:
        try:
            repository = self._accounts.repository(number)
        except LookupError:
            return False
        return self._belongs(holder, repository)

    def _belongs(self, holder: Holder, repository: Repository) -> bool:
        """A person selects among the repositories in which they can make a codespace."""
        if isinstance(holder.owner, Organization):
            return repository.owner == holder.owner
        return isinstance(holder.owner, User) and bool(
            self._accounts.role(repository, holder.owner)
        )


def _check_selected(secret: Secret) -> None:
    if secret.visibility != "selected":
        raise RefusalError(409, "Conflict")
