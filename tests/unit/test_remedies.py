"""Remedies: the YAML, JSON and commands that they show are right."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from rotate import policies, remedies
from rotate.model.target import Scope, Store
from rotate.remedies import Claims
from rotate.settings import inputs
from tests.unit.examples import HOST, ROLE, target

ISSUER = "https://token.actions.githubusercontent.com"
NAMED = "repo:acme/ops:ref:refs/heads/main"
NUMBERED = "repo:acme@1/ops@2:ref:refs/heads/main"


def claims(sub: str = NAMED, **ids: str) -> Claims:
    """Return the claims of a workflow of `acme/ops`."""
    return Claims(sub=sub, audience="sts.amazonaws.com", issuer=ISSUER, **ids)


def statement(remedy: str) -> dict[str, Any]:
    """Return the one statement of the policy that a remedy ends with."""
    policy = json.loads(remedy[remedy.index("{") :])
    assert policy["Version"] == "2012-10-17"
    (only,) = policy["Statement"]
    return dict(only)


@pytest.mark.parametrize(
    ("remedy", "permission"),
    [(remedies.ALLOW_OIDC, "id-token"), (remedies.ALLOW_ISSUES, "issues")],
)
def test_yaml_that_allows(remedy: str, permission: str) -> None:
    """The remedy for a missing permission shows the YAML that grants it."""
    shown = [line for line in remedy.splitlines() if line.startswith("    ")]
    assert yaml.safe_load("\n".join(shown)) == {"permissions": {permission: "write"}}


def test_sessions_are_refused_for_inputs() -> None:
    """Each remedy of a refused session belongs to an input, and names it."""
    assert set(remedies.SESSION) <= set(inputs.NAMES)
    assert all(f"`{name}" in remedy for name, remedy in remedies.SESSION.items())


@pytest.mark.parametrize(
    ("sub", "ids", "subjects"),
    [
        (NAMED, {}, [NAMED]),
        (NAMED, {"owner_id": "1"}, [NAMED]),
        (NAMED, {"repository_id": "2"}, [NAMED]),
        (NAMED, {"owner_id": "1", "repository_id": "2"}, [NAMED, NUMBERED]),
        (NUMBERED, {"owner_id": "1", "repository_id": "2"}, [NAMED, NUMBERED]),
        ("repository_id:2", {"owner_id": "1", "repository_id": "2"}, ["repository_id:2"]),
        ("", {}, [""]),
    ],
)
def test_subjects(sub: str, ids: dict[str, str], subjects: list[str]) -> None:
    """A workflow is known by its names, and where GitHub gives them, by names with IDs."""
    assert claims(sub, **ids).subjects() == subjects


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_trust_policy(partition: str) -> None:
    """The trust policy accepts exactly this workflow, through GitHub's provider."""
    role = ROLE.replace("arn:aws:", f"arn:{partition}:")
    assert statement(remedies.trust_policy(role, claims())) == {
        "Effect": "Allow",
        "Principal": {
            "Federated": f"arn:{partition}:iam::123456789012:oidc-provider/"
            "token.actions.githubusercontent.com"
        },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": [NAMED],
            }
        },
    }


def test_oidc_provider() -> None:
    """Both commands name the provider or its address, and the audience."""
    create, add = (
        line.split()
        for line in remedies.oidc_provider(ROLE, claims()).splitlines()
        if line.startswith("    aws iam ")
    )
    assert create[create.index("--url") + 1] == ISSUER
    assert create[create.index("--client-id-list") + 1] == "sts.amazonaws.com"
    assert add[add.index("--open-id-connect-provider-arn") + 1] == (
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    )
    assert add[add.index("--client-id") + 1] == "sts.amazonaws.com"


def test_actions() -> None:
    """Actions without a resource are granted on every one."""
    assert statement(remedies.allow_actions(("ecr:GetAuthorizationToken",))) == {
        "Effect": "Allow",
        "Action": ["ecr:GetAuthorizationToken"],
        "Resource": "*",
    }


@pytest.mark.parametrize(
    ("host", "resource"),
    [
        (HOST, "arn:aws:ecr:us-east-1:123456789012:repository/base"),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/base",
        ),
    ],
)
def test_pull(host: str, resource: str) -> None:
    """A pull is granted on the repository, and nothing but a pull is."""
    assert statement(remedies.allow_pull(host, "base")) == {
        "Effect": "Allow",
        "Action": [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ],
        "Resource": [resource],
    }


def test_pull_from_a_host_that_is_unknown() -> None:
    """Where the host tells no account, a pull is granted on every repository."""
    assert statement(remedies.allow_pull("registry.example.com", "base"))["Resource"] == "*"


