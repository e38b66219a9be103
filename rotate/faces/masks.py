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
        self._forms: set[str] = set()
        """Every secret, as it is and as Markdown has it: a summary is redacted once it is made."""

    def add(self, secret: str) -> None:
        """Mask a secret, before anything else sees it."""
        if len(secret.strip()) < _SHORTEST:
            return
        with self._lock:
            if secret not in self._forms:
                self._forms |= {secret, escaped(secret)}
                self._announce(secret)

    def redact(self, text: str) -> str:
        """Return the text without any secret: a foreign error message may quote one."""
        with self._lock:
            for form in sorted(self._forms, key=len, reverse=True):
                text = text.replace(form, _STRUCK_OUT)
        return text
