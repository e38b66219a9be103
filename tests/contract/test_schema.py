"""The JSON Schema and the reader of the configuration file agree on what it may hold."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
import yaml

from rotate import settings
from rotate.errors import InvalidSettings
from rotate.model.plan import Plan
from rotate.settings.inputs import INPUTS
from rotate.settings.schema import ADDRESS, schema
from tests.contract.documentation import PAGES, ROOT, blocks, page

EXAMPLES = [
    text for path in PAGES for text in blocks(page(path), "yaml") if "\ntargets:" in f"\n{text}"
]

MINIMAL = """\
version: 1
registries:
  prod: {aws-region: us-east-1, registry: "123456789012"}
targets:
  - repositories: [acme/api]
"""

WRONG = {
    "another version": MINIMAL.replace("version: 1", "version: 2"),
    "no version": MINIMAL.replace("version: 1\n", ""),
    "no registries": "version: 1\ntargets:\n  - repositories: [acme/api]\n",
    "no registry": "version: 1\nregistries: {}\ntargets:\n  - repositories: [acme/api]\n",
    "no targets": MINIMAL.partition("targets:")[0],
    "no target": MINIMAL.partition("targets:")[0] + "targets: []\n",
    "an unknown key at the top": MINIMAL + "target: []\n",
    "an unknown key of a registry": MINIMAL.replace("aws-region", "region"),
    "an unknown key of a target": MINIMAL + "    prefix: ECR\n",
    "an unknown default": MINIMAL + "defaults: {organization: acme}\n",
    "an unknown limit": MINIMAL + "limits: {reads-per-hour: 1}\n",
    "a limit of nothing": MINIMAL + "limits: {writes-per-hour: 0}\n",
    "a session that is too short": MINIMAL + "defaults: {role-duration-seconds: 60}\n",
    "a switch that is no boolean": MINIMAL + "defaults: {verify: perhaps}\n",
    "an unknown word": MINIMAL + "    secrets: some\n",
    "an unknown store": MINIMAL + "    stores: [codespace]\n",
    "an odd length of time": MINIMAL + "    renew-before: 6 hours\n",
    "a target that is nowhere": MINIMAL.replace("repositories: [acme/api]", "secret-prefix: ECR"),
    "a target that is no mapping": MINIMAL + "  - acme/web\n",
    "a user who is none": MINIMAL + "  - user: false\n",
    "a mapping in place of a text": MINIMAL + "    secret-prefix: {name: ECR}\n",
}
"""Files that both refuse, by what is wrong with them."""

BEYOND_SHAPES = {
    "a registry that is not there": MINIMAL + "    registry: data\n",
    "a repository without its owner": MINIMAL.replace("acme/api", "api"),
    "a key that is given twice": MINIMAL + "version: 1\n",
    "an alias": MINIMAL + "  - &again {repositories: [acme/web]}\n  - *again\n",
}
"""Files that no schema can refuse, and that the reader does."""


def read(text: str) -> Plan:
    """Read a configuration file as `plan --offline` does."""
    return settings.read({"config": "file"}, {}, load=lambda _: text.encode(), offline=True)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Return what editors check a file with."""
    return jsonschema.Draft202012Validator(schema())


def test_the_schema_is_one() -> None:
    """It is what its dialect calls a schema."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_published_schema_is_the_generated_one() -> None:
    """The file that editors fetch is, to the byte, what the command line prints."""
    printed = subprocess.run(
        [sys.executable, "-m", "rotate", "schema"], cwd=ROOT, capture_output=True, check=True
    ).stdout

    assert (ROOT / "rotate-ecr-token.schema.json").read_bytes() == printed
    assert json.loads(printed) == schema()


def test_every_key_is_described() -> None:
    """Whoever hovers over a key in an editor reads what the input means."""
    properties: dict[str, Any] = schema()["properties"]
    keys = {
        **properties["registries"]["additionalProperties"]["properties"],
        **properties["targets"]["items"]["properties"],
    }
    meanings = {known.name: known.meaning for known in INPUTS}

    assert all(described["description"] for described in (*properties.values(), *keys.values()))
    assert all(
        keys[name]["description"] == meanings[name] for name in keys.keys() - {"user", "registry"}
    )


@pytest.mark.parametrize("text", [MINIMAL, *EXAMPLES])
def test_a_right_file_is_accepted(text: str, validator: jsonschema.Draft202012Validator) -> None:
    """Every file that the documentation shows passes the schema, and the reader."""
    assert list(validator.iter_errors(yaml.safe_load(text))) == []
    assert read(text).selections


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused(text: str, validator: jsonschema.Draft202012Validator) -> None:
    """What an editor underlines the reader refuses, too."""
    assert not validator.is_valid(yaml.safe_load(text))
    with pytest.raises(InvalidSettings):
        read(text)


@pytest.mark.parametrize("text", BEYOND_SHAPES.values(), ids=BEYOND_SHAPES)
def test_what_only_the_reader_sees_is_refused(text: str) -> None:
    """The reader refuses what no schema can tell."""
    with pytest.raises(InvalidSettings):
        read(text)


def test_the_documentation_shows_files() -> None:
    """The README and the pages of `docs/` have examples, and some of them name the schema."""
    named = [text for text in EXAMPLES if f"# yaml-language-server: $schema={ADDRESS}\n" in text]

    assert len(EXAMPLES) == 5
    assert len(named) == 2
