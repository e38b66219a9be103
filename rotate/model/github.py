"""What GitHub shows and takes: secrets as they stand, sealed values, and who owns what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from rotate.model.target import Visibility


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository as GitHub lists it."""

    id: int
    full_name: str
    archived: bool = False
    administered: bool | None = None
    """Whether the token's person is its administrator; None where GitHub does not say."""


@dataclass(frozen=True, kw_only=True)
class Organization:
    """An organization as GitHub shows it."""

    login: str
    plan: str | None = None
    """Such as `free` or `team`; None to those who may not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One secret as it stands at GitHub; its value can never be read back."""

    updated_at: datetime
    visibility: Visibility | None = None


@dataclass(frozen=True, kw_only=True)
class Access:
    """Which repositories may read a secret, as sent with every write of it."""

    visibility: Visibility | None = None
    repository_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """Key with which values are sealed for one target and store."""

    key_id: str
    """As GitHub gave it: leading zeros count."""
    key: str
    """Base64 of a Curve25519 public key."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A value that only GitHub can open."""

    key_id: str
    encrypted_value: str = field(repr=False)
