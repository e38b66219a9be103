"""The endpoints of secrets: the same for three stores and three levels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.github.accounts import Role
from sandbox.github.answers import Answer, Call, Endpoint, unprocessable
from sandbox.github.levels import LEVELS, Holder, SecretLevel, Vaultkeeper
from sandbox.github.payload import Payload, check_name, read_payload
from sandbox.github.selections import Selections
from sandbox.github.shapes import timestamp
from sandbox.github.vault import Level, Secret, Store

_SHORTEST_SEALED_VALUE = 64
_SECTIONS: dict[Level, dict[str, str]] = {
    "organization": {
        "list": "list-organization-secrets",
        "key": "get-an-organization-public-key",
        "get": "get-an-organization-secret",
        "put": "create-or-update-an-organization-secret",
        "delete": "delete-an-organization-secret",
    },
    "repository": {
        "list": "list-repository-secrets",
        "key": "get-a-repository-public-key",
        "get": "get-a-repository-secret",
        "put": "create-or-update-a-repository-secret",
        "delete": "delete-a-repository-secret",
    },
    "user": {
        "list": "list-secrets-for-the-authenticated-user",
        "key": "get-public-key-for-the-authenticated-user",
        "get": "get-a-secret-for-the-authenticated-user",
        "put": "create-or-update-a-secret-for-the-authenticated-user",
        "delete": "delete-a-secret-for-the-authenticated-user",
    },
}


class SecretEndpoints:
    """The endpoints of the secrets of one level in one store."""

    def __init__(
        self,
        level: SecretLevel,
        store: Store,
        *,
        keeper: Vaultkeeper,
        selections: Selections,
        canaries: set[str],
    ) -> None:
        self._level = level
        self._store = store
        self._keeper = keeper
        self._selections = selections
        self._canaries = canaries

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints; the public key's comes before that of a secret by name."""
        sections = _SECTIONS[self._level.name]
        for method, tail, section, handler in (
            ("GET", "", sections["list"], self._list),
            ("GET", "/public-key", sections["key"], self._key),
            ("GET", "/{secret_name}", sections["get"], self._get),
            ("PUT", "/{secret_name}", sections["put"], self._put),
            ("DELETE", "/{secret_name}", sections["delete"], self._delete),
        ):
            yield from self._level.endpoints(self._store, method, tail, section, handler)

    def _open(self, call: Call, role: Role) -> Holder:
        return self._keeper.open(call, self._level.name, self._store, role)

    def _list(self, call: Call) -> Answer:
        holder = self._open(call, "write")
        secrets = holder.vault.secrets()
        shown, headers = call.page(secrets)
        listed = [_secret(secret, holder) for secret in shown]
        return Answer(body={"total_count": len(secrets), "secrets": listed}, headers=headers)

    def _key(self, call: Call) -> Answer:
        vault = self._open(call, "read").vault
        return Answer(body={"key_id": vault.key_id, "key": vault.public_key})

    def _get(self, call: Call) -> Answer:
        holder = self._open(call, "write")
        return Answer(body=_secret(holder.vault.secret(call.parameters["secret_name"]), holder))

    def _put(self, call: Call) -> Answer:
        """Create or update a secret.

        An update without `selected_repository_ids` empties the list of a selected secret:
        https://github.com/external-secrets/external-secrets/issues/6519
        """
        members = call.members()
        self._watch(members.get("encrypted_value"))
        holder = self._open(call, self._writing_role)
        name = call.parameters["secret_name"]
        check_name(name)
        payload = read_payload(members, holder.level, holder.store)
        self._selections.check(holder, payload.selected_repository_ids)
        known = holder.vault.find(name)
        holder.vault.put(
            name,
            _value(payload, known, holder),
            visibility=payload.visibility,
            selected_repository_ids=payload.selected_repository_ids,
        )
        return Answer(status=204) if known else Answer(status=201, body={})

    def _delete(self, call: Call) -> Answer:
        holder = self._open(call, self._writing_role)
        holder.vault.remove(call.parameters["secret_name"])
        return Answer(status=204)

    @property
    def _writing_role(self) -> Role:
        """Codespaces ask for an administrator, the others for a collaborator."""
        return "admin" if self._store == "codespaces" else "write"

    def _watch(self, encrypted_value: object) -> None:
        if isinstance(encrypted_value, str) and len(encrypted_value) >= _SHORTEST_SEALED_VALUE:
            self._canaries.add(encrypted_value)


def secret_endpoints(
    keeper: Vaultkeeper, selections: Selections, canaries: set[str]
) -> Iterator[Endpoint]:
    """Yield every endpoint of secrets there is."""
    for level in LEVELS:
        for store in level.permissions:
            yield from SecretEndpoints(
                level, store, keeper=keeper, selections=selections, canaries=canaries
            ).endpoints()
            if level.name != "repository":
                yield from selections.endpoints(level, store)


def _value(payload: Payload, known: Secret | None, holder: Holder) -> str:
    if payload.encrypted_value is not None:
        return holder.vault.unseal(payload.encrypted_value, payload.key_id)
    if known is None:
        raise unprocessable('"encrypted_value" wasn\'t supplied.')
    return known.value


def _secret(secret: Secret, holder: Holder) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "name": secret.name,
        "created_at": timestamp(secret.created_at),
        "updated_at": timestamp(secret.updated_at),
    }
    if secret.visibility is not None:
        shape["visibility"] = secret.visibility
    if secret.visibility == "selected":
        shape["selected_repositories_url"] = f"{holder.url}/{secret.name}/repositories"
    return shape
