"""Who asks AWS: the role and its trust, its session, and boto3's own credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import Job
from tests.integration.world import (
    ACCOUNT,
    ROLE,
    ROTATION,
    SUBJECT,
    World,
    advice,
)


def policy_in(text: str) -> Any:  # noqa: ANN401
    """Return the policy that a piece of advice ends with."""
    return json.loads(text[text.index("{") :])


@pytest.mark.parametrize("immutable", [False, True], ids=["named", "numbered"])
def test_trust_refused(world: World, immutable: bool) -> None:
    """A refused role is asked for once; the advice is a trust policy for both forms of `sub`."""
    world.aws.role(ROLE, trust=world.aws.trust_policy(ACCOUNT, sub="repo:acme/other:*"))
    run = world.action(job=Job(immutable_subject=immutable))
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {"oidc GET": 1, "sts AssumeRoleWithWebIdentity": 1, "github GET": 1}
    owner, name = world.github.id_of("acme"), world.github.id_of("acme/ops")
    numbered = f"repo:acme@{owner}/ops@{name}:ref:refs/heads/main"
    assert f"sub={numbered if immutable else SUBJECT}" in advice(run)
    trust = policy_in(advice(run).partition("trust policy")[2])
    [statement] = trust["Statement"]
    assert statement["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": [SUBJECT, numbered],
    }


def test_the_advised_trust_policy_is_accepted(world: World) -> None:
    """The role can be assumed once it has the trust policy that the advice showed."""
    job = Job(immutable_subject=True)
    world.aws.role(ROLE, trust=world.aws.trust_policy(ACCOUNT, sub="repo:acme/other:*"))
    refused = world.action(job=job)
    world.aws.role(ROLE, trust=policy_in(advice(refused).partition("trust policy")[2]))
    assert world.action(job=job).exit_status == 0
    assert world.repository() == world.fresh()


@pytest.mark.parametrize(
    ("audiences", "inputs", "message"),
    [
        pytest.param(
            ("sts.amazonaws.com",),
            {"audience": "https://example.com"},
            "Incorrect token audience",
            id="wrong audience",
        ),
        pytest.param((), {}, "No OpenIDConnect provider found", id="no provider"),
    ],
)
def test_provider_not_accepted(
    world: World, audiences: tuple[str, ...], inputs: dict[str, str], message: str
) -> None:
    """The advice is the command that registers GitHub, with the audience that was presented."""
    world.aws.oidc_provider(ACCOUNT, audiences=audiences)
    run = world.action(inputs)
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {"oidc GET": 1, "sts AssumeRoleWithWebIdentity": 1, "github GET": 1}
    assert message in advice(run)
    audience = inputs.get("audience", "sts.amazonaws.com")
    assert f"--client-id-list {audience}" in advice(run)
    assert f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions" in advice(run)


def test_another_audience(world: World) -> None:
    """An audience that the provider lists is presented as it was given."""
    world.aws.oidc_provider(ACCOUNT, audiences=("https://example.com",))
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT, audience="https://example.com")
    world.aws.role(ROLE, trust=trust)
    assert world.action({"audience": "https://example.com"}).exit_status == 0


@pytest.mark.parametrize(
    ("partition", "region", "audience", "suffix"),
    [
        ("aws-cn", "cn-north-1", "sts.amazonaws.com.cn", "amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-west-1", "sts.amazonaws.com", "amazonaws.com"),
        ("aws-eusc", "eusc-de-east-1", "sts.amazonaws.com", "amazonaws.eu"),
    ],
    ids=["China", "GovCloud", "European Sovereign Cloud"],
)
def test_partitions(world: World, partition: str, region: str, audience: str, suffix: str) -> None:
    """Other partitions have their own audience, endpoints and hosts."""
    role = f"arn:{partition}:iam::{ACCOUNT}:role/pull"
    world.aws.oidc_provider(ACCOUNT, audiences=(audience,))
    trust = world.aws.trust_policy(ACCOUNT, sub=SUBJECT, audience=audience, partition=partition)
    world.aws.role(role, trust=trust)
    world.aws.repository(ACCOUNT, region, "base")
    run = world.action({"role-to-assume": role, "aws-region": region, "probe-image": "base:latest"})
    assert run.exit_status == 0
    assert world.repository() == world.fresh(f"{ACCOUNT}.dkr.ecr.{region}.{suffix}")
    assert world.asked == {**ROTATION, "registry GET": 2}
    hosts = {each.host for each in world.sandbox.requests if each.service in {"sts", "ecr"}}
    assert all(f".{region}.{suffix}" in host for host in hosts)


def test_ca_bundle_of_boto3s_own_chain(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where boto3 gets its credentials from STS by itself, it trusts the run's one CA bundle."""
    token = tmp_path_factory.mktemp("aws") / "token"
    issued = world.sandbox.oidc.issue(Job(), audience="sts.amazonaws.com")
    token.write_text(issued, encoding="utf-8")
    environment = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_ARN": ROLE,
        "AWS_CA_BUNDLE": "/nowhere",  # `REQUESTS_CA_BUNDLE` goes before it.
    }
    done = world.command_line("run", inputs={"role-to-assume": ""}, environment=environment)
    assert done.returncode == 0
    assert world.repository() == world.fresh()