def test_pull_from_ecr_public() -> None:
    """A token of ECR Public pulls whatever it is asked for, so the token is what is granted."""
    assert statement(remedies.allow_pull("public.ecr.aws", "base")) == {
        "Effect": "Allow",
        "Action": list(policies.PUBLIC_ACTIONS),
        "Resource": "*",
    }


def test_what_to_grant() -> None:
    """What to grant is said in whole sentences, and only what is of use at the level."""
    own = target(scope=Scope.USER, owner="")
    assert remedies.secrets_permission(own, "", "") == (
        "To write codespaces secrets at the level user, a fine-grained token needs "
        "`codespaces_user_secrets: write`, a classic token the scope `codespace:secrets`. Check "
        "the spelling of what is named, too."
    )
    refused = "Resource not accessible by integration"
    assert remedies.secrets_permission(target(), refused, "required; url=https://sso") == (
        "If `github-token` is the workflow's own `GITHUB_TOKEN`: that one can never write these "
        "secrets. Pass a personal access token, or `app-id` and `app-private-key`. To write "
        "codespaces secrets at the level organization, a fine-grained token or a GitHub App needs "
        "`organization_codespaces_secrets: write`, a classic token the scope `admin:org`. The "
        "owner of a classic token must own the organization. On the Free plan an organization has "
        "no Codespaces secrets. Check the spelling of what is named, too. Authorize the token for "
        "the organization's single sign-on: https://sso"
    )


PLACES = [
    (scope, store)
    for scope in Scope
    for store in Store
    if scope is not Scope.USER or store is Store.CODESPACES
]


@pytest.mark.parametrize(("scope", "store"), PLACES)
def test_permissions(scope: Scope, store: Store) -> None:
    """Every place that a plan may name has the permissions that it needs."""
    place = target(scope=scope, owner="initech", store=store)
    remedy = remedies.secrets_permission(place, "", "")
    assert f"To write {store} secrets at the level {scope}, " in remedy
    assert place.owner not in remedy
    assert ": write`, a classic token the scope `" in remedy
    assert ("GitHub App" in remedy) is (scope is not Scope.USER)
    assert ("must own the organization" in remedy) is (scope is Scope.ORGANIZATION)
    assert ("Free plan" in remedy) is (scope is Scope.ORGANIZATION)


@pytest.mark.parametrize(
    ("scope", "store", "classic", "permission"),
    [
        (Scope.REPOSITORY, Store.CODESPACES, "repo", "codespaces_secrets"),
        (Scope.ORGANIZATION, Store.DEPENDABOT, "admin:org", "organization_dependabot_secrets"),
        (Scope.USER, Store.CODESPACES, "codespace:secrets", "codespaces_user_secrets"),
    ],
)
def test_names_of_permissions(scope: Scope, store: Store, classic: str, permission: str) -> None:
    """The permission and the scope are those of GitHub's documentation."""
    remedy = remedies.secrets_permission(target(scope=scope, store=store), "", "")
    assert f"`{permission}: write`, a classic token the scope `{classic}`" in remedy


@pytest.mark.parametrize(
    ("message", "said"),
    [("Resource not accessible by integration", True), ("Not Found", False)],
)
def test_token_of_the_workflow(message: str, said: bool) -> None:
    """Where it may be the workflow's own token, the remedy says that it never can."""
    remedy = remedies.secrets_permission(target(), message, "")
    assert ("workflow's own `GITHUB_TOKEN`" in remedy) is said


def test_what_github_says() -> None:
    """What GitHub says of permissions and single sign-on is passed on."""
    remedy = remedies.github_permission("codespaces_secrets=write", "required; url=https://sso")
    assert "would accept the permission `codespaces_secrets=write`." in remedy
    assert remedy.endswith("single sign-on: https://sso")
    assert remedies.github_permission("", "").endswith("may see it.")


def test_an_address_of_single_sign_on_is_whole() -> None:
    """An address is passed on with all its parameters, to whoever may lack a permission, too."""
    address = "https://github.com/orgs/acme/sso?authorization_request=A&return_url=/settings"
    remedy = remedies.secrets_permission(target(), "", f"required; url={address}")
    assert remedy.endswith(f"single sign-on: {address}")
    assert "single sign-on" not in remedies.secrets_permission(target(), "", "")


def test_single_sign_on_without_an_address() -> None:
    """Where GitHub gives no address, none is announced."""
    said = "partial-results; organizations=21955855,20582480"
    assert remedies.github_permission("", said).endswith("organization's single sign-on.")
