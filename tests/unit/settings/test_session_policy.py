"""Session policies: what a session may do beside what its role may."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.policies import PULL_ACTIONS
from rotate.settings import aws


def test_pull_policy_allows_pulling_alone() -> None:
    """The session policy `pull` grants tokens and reading, and fits into what STS accepts."""
    (statement,) = json.loads(aws.PULL_SESSION_POLICY)["Statement"]
    assert set(statement["Action"]) == {
        *PULL_ACTIONS,
        "ecr:GetAuthorizationToken",
        "ecr-public:GetAuthorizationToken",
        "sts:GetServiceBearerToken",
    }
    assert len(aws.PULL_SESSION_POLICY) <= 2048


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_policies_stay_what_they_say(text: str) -> None:
    """A session policy is shortened, never changed."""
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": text}]}
    read = aws.session_policy(json.dumps(policy, indent=4))
    assert read is not None
    assert json.loads(read) == policy


def test_deeply_nested_policy_is_refused() -> None:
    """A policy that is nested too deep to be read is refused as any other."""
    with pytest.raises(ValueError, match="IAM policy"):
        aws.session_policy("[" * 100_000)
