"""From inputs to the selections of targets."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rotate.model.target import Scope, Secrets, Selection, Store, Target, Visibility
from tests.unit.reading import RUNNER, faults, read

LIFE = 12 * 3600.0


def only_selection(given: Mapping[str, str]) -> Selection:
    """Return the one selection of those inputs."""
    (selection,) = read(given).selections
    return selection


def test_defaults() -> None:
    """Without an input, the running repository is the target."""
    assert only_selection({}) == Selection(
        target=Target(registry="default", scope=Scope.REPOSITORY), patterns=("acme/ops",)
    )


def test_stores() -> None:
    """Each store is a selection of its own, in the order they are named."""
    plan = read({"repositories": "acme/api\nacme/web", "stores": "actions,codespaces,actions"})
    assert [(one.target.store, one.patterns) for one in plan.selections] == [
        (Store.ACTIONS, ("acme/api", "acme/web")),
        (Store.CODESPACES, ("acme/api", "acme/web")),
    ]


def test_globs_and_exclusions() -> None:
    """Globs and exclusions are kept for GitHub's listing to resolve."""
    given = {"repositories": "acme/svc-*, !acme/svc-old # not a comment\n# acme/web\n"}
    assert "is not a repository" in faults(given)[0]
    given = {"repositories": "acme/svc-*, !acme/svc-old\n# acme/web\n"}
    assert only_selection(given).patterns == ("acme/svc-*", "!acme/svc-old")


@pytest.mark.parametrize(
    ("given", "visibility", "patterns"),
    [
        ({}, None, ()),
        ({"visibility": "all"}, Visibility.ALL, ()),
        ({"visibility": "private"}, Visibility.PRIVATE, ()),
        ({"repositories": "api"}, Visibility.SELECTED, ("acme/api",)),
        ({"repositories": "svc-*,!svc-x"}, Visibility.SELECTED, ("acme/svc-*", "!acme/svc-x")),
        ({"repositories": "ACME/a", "visibility": "selected"}, Visibility.SELECTED, ("ACME/a",)),
    ],
)
def test_readers_of_an_organization(
    given: dict[str, str], visibility: Visibility | None, patterns: tuple[str, ...]
) -> None:
    """An organization's readers are kept, chosen by visibility, or named one by one."""
    selection = only_selection({"scope": "organization", **given})
    assert selection.target.label == "organization acme"
    assert (selection.target.visibility, selection.patterns) == (visibility, patterns)


def test_letter_case_of_an_organization() -> None:
    """GitHub's names ignore case, so that readers may be of `acme` where the target is `Acme`."""
    given = {"scope": "organization", "organization": "Acme", "repositories": "acme/api, ACME/web"}
    assert only_selection(given).patterns == ("acme/api", "ACME/web")


@pytest.mark.parametrize(
    ("given", "patterns"),
    [({}, ()), ({"repositories": "acme/api"}, ("acme/api",))],
)
def test_readers_of_a_user(given: dict[str, str], patterns: tuple[str, ...]) -> None:
    """A user's readers are kept, or named one by one."""
    selection = only_selection({"scope": "user", **given})
    assert (selection.target.label, selection.patterns) == ("user", patterns)


@pytest.mark.parametrize("scope", Scope)
def test_exclusions_alone(scope: Scope) -> None:
    """To exclude repositories from none is a slip."""
    (fault,) = faults({"scope": scope, "repositories": "!acme/api"})
    assert fault == "repositories: excludes repositories, but names none."


def test_names_of_the_secrets() -> None:
    """The prefix and the choice of secrets reach the target."""
    target = only_selection({"secret-prefix": "ecr_data", "secrets": "password"}).target
    assert target.secrets is Secrets.PASSWORD
    assert target.names == (
        "ECR_DATA_CONTAINER_REGISTRY_SERVER",
        "ECR_DATA_CONTAINER_REGISTRY_USER",
        "ECR_DATA_CONTAINER_REGISTRY_PASSWORD",
    )


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, None),
        ({"renew-before": "6h"}, 6 * 3600),
        ({"renew-before": "50%"}, LIFE / 2),
        ({"renew-before": "6h", "force": "true"}, None),
        ({"force": "true"}, None),
        ({"renew-before": "50%", "registry": "public.ecr.aws"}, LIFE / 2),
        (
            {
                "renew-before": "50%",
                "registry": "public.ecr.aws",
                "role-to-assume": "arn:aws:iam::123456789012:role/pull",
            },
            1800,
        ),
    ],
)
def test_renewal(given: dict[str, str], seconds: float | None) -> None:
    """A target is renewed when less is left of its token's life than asked; `force` overrides."""
    assert only_selection(given).target.renew_before == seconds


def test_missing_organization_is_one_fault() -> None:
    """A missing organization is one fault, and none of the repositories beside it."""
    given = {"scope": "organization", "repositories": "acme/api"}
    (fault,) = faults(given, {**RUNNER, "GITHUB_REPOSITORY_OWNER": ""})
    assert fault.startswith("organization: is missing")


def test_misspelt_scope_is_one_fault() -> None:
    """A scope that is wrong is one fault, and none of the inputs that go with the right one."""
    given = {"scope": "organisation", "organization": "acme", "repositories": "api"}
    (fault,) = faults(given)
    assert fault.startswith("scope: `organisation` must be one of")
