"""What goes wrong between AWS's token and the registry."""

from __future__ import annotations

from rotate import remedies
from rotate.errors.base import TRANSIENT, RotateError


class UnusableCredential(RotateError):
    """What AWS answered is not a credential; it was sent nowhere."""

    def __init__(self, what: str, *, where: str) -> None:
        """Say in which way it is unusable."""
        super().__init__(
            what,
            where=where,
            remedy="Nothing was written and the old secrets stand. Run again; if it lasts, check "
            "`aws-region`, `registry` and any proxy in between.",
        )


class WrongRegion(RotateError):
    """The registry is in another region than the token."""

    def __init__(self, host: str) -> None:
        """Name the input to correct."""
        super().__init__(
            "the registry does not take the token (HTTP 400): it is for another region",
            where=host,
            remedy="Set `aws-region` to the region in the registry's host name: an ECR token "
            "works only in its own region. Where they agree, a proxy in between has changed the "
            "request.",
        )


class CredentialNotAccepted(RotateError):
    """The registry does not know the token."""

    def __init__(self, host: str) -> None:
        """Say what usually causes it."""
        super().__init__(
            "the registry does not accept the new token (HTTP 401)",
            where=host,
            remedy="Nothing was written. Check that `registry` is the host you mean and that its "
            "account exists; then run again.",
        )


class CredentialExpired(RotateError):
    """The registry says that the token has expired already."""

    def __init__(self, host: str) -> None:
        """Say what can cut a token's life."""
        super().__init__(
            "the registry says the new token has expired already (HTTP 403)",
            where=host,
            remedy="Nothing was written. Run again, and check the clock of the (self-hosted) "
            "runner; for ECR Public, a longer `role-duration-seconds`.",
        )


class PullDenied(RotateError):
    """The token is genuine but may not pull."""

    def __init__(self, host: str, *, repository: str = "*") -> None:
        """Show the statement that allows the pull."""
        super().__init__(
            f"the new token may not pull {repository} (HTTP 403)"
            if repository != "*"
            else "the registry denies the new token (HTTP 403)",
            where=host,
            remedy=remedies.allow_pull(host, repository),
        )


class ProbeImageMissing(RotateError):
    """The probe image does not exist."""

    def __init__(self, host: str, image: str) -> None:
        """Name the image."""
        super().__init__(
            f"there is no image {image} (HTTP 404)",
            where=host,
            remedy="Set `probe-image` to a `repository:tag` that exists in this registry, or "
            "remove it. If the image is in another region or account, correct `aws-region` or "
            "`registry`: this registry has its images, and no others.",
        )


class RegistryUnavailable(RotateError):
    """The registry could not be reached, or failed."""

    attempts = TRANSIENT

    def __init__(self, host: str, what: str) -> None:
        """Say how the request failed."""
        super().__init__(
            what,
            where=host,
            remedy="Nothing was written. Run again; if the runner cannot reach the registry by "
            "design (a private endpoint), set `verify: false`.",
        )


class RegistryUnexpected(RotateError):
    """The host does not answer as a registry does."""

    def __init__(self, host: str, status: int) -> None:
        """Name the status."""
        super().__init__(
            f"the host does not answer as a registry does (HTTP {status})",
            where=host,
            remedy="Nothing was written. Check `registry`, and any proxy in between.",
        )
