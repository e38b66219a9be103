"""The JSON Schema of the configuration file."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from rotate.settings.configuration import DEFAULT_KEYS, LIMIT_KEYS, REGISTRY_KEYS, TARGET_KEYS
from rotate.settings.schema import schema
from tests.unit.examples import HOST
from tests.unit.settings.test_configuration import WHOLE

HEAD = f"version: 1\nregistries: {{prod: {{registry: {HOST}}}}}\n"


def is_valid(text: str) -> bool:
    """Return whether an editor that knows the schema finds nothing wrong."""
    return jsonschema.Draft202012Validator(schema()).is_valid(yaml.safe_load(text))


def test_schema_is_one() -> None:
    """The schema is a schema."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_keys() -> None:
    """The schema knows the keys that are read, and no others."""
    known = schema()["properties"]
    assert tuple(known["defaults"]["properties"]) == DEFAULT_KEYS
    assert tuple(known["limits"]["properties"]) == LIMIT_KEYS
    assert tuple(known["registries"]["additionalProperties"]["properties"]) == REGISTRY_KEYS
    assert tuple(known["targets"]["items"]["properties"]) == TARGET_KEYS


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace('"1"', "1"),
        f"{HEAD}targets: [{{user: true}}]",
        f"{HEAD}targets: [{{organization: acme, repositories: 'api, web'}}]",
        f"{HEAD}targets: [{{repositories: [acme/api], renew-before: 1.5h}}]",
    ],
)
def test_valid(text: str) -> None:
    """A file that is read is valid."""
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version: 2",
        HEAD,
        f"{HEAD}targets: []",
        f"{HEAD}targets: [{{}}]",
        f"{HEAD}targets: [{{user: false}}]",
        f"{HEAD}targets: [{{user: true, renew-before: soon}}]",
        f"{HEAD}targets: [{{user: true, scope: user}}]",
        f"{HEAD}targets: [{{organization: acme, visibility: some}}]",
        f"{HEAD}targets: [{{user: true}}]\nlimits: {{concurrent: 0}}",
    ],
)
def test_invalid(text: str) -> None:
    """A file of the wrong shape is not."""
    assert not is_valid(text)
