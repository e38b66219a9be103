"""STS in the sandbox is as strict as AWS, with ID tokens as strict as GitHub's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
import requests

from sandbox import Job, Sandbox
from sandbox.aws import PULL_POLICY, AccessKey, trust_policy
from tests.worlds.aws import (
    ACCOUNT,
    AUDIENCE,
    CHAINED_ROLE,
    CHAINING_ROLE,
    ROLE,
    assume,
    client,
    moved,
    pull,
    refused,
)

CHINESE_ROLE = f"arn:aws-cn:iam::{ACCOUNT}:role/pull"


def test_the_runner_request_token_buys_an_id_token(world: Sandbox) -> None:
    """The token endpoint signs what GitHub documents, for the audience that was asked for."""
    grant = world.oidc.grant(Job())
    answer = requests.get(
        f"{grant.url}&audience={AUDIENCE}",
        headers={"Authorization": f"Bearer {grant.token}"},
        timeout=10,
    )
    assert assume(world, answer.json()["value"]).principal.role_arn == ROLE
    assert answer.json()["value"] in world.canaries


def test_published_keys(world: Sandbox) -> None:
    """The issuer's discovery documents lead to the key that verifies its tokens."""
    issuer = "https://token.actions.githubusercontent.com"
    document = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    keys = jwt.PyJWKSet.from_dict(requests.get(document["jwks_uri"], timeout=10).json())
    token = world.oidc.issue(Job(environment="production"), audience=AUDIENCE)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, audience=AUDIENCE, issuer=issuer)
    assert claims["sub"] == "repo:acme/ops:environment:production"
    assert claims["exp"] - claims["iat"] == 300


def test_another_request_token_buys_nothing(world: Sandbox) -> None:
    """The token endpoint answers 401 to a bearer it did not hand out."""
    grant = world.oidc.grant(Job())
    answer = requests.get(grant.url, headers={"Authorization": "Bearer x"}, timeout=10)
    assert answer.status_code == 401


def test_wrong_audience(world: Sandbox) -> None:
    """An audience that the provider does not list is InvalidIdentityToken."""
    token = world.oidc.issue(Job(), audience="https://github.com/acme")
    expected = ("InvalidIdentityToken", 400, "Incorrect token audience")
    assert refused(assume, sandbox=world, id_token=token) == expected


@pytest.mark.parametrize(
    "job",
    [
        Job(repository="acme/web"),
        Job(ref="refs/heads/topic"),
        Job(environment="production"),
        Job(immutable_subject=True),
    ],
    ids=lambda job: job.subject,
)
def test_wrong_subject(world: Sandbox, job: Job) -> None:
    """A subject that the trust policy does not name is AccessDenied."""
    token = world.oidc.issue(job, audience=AUDIENCE)
    message = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    assert refused(assume, sandbox=world, id_token=token) == ("AccessDenied", 403, message)


def test_a_missing_role_looks_like_one_that_does_not_trust(world: Sandbox) -> None:
    """STS does not reveal which roles exist."""
    code, status, _ = refused(assume, sandbox=world, RoleArn=f"{ROLE}-missing")
    assert (code, status) == ("AccessDenied", 403)


def test_expired_id_token(world: Sandbox) -> None:
    """An ID token lives for five minutes."""
    token = world.oidc.issue(Job(), audience=AUDIENCE, age=timedelta(seconds=301))
    code, status, message = refused(assume, sandbox=world, id_token=token)
    assert (code, status) == ("ExpiredTokenException", 400)
    assert message.startswith("Token expired: current date/time")


def test_tampered_signature(world: Sandbox) -> None:
    """An ID token whose signature does not fit is refused."""
    head, payload, _ = world.oidc.issue(Job(), audience=AUDIENCE).split(".")
    *_, signature = world.oidc.issue(Job(ref="refs/heads/x"), audience=AUDIENCE).split(".")
    code, status, _ = refused(assume, sandbox=world, id_token=f"{head}.{payload}.{signature}")
    assert (code, status) == ("InvalidIdentityToken", 400)


def test_no_jwt_at_all(world: Sandbox) -> None:
    """What is no JWT is InvalidIdentityToken."""
    code, _, message = refused(assume, sandbox=world, id_token=ROLE)
    assert code == "InvalidIdentityToken"
    assert "not a valid JWT" in message


def test_account_without_provider(world: Sandbox) -> None:
    """An account that never registered GitHub's issuer says so."""
    code, status, message = refused(assume, sandbox=world, RoleArn=CHAINED_ROLE)
    issuer = "https://token.actions.githubusercontent.com"
    assert (code, status) == ("InvalidIdentityToken", 400)
    assert message == f"No OpenIDConnect provider found in your account for {issuer}"


@pytest.mark.parametrize("seconds", [3601, 43200])
def test_longer_than_the_role_allows(world: Sandbox, seconds: int) -> None:
    """A session longer than MaxSessionDuration is a ValidationError."""
    code, status, message = refused(assume, sandbox=world, DurationSeconds=seconds)
    assert (code, status) == ("ValidationError", 400)
    assert "exceeds the MaxSessionDuration set for this role" in message


