"""AWS's host names: which service, region and partition each one stands for.

Source: botocore's endpoint rule sets for sts, ecr and ecr-public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain

from botocore.session import Session

STS_HOSTS = (
    "sts.amazonaws.com",
    "sts.*.amazonaws.com",
    "sts-fips.*.amazonaws.com",
    "sts.*.amazonaws.com.cn",
    "sts.*.amazonaws.eu",
    "sts.*.api.aws",
    "sts-fips.*.api.aws",
)
IAM_HOSTS = (
    "iam.amazonaws.com",
    "iam.us-gov.amazonaws.com",
    "iam.*.amazonaws.com.cn",
    "iam.*.amazonaws.eu",
)
ECR_HOSTS = (
    "api.ecr.*.amazonaws.com",
    "api.ecr-fips.*.amazonaws.com",
    "ecr-fips.*.amazonaws.com",
    "api.ecr.*.amazonaws.com.cn",
    "api.ecr.*.amazonaws.eu",
    "ecr.*.api.aws",
    "ecr-fips.*.api.aws",
)
ECR_PUBLIC_HOST = "api.ecr-public.us-east-1.amazonaws.com"
REGISTRY_HOSTS = (
    "*.dkr.ecr.*.amazonaws.com",
    "*.dkr.ecr-fips.*.amazonaws.com",
    "*.dkr.ecr.*.amazonaws.com.cn",
    "*.dkr.ecr.*.amazonaws.eu",
    "*.dkr-ecr.*.on.aws",
    "*.dkr-ecr-fips.*.on.aws",
    "*.dkr-ecr.*.on.amazonwebservices.com.cn",
)
PUBLIC_REGISTRY_HOST = "public.ecr.aws"

_SUFFIX = r"\.(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|on\.aws|on\.amazonwebservices\.com\.cn)"
_REGIONAL = re.compile(rf"((?P<account>\d{{12}})\.)?[a-z.-]+\.(?P<region>[a-z\d-]+){_SUFFIX}")
_GLOBAL = {
    "sts.amazonaws.com": "us-east-1",
    "iam.amazonaws.com": "us-east-1",
    "iam.us-gov.amazonaws.com": "us-gov-west-1",
    PUBLIC_REGISTRY_HOST: "us-east-1",
}
"""The regions of hosts that name none."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a request went; `account` for a registry only."""

    region: str
    account: str | None = None

    @property
    def partition(self) -> str:
        """The partition, the second field of every ARN in it."""
        return partition_of(self.region)


def endpoint(host: str) -> Endpoint | None:
    """Return what the host stands for; None for a name that AWS would not have."""
    if host in _GLOBAL:
        return Endpoint(region=_GLOBAL[host])
    found = _REGIONAL.fullmatch(host)
    if found is None or found["region"] not in _regions():
        return None
    return Endpoint(region=found["region"], account=found["account"])


def exists(host: str) -> bool:
    """Tell whether name servers would know the host: not if it is in a region that is none."""
    found = None if host in _GLOBAL else _REGIONAL.fullmatch(host)
    return found is None or found["region"] in _regions()


@cache
def _regions() -> frozenset[str]:
    session = Session()
    partitions = session.get_available_partitions()
    regions = (session.get_available_regions("sts", partition) for partition in partitions)
    return frozenset(chain.from_iterable(regions))


def partition_of(region: str) -> str:
    """Return the partition of a region."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")


def registry_host(account: str, region: str) -> str:
    """Return the host of an account's private registry."""
    suffixes = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}
    return f"{account}.dkr.ecr.{region}.{suffixes.get(partition_of(region), 'amazonaws.com')}"
