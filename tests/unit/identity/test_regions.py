"""A second region whose STS can stand in for the first."""

from __future__ import annotations

import pytest
from botocore.session import Session

from rotate.hosts import partition
from rotate.identity.regions import stand_in


@pytest.mark.parametrize(
    ("region", "other"),
    [
        ("us-east-1", "us-west-2"),
        ("us-west-2", "us-east-1"),
        ("sa-east-1", "us-east-1"),
        ("eu-west-1", "eu-central-1"),
        ("eu-south-2", "eu-west-1"),
        ("ap-southeast-1", "ap-northeast-1"),
        ("ap-northeast-1", "ap-southeast-1"),
        ("cn-north-1", "cn-northwest-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("us-gov-west-1", "us-gov-east-1"),
        ("eusc-de-east-1", None),
    ],
)
def test_stand_in(region: str, other: str | None) -> None:
    """Another region stands in, on the same side of the world where there is one."""
    assert stand_in(region) == other


@pytest.mark.parametrize("name", ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
def test_partitions(name: str) -> None:
    """Whatever the region, the other one is of the same partition, and AWS has STS there."""
    regions = Session().get_available_regions("sts", name)
    assert regions
    for region in regions:
        other = stand_in(region)
        assert other != region
        assert other is None or (other in regions and partition(other) == name)