@pytest.mark.parametrize(
    "parameters",
    [{"RoleSessionName": "a b"}, {"DurationSeconds": 43201}],
    ids=lambda parameters: next(iter(parameters)),
)
def test_parameters_outside_their_constraints(
    world: Sandbox, parameters: dict[str, str | int]
) -> None:
    """A parameter that breaks its documented constraint is a ValidationError."""
    code, _, message = refused(assume, sandbox=world, **parameters)
    assert code == "ValidationError"
    assert "failed to satisfy constraint" in message


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("{", "MalformedPolicyDocument"),
        ('{"Statement": [{"Effect": "Allow"}]}', "MalformedPolicyDocument"),
        (json.dumps({"Statement": [], "padding": "x" * 2048}), "PackedPolicyTooLarge"),
    ],
)
def test_session_policies_that_are_none(world: Sandbox, policy: str, code: str) -> None:
    """A session policy is parsed, and may not be longer than 2,048 characters."""
    assert refused(assume, sandbox=world, Policy=policy)[:2] == (code, 400)


def test_region_where_sts_is_off(world: Sandbox) -> None:
    """STS in a region that the account did not activate is RegionDisabledException."""
    code, status, _ = refused(assume, sandbox=world, region="ap-east-1")
    assert (code, status) == ("RegionDisabledException", 403)


def test_a_role_of_another_partition(world: Sandbox) -> None:
    """A Chinese role cannot be assumed outside of China."""
    world.aws.role(CHINESE_ROLE, trust=trust_policy(ACCOUNT, sub="*", partition="aws-cn"))
    assert refused(assume, sandbox=world, RoleArn=CHINESE_ROLE)[0] == "ValidationError"


def test_a_role_in_china(world: Sandbox) -> None:
    """China has its own endpoints, audience and registry hosts."""
    audience = "sts.amazonaws.com.cn"
    trust = trust_policy(ACCOUNT, sub="*", audience=audience, partition="aws-cn")
    world.aws.role(CHINESE_ROLE, trust=trust)
    token = world.oidc.issue(Job(), audience=audience)
    key = assume(world, token, RoleArn=CHINESE_ROLE, region="cn-north-1")
    answer = client("ecr", key, "cn-north-1").get_authorization_token()
    host = f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn"
    assert answer["authorizationData"][0]["proxyEndpoint"] == f"https://{host}"
    assert pull(world.aws.tokens[-1].password, host=host).status_code == 200


def chain(key: AccessKey, **parameters: str | int) -> object:
    """Assume the next role with the session of the first."""
    defaults = {"RoleArn": CHAINED_ROLE, "RoleSessionName": "next", "ExternalId": "c0ffee"}
    return client("sts", key).assume_role(**{**defaults, **parameters})


def test_chaining(world: Sandbox) -> None:
    """A trusted role with the right external ID is assumed, for an hour at most."""
    key = assume(world, RoleArn=CHAINING_ROLE)
    assert chain(key, DurationSeconds=3600)


def test_session_policy_blocks_chaining(world: Sandbox) -> None:
    """A session narrowed to pulling cannot assume the next role."""
    key = assume(world, RoleArn=CHAINING_ROLE, Policy=json.dumps(PULL_POLICY))
    code, status, message = refused(chain, key=key)
    assert (code, status) == ("AccessDenied", 403)
    assert message.endswith("because no session policy allows the sts:AssumeRole action")


def test_wrong_external_id(world: Sandbox) -> None:
    """The external ID must be the one in the trust policy."""
    key = assume(world, RoleArn=CHAINING_ROLE)
    assert refused(chain, key=key, ExternalId="decaf")[0] == "AccessDenied"


def test_chained_session_of_more_than_an_hour(world: Sandbox) -> None:
    """Role chaining limits a session to one hour, whatever the role allows."""
    key = assume(world, RoleArn=CHAINING_ROLE)
    code, _, message = refused(chain, key=key, DurationSeconds=3601)
    assert code == "ValidationError"
    assert "role chaining" in message


def test_caller_identity(world: Sandbox) -> None:
    """A session is known by its role and its name, in every region."""
    identity = client("sts", assume(world), "eu-west-1").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/pull/test"


@pytest.mark.parametrize("minutes", [6, -6])
def test_skewed_clock(world: Sandbox, minutes: int) -> None:
    """A signature made more than five minutes away from now is refused."""
    key = assume(world)
    with moved(world, minutes=minutes):
        sts = refused(client("sts", key).get_caller_identity)
        ecr = refused(client("ecr", key).get_authorization_token)
    expected = "Signature expired" if minutes > 0 else "Signature not yet current"
    assert sts[:2] == ("SignatureDoesNotMatch", 403)
    assert ecr[:2] == ("InvalidSignatureException", 400)
    assert sts[2].startswith(expected)


def test_wrong_secret_key(world: Sandbox) -> None:
    """The signature is recomputed, and must be the same."""
    right = world.aws.user(ACCOUNT)
    wrong = replace(right, secret_access_key=right.secret_access_key[::-1])
    assert refused(client("sts", wrong).get_caller_identity)[0] == "SignatureDoesNotMatch"


def test_unknown_key(world: Sandbox) -> None:
    """A key that nobody was given is told apart from a wrong signature."""
    assert refused(client("sts").get_caller_identity)[0] == "InvalidClientTokenId"
    answer = refused(client("ecr").get_authorization_token)
    assert answer[:2] == ("UnrecognizedClientException", 400)


def test_session_that_is_over(world: Sandbox) -> None:
    """A session's key serves no longer than the session."""
    key = world.aws.session(world.aws.roles[ROLE].principal("short"), seconds=0)
    assert refused(client("sts", key).get_caller_identity)[:2] == ("ExpiredToken", 403)
    answer = refused(client("ecr", key).get_authorization_token)
    assert answer[:2] == ("ExpiredTokenException", 400)
