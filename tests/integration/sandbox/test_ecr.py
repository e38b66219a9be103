"""ECR's API in the sandbox asks IAM first, as AWS does."""

from __future__ import annotations

import pytest

from sandbox import Sandbox
from sandbox.aws import PULL_POLICY
from tests.worlds.aws import ACCOUNT, OTHER_ACCOUNT, client, refused

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}],
}
UPLOAD = {
    "uploadId": "00000000-0000-0000-0000-000000000000",
    "layerDigests": [f"sha256:{'0' * 64}"],
}


def test_who_may_only_pull(world: Sandbox) -> None:
    """Neither a list nor the end of an upload is for those who may only pull."""
    ecr = client("ecr", world.aws.user(ACCOUNT, policy=PULL_POLICY))
    for call, parameters in (
        (ecr.describe_repositories, {}),
        (ecr.complete_layer_upload, {"repositoryName": "base", **UPLOAD}),
    ):
        code, status, message = refused(call, **parameters)
        assert (code, status) == ("AccessDeniedException", 400)
        assert "is not authorized to perform: ecr:" in message


def test_list(world: Sandbox) -> None:
    """Who may list is shown the repositories of the account, as many as were asked for."""
    ecr = client("ecr", world.aws.user(ACCOUNT, policy=EVERYTHING))
    names = [each["repositoryName"] for each in ecr.describe_repositories()["repositories"]]
    assert names == ["base", "private"]
    assert len(ecr.describe_repositories(maxResults=1)["repositories"]) == 1


@pytest.mark.parametrize(
    ("account", "name", "code"),
    [
        (ACCOUNT, "base", "UploadNotFoundException"),
        (OTHER_ACCOUNT, "shared", "UploadNotFoundException"),
        (ACCOUNT, "nowhere", "RepositoryNotFoundException"),
    ],
)
def test_upload_that_was_never_begun(world: Sandbox, account: str, name: str, code: str) -> None:
    """Who may push is told that there is no such upload, and nothing comes of it."""
    before = dict(world.aws.repositories)
    ecr = client("ecr", world.aws.user(ACCOUNT, policy=EVERYTHING))
    call = ecr.complete_layer_upload
    assert refused(call, registryId=account, repositoryName=name, **UPLOAD)[0] == code
    assert world.aws.repositories == before
