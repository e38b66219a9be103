"""What a GitHub credential lacks, where it is known what it has."""

from __future__ import annotations

from rotate import remedies
from rotate.errors.base import RotateError
from rotate.grant import Grant, Kind, needed
from rotate.model.target import Target


class GrantTooNarrow(RotateError):
    """The GitHub credential lacks the scope or the permission that these secrets need."""

    def __init__(self, grant: Grant, target: Target) -> None:
        """Name the one that is missing, and where it is granted."""
        super().__init__(
            _too_narrow(grant, target),
            where="GitHub credential",
            remedy=remedies.widen(grant, target),
        )


def _too_narrow(grant: Grant, target: Target) -> str:
    need = needed(target)
    if grant.kind is Kind.WORKFLOW:
        return f"`github-token` is {grant.kind}"
    if grant.kind is Kind.APP:
        return f"its installation by {target.login} lacks the permission `{need.permission}: write`"
    missing = f"permission `{need.permission}: write`"
    if grant.scopes is not None:
        missing = f"scope `{need.scope}`"
    return f"`github-token` is {grant.kind} without the {missing}"


class SingleSignOnMissing(RotateError):
    """The token is not authorized for the organization's single sign-on."""

    def __init__(self, owner: str, header: str) -> None:
        """Take what GitHub said of single sign-on."""
        super().__init__(
            f"the token is not authorized for the single sign-on of {owner}",
            where="GitHub credential",
            remedy=remedies.single_sign_on(header),
        )


class InstallationSuspended(RotateError):
    """The owner has suspended the GitHub App."""

    def __init__(self, owner: str, settings: str) -> None:
        """Say where it is resumed."""
        super().__init__(
            f"{owner} has suspended the GitHub App",
            where="GitHub App",
            remedy=f"Let {owner} end the suspension, at {settings}.",
        )


class NotAnAdministrator(RotateError):
    """The person behind the token does not administer the repository."""

    def __init__(self, person: str, repository: str) -> None:
        """Name the person and the repository."""
        super().__init__(
            f"{person} is not an administrator of {repository}, and may thus not write its secrets",
            where="GitHub credential",
            remedy=f"Make {person} an administrator of {repository}, or pass the token of one.",
        )


class OrganizationUnknown(RotateError):
    """There is no organization of that name that the credential can see."""

    def __init__(self, login: str) -> None:
        """Name it."""
        super().__init__(
            f"there is no organization {login} that the GitHub credential can see",
            where="organization",
            remedy="Correct `organization`. Secrets of a person go with `scope: user`, those of "
            "a person's repositories with `scope: repository`.",
        )


class OrganizationOnFreePlan(RotateError):
    """An organization on the Free plan has no Codespaces secrets."""

    def __init__(self, login: str) -> None:
        """Name what is left to do."""
        super().__init__(
            f"{login} is on GitHub's Free plan, which has no Codespaces secrets of organizations",
            where="organization",
            remedy=f"Move {login} to the Team plan, or write the secrets of its repositories: "
            "`scope: repository`.",
        )
