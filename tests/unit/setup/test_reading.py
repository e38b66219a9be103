"""Options are read into a set-up, or into all that is wrong with them."""

from __future__ import annotations

import pytest

from rotate import setup
from rotate.errors import InvalidOptions
from rotate.setup import OPTIONS
from rotate.setup.model import GitHubCredential
from tests.unit.setup.examples import GIVEN, PUBLIC, faults, read


def test_defaults() -> None:
    """What is not said is what suits most."""
    plan = read()

    assert (plan.branch, plan.role_name, plan.account) == (
        "main",
        "codespaces-pull",
        GIVEN["aws-account"],
    )
    assert plan.credential is GitHubCredential.TOKEN
    assert plan.oidc_provider
    assert not plan.config
    assert plan.organizations == plan.owners == ("acme",)
    assert plan.owner_id == plan.repository_id == ""


def test_defaults_of_the_help() -> None:
    """Whoever says what the help names as the default gets what all others get."""
    named = {option.name: option.default for option in OPTIONS}
    without = {name: text for name, text in GIVEN.items() if name != "scope"}

    assert setup.read({**named, **without}) == setup.read(without)


def test_every_option_is_read() -> None:
    """Each option says something else in the set-up, or is found wrong."""
    for option in OPTIONS:
        assert faults(**{option.name.replace("-", "_"): "!? !?"}), option.name


@pytest.mark.parametrize("name", ["visibility", "role-chain", "role-duration-seconds"])
def test_what_is_no_option(name: str) -> None:
    """An input that is no option, right or wrong, says nothing in a set-up."""
    assert setup.read({**GIVEN, name: "?"}) == read()


def test_everything_that_is_missing() -> None:
    """All that is needed and absent is said in one go, in the order of the options."""
    with pytest.raises(InvalidOptions) as caught:
        setup.read({})

    assert [str(fault) for fault in caught.value.faults] == [
        "ops-repository: is missing: name the repository that the workflow runs in, as "
        "`owner/name`.",
        "aws-account: is missing: name the AWS account that the role is made in.",
        "aws-region: is missing: name the region of the registry, such as `us-east-1`.",
        "ecr-repositories: is missing: name what codespaces pull from.",
    ]
    assert "`rotate-ecr-token init --help`" in caught.value.remedy


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            {"ops_repository": "acme"},
            "ops-repository: `acme` is not a repository: write `owner/name`.",
        ),
        ({"ops_repository": "acme/svc-*"}, "ops-repository: `acme/svc-*` is not a repository"),
        ({"ops_repository": "-acme/ops"}, "ops-repository: `-acme/ops` is not a repository"),
        ({"ops_repository": f"acme/{'n' * 101}"}, "ops-repository: is not a repository"),
        ({"branch": "a..b"}, "branch: `a..b` is not the name of a branch"),
        ({"branch": "ma in"}, "branch: `ma in` is not the name of a branch"),
        ({"branch": "-f"}, "branch: `-f` is not the name of a branch"),
        ({"branch": "b" * 245}, "branch: is not the name of a branch"),
        ({"owner_id": "1"}, "repository-id: is missing: GitHub's tokens carry both IDs, or none."),
        ({"repository_id": "1"}, "owner-id: is missing"),
        ({"owner_id": "acme", "repository_id": "2"}, "owner-id: `acme` is not an ID"),
        ({"owner_id": "1", "repository_id": "02"}, "repository-id: `02` is not an ID"),
        ({"owner_id": "1", "repository_id": "9" * 21}, f"repository-id: `{'9' * 21}` is not an ID"),
        ({"scope": "team"}, "scope: `team` must be one of `repository`, `organization`, `user`."),
        ({"organization": "a b"}, "organization: `a b` is not the name of an organization."),
        ({"scope": "repository", "organization": "acme"}, "organization: is for `scope: org"),
        ({"repositories": "globex/api"}, "repositories: `globex/api` is not of `acme`."),
        ({"secret_prefix": "GITHUB"}, "secret-prefix: `GITHUB` must not begin with `GITHUB_`"),
        ({"stores": "codespace"}, "stores: `codespace` must be one of"),
        ({"scope": "user", "stores": "actions"}, "stores: `actions` has no secrets of a user."),
        ({"aws_account": "12345678901"}, "aws-account: `12345678901` is not an AWS account ID"),
        ({"aws_region": "us-east"}, "aws-region: `us-east` is not an AWS region"),
        ({"registry": "ghcr.io"}, "registry: `ghcr.io` must be a 12-digit account ID"),
        ({"ecr_repositories": "base:latest"}, "ecr-repositories: `base:latest` is not an ECR"),
        ({"ecr_repositories": "/base"}, "ecr-repositories: `/base` is not an ECR"),
        ({"ecr_repositories": "base/"}, "ecr-repositories: `base/` is not an ECR"),
        ({"probe_image": "base"}, "probe-image: `base` must be `repository:tag`"),
        ({"probe_image": "web:latest"}, "probe-image: `web` is none of `ecr-repositories`."),
        ({"role_name": "a/b"}, "role-name: `a/b` must be 1 to 64 characters"),
        ({"role_name": "rôle"}, "role-name: `rôle` must be 1 to 64 characters"),
        ({"role_name": "r" * 65}, f"role-name: `{'r' * 65}` must be 1 to 64 characters"),
        ({"oidc_provider": "maybe"}, "oidc-provider: `maybe` must be `true` or `false`."),
        ({"github_access": "pat"}, "github-access: `pat` must be one of `token`, `app`."),
        ({"github_access": "app", "scope": "user"}, "github-access: cannot be `app`"),
        ({**PUBLIC, "ecr_repositories": "base"}, "ecr-repositories: must be absent with"),
    ],
)
def test_what_is_wrong(options: dict[str, str], fault: str) -> None:
    """Each way to write an option wrong is told, once."""
    (only,) = faults(**options)

    assert only.startswith(fault)


