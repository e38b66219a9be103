"""What goes wrong between the workflow and its AWS session."""

from __future__ import annotations

from rotate import remedies
from rotate.errors.base import TRANSIENT, RotateError


class IdTokenNotAllowed(RotateError):
    """The job lacks `id-token: write`."""

    def __init__(self) -> None:
        """Show the YAML that allows it."""
        super().__init__(
            "GitHub gave this job no way to ask for an ID token",
            where="GitHub OIDC",
            remedy=remedies.ALLOW_OIDC,
        )


class IdTokenRefused(RotateError):
    """GitHub's OIDC service said no."""

    def __init__(self, status: int) -> None:
        """Name the status; the body may hold a token and is not shown."""
        super().__init__(
            f"the request for an ID token was answered with HTTP {status}",
            where="GitHub OIDC",
            remedy=remedies.ALLOW_OIDC,
        )


class IdTokenUnavailable(RotateError):
    """GitHub's OIDC service did not answer as it should."""

    attempts = TRANSIENT

    def __init__(self, what: str) -> None:
        """Say how the answer failed."""
        super().__init__(what, where="GitHub OIDC", remedy=remedies.OUTAGE_OF_GITHUB)


class AwsRefusal(RotateError):
    """AWS refused a request for good, in its own words."""

    def __init__(self, *, operation: str, code: str, message: str) -> None:
        """Quote AWS: its error messages name principals and actions, never secrets."""
        super().__init__(
            f"AWS answered {code}: {message}",
            where=operation,
            remedy=f"Look up {code} in the documentation of {operation}.",
        )
        self.operation, self.code, self.message = operation, code, message


class AwsUnavailable(RotateError):
    """AWS could not be reached, or failed, or asked for patience."""

    attempts = TRANSIENT

    def __init__(self, *, operation: str, what: str) -> None:
        """Say how the request failed."""
        super().__init__(
            what,
            where=operation,
            remedy="Run again. If it lasts, look at https://health.aws.amazon.com/health/status "
            "and at the proxy or firewall between the runner and AWS.",
        )


class AwsCredentialsNotYetKnown(AwsUnavailable):
    """AWS does not know the keys it has just issued."""

    attempts = 4


class NoAwsCredentials(RotateError):
    """No role is given, and boto3 found no credentials of its own."""

    def __init__(self) -> None:
        """Show the input to set."""
        super().__init__(
            "there is no `role-to-assume`, and boto3 found no AWS credentials either",
            where="AWS",
            remedy="Set `role-to-assume: arn:aws:iam::<account>:role/<name>`, or run "
            "aws-actions/configure-aws-credentials in a step before.",
        )


class AwsConfigurationUnusable(RotateError):
    """What AWS's own variables and files say cannot be done."""

    def __init__(self, error: Exception) -> None:
        """Keep the kind of boto3's error alone: its text may quote what a program printed."""
        super().__init__(
            f"boto3 cannot do what AWS's own configuration says ({type(error).__name__})",
            where="AWS",
            remedy="Correct or remove what the variables `AWS_*` and the files in `~/.aws` say: a "
            "profile, file or program that is named must exist, and a `credential_process` must "
            "print JSON. `aws sts get-caller-identity` tells more, if it is run in the same place; "
            "of the runner's disk, the action's container sees the workspace alone.",
        )


class RoleNotAssumable(RotateError):
    """The role's trust policy does not accept this workflow."""

    def __init__(self, *, role: str, claims: remedies.Claims) -> None:
        """Show the `sub` that was presented and the trust policy that would accept it."""
        super().__init__(
            f"{role} may not be assumed by this workflow, whose ID token says sub={claims.sub} "
            f"and aud={claims.audience}",
            where="sts:AssumeRoleWithWebIdentity",
            remedy=remedies.trust_policy(role, claims),
        )


class ProviderNotAccepted(RotateError):
    """The account has no OIDC provider for GitHub, or it does not list the audience."""

    def __init__(self, *, role: str, claims: remedies.Claims, message: str) -> None:
        """Show the command that creates or amends the provider."""
        super().__init__(
            message,
            where="sts:AssumeRoleWithWebIdentity",
            remedy=remedies.oidc_provider(role, claims),
        )


class ChainRefused(RotateError):
    """A role of the chain may not be assumed by the role before it."""

    def __init__(self, *, role: str, message: str) -> None:
        """Name both policies that must allow it."""
        super().__init__(
            f"{role}: {message}",
            where="sts:AssumeRole",
            remedy="Allow `sts:AssumeRole` on this role in the permissions of the role before it, "
            "and name that role as `Principal` in this role's trust policy. If the trust policy "
            "asks for `sts:ExternalId`, set `role-external-id`.",
        )


class SessionRefused(RotateError):
    """STS refused the duration, the session policy or the region."""

    def __init__(self, *, operation: str, message: str, name: str) -> None:
        """Take the name of the input that AWS refused."""
        super().__init__(message, where=operation, remedy=remedies.SESSION[name])


class AccountNotAllowed(RotateError):
    """The session is in an account that `allowed-account-ids` does not list."""

    def __init__(self, *, account: str, allowed: tuple[str, ...]) -> None:
        """Name the account that was reached and those that are allowed."""
        super().__init__(
            f"the AWS session is in account {account}, and only {', '.join(allowed)} is allowed",
            where="allowed-account-ids",
            remedy="Correct `role-to-assume`, or add the account to `allowed-account-ids`.",
        )


class ClockSkewed(RotateError):
    """AWS refused a signature because the runner's clock is off."""

    def __init__(self, *, operation: str, message: str) -> None:
        """Say that it is the clock, not the key."""
        super().__init__(
            f"the clock of this machine differs too much from AWS's: {message}",
            where=operation,
            remedy=remedies.SET_THE_CLOCK,
        )


class ClockOff(RotateError):
    """The machine's clock is not in step with that of a service."""

    def __init__(self, ahead: float, whose: str) -> None:
        """Take by how many seconds whose clock is ahead."""
        slow = "behind" if ahead > 0 else "ahead of"
        super().__init__(
            f"the clock of this machine is {abs(ahead):.0f} s {slow} that of {whose}",
            where="clock",
            remedy=remedies.SET_THE_CLOCK,
        )


class AwsPermissionMissing(RotateError):
    """The AWS session lacks a permission."""

    def __init__(self, *, operation: str, actions: tuple[str, ...], message: str) -> None:
        """Show the statement that grants it."""
        super().__init__(message, where=operation, remedy=remedies.allow_actions(actions))
