"""Amazon Web Services, as far as a pull from ECR needs them."""

from sandbox.aws.administration import IdentityAndAccessManagement
from sandbox.aws.ecr import ElasticContainerRegistry
from sandbox.aws.identities import AccessKey
from sandbox.aws.policies import (
    ADMINISTRATOR_POLICY,
    PUBLIC_PULL_POLICY,
    PULL_POLICY,
    chain_policy,
    trust_policy,
)
from sandbox.aws.state import AWS
from sandbox.aws.sts import SecurityTokenService
from sandbox.aws.tokens import Token

__all__ = [
    "ADMINISTRATOR_POLICY",
    "AWS",
    "PUBLIC_PULL_POLICY",
    "PULL_POLICY",
    "AccessKey",
    "ElasticContainerRegistry",
    "IdentityAndAccessManagement",
    "SecurityTokenService",
    "Token",
    "chain_policy",
    "trust_policy",
]
