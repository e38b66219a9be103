"""An AWS set up for a pull from ECR, and the clients that the tests of the sandbox ask it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import Job, Sandbox
from sandbox.aws import AccessKey, chain_policy, trust_policy

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pull"
CHAINING_ROLE = f"arn:aws:iam::{ACCOUNT}:role/chaining"
CHAINED_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/chained"
CHINESE_ROLE = f"arn:aws-cn:iam::{ACCOUNT}:role/pull"
REGION = "us-east-1"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
AUDIENCE = "sts.amazonaws.com"
MAY_CHAIN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": CHAINED_ROLE}],
}


@contextmanager
def aws_world() -> Iterator[Sandbox]:
    """Open a sandbox with accounts, roles and repositories, and let this process live in it."""
    with Sandbox() as sandbox, pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.environment.items():
            patch.setenv(name, value)
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        _set_up(sandbox)
        yield sandbox


def _set_up(sandbox: Sandbox) -> None:
    aws = sandbox.aws
    trust = trust_policy(ACCOUNT, sub="repo:acme/ops:ref:refs/heads/main")
    aws.account(ACCOUNT, disabled_regions=("ap-east-1",))
    aws.oidc_provider(ACCOUNT, audiences=(AUDIENCE, "sts.amazonaws.com.cn"))
    aws.role(ROLE, trust=trust)
    aws.role(CHAINING_ROLE, trust=trust, policy=MAY_CHAIN, max_session=43200)
    aws.role(CHAINED_ROLE, trust=chain_policy(CHAINING_ROLE, external_id="c0ffee"))
    aws.repository(ACCOUNT, REGION, "base")
    aws.repository(ACCOUNT, REGION, "private")
    aws.repository(OTHER_ACCOUNT, REGION, "shared", allow_pull_from=(ACCOUNT,))
    aws.repository(OTHER_ACCOUNT, REGION, "unshared")
    aws.public_repository("acme/base")


@contextmanager
def moved(sandbox: Sandbox, **by: float) -> Iterator[None]:
    """Move the sandbox's clock for a while."""
    sandbox.clock.advance(**by)
    try:
        yield
    finally:
        sandbox.clock.advance(**{unit: -value for unit, value in by.items()})


def client(service: str, key: AccessKey | None = None, region: str = REGION) -> Any:  # noqa: ANN401
    """Return a client of boto3 that tries once; its methods are made at run time."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        aws_access_key_id=key.access_key_id if key else "none",
        aws_secret_access_key=key.secret_access_key if key else "none",
        aws_session_token=key.session_token if key else None,
        config=Config(retries={"total_max_attempts": 1}),
    )


def assume(
    sandbox: Sandbox, id_token: str | None = None, *, region: str = REGION, **parameters: str | int
) -> AccessKey:
    """Assume a role with an ID token and return the session's key."""
    answer = client("sts", region=region).assume_role_with_web_identity(
        WebIdentityToken=id_token or sandbox.oidc.issue(Job(), audience=AUDIENCE),
        **{"RoleArn": ROLE, "RoleSessionName": "test", **parameters},
    )
    return sandbox.aws.keys[answer["Credentials"]["AccessKeyId"]]


def refused(call: Callable[..., object], **parameters: object) -> tuple[str, int, str]:
    """Return code, status and message of the error that the call ends with."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error = raised.value.response
    told = error["Error"]
    return told["Code"], error["ResponseMetadata"]["HTTPStatusCode"], told["Message"]


def pull(password: str, path: str = "", host: str = HOST) -> requests.Response:
    """Ask a registry as a client does that has been told the password."""
    return requests.get(f"https://{host}/v2/{path}", auth=("AWS", password), timeout=10)


def new_password(key: AccessKey, sandbox: Sandbox, region: str = REGION) -> str:
    """Fetch an authorization token from ECR and return its password."""
    client("ecr", key, region).get_authorization_token()
    return sandbox.aws.tokens[-1].password
