"""Tokens reach GitHub only for a registry of ECR's that accepts them."""

from __future__ import annotations

import json

import pytest

from sandbox import Fault
from sandbox.aws import PUBLIC_PULL_POLICY
from sandbox.aws.iam import Policy
from tests.integration.answers import DECOY, authorization
from tests.integration.world import (
    ACCOUNT,
    HOST,
    IMAGE,
    OTHER_ACCOUNT,
    OTHER_HOST,
    PASSWORD,
    REGION,
    ROLE,
    ROTATION,
    SUBJECT,
    TOKEN_FETCHED,
    World,
    advice,
)

READ_KEY = {"github GET": 1}
PUBLIC = {"registry": "public.ecr.aws", "aws-region": ""}


def let_role_have(world: World, policy: Policy) -> None:
    """Give the role these permissions and no others."""
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT)
    world.aws.role(ROLE, trust=trust, policy=policy)


@pytest.mark.parametrize(
    ("registry", "host"),
    [
        pytest.param("", HOST, id="own account"),
        pytest.param(OTHER_ACCOUNT, OTHER_HOST, id="other account"),
        pytest.param(f"https://{HOST}/", HOST, id="address"),
        pytest.param(
            HOST.replace("ecr", "ecr-fips"), HOST.replace("ecr", "ecr-fips"), id="FIPS host"
        ),
        pytest.param(
            f"{ACCOUNT}.dkr-ecr.{REGION}.on.aws",
            f"{ACCOUNT}.dkr-ecr.{REGION}.on.aws",
            id="dual-stack host",
        ),
    ],
)
def test_registry(world: World, registry: str, host: str) -> None:
    """The server is the host that was asked for, and it is the one that is verified."""
    run = world.action({"registry": registry})
    assert run.exit_status == 0
    assert world.repository() == world.fresh(host)
    assert world.asked == ROTATION
    asked = [each.host for each in world.sandbox.requests if each.service == "registry"]
    assert asked == [host]
    assert run.outputs["registry"] == host


def test_region_of_the_host(world: World) -> None:
    """A host names its region, whatever region the environment is set to."""
    host = HOST.replace(REGION, "eu-west-1")
    inputs = {"registry": host, "aws-region": ""}
    assert world.action(inputs, environment={"AWS_REGION": REGION}).exit_status == 0
    assert world.repository() == world.fresh(host)
    assert world.issued.region == "eu-west-1"


def test_public_registry(world: World) -> None:
    """A token of ECR Public is valid no longer than the session that fetched it."""
    let_role_have(world, PUBLIC_PULL_POLICY)
    run = world.action(PUBLIC | {"probe-image": "acme/base:latest"})
    assert run.exit_status == 0
    assert world.repository() == world.fresh("public.ecr.aws")
    assert world.asked == {**ROTATION, "registry GET": 2}
    until = world.issued.usable_until
    assert until < world.issued.expires_at
    assert run.outputs["expires-at"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"


BEARER = Fault(
    service="registry",
    path="/v2/$",
    status=401,
    headers={"WWW-Authenticate": 'Bearer realm="https://public.ecr.aws/token/",scope="aws"'},
)


def test_bearer_token(world: World) -> None:
    """A registry that wants a bearer token is verified with one that the password buys."""
    let_role_have(world, PUBLIC_PULL_POLICY)
    world.fault(BEARER)
    assert world.action(PUBLIC).exit_status == 0
    assert world.repository() == world.fresh("public.ecr.aws")
    asked = [each.path for each in world.sandbox.requests if each.service == "registry"]
    assert asked == ["/v2/", "/token/?scope=aws", "/v2/"]


def test_public_registry_from_another_region(world: World) -> None:
    """STS is asked in the region that is given, ECR Public in the one where it is."""
    let_role_have(world, PUBLIC_PULL_POLICY)
    assert world.action(PUBLIC | {"aws-region": "eu-west-1"}).exit_status == 0
    hosts = [each.host for each in world.sandbox.requests if each.service in {"sts", "ecr"}]
    assert hosts == ["sts.eu-west-1.amazonaws.com", "api.ecr-public.us-east-1.amazonaws.com"]


@pytest.mark.parametrize(
    ("inputs", "actions"),
    [
        ({}, ["ecr:GetAuthorizationToken"]),
        (PUBLIC, ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]),
    ],
    ids=["private", "public"],
)
def test_no_permission(world: World, inputs: dict[str, str], actions: list[str]) -> None:
    """The advice is the policy statement that is missing; ECR is asked once."""
    let_role_have(world, {"Version": "2012-10-17", "Statement": []})
    run = world.action(inputs)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {**TOKEN_FETCHED, **READ_KEY}
    policy = advice(run)[advice(run).index("{") :]
    assert json.loads(policy)["Statement"] == [
        {"Effect": "Allow", "Action": actions, "Resource": "*"}
    ]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("shared:latest", ""),
        ("unshared:latest", "may not pull unshared"),
        ("shared:gone", "there is no image shared:gone"),
        ("nowhere:latest", "may not pull nowhere"),
    ],
)
def test_probe(world: World, image: str, message: str) -> None:
    """A token that is genuine may still not pull: then nothing is written."""
    run = world.action({"registry": OTHER_ACCOUNT, "probe-image": image})
    assert run.exit_status == (1 if message else 0)
    assert message in (advice(run) if message else "")
    assert world.repository() == (world.stale if message else world.fresh(OTHER_HOST))
    writes = {} if message else {"github PUT": 3}
    assert world.asked == {**TOKEN_FETCHED, **READ_KEY, "registry GET": 2, **writes}


def test_probe_by_digest(world: World) -> None:
    """An image may be named by its digest."""
    [repository] = [each for each in world.aws.repositories.values() if each.name == IMAGE]
    digest = repository.images["latest"].digest
    assert world.action({"probe-image": f"{IMAGE}@{digest}"}).exit_status == 0
    assert world.repository() == world.fresh()


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        ({"verify": "false"}, {}),
        ({"verify": "false", "probe-image": f"{IMAGE}:latest"}, {"registry GET": 1}),
    ],
    ids=["nothing", "probe alone"],
)
def test_not_verified(world: World, inputs: dict[str, str], asked: dict[str, int]) -> None:
    """With `verify: false` the registry is not asked whether it accepts the token."""
    run = world.action(inputs)
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**TOKEN_FETCHED, **READ_KEY, **asked, "github PUT": 3}
    assert "not verified" in run.log


def test_password_with_a_colon(world: World) -> None:
    """Everything past the first colon is the password."""
    world.sandbox.canaries.add(f"{DECOY}:{DECOY}")
    data = [authorization(decoded=f"AWS:{DECOY}:{DECOY}")]
    world.fault(Fault(service="ecr", status=200, body={"authorizationData": data}))
    assert world.action({"verify": "false"}).exit_status == 0
    assert world.repository()[PASSWORD] == f"{DECOY}:{DECOY}"


def test_proof_is_for_the_newest_token(world: World) -> None:
    """Each run fetches and proves a token of its own."""
    assert world.action().exit_status == 0
    first = world.issued.password
    assert world.action().exit_status == 0
    assert world.issued.password != first
    assert world.repository() == world.fresh()
    assert world.asked == {name: 2 * count for name, count in ROTATION.items()}
