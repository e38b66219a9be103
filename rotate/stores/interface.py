"""What the middle asks of a place that holds secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from rotate.grant import Grant
from rotate.model.github import Access, Organization, PublicKey, Repository, Sealed, Standing
from rotate.model.target import Target


class Directory(Protocol):
    """Knows which repositories there are."""

    def repositories(self, owner: str) -> tuple[Repository, ...]:
        """Return every repository of `owner` that the credential can see, asked for once.

        Raises:
            RotateError: they cannot be listed.
        """

    def repository(self, full_name: str) -> Repository:
        """Return one repository, which may be called otherwise by now.

        Raises:
            RotateError: it cannot be seen.
        """

    def organization(self, login: str) -> Organization:
        """Return an organization.

        Raises:
            OrganizationUnknown: the credential sees none of that name.
            RotateError: it is not told.
        """


class Grants(Protocol):
    """Knows what the credential of each owner is, and what it may do."""

    def grant(self, owner: str) -> Grant:
        """Return what the credential that goes for `owner` was granted.

        Raises:
            RotateError: there is no such credential, or it is not accepted.
        """

    def skew(self) -> float | None:
        """Return the seconds by which the store's clock is ahead of ours; None if never heard."""


class SecretStore(Protocol):
    """Holds secrets that can be written and listed, but never read back."""

    def now(self, target: Target) -> datetime:
        """Return the time by the clock that dates the target's secrets, in UTC."""

    def standing(self, target: Target) -> Mapping[str, Standing]:
        """Return every secret that stands at the target's level, by name."""

    def access(self, target: Target, standing: Mapping[str, Standing]) -> Mapping[str, Access]:
        """Return, for each of the target's names, who may read it once it is written."""

    def public_key(self, target: Target) -> PublicKey:
        """Return the key with which the target's values are sealed."""

    def current(self, target: Target) -> Target:
        """Return the target by the name it has now, as far as an answer of the store told it."""

    def reserve(self, target: Target, writes: int) -> None:
        """Wait until so many secrets of the target can be written one right after the other.

        Raises:
            RateLimitOutlastsRun: that is not before the deadline.
        """

    def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
        """Create or update one secret.

        Raises:
            Unprocessable: it cannot be taken; the key may have been replaced.
            RotateError: it was not written.
        """
