"""Set-ups to look at."""

from __future__ import annotations

from rotate import setup
from rotate.errors import InvalidOptions
from rotate.setup import Setup

GIVEN = {
    "ops-repository": "acme/ops",
    "scope": "organization",
    "aws-account": "123456789012",
    "aws-region": "us-east-1",
    "ecr-repositories": "base/devcontainer",
    "probe-image": "base/devcontainer:latest",
}
"""The options of the README's set-up."""

PUBLIC = {
    "registry": "public.ecr.aws",
    "aws-region": "",
    "ecr-repositories": "",
    "probe-image": "acme/base:latest",
}
"""What is different for ECR Public."""


def read(**options: str) -> Setup:
    """Return the set-up, with other options where some are given; `_` stands for a dash."""
    return setup.read({**GIVEN, **{name.replace("_", "-"): text for name, text in options.items()}})


def faults(**options: str) -> list[str]:
    """Return what is wrong with such a set-up."""
    try:
        read(**options)
    except InvalidOptions as error:
        return [str(fault) for fault in error.faults]
    return []
