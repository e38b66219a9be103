"""The workflow that rotates, and the configuration file that it may read."""

from __future__ import annotations

from rotate.model.target import Scope, Selection
from rotate.settings import configuration, values
from rotate.settings.inputs import Section, names_of
from rotate.settings.schema import ADDRESS
from rotate.setup.model import CONFIGURATION, GitHubCredential, Setup
from rotate.setup.yaml_text import block

PATH = ".github/workflows/rotate-ecr-token.yml"
"""Path of the workflow in its repository."""

TOKEN_SECRET = "CODESPACES_SECRETS_TOKEN"  # noqa: S105 - a name, not a secret
"""Name of the Actions secret that holds the token."""

KEY_SECRET = "APP_PRIVATE_KEY"  # noqa: S105 - a name, not a secret
"""Name of the Actions secret that holds the App's key."""

APP_VARIABLE = "ROTATE_APP_ID"
"""Name of the Actions variable that holds the App's ID."""

_HEAD = """\
name: Rotate ECR token
on:
  schedule:
    - cron: "17 * * * *" # Every hour, but not on it: then GitHub drops most runs.
  workflow_dispatch:
    inputs:
      dry-run:
        description: Show what would be written, and write nothing
        type: boolean
        default: false
permissions: {}
concurrency:
  group: rotate-ecr-token
  cancel-in-progress: false
jobs:
  rotate:
    name: Rotate
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
"""

_READ_FILE = """\
      contents: read # To check out the configuration file.
"""

_PROVE_IDENTITY = """\
      id-token: write # To prove to AWS which workflow this is.
    steps:
"""

_CHECKOUT = """\
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
"""

_ROTATE = """\
      - uses: rotate-ecr-token/rotate-ecr-token@v1
        with:
"""


def workflow(setup: Setup) -> str:
    """Return the workflow; it asks for no permission but those that its one job needs."""
    given = {"config": CONFIGURATION} if setup.config else dict(setup.inputs)
    step = block(
        {**given, **_credential(setup), "dry-run": "${{ inputs.dry-run }}"}, indent=len(" " * 10)
    )
    if setup.config:
        return _HEAD + _READ_FILE + _PROVE_IDENTITY + _CHECKOUT + _ROTATE + step
    return _HEAD + _PROVE_IDENTITY + _ROTATE + step


def _credential(setup: Setup) -> dict[str, str]:
    if setup.credential is GitHubCredential.TOKEN:
        return {"github-token": f"${{{{ secrets.{TOKEN_SECRET} }}}}"}
    return {
        "app-id": f"${{{{ vars.{APP_VARIABLE} }}}}",
        "app-private-key": f"${{{{ secrets.{KEY_SECRET} }}}}",
    }


def configuration_file(setup: Setup) -> str:
    """Return the configuration file, whose first line lets editors complete and check it."""
    registry: dict[str, object] = {
        name: setup.inputs[name] for name in _given(setup, Section.REGISTRY)
    }
    if "role-duration-seconds" in registry:
        registry["role-duration-seconds"] = setup.session_seconds
    content = {
        "version": int(configuration.VERSION),
        "registries": {setup.registry.name: registry},
        "targets": _targets(setup),
    }
    return f"# yaml-language-server: $schema={ADDRESS}\n{block(content)}"


def _targets(setup: Setup) -> list[dict[str, object]]:
    """Return one target for each organization, or the only one there is."""
    common: dict[str, object] = {
        name: setup.inputs[name]
        for name in _given(setup, Section.TARGET)
        if name not in ("organization", "repositories")
    }
    if "stores" in setup.inputs:
        common["stores"] = values.listed(str)(setup.inputs["stores"])
    # Each store is a selection of its own, and all stores of one place are one target.
    places = {selection.target.label: selection for selection in setup.selections}
    return [_place(selection) | common for selection in places.values()]


def _place(selection: Selection) -> dict[str, object]:
    place: dict[str, object] = {}
    if selection.target.scope is Scope.ORGANIZATION:
        place["organization"] = selection.target.owner
    if selection.target.scope is Scope.USER:
        place["user"] = True
    if selection.patterns:
        place["repositories"] = selection.patterns
    return place


def _given(setup: Setup, section: Section) -> list[str]:
    return [name for name in names_of(section) if name in setup.inputs]
