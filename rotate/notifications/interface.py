"""What the faces ask of a way to tell people, and what it asks of the place where it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What people are told of one rotation; without a secret."""

    key: str
    """Names the rotation, the same in every run of it."""
    title: str
    body: str
    """Markdown."""
    reasons: str
    """Names why it failed: equal for two failures that need the same from people."""


class Notifications(Protocol):
    """Tells people, each thing once."""

    def failed(self, notice: Notice) -> None:
        """Tell of a failure, or that it lasts.

        Raises:
            RotateError: nobody could be told.
        """

    def recovered(self, notice: Notice) -> None:
        """Tell that a failure is over, if it was told.

        Raises:
            RotateError: nobody could be told.
        """


class Answered(Protocol):
    """An answer of GitHub's that is no error."""

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON
        """The JSON of the body."""


class Api(Protocol):
    """GitHub's API as one credential sees it."""

    def pages(self, path: str, *, query: str = ...) -> Iterator[Mapping[str, Any]]:
        """Yield the entries of every page of a listing."""

    def get(self, path: str) -> Answered:
        """Return the answer to a GET."""

    def post(self, path: str, body: Mapping[str, object], *, again: bool = ...) -> Answered:
        """Return the answer to a POST, sent again after passing errors unless told otherwise."""

    def patch(self, path: str, body: Mapping[str, object]) -> Answered:
        """Return the answer to a PATCH."""
