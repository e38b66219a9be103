"""ECR's host names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate import hosts
from tests.unit.examples import ACCOUNT, HOST

REGIONS = ["us-east-1", "ap-southeast-4", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"]


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("dkr.ecr.us-east-1.amazonaws.com", "us-east-1"),
        ("dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
        ("dkr-ecr-fips.us-east-2.on.aws", "us-east-2"),
        ("dkr-ecr.us-gov-west-1.on.aws", "us-gov-west-1"),
        ("dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn", "cn-northwest-1"),
        ("dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu", "eusc-de-east-1"),
    ],
)
def test_every_form_is_known(host: str, region: str) -> None:
    """Plain, FIPS and dual-stack hosts of each partition name their account and region."""
    assert hosts.parse(f"{ACCOUNT}.{host}") == hosts.EcrHost(account=ACCOUNT, region=region)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "public.ecr.aws",
        "12345678901.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com.cn",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
        "123456789012.dkr-ecr.cn-north-1.on.aws",
        "123456789012.dkr.ecr.us-east-1.on.aws",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com:443",
        "https://123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "123456789012xdkr.ecr.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr.us-east-1.amazonawsxcom",
        "123456789012.DKR.ECR.us-east-1.amazonaws.com",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com\n",
    ],
)
def test_nothing_else_is_a_host(host: str) -> None:
    """A host that is misspelt or in the wrong partition is no host of ECR."""
    assert hosts.parse(host) is None


@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.sampled_from(REGIONS),
)
def test_what_is_built_can_be_read(account: str, region: str) -> None:
    """The host of an account and a region names them again."""
    host = hosts.build(account=account, region=region)
    assert hosts.parse(host) == hosts.EcrHost(account=account, region=region)


PLAIN = {
    **dict.fromkeys(REGIONS, "amazonaws.com"),
    "cn-north-1": "amazonaws.com.cn",
    "eusc-de-east-1": "amazonaws.eu",
}
DUAL_STACK = {
    **dict.fromkeys(REGIONS, "on.aws"),
    "cn-north-1": "on.amazonwebservices.com.cn",
    "eusc-de-east-1": "on.amazonwebservices.eu",
}
FORMS = {"dkr.ecr": PLAIN, "dkr.ecr-fips": PLAIN, "dkr-ecr": DUAL_STACK, "dkr-ecr-fips": DUAL_STACK}
SUFFIXES = sorted({*PLAIN.values(), *DUAL_STACK.values()})


@given(
    st.from_regex(r"[0-9]{11,13}", fullmatch=True),
    st.sampled_from([*FORMS, "dkr", "ecr"]),
    st.sampled_from(REGIONS),
    st.sampled_from(SUFFIXES),
)
def test_only_what_aws_names_is_a_host(account: str, form: str, region: str, suffix: str) -> None:
    """A host is one just where its account has 12 digits and its form and region this suffix."""
    is_host = len(account) == 12 and FORMS.get(form, {}).get(region) == suffix
    expected = hosts.EcrHost(account=account, region=region) if is_host else None
    assert hosts.parse(f"{account}.{form}.{region}.{suffix}") == expected


@given(st.text(min_size=1), st.booleans())
def test_no_host_hides_another(text: str, before: bool) -> None:
    """A host of ECR with anything before or behind it is another's."""
    assert hosts.parse(text + HOST if before else HOST + text) is None


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    """No text but a host of ECR is one, and none raises an error."""
    assert hosts.parse(text) is None


@pytest.mark.parametrize(
    ("region", "partition"),
    list(zip(REGIONS, ["aws", "aws", "aws-us-gov", "aws-cn", "aws-eusc"], strict=True)),
)
def test_partitions(region: str, partition: str) -> None:
    """Each region is in one partition."""
    assert hosts.partition(region) == partition
