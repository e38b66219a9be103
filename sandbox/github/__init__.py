"""GitHub's REST interface, as far as the secrets of Codespaces are concerned."""

from sandbox.github.accounts import Organization, Repository, User
from sandbox.github.apps import App
from sandbox.github.limits import DOCUMENTED, Limits
from sandbox.github.service import GitHub
from sandbox.github.vault import Level, Secret, Store, Visibility

__all__ = [
    "DOCUMENTED",
    "App",
    "GitHub",
    "Level",
    "Limits",
    "Organization",
    "Repository",
    "Secret",
    "Store",
    "User",
    "Visibility",
]
