"""AWS's own command line cannot tell the sandbox from AWS."""

from __future__ import annotations

import json

from sandbox import Job, Sandbox
from tests.interop.program import Program
from tests.worlds.aws import ACCOUNT, AUDIENCE, OTHER_ACCOUNT, ROLE, pull


def test_the_user_behind_a_key(aws: Program) -> None:
    """`aws sts get-caller-identity` names the user."""
    identity = json.loads(aws("sts", "get-caller-identity", "--output=json"))

    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/operator"


def test_a_role_is_assumed_with_an_id_token(world: Sandbox, aws: Program) -> None:
    """`aws sts assume-role-with-web-identity` returns a session's key."""
    answer = aws(
        "sts",
        "assume-role-with-web-identity",
        f"--role-arn={ROLE}",
        "--role-session-name=test",
        f"--web-identity-token={world.oidc.issue(Job(), audience=AUDIENCE)}",
        "--output=json",
    )

    assert json.loads(answer)["Credentials"]["AccessKeyId"] in world.aws.keys


def test_a_password_for_ecr(aws: Program) -> None:
    """`aws ecr get-login-password` prints what the registry takes."""
    assert pull(aws("ecr", "get-login-password").strip()).status_code == 200


def test_a_password_for_ecr_public(aws: Program) -> None:
    """`aws ecr-public get-login-password` prints what ECR Public takes."""
    password = aws("ecr-public", "get-login-password", "--region=us-east-1").strip()

    assert pull(password, "acme/base/manifests/latest", "public.ecr.aws").status_code == 200


def test_a_refusal(aws: Program) -> None:
    """A refusal reaches the user in AWS's words."""
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/chained"
    done = aws.attempt("sts", "assume-role", f"--role-arn={role}", "--role-session-name=test")

    assert done.returncode != 0
    assert "(AccessDenied) when calling the AssumeRole operation" in done.stderr
