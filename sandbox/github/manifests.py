"""Apps that are registered from a manifest.

Source: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.github.accounts import Account
from sandbox.github.answers import Answer, Call, Endpoint, not_found
from sandbox.github.apps import App, Apps
from sandbox.github.shapes import app_shape

_CODE_LIFE = timedelta(hours=1)
_LONGEST_NAME = 34


class InvalidManifestError(ValueError):
    """A manifest that GitHub's page refuses."""


class Manifests:
    """Takes manifests from people, and gives the new App's secrets for the code, once."""

    def __init__(self, clock: Clock, apps: Apps) -> None:
        self._clock = clock
        self._apps = apps
        self._codes: dict[str, tuple[App, datetime]] = {}

    def register(self, manifest: Mapping[str, Any], owner: Account) -> str:
        """Register the App as a person on GitHub's page does, and return the code.

        Raises:
            InvalidManifestError: something is missing, or is not what it must be.
        """
        _check(manifest)
        app = self._apps.add(owner, manifest["default_permissions"])
        code = secrets.token_hex(20)
        self._codes[code] = (app, self._clock.now() + _CODE_LIFE)
        return code

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoint that needs no credential but the code."""
        yield Endpoint(
            method="POST",
            path="/app-manifests/{code}/conversions",
            handler=self._convert,
            documentation="apps/apps#create-a-github-app-from-a-manifest",
        )

    def _convert(self, call: Call) -> Answer:
        app, ends = self._codes.pop(call.parameters["code"], (None, self._clock.now()))
        if app is None or ends <= self._clock.now():
            raise not_found()
        return Answer(
            status=201,
            body={
                **app_shape(app),
                "pem": app.private_key,
                "client_secret": secrets.token_hex(20),
                "webhook_secret": None,
            },
        )


def _check(manifest: Mapping[str, Any]) -> None:
    if not str(manifest.get("url", "")).startswith("https://"):
        raise InvalidManifestError("url")
    if len(manifest.get("name", "")) > _LONGEST_NAME:
        raise InvalidManifestError("name")
    if "hook_attributes" in manifest and "url" not in manifest["hook_attributes"]:
        raise InvalidManifestError("hook_attributes")
    if not set(manifest.get("default_permissions", {}).values()) <= {"read", "write"}:
        raise InvalidManifestError("default_permissions")
