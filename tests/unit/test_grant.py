"""What a GitHub credential is, and what it may do."""

from __future__ import annotations

import pytest

from rotate.grant import Grant, Kind, kind_of, needed
from rotate.model.target import Scope, Store, Target
from rotate.remedies import widen
from tests.unit.examples import repository, target

API = repository("acme/api")
OWN = target(scope=Scope.USER, owner="")


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("ghp_0", Kind.CLASSIC),
        ("0123456789abcdef0123456789abcdef01234567", Kind.CLASSIC),
        ("github_pat_0", Kind.FINE_GRAINED),
        ("gho_0", Kind.OAUTH),
        ("ghu_0", Kind.APP_USER),
        ("ghs_0", Kind.INSTALLATION),
        ("ghs_1187432_eyJ", Kind.INSTALLATION),
        ("ghs_15368_eyJ", Kind.WORKFLOW),
    ],
)
def test_kind(token: str, kind: Kind) -> None:
    """A token's prefix tells its kind."""
    assert kind_of(token) is kind


@pytest.mark.parametrize(
    ("grant", "place", "may_write"),
    [
        (Grant(kind=Kind.CLASSIC, scopes=("admin:org",)), target(), True),
        (Grant(kind=Kind.CLASSIC, scopes=("write:org", "repo")), target(), False),
        (Grant(kind=Kind.OAUTH, scopes=("repo",)), API, True),
        (Grant(kind=Kind.CLASSIC, scopes=("public_repo",)), API, False),
        (Grant(kind=Kind.CLASSIC, scopes=("codespace:secrets",)), OWN, True),
        (Grant(kind=Kind.CLASSIC, scopes=("codespace",)), OWN, True),
        (Grant(kind=Kind.CLASSIC, scopes=()), OWN, False),
        (Grant(kind=Kind.FINE_GRAINED), API, None),
        (Grant(kind=Kind.INSTALLATION), API, None),
        (Grant(kind=Kind.WORKFLOW), API, False),
        (Grant(kind=Kind.APP, permissions={"codespaces_secrets": "write"}), API, True),
        (Grant(kind=Kind.APP, permissions={"codespaces_secrets": "admin"}), API, True),
        (Grant(kind=Kind.APP, permissions={"codespaces_secrets": "read"}), API, False),
        (Grant(kind=Kind.APP, permissions={"secrets": "write"}), API, False),
    ],
)
def test_may_write(grant: Grant, place: object, may_write: bool | None) -> None:
    """What GitHub tells of a credential decides, and where it tells nothing, nothing is decided."""
    assert grant.may_write(place) is may_write  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "scope", "permission"),
    [
        (repository("acme/api", store=Store.DEPENDABOT), "repo", "dependabot_secrets"),
        (target(store=Store.DEPENDABOT), "admin:org", "organization_dependabot_secrets"),
        (target(store=Store.ACTIONS), "admin:org", "organization_secrets"),
    ],
)
def test_needed(place: Target, scope: str, permission: str) -> None:
    """Each level and store has a scope and a permission of its own."""
    assert (needed(place).scope, needed(place).permission) == (scope, permission)


@pytest.mark.parametrize(
    ("place", "title"),
    [
        (target(), "Codespaces secrets (organization)"),
        (repository("acme/api", store=Store.DEPENDABOT), "Dependabot secrets (repository)"),
        (repository("acme/api", store=Store.ACTIONS), "Secrets (repository)"),
        (OWN, "Codespaces user secrets (account)"),
    ],
)
def test_titles(place: Target, title: str) -> None:
    """A permission is called what GitHub's pages call it."""
    assert needed(place).title == title


@pytest.mark.parametrize(
    ("grant", "where"),
    [
        (Grant(kind=Kind.WORKFLOW), "app-private-key"),
        (Grant(kind=Kind.CLASSIC, scopes=()), "https://github.com/settings/tokens; it has none"),
        (Grant(kind=Kind.CLASSIC, scopes=("gist", "repo")), "it has `gist`, `repo`."),
        (Grant(kind=Kind.FINE_GRAINED), "https://github.com/settings/personal-access-tokens"),
        (Grant(kind=Kind.APP, settings="https://settings"), "at https://settings"),
        (Grant(kind=Kind.INSTALLATION), "at its installation"),
    ],
)
def test_widen(grant: Grant, where: str) -> None:
    """Each kind of credential is widened in another place."""
    assert where in widen(grant, target())


@pytest.mark.parametrize(("place", "owner"), [(target(), "acme"), (OWN, "yourself")])
def test_widen_a_fine_grained_token(place: Target, owner: str) -> None:
    """A fine-grained token reaches the secrets of its resource owner, so that one is named."""
    assert f"with {owner} as its resource owner" in widen(Grant(kind=Kind.FINE_GRAINED), place)
