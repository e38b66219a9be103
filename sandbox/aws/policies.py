"""The IAM policies that a set-up for this project consists of."""

from __future__ import annotations

from sandbox.aws.iam import Policy

PROVIDER = "token.actions.githubusercontent.com"
"""The name of GitHub's OIDC provider in ARNs and in condition keys."""

PULL_ACTIONS = (
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
)

PULL_POLICY: Policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Effect": "Allow", "Action": list(PULL_ACTIONS), "Resource": "arn:*:ecr:*:*:repository/*"},
    ],
}

PUBLIC_PULL_POLICY: Policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"],
            "Resource": "*",
        }
    ],
}

ADMINISTRATOR_POLICY: Policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def trust_policy(
    account: str, *, sub: str, audience: str = "sts.amazonaws.com", partition: str = "aws"
) -> Policy:
    """Return a trust policy for GitHub's ID tokens; `sub` may hold `*`.

    Source: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn(account, partition)},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{PROVIDER}:aud": audience},
                    "StringLike": {f"{PROVIDER}:sub": sub},
                },
            }
        ],
    }


def chain_policy(principal: str, *, external_id: str | None = None) -> Policy:
    """Return a trust policy for a role or an account, by ARN, with or without an external ID."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def provider_arn(account: str, partition: str) -> str:
    """Return the ARN of GitHub's OIDC provider in the account."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{PROVIDER}"
