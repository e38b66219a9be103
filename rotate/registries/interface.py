"""What the middle asks of a registry, and what a registry asks of an identity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from rotate.model import Authorization, Credential, Identity, TokenSource


class AwsSession(Protocol):
    """An AWS session that may fetch tokens."""

    @property
    def account(self) -> str | None:
        """Account the session is in, where it is known without asking."""

    @property
    def expires_at(self) -> datetime | None:
        """End of the session, where it has one."""

    def call(
        self, service: str, operation: str, *, region: str, expecting: str
    ) -> Mapping[str, Any]:
        """Return AWS's answer to one operation, which holds `expecting`.

        Raises:
            AwsRefusal: AWS refused it for good.
            AwsUnavailable: AWS did not answer, however often it was asked.
        """


class AwsIdentities(Protocol):
    """Opens AWS sessions."""

    def open(self, identity: Identity) -> AwsSession:
        """Return a session of `identity`, within its allowed accounts."""


class Tokens(Protocol):
    """Issues authorization tokens."""

    def authorize(self, source: TokenSource) -> Authorization:
        """Return a new authorization token, masked.

        Raises:
            RotateError: there is none.
        """


class Verification(Protocol):
    """Asks registries what a credential is worth."""

    def verify(self, credential: Credential) -> None:
        """Return if the registry accepts the credential.

        Raises:
            RotateError: it does not, or does not say.
        """

    def probe(self, credential: Credential, image: str) -> None:
        """Return if the credential may pull the image.

        Raises:
            RotateError: it may not, or the registry does not say.
        """