def test_faults_of_one_option() -> None:
    """What is wrong with one option is told in the order in which it is written."""
    assert faults(repositories="globex/web,globex/api,acme/ok") == [
        f"repositories: `globex/{name}` is not of `acme`." for name in ("web", "api")
    ]


def test_a_token_reaches_one_owner() -> None:
    """Who the owners are that one token cannot reach is said."""
    assert faults(organization="acme,globex") == [
        "github-access: must be `app`: a fine-grained token reaches one owner, and `acme`, "
        "`globex` are several."
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"owner_id": "1", "repository_id": "12345678901"},
        {"owner_id": " ", "repository_id": ""},
        {"ops_repository": f"{'o' * 100}/{'n' * 100}"},
        {"branch": "b" * 244},
        {"branch": "feature/x.y_z+@#=-1"},
        {"role_name": "r" * 64},
        {"role_name": "Role_1+=,.@-"},
        {"ecr_repositories": "a.b_c-d/e__f,*", "probe_image": ""},
        {"probe_image": ""},
        {"ecr_repositories": "base/*, web", "probe_image": "base/devcontainer:latest"},
        {"scope": "user", "repositories": "acme/api"},
        {"scope": "repository", "repositories": "acme/*,!acme/old"},
        {"organization": "acme\nglobex", "github_access": "app"},
        {"registry": "210987654321.dkr.ecr.eu-west-1.amazonaws.com", "aws_region": ""},
        PUBLIC,
    ],
)
def test_what_is_right(options: dict[str, str]) -> None:
    """What a run would accept is accepted."""
    assert faults(**options) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"scope": "organization"}),
        ({"organization": "acme"}, {"scope": "organization"}),
        ({"organization": "globex"}, {"scope": "organization", "organization": "globex"}),
        ({"scope": ""}, {"scope": "repository"}),
        (
            {"scope": "repository", "repositories": "acme/api\nacme/web"},
            {"scope": "repository", "repositories": "acme/api, acme/web"},
        ),
        (
            {"repositories": "svc-*,!svc-old", "secret_prefix": "ecr_data", "stores": "actions"},
            {
                "scope": "organization",
                "repositories": "acme/svc-*, !acme/svc-old",
                "secret-prefix": "ECR_DATA",
                "stores": "actions",
            },
        ),
    ],
)
def test_inputs_of_the_target(options: dict[str, str], expected: dict[str, str]) -> None:
    """The action is told what differs from what it would do anyway."""
    given = read(**options).inputs
    registry = ("role-to-assume", "aws-region", "probe-image")

    assert {name: text for name, text in given.items() if name not in registry} == expected


