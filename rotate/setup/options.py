"""What `init` is told: each option once, with the question that a terminal asks for it.

Options that share their name with an input are read as that input is, but for `config`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Answers = Mapping[str, str]


def _always(_: Answers) -> bool:
    return True


def _of_scope(scope: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get("scope", "").lower() == scope


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of `init`."""

    name: str
    meaning: str
    default: str = ""
    question: str = ""
    """What a terminal asks where the option is absent; blank if it goes without."""
    applies: Callable[[Answers], bool] = _always
    """Whether the question makes sense after the answers so far."""


OPTIONS = (
    Option(
        name="ops-repository",
        meaning="The repository that the workflow runs in, `owner/name`, in the letter case that "
        "GitHub shows: AWS tells the cases apart.",
        question="Repository that the workflow will run in",
    ),
    Option(
        name="branch",
        default="main",
        meaning="The branch that the workflow runs on; the role lets in no other.",
    ),
    Option(
        name="owner-id",
        meaning="ID of that repository's owner. Tokens of repositories that were created, renamed "
        "or transferred since 2026-07-15 carry it.",
        question="ID of its owner, if it is newer than 2026-07-15 (gh api repos/… --jq .owner.id)",
    ),
    Option(
        name="repository-id",
        meaning="ID of that repository, beside `owner-id`.",
        question="ID of the repository (gh api repos/… --jq .id)",
        applies=lambda answers: bool(answers.get("owner-id")),
    ),
    Option(
        name="scope",
        default="repository",
        meaning="Level of the secrets: `repository`, `organization` or `user`.",
        question="Level of the secrets: repository, organization or user",
    ),
    Option(
        name="organization",
        meaning="The organizations that get the secrets, one per line or comma, for `scope: "
        "organization`. Absent: the owner of the repository with the workflow.",
        question="Organizations that get the secrets (blank: the owner of that repository)",
        applies=_of_scope("organization"),
    ),
    Option(
        name="repositories",
        meaning="As the input of this name: the repositories that get the secrets, or that may "
        "read them.",
        question="Repositories that get the secrets, globs allowed (blank: that repository)",
        applies=_of_scope("repository"),
    ),
    Option(
        name="secret-prefix",
        default="ECR",
        meaning="As the input of this name: the first part of the secrets' names.",
    ),
    Option(
        name="stores",
        default="codespaces",
        meaning="As the input of this name: any of `codespaces`, `dependabot` and `actions`.",
    ),
    Option(
        name="aws-account",
        meaning="The 12-digit AWS account that the role is made in.",
        question="AWS account of the role",
    ),
    Option(
        name="aws-region",
        meaning="The region of the registry.",
        question="AWS region of the registry",
    ),
    Option(
        name="registry",
        meaning="As the input of this name: the account or host of the registry, or "
        "`public.ecr.aws`. Absent: the registry of `aws-account`.",
    ),
    Option(
        name="ecr-repositories",
        meaning="The ECR repositories that codespaces pull from, such as `base/devcontainer` or "
        "`team/*`, one per line or comma; the role may pull no other.",
        question="ECR repositories that codespaces pull from, such as base/devcontainer",
        applies=lambda answers: answers.get("registry") != "public.ecr.aws",
    ),
    Option(
        name="probe-image",
        meaning="As the input of this name: an image that every new token must be able to pull.",
        question="One of their images, to prove each token with, such as base/devcontainer:latest",
    ),
    Option(
        name="role-name",
        default="codespaces-pull",
        meaning="Name of the role.",
    ),
    Option(
        name="oidc-provider",
        default="true",
        meaning="Whether GitHub's OIDC provider is to be made in the account, too: `false` where "
        "it is there already.",
    ),
    Option(
        name="github-access",
        default="token",
        meaning="Who writes the secrets: `token` for a fine-grained token, which reaches one "
        "owner, or `app` for a GitHub App.",
        question="Who writes the secrets: token, or app for a GitHub App",
    ),
    Option(
        name="config",
        default="false",
        meaning="Whether to write a configuration file where the workflow's inputs would do.",
    ),
)
"""Every option, in the order in which it is asked for."""

NAMES = tuple(option.name for option in OPTIONS)
"""The names alone."""


def default(name: str) -> str:
    """Return what an option is when it is absent."""
    return next(option.default for option in OPTIONS if option.name == name)
