"""A second region whose STS can stand in for the first."""

from __future__ import annotations

_STAND_INS = {
    "cn-": ("cn-north-1", "cn-northwest-1"),
    "us-gov-": ("us-gov-west-1", "us-gov-east-1"),
    "eusc-": ("eusc-de-east-1",),
    "eu-": ("eu-west-1", "eu-central-1"),
    "ap-": ("ap-southeast-1", "ap-northeast-1"),
    "": ("us-east-1", "us-west-2"),
}
"""By the beginning of a region's name, the regions that may stand in for it.

Each is of the same partition and enabled in every account, and where there is a choice, on the
same side of the world: an ID token need not leave Europe.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
"""


def stand_in(region: str) -> str | None:
    """Return another region of the partition whose sessions are as good, None if there is none.

    What a regional endpoint of STS gives is valid in all regions of its partition.
    """
    candidates = next(names for start, names in _STAND_INS.items() if region.startswith(start))
    return next((name for name in candidates if name != region), None)
