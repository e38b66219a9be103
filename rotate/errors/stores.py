"""What goes wrong at GitHub, where the secrets are kept."""

from __future__ import annotations

from rotate import remedies
from rotate.errors.base import TRANSIENT, RotateError
from rotate.model.target import Target


class GitHubTokenRejected(RotateError):
    """The GitHub token is wrong, expired or revoked."""

    _whose = "`github-token`"
    _remedy = (
        "It is mistyped, expired or revoked. Make a new token, store it as a secret of the "
        "repository this workflow runs in, and pass it as `github-token`."
    )

    def __init__(self, where: str) -> None:
        """Say how to renew it."""
        super().__init__(
            f"GitHub does not accept {self._whose} (HTTP 401 Bad credentials)",
            where=where,
            remedy=self._remedy,
        )


class InstallationTokenRejected(GitHubTokenRejected):
    """The token of an App's installation is expired or revoked."""

    _whose = "the token of the App's installation"
    _remedy = (
        "Run again. If it lasts, see that the App is still installed there, and not suspended. One "
        "that is passed as `github-token` lives for an hour, so make it in the same job."
    )


class InstallationTokenNotYetKnown(InstallationTokenRejected):
    """The token of an App's installation is so new that not all of GitHub knows it perhaps."""

    attempts = TRANSIENT


class AppNotAccepted(RotateError):
    """GitHub does not accept what the App signed."""

    def __init__(self) -> None:
        """Name what may be wrong with it."""
        super().__init__(
            "GitHub does not accept the App's signature (HTTP 401)",
            where="GitHub App",
            remedy="Check that `app-id` and `app-private-key` are of the same App and the key was "
            "not deleted there, and that the clock of the (self-hosted) runner is right.",
        )


class AppNotInstalled(RotateError):
    """An owner has not installed the GitHub App."""

    def __init__(self, owner: str) -> None:
        """Name the owner."""
        super().__init__(
            f"the GitHub App of `app-id` is not installed by {owner}",
            where="GitHub App",
            remedy=f"Install it: the App's settings, Install App, {owner}. Check `app-id` and "
            "the owner's spelling, too.",
        )


class GitHubDenied(RotateError):
    """The GitHub token may not do this, or there is no such place."""

    def __init__(
        self, *, status: int, message: str, where: str, accepted: str, single_sign_on: str
    ) -> None:
        """Take what GitHub said, the permissions it would accept, and what it says of SSO."""
        super().__init__(
            f"GitHub answered HTTP {status}: {message}",
            where=where,
            remedy=remedies.github_permission(accepted, single_sign_on),
        )
        self.status = status
        self.single_sign_on = single_sign_on


class SecretsDenied(RotateError):
    """The GitHub token may not write these secrets, or there is no such place."""

    def __init__(self, denied: GitHubDenied, target: Target) -> None:
        """Name the permission that this level and store need."""
        super().__init__(
            denied.what,
            where=denied.where,
            remedy=remedies.secrets_permission(target, denied.what, denied.single_sign_on),
        )
        self.status, self.single_sign_on = denied.status, denied.single_sign_on


class NoRepositoryMatches(RotateError):
    """A glob fits no repository, which is a slip of the pen more often than a wish."""

    def __init__(self, pattern: str) -> None:
        """Name the glob."""
        super().__init__(
            f"`{pattern}` fits no repository that the GitHub credential can see",
            where="repositories",
            remedy="Correct the name or the glob, or give the token (or the App's installation) "
            "access to the repositories.",
        )


class NoReaders(RotateError):
    """All repositories that were to read the secrets are archived or excluded.

    Written nevertheless, the secrets would be shut to everybody who reads them now.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        """Name what was to read them."""
        super().__init__(
            f"{', '.join(f'`{pattern}`' for pattern in patterns)} leave no repository to read the "
            "secrets: all that fit are archived or excluded",
            where="repositories",
            remedy="Name a repository that may read them. To keep those that read them now, remove "
            "`repositories`.",
        )


class RepositoryArchived(RotateError):
    """The repository is archived, so its secrets cannot be written."""

    def __init__(self, where: str) -> None:
        """Say how to drop it."""
        super().__init__(
            "the repository is archived, hence read-only",
            where=where,
            remedy="Take it out of `repositories`, or unarchive it.",
        )


class RepositoryNamedTwice(RotateError):
    """The repository is a target by another name already."""

    def __init__(self, old: str, *, now: str) -> None:
        """Say which name to drop."""
        super().__init__(
            f"{old} is called {now} by now, which is a target already",
            where=old,
            remedy=f"Take `{old}` out of `repositories`.",
        )


class GitHubRefusal(RotateError):
    """GitHub refused a request for good, in its own words."""

    def __init__(self, *, status: int, message: str, where: str) -> None:
        """Quote GitHub's message."""
        super().__init__(
            f"GitHub answered HTTP {status}: {message}",
            where=where,
            remedy="Correct what GitHub names; https://docs.github.com/rest lists the rules of "
            "this request.",
        )
        self.status = status


class Unprocessable(GitHubRefusal):
    """GitHub cannot take what was sent; for one, because it has replaced its public key."""

    def __init__(self, *, message: str, where: str) -> None:
        """Quote GitHub's message."""
        super().__init__(status=422, message=message, where=where)


class GitHubUnavailable(RotateError):
    """GitHub could not be reached, or failed."""

    attempts = TRANSIENT

    def __init__(self, what: str, *, where: str) -> None:
        """Say how the request failed."""
        super().__init__(what, where=where, remedy=remedies.OUTAGE_OF_GITHUB)


class InstallationTokenUnavailable(GitHubUnavailable):
    """GitHub gave no token of an App's installation, as often as it was asked for one.

    Whoever needs the token must not ask as often again.
    """

    attempts = 1


class RateLimited(RotateError):
    """GitHub asks for patience, which the pace then has."""

    def __init__(self, *, where: str, wait: float | None) -> None:
        """Take the seconds GitHub asks to wait, or None where it does not say."""
        super().__init__(
            "GitHub's rate limit is reached", where=where, remedy=remedies.FEWER_WRITES
        )
        self.wait = wait


class RateLimitOutlastsRun(RotateError):
    """GitHub's rate limit ends only after the deadline."""

    def __init__(self, seconds: float) -> None:
        """Take the seconds until requests are welcome again."""
        super().__init__(
            f"GitHub's rate limit is reached, and the next request is welcome in {seconds:.0f} s "
            "only, after the end of this run",
            where="GitHub",
            remedy=remedies.FEWER_WRITES,
        )


class UnusablePublicKey(RotateError):
    """GitHub gave a public key that cannot seal anything."""

    def __init__(self, what: str) -> None:
        """Say in which way the key is unusable."""
        super().__init__(
            what,
            where="public key",
            remedy="The password there is still the old one. Run again; if it lasts, check the "
            "proxy between the runner and GitHub.",
        )
