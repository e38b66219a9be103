"""What a session may do beyond a pull."""

from __future__ import annotations

import pytest

from rotate.errors import AwsRefusal, AwsUnavailable
from rotate.registries.powers import EcrPowers
from tests.unit.examples import ACCOUNT, HOST, REGION, public_source, source
from tests.unit.fake_clients import FakeSession


def refusal(code: str) -> AwsRefusal:
    """Return AWS's refusal with that code."""
    return AwsRefusal(operation="ecr:call", code=code, message="no")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_pull_only(code: str) -> None:
    """A session that may only pull is refused both requests."""
    session = FakeSession(answer=refusal(code))
    assert EcrPowers().beyond_pull(session, source(), HOST, "base/dev") == {
        "ecr:DescribeRepositories": False,
        "ecr:CompleteLayerUpload": False,
    }


def test_push() -> None:
    """A session that may push is told that there is no such upload, which none ever was."""
    session = FakeSession(answer=refusal("UploadNotFoundException"))
    may = EcrPowers().beyond_pull(session, source(), HOST, "base/dev")
    assert may["ecr:CompleteLayerUpload"] is True
    assert session.calls == [
        ("ecr", "describe_repositories", REGION, "repositories"),
        ("ecr", "complete_layer_upload", REGION, "layerDigest"),
    ]
    assert session.parameters == [
        {"maxResults": 1},
        {
            "registryId": ACCOUNT,
            "repositoryName": "base/dev",
            "uploadId": "00000000-0000-0000-0000-000000000000",
            "layerDigests": [f"sha256:{'0' * 64}"],
        },
    ]


def test_push_to_a_host_of_another_kind() -> None:
    """Where the host names no account, AWS takes the session's own."""
    session = FakeSession(answer=refusal("UploadNotFoundException"))
    EcrPowers().beyond_pull(session, source(), "elsewhere", "base/dev")
    assert "registryId" not in session.parameters[-1]


def test_list() -> None:
    """A session that may list is given a list; without a repository no push is tested."""
    session = FakeSession(answer={"repositories": []})
    may = EcrPowers().beyond_pull(session, source(), HOST, None)
    assert may == {"ecr:DescribeRepositories": True}
    assert session.calls == [("ecr", "describe_repositories", REGION, "repositories")]


@pytest.mark.parametrize(
    "error",
    [refusal("RepositoryNotFoundException"), AwsUnavailable(operation="ecr", what="it hangs")],
)
def test_what_is_not_told(error: AwsRefusal | AwsUnavailable) -> None:
    """Any other answer says nothing of the right, and is told as it is."""
    with pytest.raises(type(error)):
        EcrPowers().beyond_pull(FakeSession(answer=error), source(), HOST, "base")


def test_ecr_public() -> None:
    """ECR Public is asked nothing."""
    session = FakeSession(answer={})
    assert EcrPowers().beyond_pull(session, public_source(), "public.ecr.aws", "a/b") == {}
    assert session.calls == []
