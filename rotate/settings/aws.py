"""How the values are written that AWS receives, by its own rules.

Every function here is as those of `values` are.
"""

from __future__ import annotations

import json
import re

from rotate import hosts, policies

_ROLE = re.compile(r"arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):role/[\w+=,.@/-]{1,576}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_IMAGE_PATH = r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
_IMAGE = re.compile(rf"{_IMAGE_PATH}(?::[\w][\w.-]{{0,127}}|@sha256:[0-9a-f]{{64}})", re.ASCII)

PULL_SESSION_POLICY = json.dumps(
    policies.document(
        policies.anywhere(
            (*policies.TOKEN_ACTIONS, *policies.PULL_ACTIONS, *policies.PUBLIC_ACTIONS)
        )
    ),
    separators=(",", ":"),
)
"""What a pull needs and no more; a session has the rights that role and policy both grant."""


def role(text: str) -> str:
    """Read the ARN of an IAM role."""
    if not _ROLE.fullmatch(text):
        raise ValueError(
            "is not the ARN of an IAM role, such as `arn:aws:iam::123456789012:role/pull`."
        )
    return text


def role_account(arn: str) -> str:
    """Return the account of an IAM role's ARN."""
    return arn.split(":")[4]


def role_partition(arn: str) -> str:
    """Return the partition of an IAM role's ARN."""
    return arn.split(":")[1]


def account(text: str) -> str:
    """Read an AWS account ID."""
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError("is not an AWS account ID, which has 12 digits.")
    return text


def region(text: str) -> str:
    """Read the name of an AWS region."""
    if not _REGION.fullmatch(text):
        raise ValueError("is not an AWS region, such as `us-east-1`.")
    return text


def registry(text: str) -> str:
    """Read an account ID, a private ECR host or `public.ecr.aws`; a scheme is dropped."""
    host = text.lower().removeprefix("https://").rstrip("/")
    if re.fullmatch(r"[0-9]{12}", host) or host == hosts.PUBLIC_HOST or hosts.parse(host):
        return host
    raise ValueError(
        "must be a 12-digit account ID, an ECR host such as "
        "`123456789012.dkr.ecr.us-east-1.amazonaws.com`, or `public.ecr.aws`."
    )


def audience(text: str) -> str:
    """Read the audience of an ID token."""
    if not re.fullmatch(r"[!-~]{1,255}", text):
        raise ValueError("must be 1 to 255 visible ASCII characters.")
    return text


def session_name(text: str) -> str:
    """Read a role session name: https://docs.aws.amazon.com/STS/latest/APIReference/."""
    if not _SESSION_NAME.fullmatch(text):
        raise ValueError("must be 2 to 64 characters of `A-Za-z0-9_+=,.@-`.")
    return text


def external_id(text: str) -> str:
    """Read an external ID: https://docs.aws.amazon.com/STS/latest/APIReference/."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise ValueError("must be 2 to 1224 characters of `A-Za-z0-9_+=,.@:/-`.")
    return text


def session_policy(text: str) -> str | None:
    """Read `pull`, `none` or a policy in JSON; return the policy, or None for `none`."""
    if text in ("pull", "none"):
        return PULL_SESSION_POLICY if text == "pull" else None
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise ValueError("must be `pull`, `none`, or an IAM policy in JSON.")
    return json.dumps(policy, separators=(",", ":"))


def probe_image(text: str) -> str:
    """Read `repository:tag` or `repository@digest`, without a host."""
    first = text.partition("/")[0]
    names_host = hosts.parse(first) or first == hosts.PUBLIC_HOST
    if names_host or not _IMAGE.fullmatch(text):
        raise ValueError(
            "must be `repository:tag` without a host, such as `base/devcontainer:latest`."
        )
    return text
