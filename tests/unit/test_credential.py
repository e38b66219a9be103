"""From what AWS answered to a credential."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rotate.credential import SHORTEST_LIFE, check
from rotate.errors import UnusableCredential
from tests.unit.examples import (
    ACCOUNT,
    HOST,
    NOW,
    PASSWORD,
    TWELVE_HOURS,
    authorization,
    credential,
    public_source,
    registry,
    source,
)

OTHER_HOST = "210987654321.dkr.ecr.us-east-1.amazonaws.com"


def test_good_authorization() -> None:
    """A token for the registry is the registry's credential."""
    assert check(authorization(), registry(), now=NOW) == credential()


def test_registry_of_another_account() -> None:
    """A token opens registries of other accounts too, so the server is the one asked for."""
    assert check(authorization(), registry(host=OTHER_HOST), now=NOW).server == OTHER_HOST


def test_registry_of_the_session() -> None:
    """Where no host is asked for, it is the one that AWS names."""
    assert check(authorization(), registry(host=None), now=NOW).server == HOST


def test_unknown_account() -> None:
    """Where the account of the session is not known, AWS's host is taken as it is."""
    assert check(authorization(account=None), registry(), now=NOW) == credential()


def test_public_registry() -> None:
    """ECR Public has one host for all, of no account."""
    public = registry(host="public.ecr.aws", source=public_source())
    given = authorization(host="public.ecr.aws")
    assert check(given, public, now=NOW).server == "public.ecr.aws"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"user": "aws"}, "not for the user AWS"),
        ({"expires_at": NOW - timedelta(seconds=1)}, "ends at 2026-07-01 11:59 UTC already"),
        ({"expires_at": NOW + timedelta(minutes=4)}, "ends at 2026-07-01 12:04 UTC already"),
        ({"host": "evil.example.com"}, "`evil.example.com` is not a host of ECR"),
        ({"host": "public.ecr.aws"}, "`public.ecr.aws` is not a host of ECR"),
        ({"host": ""}, "`` is not a host of ECR"),
        ({"host": HOST.replace("us-east-1", "eu-west-1")}, "the token is for eu-west-1"),
        ({"host": OTHER_HOST}, "the token is for account 210987654321"),
    ],
)
def test_unusable(changes: dict[str, Any], what: str) -> None:
    """What is not a credential of the registry is refused, and the password not shown."""
    with pytest.raises(UnusableCredential) as caught:
        check(authorization(**changes), registry(), now=NOW)
    assert str(caught.value).startswith(f"{HOST}: ")
    assert what in caught.value.what
    assert PASSWORD not in f"{caught.value!r} {caught.value} {caught.value.remedy}"


def test_fault_of_a_registry_without_a_host() -> None:
    """Where the host is not known, the registry's name says where it happened."""
    with pytest.raises(UnusableCredential, match=r"^prod: "):
        check(authorization(user="root"), registry(name="prod", host=None), now=NOW)


@example(SHORTEST_LIFE)
@given(st.timedeltas(min_value=timedelta(0), max_value=TWELVE_HOURS))
def test_shortest_life(life: timedelta) -> None:
    """A token is worth writing exactly if it lives for five minutes more."""
    given_for_life = authorization(expires_at=NOW + life)
    if life >= SHORTEST_LIFE:
        assert check(given_for_life, registry(), now=NOW).expires_at == NOW + life
    else:
        with pytest.raises(UnusableCredential):
            check(given_for_life, registry(), now=NOW)


def test_region_of_the_source_counts() -> None:
    """The token must be for the region that was asked, whatever the registry's host says."""
    asked = registry(source=source(region="eu-west-1"))
    with pytest.raises(UnusableCredential, match="the token is for us-east-1"):
        check(authorization(account=ACCOUNT), asked, now=NOW)


def test_end_is_said_in_utc() -> None:
    """The end of a token is said in UTC, whatever the time zone it is given in."""
    there = timezone(timedelta(hours=9))
    with pytest.raises(UnusableCredential, match="12:01 UTC"):
        check(
            authorization(expires_at=(NOW + timedelta(minutes=1)).astimezone(there)),
            registry(),
            now=NOW,
        )
