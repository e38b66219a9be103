"""The AWS role, in the three forms in which people make one: commands, Terraform, CloudFormation.

All of them hold the same two policies.
"""

from __future__ import annotations

import json
import textwrap

from rotate import policies
from rotate.setup.model import ISSUER, Setup
from rotate.setup.yaml_text import block

TRUST = "trust.json"
PULL = "pull.json"
REPOSITORY = "repository-policy.json"
"""Names of the policies' files, which the commands read."""

_POLICY_NAME = "pull"
_SESSION_DEFAULT = 3600
"""Seconds that a role's longest session has, unless the role says otherwise."""


def commands(setup: Setup) -> str:
    """Return a script that makes the role, in the account that it is meant for and no other."""
    steps = [*_provider_commands(setup), *_role_commands(setup)]
    return "\n\n".join([_preamble(setup), *steps]) + "\n"


def _preamble(setup: Setup) -> str:
    return f"""\
#!/bin/sh
# Makes the role that {setup.repository} assumes, as whoever is signed in to AWS.
set -eu
cd "$(dirname "$0")"
export AWS_REGION={setup.region} AWS_DEFAULT_REGION={setup.region}

account="$(aws sts get-caller-identity --query Account --output text)"
if [ "$account" != {setup.account} ]; then
  echo "This is the account $account, and the role belongs in {setup.account}." >&2
  exit 1
fi"""


def _provider_commands(setup: Setup) -> list[str]:
    if not setup.oidc_provider:
        return []
    return [
        f"""\
aws iam create-open-id-connect-provider \\
  --url {ISSUER} \\
  --client-id-list {setup.audience}"""
    ]


def _role_commands(setup: Setup) -> list[str]:
    longer = setup.session_seconds != _SESSION_DEFAULT
    session = f" \\\n  --max-session-duration {setup.session_seconds}" if longer else ""
    return [
        f"""\
aws iam create-role --role-name {setup.role_name} \\
  --assume-role-policy-document file://{TRUST}{session}
aws iam put-role-policy --role-name {setup.role_name} --policy-name {_POLICY_NAME} \\
  --policy-document file://{PULL}"""
    ]


def terraform(setup: Setup) -> str:
    """Return the role as Terraform, written as `terraform fmt` writes it."""
    provider = f"""\
resource "aws_iam_openid_connect_provider" "github" {{
  url            = "{ISSUER}"
  client_id_list = ["{setup.audience}"]
}}

"""
    return f"""\
# The role that {setup.repository} assumes. Apply it in the account {setup.account}.

{provider if setup.oidc_provider else ""}\
resource "aws_iam_role" "rotate_ecr_token" {{
  name                 = "{setup.role_name}"
  max_session_duration = {setup.session_seconds}
  assume_role_policy = {_jsonencode(setup.trust_policy)}
}}

resource "aws_iam_role_policy" "{_POLICY_NAME}" {{
  name = "{_POLICY_NAME}"
  role = aws_iam_role.rotate_ecr_token.name
  policy = {_jsonencode(setup.pull_policy)}
}}
"""


def _jsonencode(policy: policies.Policy) -> str:
    """Return a policy as an object of Terraform's, whose formatter puts blanks before colons."""
    text = json.dumps(policy, indent=2, separators=(",", " : "))
    return f"jsonencode({textwrap.indent(text, '  ').lstrip()})"


def cloudformation(setup: Setup) -> str:
    """Return the role as a CloudFormation template; the stack needs `CAPABILITY_NAMED_IAM`."""
    properties = {
        "RoleName": setup.role_name,
        "MaxSessionDuration": setup.session_seconds,
        "AssumeRolePolicyDocument": setup.trust_policy,
        "Policies": [{"PolicyName": _POLICY_NAME, "PolicyDocument": setup.pull_policy}],
    }
    # The policy names the provider by its ARN, of which CloudFormation sees no dependency.
    after = {"DependsOn": "GitHubProvider"} if setup.oidc_provider else {}
    role = {"Type": "AWS::IAM::Role", **after, "Properties": properties}
    provider = {
        "Type": "AWS::IAM::OIDCProvider",
        "Properties": {"Url": ISSUER, "ClientIdList": [setup.audience]},
    }
    return block(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": f"The role that {setup.repository} assumes to pull from ECR.",
            "Resources": {
                **({"GitHubProvider": provider} if setup.oidc_provider else {}),
                "Role": role,
            },
        }
    )
