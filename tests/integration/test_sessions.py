"""The session that fetches the token: its role, its rights, its account and its name."""

from __future__ import annotations

import json

import pytest

from sandbox import Job
from sandbox.aws import PULL_POLICY, chain_policy
from tests.integration.world import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_HOST,
    REGION,
    ROLE,
    ROTATION,
    SUBJECT,
    World,
    advice,
)

FIRST_ROLE = f"arn:aws:iam::{ACCOUNT}:role/first"
CHAINED_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/chained"
IMAGES = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/base/devcontainer"
FULL_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}],
}


def chain(world: World) -> dict[str, str]:
    """Let a role of another account trust a first role, and return the inputs that use it."""
    may_chain = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": CHAINED_ROLE}],
    }
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT)
    world.aws.role(FIRST_ROLE, trust=trust, policy=may_chain)
    world.aws.role(CHAINED_ROLE, trust=chain_policy(FIRST_ROLE, external_id="c0ffee"))
    return {
        "role-to-assume": FIRST_ROLE,
        "role-chain": CHAINED_ROLE,
        "role-external-id": "c0ffee",
    }


def test_chain(world: World) -> None:
    """The last role of a chain fetches the token, for its own account's registry."""
    run = world.action(chain(world))
    assert run.exit_status == 0
    assert world.repository() == world.fresh(OTHER_HOST)
    assert world.issued.principal.role_arn == CHAINED_ROLE
    assert world.asked == {**ROTATION, "sts AssumeRole": 1}


@pytest.mark.parametrize("external_id", ["", "c0ff33"], ids=["none", "wrong"])
def test_chain_refused(world: World, external_id: str) -> None:
    """A chained role that does not trust the first one is named, with both of its policies."""
    run = world.action(chain(world) | {"role-external-id": external_id})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert "ecr GetAuthorizationToken" not in world.asked
    assert world.asked["sts AssumeRole"] == 1
    assert CHAINED_ROLE in advice(run)
    assert "`role-external-id`" in advice(run)


@pytest.mark.parametrize(
    ("given", "may_push", "may_pull"),
    [
        ("pull", False, True),
        ("none", True, True),
        (json.dumps(FULL_POLICY), True, True),
    ],
    ids=["pull", "none", "JSON"],
)
def test_session_policy(world: World, given: str, may_push: bool, may_pull: bool) -> None:
    """What the token may do is what role and session policy both allow."""
    world.aws.role(ROLE, trust=world.aws.trust_policy(ACCOUNT, sub=SUBJECT), policy=FULL_POLICY)
    run = world.action({"session-policy": given, "probe-image": "base/devcontainer:latest"})
    assert run.exit_status == 0
    principal = world.issued.principal
    assert (principal.refusal("ecr:PutImage", IMAGES) is None) is may_push
    assert (principal.refusal("ecr:BatchGetImage", IMAGES) is None) is may_pull


@pytest.mark.parametrize(
    ("inputs", "remedy"),
    [
        pytest.param(
            {"role-duration-seconds": "7200"}, "Lower `role-duration-seconds`", id="duration"
        ),
        pytest.param(
            {"session-policy": json.dumps({**PULL_POLICY, "Id": "x" * 2048})},
            "shorten `session-policy`",
            id="long policy",
        ),
        pytest.param(
            {"session-policy": '{"Statement": "all"}'},
            "Correct or shorten `session-policy`",
            id="malformed policy",
        ),
        pytest.param({"aws-region": "ap-east-1"}, "Activate the region", id="disabled region"),
    ],
)
def test_session_refused(world: World, inputs: dict[str, str], remedy: str) -> None:
    """A session that AWS does not grant is asked for once, and the input to correct is named."""
    run = world.action(inputs)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {"oidc GET": 1, "sts AssumeRoleWithWebIdentity": 1, "github GET": 1}
    assert remedy in advice(run)


def test_longer_session(world: World) -> None:
    """A duration that the role allows is granted."""
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT)
    world.aws.role(ROLE, trust=trust, max_session=43200)
    assert world.action({"role-duration-seconds": "43200"}).exit_status == 0


def test_allowed_account(world: World) -> None:
    """A session in an allowed account goes on, and nothing more need be asked for that."""
    assert world.action({"allowed-account-ids": f"{OTHER_ACCOUNT}\n{ACCOUNT}"}).exit_status == 0
    assert world.asked == ROTATION


def test_account_not_allowed(world: World) -> None:
    """A session in another account fetches no token."""
    run = world.action({"allowed-account-ids": OTHER_ACCOUNT})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {"oidc GET": 1, "sts AssumeRoleWithWebIdentity": 1, "github GET": 1}
    assert f"in account {ACCOUNT}, and only {OTHER_ACCOUNT} is allowed" in advice(run)
    assert "`allowed-account-ids`" in advice(run)


def own_credentials(world: World, account: str = ACCOUNT) -> dict[str, str]:
    """Return variables in which boto3 finds the key of a user."""
    key = world.aws.user(account)
    return {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
    }


def test_own_credentials(world: World) -> None:
    """Without a role boto3's own chain is used, and neither STS nor GitHub's OIDC is asked."""
    environment = {**own_credentials(world), "AWS_REGION": REGION}
    inputs = {"role-to-assume": "", "aws-region": ""}
    run = world.action(inputs, environment=environment, id_token=False)
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    expected = {"ecr GetAuthorizationToken": 1, "registry GET": 1}
    assert world.asked == {**expected, "github GET": 1, "github PUT": 3}


@pytest.mark.parametrize(
    ("allowed", "status"), [(ACCOUNT, 0), (OTHER_ACCOUNT, 1)], ids=["allowed", "another"]
)
def test_account_of_own_credentials(world: World, allowed: str, status: int) -> None:
    """Whose the credentials are that boto3 found, AWS is asked before they are used."""
    inputs = {"role-to-assume": "", "allowed-account-ids": allowed}
    run = world.action(inputs, environment=own_credentials(world))
    assert run.exit_status == status
    assert world.asked["sts GetCallerIdentity"] == 1
    assert ("ecr GetAuthorizationToken" in world.asked) is (status == 0)
    assert world.repository() == (world.stale if status else world.fresh())


def test_no_credentials_at_all(world: World) -> None:
    """Without a role, and where boto3 finds nothing, the advice is to set the role."""
    environment = {"AWS_EC2_METADATA_DISABLED": "true"}
    run = world.action({"role-to-assume": ""}, environment=environment)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {"github GET": 1}
    assert "Set `role-to-assume:" in advice(run)


@pytest.mark.parametrize(
    ("given", "name"),
    [("", f"rotate-ecr-token-{Job().run_id}"), ("nightly@acme", "nightly@acme")],
    ids=["default", "given"],
)
def test_session_name(world: World, given: str, name: str) -> None:
    """CloudTrail names the run, or what was given in its place."""
    assert world.action({"role-session-name": given}).exit_status == 0
    assert world.issued.principal.arn.rpartition("/")[2] == name