def test_inputs_of_the_registry() -> None:
    """The action is told the role, the region, and the registry where it is another one."""
    given = read(registry="210987654321", aws_region="eu-west-1").inputs

    assert given["role-to-assume"] == "arn:aws:iam::123456789012:role/codespaces-pull"
    assert (given["aws-region"], given["registry"]) == ("eu-west-1", "210987654321")
    assert "role-duration-seconds" not in given
    assert "probe-image" not in read(probe_image="").inputs


def test_ecr_public_lasts_as_long_as_its_session() -> None:
    """A token of ECR Public ends with its session, so both are as long as can be."""
    plan = read(**PUBLIC)

    assert plan == read(**{**PUBLIC, "registry": " public.ecr.aws "})
    assert plan.session_seconds == 43200
    assert plan.inputs["role-duration-seconds"] == "43200"
    assert plan.is_public


@pytest.mark.parametrize(
    ("region", "partition", "audience"),
    [
        ("us-east-1", "aws", "sts.amazonaws.com"),
        ("cn-north-1", "aws-cn", "sts.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "sts.amazonaws.com"),
        ("eusc-de-east-1", "aws-eusc", "sts.amazonaws.com"),
    ],
)
def test_partitions(region: str, partition: str, audience: str) -> None:
    """Every ARN is in the region's partition, and the audience is the one that its STS expects."""
    plan = read(aws_region=region)
    (trust,) = plan.trust_policy["Statement"]
    resource = plan.pull_policy["Statement"][1]["Resource"][0]

    assert plan.role.split(":")[1] == partition
    assert trust["Principal"]["Federated"].split(":")[1] == resource.split(":")[1] == partition
    assert plan.audience == audience
    assert audience in trust["Condition"]["StringEquals"].values()


@pytest.mark.parametrize(
    ("options", "owners"),
    [
        ({"scope": "user"}, ()),
        ({"scope": "user", "repositories": "acme/api"}, ()),
        ({"scope": "repository"}, ("acme",)),
        ({"scope": "repository", "repositories": "acme/api,Acme/web,!globex/*"}, ("Acme",)),
        (
            {"scope": "repository", "repositories": "acme/*,globex/*", "github_access": "app"},
            ("acme", "globex"),
        ),
    ],
)
def test_owners(options: dict[str, str], owners: tuple[str, ...]) -> None:
    """Those who own a target are known, each once; what is excluded makes nobody an owner."""
    assert read(**options).owners == owners


@pytest.mark.parametrize(
    ("options", "permissions"),
    [
        ({}, ("organization_codespaces_secrets",)),
        ({"scope": "repository"}, ("codespaces_secrets",)),
        ({"scope": "user"}, ("codespaces_user_secrets",)),
        (
            {"organization": "acme,globex", "github_access": "app"},
            ("organization_codespaces_secrets",),
        ),
        (
            {"stores": "codespaces,dependabot"},
            ("organization_codespaces_secrets", "organization_dependabot_secrets"),
        ),
    ],
)
def test_permissions(options: dict[str, str], permissions: tuple[str, ...]) -> None:
    """Level and stores say what must be granted, and nothing else does."""
    assert read(**options).permissions == permissions
