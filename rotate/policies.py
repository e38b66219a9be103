"""IAM policies: the same in an error's remedy, in the files of `init`, and in the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rotate import hosts

Policy = dict[str, Any]
"""A policy document of IAM, or one statement of it."""

TOKEN_ACTIONS = ("ecr:GetAuthorizationToken",)
"""What a token of a private registry needs; IAM knows it on no single repository:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"""

PULL_ACTIONS = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
"""What a pull needs on a repository:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html"""

PUBLIC_ACTIONS = ("ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken")
"""What a token of ECR Public needs:
https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html"""


def document(*statements: Policy) -> Policy:
    """Return the policy that consists of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def as_json(policy: Mapping[str, object]) -> str:
    """Return a policy as people read it."""
    return json.dumps(policy, indent=2)


def provider(role: str, issuer: str) -> str:
    """Return the ARN of an issuer's OIDC provider in the account of a role."""
    _, partition, _, _, account, _ = role.split(":", 5)
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"


def trust(role: str, *, issuer: str, audience: str, subjects: Sequence[str]) -> Policy:
    """Return the policy with which a role lets in exactly the ID tokens with these claims."""
    name = issuer.removeprefix("https://")
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider(role, issuer)},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{name}:aud": audience, f"{name}:sub": list(subjects)},
            },
        }
    )


def anywhere(actions: Sequence[str]) -> Policy:
    """Return the statement that grants actions which IAM knows on no single resource."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def on_repositories(host: str, repositories: Sequence[str]) -> Policy:
    """Return the statement that grants a pull of some repositories of a private registry.

    Where the host is not one of ECR's, they cannot be named, and it grants every pull.
    """
    parsed = hosts.parse(host)
    if not parsed:
        return anywhere(PULL_ACTIONS)
    registry = f"arn:{hosts.partition(parsed.region)}:ecr:{parsed.region}:{parsed.account}"
    resources = [f"{registry}:repository/{name}" for name in repositories]
    return {"Effect": "Allow", "Action": list(PULL_ACTIONS), "Resource": resources}


def pull(host: str, repositories: Sequence[str]) -> Policy:
    """Return all that a role needs to pull some repositories of a registry."""
    if host == hosts.PUBLIC_HOST:
        return document(anywhere(PUBLIC_ACTIONS))
    return document(anywhere(TOKEN_ACTIONS), on_repositories(host, repositories))


def of_repository(role: str) -> Policy:
    """Return the policy with which a repository of another account lets a role pull it."""
    return document(
        {
            "Sid": "AllowPull",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": list(PULL_ACTIONS),
        }
    )
