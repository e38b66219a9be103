"""What a request that writes a secret may contain; GitHub's OpenAPI description in code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.github.answers import RefusalError, unprocessable
from sandbox.github.vault import Level, Store, Visibility

_BASE64 = re.compile(
    r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VISIBILITIES: tuple[Visibility, ...] = ("all", "private", "selected")
_MEMBERS: Mapping[Level, frozenset[str]] = {
    "organization": frozenset(
        {"encrypted_value", "key_id", "visibility", "selected_repository_ids"}
    ),
    "repository": frozenset({"encrypted_value", "key_id"}),
    "user": frozenset({"encrypted_value", "key_id", "selected_repository_ids"}),
}
_REQUIRED: Mapping[Level, tuple[str, ...]] = {
    "organization": ("visibility",),
    "repository": ("encrypted_value", "key_id"),
    "user": ("key_id",),
}


@dataclass(frozen=True, kw_only=True)
class Payload:
    """A request to write a secret, valid in itself."""

    encrypted_value: str | None = field(repr=False)
    key_id: str
    visibility: Visibility | None
    selected_repository_ids: tuple[int, ...]


def read_payload(members: Mapping[str, Any], level: Level, store: Store) -> Payload:
    """Return the payload in a request's body; raises a 422 `RefusalError` unless it is valid."""
    _check_names(members, level)
    _check_strings(members)
    encrypted_value = members.get("encrypted_value")
    if encrypted_value is not None:
        _check_sealed(encrypted_value, members)
    return Payload(
        encrypted_value=encrypted_value,
        key_id=members.get("key_id", ""),
        visibility=_visibility(members, level),
        selected_repository_ids=read_repository_ids(
            members, strings=(level, store) != ("organization", "codespaces")
        ),
    )


def read_repository_ids(members: Mapping[str, Any], *, strings: bool = False) -> tuple[int, ...]:
    """Return the repositories listed in a request's body; raises a 422 `RefusalError`.

    GitHub's OpenAPI description allows `strings` of digits besides integers in some places, where
    `gh` sends them for Dependabot.
    """
    numbers = members.get("selected_repository_ids", [])
    if not isinstance(numbers, list):
        raise unprocessable(
            f"For 'properties/selected_repository_ids', {_shown(numbers)} is not an array."
        )
    return tuple(sorted({_repository_id(number, strings=strings) for number in numbers}))


def check_name(name: str) -> None:
    """Raise a 422 `RefusalError` unless a secret may have this name.

    https://docs.github.com/actions/reference/secrets-reference#naming-your-secrets
    """
    if not _NAME.fullmatch(name):
        raise RefusalError(
            422,
            "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or "
            "underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) "
            "or underscores (_).",
        )
    if name.upper().startswith("GITHUB_"):
        raise RefusalError(422, "Secret names must not start with GITHUB_.")


def _check_names(members: Mapping[str, Any], level: Level) -> None:
    for name in _REQUIRED[level]:
        if name not in members:
            raise unprocessable(f'"{name}" wasn\'t supplied.')
    for name in members:
        if name not in _MEMBERS[level]:
            raise unprocessable(f'"{name}" is not a permitted key.')


def _check_strings(members: Mapping[str, Any]) -> None:
    for name in ("encrypted_value", "key_id", "visibility"):
        value = members.get(name, "")
        if not isinstance(value, str):
            raise unprocessable(f"For 'properties/{name}', {_shown(value)} is not a string.")


def _check_sealed(encrypted_value: str, members: Mapping[str, Any]) -> None:
    """Check the value's form; GitHub does repeat a malformed one in its message.

    https://github.com/integrations/terraform-provider-github/issues/869
    """
    if not _BASE64.fullmatch(encrypted_value):
        pattern = _BASE64.pattern.replace("/", r"\/")
        raise unprocessable(f"{encrypted_value} does not match /{pattern}/.")
    if "key_id" not in members:
        raise unprocessable('"key_id" wasn\'t supplied.')


def _visibility(members: Mapping[str, Any], level: Level) -> Visibility | None:
    if level == "user":
        return "selected"
    if level == "repository":
        return None
    visibility: Visibility = members["visibility"]
    if visibility not in _VISIBILITIES:
        raise unprocessable(
            f"For 'properties/visibility', {visibility} is not a member of "
            '["all", "private", "selected"].'
        )
    if visibility != "selected" and "selected_repository_ids" in members:
        raise RefusalError(
            422, "Bad request - selected_repository_ids requires the visibility to be selected"
        )
    return visibility


def _repository_id(number: object, *, strings: bool) -> int:
    if strings and isinstance(number, str) and number.isdecimal():
        return int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise unprocessable(
            f"For 'items/selected_repository_ids', {_shown(number)} is not an integer."
        )
    return number


def _shown(value: object) -> str:
    return "nil" if value is None else str(value)
