"""What the middle asks of a registry, and what a registry asks of an identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from rotate.model.registry import Authorization, Caller, Credential, Identity, TokenSource


class AwsSession(Protocol):
    """An AWS session that may fetch tokens."""

    @property
    def account(self) -> str | None:
        """Account the session is in, where it is known without asking."""

    @property
    def expires_at(self) -> datetime | None:
        """End of the session, where it has one."""

    def caller(self, region: str) -> Caller:
        """Return whom AWS takes the session for.

        Raises:
            RotateError: as `call` does.
        """

    def call(
        self,
        service: str,
        operation: str,
        *,
        region: str,
        expecting: str,
        parameters: Mapping[str, object] = ...,
    ) -> Mapping[str, Any]:
        """Return AWS's answer to one operation, which holds `expecting`.

        Raises:
            AwsRefusal: AWS refused it for good.
            AwsUnavailable: AWS did not answer, however often it was asked.
        """


class AwsIdentities(Protocol):
    """Opens AWS sessions."""

    def prepare(self, identity: Identity, service: str) -> None:
        """Make ready for a session that is to call that service; nothing is sent."""

    def open(self, identity: Identity) -> AwsSession:
        """Return a session of `identity`, within its allowed accounts."""

    def claims(self, identity: Identity) -> Mapping[str, str]:
        """Return what a new ID token says of this workflow, by the names of the claims.

        Raises:
            RotateError: GitHub gives the job none.
        """

    def sessions(self, identity: Identity) -> Iterator[AwsSession]:
        """Yield the session of each role in turn, whichever account it is in.

        Raises:
            RotateError: the next role cannot be assumed.
        """


class Tokens(Protocol):
    """Issues authorization tokens."""

    def prepare(self, source: TokenSource) -> None:
        """Make ready for `authorize`, which may be under way already; nothing is sent."""

    def authorize(self, source: TokenSource) -> Authorization:
        """Return a new authorization token, masked.

        Raises:
            RotateError: there is none.
        """


class SessionTokens(Protocol):
    """Issues the authorization tokens of sessions."""

    def issue(self, source: TokenSource, session: AwsSession) -> Authorization:
        """Return a new authorization token of a session that is open already, masked.

        Raises:
            RotateError: there is none.
        """


class Powers(Protocol):
    """Finds out what a session may do, without doing it."""

    def beyond_pull(
        self, session: AwsSession, source: TokenSource, host: str, repository: str | None
    ) -> Mapping[str, bool]:
        """Return, for each action tested that no pull needs, whether the session may do it.

        `repository` is one that is there, in the registry of `host`. Nothing changes by the test.

        Raises:
            RotateError: AWS does not say.
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
