"""Where secrets lie: one vault for each owner and store, with its own pair of keys."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from sandbox.clock import Clock
from sandbox.github.answers import RefusalError, not_found

Level = Literal["organization", "repository", "user"]
Store = Literal["codespaces", "dependabot", "actions"]
Visibility = Literal["all", "private", "selected"]

CAPACITY = 100
"""Secrets that a vault holds: https://docs.github.com/codespaces/managing-your-codespaces/managing-your-account-specific-secrets-for-github-codespaces"""

LARGEST_VALUE = 48 * 1024
"""Bytes that a secret's value may have; the same source."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret as GitHub keeps it; repository secrets have no `visibility`."""

    name: str
    value: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    visibility: Visibility | None = None
    selected_repository_ids: tuple[int, ...] = ()


class Vault:
    """The secrets of one owner in one store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secrets: dict[str, Secret] = {}
        self.rotate_key()

    @property
    def public_key(self) -> str:
        """The key that values are to be sealed with, in base64."""
        return b64encode(bytes(self._private_key.public_key)).decode()

    def rotate_key(self) -> None:
        """Change the keys; what was sealed with the old ones is no longer taken.

        A key's identifier is a string that may begin with a zero, as in GitHub's own examples.
        """
        self._private_key = PrivateKey.generate()
        self.key_id = f"0{secrets.randbelow(10**17):017}"

    def secrets(self) -> list[Secret]:
        """Return all secrets by name."""
        return sorted(self._secrets.values(), key=lambda secret: secret.name)

    def find(self, name: str) -> Secret | None:
        """Return the secret of that name, in whichever case, if there is one."""
        return self._secrets.get(name.upper())

    def secret(self, name: str) -> Secret:
        """Return the secret of that name, or raise a 404 `RefusalError`."""
        found = self.find(name)
        if found is None:
            raise not_found()
        return found

    def unseal(self, encrypted_value: str, key_id: str) -> str:
        """Return the value in a sealed box.

        Raises:
            RefusalError: 422 when it was not sealed with the present key, or is too large. The
                wording was seen in https://github.com/integrations/terraform-provider-github/issues/2315
        """
        if key_id != self.key_id:
            raise _improperly_encrypted()
        try:
            value = SealedBox(self._private_key).decrypt(b64decode(encrypted_value))
        except (CryptoError, ValueError, TypeError) as error:
            raise _improperly_encrypted() from error
        if len(value) > LARGEST_VALUE:
            raise RefusalError(422, "Bad request - the secret value is larger than 48 KB")
        return value.decode(errors="surrogateescape")

    def put(
        self,
        name: str,
        value: str,
        *,
        visibility: Visibility | None = None,
        selected_repository_ids: tuple[int, ...] = (),
        age: timedelta = timedelta(),
    ) -> None:
        """Create or overwrite a secret; raises a 422 `RefusalError` when there are too many."""
        known = self.find(name)
        if known is None and len(self._secrets) >= CAPACITY:
            raise RefusalError(422, f"Bad request - the limit of {CAPACITY} secrets is reached")
        now = (self._clock.now() - age).replace(microsecond=0)
        self._secrets[name.upper()] = Secret(
            name=name.upper(),
            value=value,
            created_at=known.created_at if known else now,
            updated_at=now,
            visibility=visibility,
            selected_repository_ids=selected_repository_ids,
        )

    def select(self, name: str, repository_ids: tuple[int, ...]) -> None:
        """Replace the list of repositories that may read a secret."""
        chosen = tuple(sorted(set(repository_ids)))
        self._secrets[name.upper()] = replace(self.secret(name), selected_repository_ids=chosen)

    def remove(self, name: str) -> None:
        """Delete a secret; raises a 404 `RefusalError` when there is none."""
        del self._secrets[self.secret(name).name]


class Vaults:
    """All vaults, made when first opened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._vaults: dict[tuple[Level, int, Store], Vault] = {}

    def open(self, level: Level, owner_id: int, store: Store) -> Vault:
        """Return the vault of an account or repository, known by its ID, in a store."""
        key = (level, owner_id, store)
        if key not in self._vaults:
            self._vaults[key] = Vault(self._clock)
        return self._vaults[key]


def _improperly_encrypted() -> RefusalError:
    return RefusalError(
        422, "Bad request - validation failed due to an improperly encrypted secret"
    )
