"""From what AWS answered to a credential, or to the reason why it is none."""

from __future__ import annotations

from datetime import datetime, timedelta

from rotate import hosts
from rotate.errors import UnusableCredential
from rotate.model.registry import Authorization, Credential, Registry, Service
from rotate.times import utc

SHORTEST_LIFE = timedelta(minutes=5)
"""A token with less life than this is not worth writing."""

_USER = "AWS"


def check(authorization: Authorization, registry: Registry, *, now: datetime) -> Credential:
    """Return the credential of `registry`, once the authorization is what it must be.

    Raises:
        UnusableCredential: it is for another user, host, account or region, or ends too soon.
    """
    where = registry.host or registry.name
    if authorization.user != _USER:
        raise UnusableCredential(f"the token is not for the user {_USER}", where=where)
    if authorization.expires_at - now < SHORTEST_LIFE:
        raise UnusableCredential(
            f"the token ends at {utc(authorization.expires_at)} already", where=where
        )
    if registry.source.service is Service.ECR:
        _check_host(authorization, registry, where)
    return Credential(
        server=registry.host or authorization.host,
        user=authorization.user,
        password=authorization.password,
        expires_at=authorization.expires_at,
    )


def _check_host(authorization: Authorization, registry: Registry, where: str) -> None:
    """Send the token nowhere unless AWS itself names a host of ECR's, in the right place."""
    host = hosts.parse(authorization.host)
    if not host:
        raise UnusableCredential(f"`{authorization.host}` is not a host of ECR", where=where)
    if host.region != registry.source.region:
        raise UnusableCredential(f"the token is for {host.region}", where=where)
    if authorization.account not in (None, host.account):
        raise UnusableCredential(f"the token is for account {host.account}", where=where)
