"""What a session may do beyond a pull, found out with requests that change nothing."""

from __future__ import annotations

from collections.abc import Mapping

from rotate import hosts
from rotate.errors import AwsRefusal
from rotate.model.registry import Service, TokenSource
from rotate.registries.interface import AwsSession

_NOWHERE = "00000000-0000-0000-0000-000000000000"
_NOTHING = f"sha256:{'0' * 64}"
_DENIED = ("AccessDenied", "AccessDeniedException")


class EcrPowers:
    """Asks ECR; it fulfils `registries.interface.Powers`."""

    def beyond_pull(
        self, session: AwsSession, source: TokenSource, host: str, repository: str | None
    ) -> Mapping[str, bool]:
        """Return whether the session may list repositories, and push to the one that is named.

        The listing is a read. For the push, ECR is asked to complete an upload that was never
        begun: to those who may push it answers that there is no such upload, to the others that
        they may not. None is begun, since a push to nowhere can create a repository.
        https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html

        Raises:
            RotateError: AWS does not say.
        """
        if source.service is not Service.ECR:
            return {}
        may = {"ecr:DescribeRepositories": _may_list(session, source.region)}
        if repository:
            may["ecr:CompleteLayerUpload"] = _may_push(session, source.region, host, repository)
        return may


def _may_list(session: AwsSession, region: str) -> bool:
    return _is_allowed(
        session,
        "describe_repositories",
        region=region,
        expecting="repositories",
        parameters={"maxResults": 1},
    )


def _may_push(session: AwsSession, region: str, host: str, repository: str) -> bool:
    place = hosts.parse(host)
    return _is_allowed(
        session,
        "complete_layer_upload",
        region=region,
        expecting="layerDigest",
        parameters={
            **({"registryId": place.account} if place else {}),
            "repositoryName": repository,
            "uploadId": _NOWHERE,
            "layerDigests": [_NOTHING],
        },
    )


def _is_allowed(
    session: AwsSession,
    operation: str,
    *,
    region: str,
    expecting: str,
    parameters: Mapping[str, object],
) -> bool:
    try:
        session.call("ecr", operation, region=region, expecting=expecting, parameters=parameters)
    except AwsRefusal as refusal:
        if refusal.code in _DENIED:
            return False
        if refusal.code != "UploadNotFoundException":
            raise
    return True
