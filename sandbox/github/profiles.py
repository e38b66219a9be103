"""The endpoints of the authenticated user, of organizations, and of what is left to use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.github.access import Access, authenticated_user
from sandbox.github.accounts import Organization
from sandbox.github.answers import Answer, Call, Endpoint
from sandbox.github.credentials import ClassicToken
from sandbox.github.limits import Meters
from sandbox.github.shapes import account_shape, organization_shape, timestamp

_WITHOUT_TOTAL = "2026-03-10"
_UNKNOWN = ("name", "company", "location", "email", "hireable", "bio", "twitter_username")
_COUNTS = ("public_repos", "public_gists", "followers", "following")
_PRIVATE_COUNTS = (
    "private_gists",
    "total_private_repos",
    "owned_private_repos",
    "disk_usage",
    "collaborators",
)


class ProfileEndpoints:
    """Who a credential stands for, what an organization is, and how much quota is left."""

    def __init__(self, access: Access, meters: Meters) -> None:
        self._access = access
        self._meters = meters

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the endpoints."""
        yield Endpoint(
            method="GET",
            path="/user",
            handler=self._user,
            documentation="users/users#get-the-authenticated-user",
        )
        for path in ("/orgs/{org}", r"/organizations/{organization_id:\d+}"):
            yield Endpoint(
                method="GET",
                path=path,
                handler=self._organization,
                documentation="orgs/orgs#get-an-organization",
                scopes=("admin:org", "read:org", "repo", "user", "write:org"),
            )
        yield Endpoint(
            method="GET",
            path="/rate_limit",
            handler=self._rate_limit,
            documentation="rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user",
            metered=False,
        )

    def _user(self, call: Call) -> Answer:
        user = authenticated_user(call)
        created = timestamp(user.created_at)
        shape: dict[str, Any] = {
            **account_shape(user),
            **dict.fromkeys(_UNKNOWN),
            "blog": "",
            **dict.fromkeys(_COUNTS, 0),
            **dict.fromkeys(("created_at", "updated_at"), created),
        }
        credential = call.credential
        if isinstance(credential, ClassicToken) and credential.has_scope("user"):
            shape |= {"user_view_type": "private", "two_factor_authentication": True}
            shape |= dict.fromkeys(_PRIVATE_COUNTS, 0)
        return Answer(body=shape)

    def _organization(self, call: Call) -> Answer:
        organization = self._access.organization(call)
        shape = organization_shape(organization)
        if self._access.manages(call.credential, organization):
            shape["plan"] = _plan(organization)
        return Answer(body=shape)

    def _rate_limit(self, call: Call) -> Answer:
        rate = self._meters.rate(call.credential)
        body = {"resources": dict.fromkeys(("core", "graphql", "search"), rate)}
        return Answer(body=body if call.version >= _WITHOUT_TOTAL else body | {"rate": rate})


def _plan(organization: Organization) -> dict[str, Any]:
    return {
        "name": organization.plan,
        "space": 976562499,
        "private_repos": 999999,
        "filled_seats": 4,
        "seats": 5,
    }
