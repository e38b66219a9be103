"""From inputs to the registry, and the identity that fetches its tokens."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rotate.model.registry import Identity, Registry, Service, TokenSource
from rotate.settings.aws import PULL_SESSION_POLICY
from tests.unit.examples import ACCOUNT, HOST, ROLE
from tests.unit.reading import RUNNER, faults, read

OTHER_ACCOUNT = "210987654321"
OTHER_HOST = HOST.replace(ACCOUNT, OTHER_ACCOUNT)
CHINA = "arn:aws-cn:iam::123456789012:role/pull"
OTHER_ROLE = ROLE.replace(ACCOUNT, OTHER_ACCOUNT)


def only_registry(given: Mapping[str, str], environment: Mapping[str, str] = RUNNER) -> Registry:
    """Return the one registry of those inputs."""
    (registry,) = read(given, environment).registries
    return registry


def test_defaults() -> None:
    """Without an input, the registry is that of boto3's own account, in the runner's region."""
    assert only_registry({}) == Registry(
        name="default",
        source=TokenSource(
            identity=Identity(
                region="us-east-1",
                session_name="rotate-ecr-token-42",
                session_policy=PULL_SESSION_POLICY,
            ),
            region="us-east-1",
            service=Service.ECR,
        ),
    )


def test_everything_given() -> None:
    """Every input of the identity and the registry reaches the plan."""
    registry = only_registry(
        {
            "role-to-assume": ROLE,
            "aws-region": "eu-west-1",
            "audience": "me",
            "role-session-name": "nightly",
            "role-duration-seconds": "900",
            "role-chain": OTHER_ROLE,
            "role-external-id": "c0ffee",
            "session-policy": "none",
            "allowed-account-ids": OTHER_ACCOUNT,
            "verify": "false",
            "probe-image": "base:latest",
        }
    )
    assert registry.source.identity == Identity(
        region="eu-west-1",
        role=ROLE,
        audience="me",
        session_name="nightly",
        duration=900,
        chain=(OTHER_ROLE,),
        external_id="c0ffee",
        session_policy=None,
        allowed_accounts=(OTHER_ACCOUNT,),
    )
    assert (registry.verify, registry.probe_image) == (False, "base:latest")


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({}, None),
        ({"role-to-assume": ROLE}, HOST),
        ({"role-to-assume": ROLE, "role-chain": OTHER_ROLE}, OTHER_HOST),
        ({"registry": OTHER_ACCOUNT}, OTHER_HOST),
        ({"registry": HOST}, HOST),
        ({"registry": "public.ecr.aws"}, "public.ecr.aws"),
    ],
)
def test_hosts(given: dict[str, str], host: str | None) -> None:
    """The host is the one that is named, else that of the last role's account."""
    assert only_registry(given).host == host


def test_region_of_the_host() -> None:
    """A host names its region, whatever the environment says."""
    host = HOST.replace("us-east-1", "eu-west-1")
    source = only_registry({"registry": host}).source
    assert (source.region, source.identity.region) == ("eu-west-1", "eu-west-1")


def test_region_beside_the_host() -> None:
    """A region that contradicts the host is a fault; one that agrees is not."""
    assert only_registry({"registry": HOST, "aws-region": "us-east-1"}).host == HOST
    assert faults({"registry": HOST, "aws-region": "eu-west-1"}) == [
        "aws-region: is `eu-west-1`, but the registry is in `us-east-1`; a token works only in "
        "its own region. Remove `aws-region`."
    ]


@pytest.mark.parametrize(
    ("environment", "identity_region"),
    [({**RUNNER, "AWS_REGION": "eu-west-1"}, "eu-west-1"), ({"GH_TOKEN": "x"}, "us-east-1")],
)
def test_public_registry(environment: dict[str, str], identity_region: str) -> None:
    """Tokens of ECR Public come from one region, and the session from the region that is given."""
    given = {"registry": "public.ecr.aws", "repositories": "acme/api"}
    source = only_registry(given, environment).source
    assert (source.service, source.region) == (Service.ECR_PUBLIC, "us-east-1")
    assert source.identity.region == identity_region


def test_region_beside_the_public_registry() -> None:
    """The region that is named for a public registry is the one of the session."""
    given = {"registry": "public.ecr.aws", "aws-region": "eu-west-1"}
    assert only_registry(given).source.identity.region == "eu-west-1"


def test_china() -> None:
    """China has its own partition, host and audience."""
    registry = only_registry({"role-to-assume": CHINA, "aws-region": "cn-north-1"})
    assert registry.host == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
    assert registry.source.identity.audience == "sts.amazonaws.com.cn"


def test_long_session() -> None:
    """A session that is not chained may be as long as its role allows."""
    identity = only_registry({"role-duration-seconds": "43200"}).source.identity
    assert identity.duration == 43200


@pytest.mark.parametrize("run", [{"GITHUB_RUN_ID": ""}, {}])
def test_session_name_outside_a_run(run: dict[str, str]) -> None:
    """Without a run, the session's name is that of the project."""
    environment = {name: RUNNER[name] for name in RUNNER if name != "GITHUB_RUN_ID"} | run
    assert only_registry({}, environment).source.identity.session_name == "rotate-ecr-token"
