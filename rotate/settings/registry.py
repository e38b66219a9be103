"""Reading a registry, and the identity that fetches its tokens."""

from __future__ import annotations

from collections.abc import Mapping

from rotate import hosts
from rotate.model.registry import Identity, Registry, Service, TokenSource
from rotate.settings import aws, values
from rotate.settings.reader import Reader

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

_CHAINED_DURATION = 3600
"""Most seconds of a chained session:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining"""


def read(reader: Reader, name: str) -> Registry:
    """Return the registry of that name; what is wrong with it joins the reader's faults."""
    named = reader.maybe("registry", aws.registry) or ""
    region = _region(reader, named)
    identity = _identity(reader, region)
    public = named == hosts.PUBLIC_HOST
    return Registry(
        name=name,
        source=TokenSource(
            identity=identity,
            region=hosts.PUBLIC_REGION if public else region,
            service=Service.ECR_PUBLIC if public else Service.ECR,
        ),
        host=_host(named, identity, region),
        verify=reader.take("verify", values.boolean),
        probe_image=reader.maybe("probe-image", aws.probe_image),
    )


def _region(reader: Reader, named: str) -> str:
    """Return the region of the registry's host, else the region that is given."""
    if named == hosts.PUBLIC_HOST:
        return reader.maybe("aws-region", aws.region, *_REGION_VARIABLES) or hosts.PUBLIC_REGION
    host = hosts.parse(named)
    if not host:
        return reader.need(
            "aws-region",
            aws.region,
            *_REGION_VARIABLES,
            missing="is missing: name the region of the registry, such as `us-east-1`.",
            stand_in="us-east-1",
        )
    given = reader.maybe("aws-region", aws.region)
    if given and given != host.region:
        reader.fault(
            "aws-region",
            f"is `{given}`, but the registry is in `{host.region}`; a token works only in its "
            "own region.",
            "Remove `aws-region`.",
        )
    return host.region


def _host(named: str, identity: Identity, region: str) -> str | None:
    """Return the registry's host as far as it is known before AWS is asked."""
    account = named or (identity.last_role and aws.role_account(identity.last_role))
    if not account:
        return None
    return hosts.build(account=account, region=region) if account.isdigit() else account


def _identity(reader: Reader, region: str) -> Identity:
    identity = Identity(
        region=region,
        role=reader.maybe("role-to-assume", aws.role),
        audience=reader.maybe("audience", aws.audience) or _audience(region),
        session_name=reader.maybe("role-session-name", aws.session_name)
        or _session_name(reader.environment),
        duration=reader.take("role-duration-seconds", values.whole_number(900, 43200)),
        chain=reader.maybe("role-chain", values.listed(aws.role)) or (),
        external_id=reader.maybe("role-external-id", aws.external_id),
        session_policy=reader.take("session-policy", aws.session_policy),
        allowed_accounts=reader.maybe("allowed-account-ids", values.listed(aws.account)) or (),
    )
    _check_roles(reader, identity)
    return identity


def _audience(region: str) -> str:
    """Return the audience STS expects: https://docs.amazonaws.cn/IAM/latest/UserGuide/."""
    china = hosts.partition(region) == "aws-cn"
    return "sts.amazonaws.com.cn" if china else "sts.amazonaws.com"


def _session_name(environment: Mapping[str, str]) -> str:
    return "-".join(filter(None, ("rotate-ecr-token", environment.get("GITHUB_RUN_ID", ""))))


def _check_roles(reader: Reader, identity: Identity) -> None:
    partition = hosts.partition(identity.region)
    roles = [("role-to-assume", identity.role)] if identity.role else []
    for name, role in [*roles, *(("role-chain", role) for role in identity.chain)]:
        if aws.role_partition(role) != partition:
            reader.fault(name, f"`{role}` is not in the partition of {identity.region}.")
    if identity.chain and identity.duration > _CHAINED_DURATION:
        reader.fault("role-duration-seconds", "must be 3600 at most with `role-chain`.")
    if identity.external_id and not identity.chain:
        reader.fault(
            "role-external-id",
            "needs `role-chain`: a role assumed with an OIDC token takes no external ID.",
        )
