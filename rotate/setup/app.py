"""The GitHub App: a manifest, and a page that hands it to GitHub.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import html
import json
from typing import Any

from rotate.model.target import Scope
from rotate.setup.model import Setup

MANIFEST = "github-app.json"
PAGE = "github-app.html"
"""Names of the two files."""


def manifest(setup: Setup) -> dict[str, Any]:
    """Return what the App is: the permissions that the secrets need, and no events."""
    home = f"https://github.com/{setup.repository}"
    return {
        "name": f"{setup.owner} registry secrets"[:34],
        "url": home,
        # GitHub adds the code that stands for the new App; it is read from the address bar.
        "redirect_url": home,
        "hook_attributes": {"url": home, "active": False},
        "public": any(owner.lower() != setup.owner.lower() for owner in setup.owners),
        "default_permissions": dict.fromkeys(setup.permissions, "write"),
        "default_events": [],
    }


def manifest_text(setup: Setup) -> str:
    """Return the manifest as people read it."""
    return json.dumps(manifest(setup), indent=2) + "\n"


def page(setup: Setup) -> str:
    """Return a page whose button sends the manifest to GitHub."""
    buttons = "\n  ".join(
        f'<button formaction="{address}">Register it for {owner}</button>'
        for owner, address in _registrations(setup).items()
    )
    return f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Register a GitHub App</title>
<h1>Register a GitHub App</h1>
<p>GitHub shows the App, and asks, before it is made.</p>
<form method="post">
  <p><textarea name="manifest" rows="20" cols="80" readonly>
{html.escape(manifest_text(setup))}</textarea></p>
  {buttons}
</form>
</html>
"""


def _registrations(setup: Setup) -> dict[str, str]:
    """Return GitHub's pages by who will own the App; a login does not tell what its owner is."""
    organization = f"https://github.com/organizations/{setup.owner}/settings/apps/new"
    pages = {f"the organization {setup.owner}": organization}
    if not any(selection.target.scope is Scope.ORGANIZATION for selection in setup.selections):
        pages["yourself"] = "https://github.com/settings/apps/new"
    return pages
