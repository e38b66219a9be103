"""What keeps people from being told."""

from __future__ import annotations

from rotate import remedies
from rotate.errors.base import RotateError


class IssuesDenied(RotateError):
    """The token may not write issues."""

    def __init__(self, what: str) -> None:
        """Quote GitHub, and show the YAML that allows it."""
        super().__init__(what, where="notify", remedy=remedies.ALLOW_ISSUES)


class IssuesDisabled(RotateError):
    """The repository has no issues."""

    def __init__(self) -> None:
        """Say where they are turned on."""
        super().__init__(
            "issues are disabled in the repository of this workflow",
            where="notify",
            remedy="Enable them in its settings, under General, Features; or remove `notify`.",
        )
