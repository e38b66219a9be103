"""IAM in the sandbox makes roles that STS then lets in, and refuses what AWS refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.aws import ADMINISTRATOR_POLICY, PULL_POLICY, trust_policy
from tests.worlds.aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    assume,
    aws_world,
    client,
    new_password,
    pull,
    refused,
)

TRUST = json.dumps(trust_policy(ACCOUNT, sub="repo:acme/ops:ref:refs/heads/main"))
PULL = json.dumps(PULL_POLICY)
NOTHING = {"Version": "2012-10-17", "Statement": []}
NEW = {"RoleName": "new", "AssumeRolePolicyDocument": TRUST}
ISSUER = "https://token.actions.githubusercontent.com"
PROVIDER = "oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture
def world() -> Iterator[Sandbox]:
    """Live in a new sandbox: what one test makes is in the way of the next."""
    with aws_world() as sandbox:
        yield sandbox


def iam(
    world: Sandbox,
    policy: Mapping[str, Any] = ADMINISTRATOR_POLICY,
    *,
    account: str = ACCOUNT,
) -> Any:  # noqa: ANN401
    """Return a client of a user with that policy."""
    return client("iam", world.aws.user(account, policy=policy))


def test_a_role_is_made_and_assumed(world: Sandbox) -> None:
    """A role with the two policies lets the workflow in, and its token pulls."""
    arn = iam(world).create_role(**NEW)["Role"]["Arn"]
    iam(world).put_role_policy(RoleName="new", PolicyName="pull", PolicyDocument=PULL)

    key = assume(world, RoleArn=arn)
    assert key.principal.role_arn == arn
    assert pull(new_password(key, world), "base/manifests/latest").status_code == 200


def test_a_new_role_may_nothing(world: Sandbox) -> None:
    """Without a policy a role can be assumed, and no more."""
    arn = iam(world).create_role(**NEW)["Role"]["Arn"]

    answer = refused(client("ecr", assume(world, RoleArn=arn)).get_authorization_token)
    assert answer[0] == "AccessDeniedException"


def test_inline_policies_add_up(world: Sandbox) -> None:
    """A second policy takes nothing away, and one of the same name replaces the first."""
    administrator = iam(world)
    arn = administrator.create_role(**NEW)["Role"]["Arn"]
    for name, policy in (("pull", ADMINISTRATOR_POLICY), ("more", PULL_POLICY), ("pull", NOTHING)):
        statements = policy["Statement"] or PULL_POLICY["Statement"][:1]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        administrator.put_role_policy(RoleName="new", PolicyName=name, PolicyDocument=document)

    rights = assume(world, RoleArn=arn).principal
    assert rights.refusal("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:1:repository/base") is None
    assert rights.refusal("ecr:PutImage", "arn:aws:ecr:us-east-1:1:repository/base")


def test_trust_and_session_are_changed(world: Sandbox) -> None:
    """Another branch is let in once the trust policy says so, for as long as the role says."""
    administrator = iam(world)
    arn = administrator.create_role(**NEW)["Role"]["Arn"]
    other = json.dumps(trust_policy(ACCOUNT, sub="repo:acme/ops:ref:refs/heads/next"))
    administrator.update_assume_role_policy(RoleName="new", PolicyDocument=other)
    administrator.update_role(RoleName="new", MaxSessionDuration=43200)

    role = world.aws.roles[arn]
    assert role.max_session == 43200
    assert json.loads(other) == role.trust


def test_a_provider_is_made_once(world: Sandbox) -> None:
    """An account has one provider for GitHub, and audiences are added to it."""
    administrator = iam(world, account=OTHER_ACCOUNT)
    made = {"Url": ISSUER, "ClientIDList": ["sts.amazonaws.com"]}
    arn = administrator.create_open_id_connect_provider(**made)["OpenIDConnectProviderArn"]
    administrator.add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com.cn"
    )

    assert arn == f"arn:aws:iam::{OTHER_ACCOUNT}:{PROVIDER}"
    assert world.aws.audiences[OTHER_ACCOUNT] == ("sts.amazonaws.com", "sts.amazonaws.com.cn")
    again = refused(administrator.create_open_id_connect_provider, **made)
    assert again[:2] == ("EntityAlreadyExists", 409)


@pytest.mark.parametrize(
    ("call", "parameters", "code", "status"),
    [
        ("create_role", {**NEW, "RoleName": "pull"}, "EntityAlreadyExists", 409),
        ("create_role", {**NEW, "AssumeRolePolicyDocument": PULL}, "MalformedPolicyDocument", 400),
        ("create_role", {**NEW, "AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument", 400),
        ("create_role", {**NEW, "MaxSessionDuration": 43201}, "ValidationError", 400),
        (
            "put_role_policy",
            {"RoleName": "absent", "PolicyName": "pull", "PolicyDocument": PULL},
            "NoSuchEntity",
            404,
        ),
        (
            "put_role_policy",
            {"RoleName": "pull", "PolicyName": "pull", "PolicyDocument": TRUST},
            "MalformedPolicyDocument",
            400,
        ),
        (
            "add_client_id_to_open_id_connect_provider",
            {
                "OpenIDConnectProviderArn": f"arn:aws:iam::{OTHER_ACCOUNT}:{PROVIDER}",
                "ClientID": "sts.amazonaws.com",
            },
            "NoSuchEntity",
            404,
        ),
        ("list_users", {}, "InvalidAction", 400),
    ],
)
def test_refusals(
    world: Sandbox, call: str, parameters: dict[str, Any], code: str, status: int
) -> None:
    """What contradicts what is there, or is no policy, is refused with IAM's code."""
    method: Callable[..., object] = getattr(iam(world), call)

    assert refused(method, **parameters)[:2] == (code, status)


def test_rights_are_needed(world: Sandbox) -> None:
    """Whoever may only pull makes no role."""
    assert refused(iam(world, PULL_POLICY).create_role, **NEW)[:2] == ("AccessDenied", 403)


def test_unknown_key(world: Sandbox) -> None:
    """A key that nobody was given makes no role."""
    assert refused(client("iam").create_role, **NEW)[0] == "InvalidClientTokenId"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-west-2", "aws")],
)
def test_partitions(world: Sandbox, region: str, partition: str) -> None:
    """Each partition has an IAM of its own, under its own name."""
    key = world.aws.user(ACCOUNT, policy=ADMINISTRATOR_POLICY, partition=partition)
    arn = client("iam", key, region).create_role(**NEW)["Role"]["Arn"]

    assert arn == f"arn:{partition}:iam::{ACCOUNT}:role/new"
