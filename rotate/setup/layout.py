"""All files of a set-up, by their paths."""

from __future__ import annotations

from rotate import policies
from rotate.setup import app, role
from rotate.setup.model import CONFIGURATION, GitHubCredential, Setup
from rotate.setup.workflow import PATH, configuration_file, workflow

FOLDER = "rotate-ecr-token"
"""Folder of what is needed once, to be kept or deleted as one likes."""

COMMANDS = f"{FOLDER}/create-role.sh"
TERRAFORM = f"{FOLDER}/role.tf"
CLOUDFORMATION = f"{FOLDER}/cloudformation.yaml"
REPOSITORY_POLICY = f"{FOLDER}/{role.REPOSITORY}"
APP_PAGE = f"{FOLDER}/{app.PAGE}"


def files(setup: Setup) -> dict[str, str]:
    """Return the text of every file, by its path from the root of the repository."""
    texts = {PATH: workflow(setup)}
    if setup.config:
        texts[CONFIGURATION] = configuration_file(setup)
    texts |= {
        f"{FOLDER}/{role.TRUST}": _json(setup.trust_policy),
        f"{FOLDER}/{role.PULL}": _json(setup.pull_policy),
        COMMANDS: role.commands(setup),
        TERRAFORM: role.terraform(setup),
        CLOUDFORMATION: role.cloudformation(setup),
    }
    if setup.other_account:
        texts[REPOSITORY_POLICY] = _json(policies.of_repository(setup.role))
    if setup.credential is GitHubCredential.APP:
        texts[f"{FOLDER}/{app.MANIFEST}"] = app.manifest_text(setup)
        texts[APP_PAGE] = app.page(setup)
    return texts


def _json(policy: policies.Policy) -> str:
    return policies.as_json(policy) + "\n"
