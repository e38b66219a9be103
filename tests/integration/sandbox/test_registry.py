"""ECR and its registries in the sandbox refuse what the real ones refuse."""

from __future__ import annotations

import json

import pytest
import requests

from sandbox import Sandbox
from sandbox.aws import PUBLIC_PULL_POLICY, trust_policy
from tests.worlds.aws import (
    ACCOUNT,
    CHAINING_ROLE,
    HOST,
    OTHER_ACCOUNT,
    REGION,
    ROLE,
    assume,
    client,
    moved,
    new_password,
    pull,
    refused,
)

ONLY_ONE_REPOSITORY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "ecr:*",
            "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/base",
        },
    ],
}


def test_token_for_twelve_hours(world: Sandbox) -> None:
    """ECR's token is accepted by the registry for twelve hours, and then refused with a 403."""
    password = new_password(assume(world), world)
    with moved(world, hours=11, minutes=59):
        assert pull(password).status_code == 200
    with moved(world, hours=12, minutes=1):
        answer = pull(password)
    assert answer.status_code == 403
    assert "token has expired" in answer.json()["errors"][0]["message"]


def test_token_of_another_region(world: Sandbox) -> None:
    """A token works in its own region only."""
    password = new_password(assume(world), world, "eu-west-1")
    assert pull(password).status_code == 400
    assert pull(password, host=HOST.replace(REGION, "eu-west-1")).status_code == 200


def test_no_token_of_ecr(world: Sandbox) -> None:
    """Whoever sends nothing, or something else, is challenged."""
    answer = pull("something else")
    expected = f'Basic realm="https://{HOST}/",service="ecr.amazonaws.com"'
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, expected)
    assert requests.get(f"https://{HOST}/v2/", timeout=10).status_code == 401


def test_session_policy_narrows_the_token(world: Sandbox) -> None:
    """A token carries the rights of its session, narrowed by the session policy."""
    key = assume(world, Policy=json.dumps(ONLY_ONE_REPOSITORY))
    password = new_password(key, world)
    denied = pull(password, "private/manifests/latest")
    assert pull(password).status_code == 200
    assert pull(password, "base/manifests/latest").status_code == 200
    assert denied.status_code == 403
    assert "no session policy allows the ecr:BatchGetImage" in denied.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("missing/manifests/latest", 404, "NAME_UNKNOWN"),
        ("base/manifests/missing", 404, "MANIFEST_UNKNOWN"),
        ("base/blobs/sha256:00", 404, "BLOB_UNKNOWN"),
    ],
)
def test_what_is_not_there(world: Sandbox, path: str, status: int, code: str) -> None:
    """What does not exist is told in the registry protocol's words."""
    answer = pull(new_password(assume(world), world), path)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize(("name", "status"), [("shared", 200), ("unshared", 403)])
def test_pull_across_accounts(world: Sandbox, name: str, status: int) -> None:
    """Another account's repository must let the account in."""
    password = new_password(assume(world), world)
    host = HOST.replace(ACCOUNT, OTHER_ACCOUNT)
    assert pull(password, f"{name}/manifests/latest", host).status_code == status


def test_role_without_ecr(world: Sandbox) -> None:
    """ECR names the permission that is missing."""
    key = assume(world, RoleArn=CHAINING_ROLE)
    code, status, message = refused(client("ecr", key).get_authorization_token)
    assert (code, status) == ("AccessDeniedException", 400)
    assert "not authorized to perform: ecr:GetAuthorizationToken" in message


def test_public_token(world: Sandbox) -> None:
    """ECR Public's password works as Basic auth, and for a bearer token as docker wants it."""
    key = world.aws.user(ACCOUNT, policy=PUBLIC_PULL_POLICY)
    answer = client("ecr-public", key).get_authorization_token()
    password = world.aws.tokens[-1].password
    bearer = requests.get(
        "https://public.ecr.aws/token/", auth=("AWS", password), timeout=10
    ).json()["token"]
    manifest = "https://public.ecr.aws/v2/acme/base/manifests/latest"
    headers = {"Authorization": f"Bearer {bearer}"}
    assert set(answer["authorizationData"]) == {"authorizationToken", "expiresAt"}
    assert pull(password, "acme/base/manifests/latest", "public.ecr.aws").status_code == 200
    assert requests.get(manifest, headers=headers, timeout=10).status_code == 200


def test_public_token_ends_with_its_session(world: Sandbox) -> None:
    """ECR Public's token is refused after the session's hour, whatever it says."""
    world.aws.role(
        ROLE + "-public",
        trust=trust_policy(ACCOUNT, sub="*"),
        policy=PUBLIC_PULL_POLICY,
    )
    client("ecr-public", assume(world, RoleArn=ROLE + "-public")).get_authorization_token()
    token = world.aws.tokens[-1]
    with moved(world, minutes=61):
        assert token.expires_at > world.clock.now()
        assert pull(token.password, host="public.ecr.aws").status_code == 403


def test_public_token_without_bearer_permission(world: Sandbox) -> None:
    """ECR Public needs a permission of STS as well."""
    statement = {"Effect": "Allow", "Action": "ecr-public:*", "Resource": "*"}
    key = world.aws.user(ACCOUNT, policy={"Version": "2012-10-17", "Statement": statement})
    _, _, message = refused(client("ecr-public", key).get_authorization_token)
    assert "sts:GetServiceBearerToken" in message


def test_stale_token_for_seeding(world: Sandbox) -> None:
    """A token minted in the past is refused as expired."""
    token = world.aws.issue_token(ROLE, REGION)
    assert pull(token.password).status_code == 403


def test_every_credential_is_a_canary(world: Sandbox) -> None:
    """Nothing is minted that a search for leaks would not find."""
    key = assume(world)
    client("ecr", key).get_authorization_token()
    token = world.aws.tokens[-1]
    minted = {key.secret_access_key, key.session_token, token.password, token.encoded}
    assert minted <= world.canaries
