"""The JSON Schema of the configuration file, for editors; generated from the inputs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from rotate.model.target import Secrets, Store, Visibility
from rotate.settings.configuration import DEFAULT_KEYS, LIMIT_KEYS, REGISTRY_KEYS, TARGET_KEYS
from rotate.settings.inputs import INPUTS

ADDRESS = (
    "https://raw.githubusercontent.com/rotate-ecr-token/rotate-ecr-token/main/"
    "rotate-ecr-token.schema.json"
)

_Schema = dict[str, Any]


def schema() -> _Schema:
    """Return the schema; it knows shapes and words, `plan --offline` checks the rest."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Configuration of rotate-ecr-token",
        "type": "object",
        "required": ["version", "registries", "targets"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": 1, "description": "Version of this format."},
            "defaults": _described("What many have in common.", _mapping(DEFAULT_KEYS)),
            "limits": _described(
                "How fast each GitHub credential is used; absent: as GitHub documents it.",
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {key: {"type": "integer", "minimum": 1} for key in LIMIT_KEYS},
                },
            ),
            "registries": {
                "description": "Where images live, by a name of your choice.",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": _mapping(REGISTRY_KEYS),
            },
            "targets": {
                "description": "The places that hold the secrets.",
                "type": "array",
                "minItems": 1,
                "items": _target(),
            },
        },
    }


def _target() -> _Schema:
    target = _mapping(TARGET_KEYS)
    target["properties"]["registry"] = {
        "type": "string",
        "description": "Name of one of `registries`; may be absent where there is only one.",
    }
    target["anyOf"] = [{"required": [key]} for key in ("organization", "repositories", "user")]
    return target


def _mapping(keys: Iterable[str]) -> _Schema:
    meanings = {known.name: known.meaning for known in INPUTS}
    meanings["user"] = "The user of `github-token` is the target."
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: _described(meanings[key], _SHAPES.get(key, {"type": "string"})) for key in keys
        },
    }


def _described(meaning: str, shape: _Schema) -> _Schema:
    return {"description": meaning, **shape}


def _words(words: type[Enum]) -> _Schema:
    return {"enum": [word.value for word in words]}


def _listed(item: _Schema, *, alone: _Schema) -> _Schema:
    """A list, or a text with one item per line or comma."""
    return {"anyOf": [{"type": "array", "items": item}, alone]}


_TEXT: _Schema = {"type": "string"}
_ACCOUNT: _Schema = {"type": ["string", "integer"]}
"""YAML takes twelve bare digits for a number."""

_SHAPES: dict[str, _Schema] = {
    "registry": _ACCOUNT,
    "role-duration-seconds": {"type": "integer", "minimum": 900, "maximum": 43200},
    "role-chain": _listed(_TEXT, alone=_TEXT),
    "allowed-account-ids": _listed(_ACCOUNT, alone=_ACCOUNT),
    "verify": {"type": "boolean"},
    "user": {"const": True},
    "repositories": _listed(_TEXT, alone=_TEXT),
    "visibility": _words(Visibility),
    "secrets": _words(Secrets),
    "stores": _listed(_words(Store), alone=_TEXT),
    "renew-before": {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?[smh]$|^[0-9]{1,3}%$"},
}
