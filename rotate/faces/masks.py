"""Secrets that no text may show: announced to the runner at birth, and struck out of ours."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from rotate.faces.markdown import escaped

_STRUCK_OUT = "***"
_SHORTEST = 4
"""Characters of a secret worth the name: to mask less would garble every other word."""


class Masks:
    """Knows every secret of the run."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        """Take what tells the runner to mask a secret in its log."""
        self._announce = announce
        self._lock = Lock()
        self._secrets: set[str] = set()

    def add(self, secret: str) -> None:
        """Mask a secret, before anything else sees it."""
        if len(secret.strip()) < _SHORTEST:
            return
        with self._lock:
            if secret not in self._secrets:
                self._secrets.add(secret)
                self._announce(secret)

    def redact(self, text: str) -> str:
        """Return the text without any secret: a foreign error message may quote one."""
        return _without(self._known(), text)

    def redact_markdown(self, text: str) -> str:
        """Return Markdown without any secret, neither as it is nor as Markdown escapes it."""
        known = self._known()
        return _without(known | {escaped(secret) for secret in known}, text)

    def _known(self) -> frozenset[str]:
        return frozenset(self._secrets)


def _without(secrets: frozenset[str], text: str) -> str:
    """Strike secrets out, the longest first: one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _STRUCK_OUT)
    return text
