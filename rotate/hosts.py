"""ECR's host names, read and built.

Forms: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html and
https://docs.aws.amazon.com/general/latest/gr/ecr.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PUBLIC_HOST = "public.ecr.aws"
"""Host of ECR Public."""

PUBLIC_REGION = "us-east-1"
"""The one region whose API issues tokens for ECR Public."""

_HOST = re.compile(
    r"(?P<account>[0-9]{12})\."
    r"(?:dkr\.ecr(?:-fips)?\.(?P<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.(?P<suffix>amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)"
    r"|dkr-ecr(?:-fips)?\.(?P<dual_region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]+)\.(?P<dual_suffix>on\.aws|on\.amazonwebservices\.(?:com\.cn|eu)))",
)

_SUFFIXES = {
    "aws": {"amazonaws.com", "on.aws"},
    "aws-cn": {"amazonaws.com.cn", "on.amazonwebservices.com.cn"},
    "aws-us-gov": {"amazonaws.com", "on.aws"},
    "aws-eusc": {"amazonaws.eu", "on.amazonwebservices.eu"},
}


@dataclass(frozen=True, kw_only=True)
class EcrHost:
    """A host of ECR private, taken apart."""

    account: str
    region: str


def parse(host: str) -> EcrHost | None:
    """Return the account and region a private ECR host names, or None if it is no such host."""
    match = _HOST.fullmatch(host)
    if not match:
        return None
    region = match["region"] or match["dual_region"]
    suffix = match["suffix"] or match["dual_suffix"]
    if suffix not in _SUFFIXES[partition(region)]:
        return None
    return EcrHost(account=match["account"], region=region)


def build(*, account: str, region: str) -> str:
    """Return the plain (neither FIPS nor dual-stack) host of an account's private registry."""
    suffix = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}
    return f"{account}.dkr.ecr.{region}.{suffix.get(partition(region), 'amazonaws.com')}"


def partition(region: str) -> str:
    """Return the AWS partition of a region: `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")
