"""AWS Security Token Service.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from sandbox.aws import query, signature
from sandbox.aws.assumption import (
    Wish,
    read_wish,
    require_session_length,
    trusts_principal,
    trusts_provider,
)
from sandbox.aws.endpoints import STS_HOSTS, Endpoint, endpoint
from sandbox.aws.identities import AccessKey, Principal, Role, account_of
from sandbox.aws.policies import provider_arn
from sandbox.aws.query import QueryError, Tree
from sandbox.aws.state import AWS
from sandbox.aws.web_identity import condition_context, verified_claims
from sandbox.oidc import OpenIDConnect

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True, kw_only=True)
class _Call:
    request: web.Request
    endpoint: Endpoint
    form: Mapping[str, str]


class SecurityTokenService:
    """Assumes roles, strictly."""

    hosts = STS_HOSTS

    def __init__(self, aws: AWS, oidc: OpenIDConnect) -> None:
        self._aws = aws
        self._oidc = oidc
        self._actions = {
            "AssumeRoleWithWebIdentity": self._assume_role_with_web_identity,
            "AssumeRole": self._assume_role,
            "GetCallerIdentity": self._get_caller_identity,
        }

    def app(self) -> web.Application:
        """Return the application of one endpoint."""
        application = web.Application()
        application.router.add_route("*", "/", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.Response:
        form = await query.form_of(request)
        name = form.get("Action", "")
        try:
            result = await self._result(name, request, form)
        except QueryError as error:
            return query.refusal(error, namespace=_NAMESPACE)
        return query.answer(name, result, namespace=_NAMESPACE)

    async def _result(self, name: str, request: web.Request, form: Mapping[str, str]) -> Tree:
        place = endpoint(request.host)
        if place is None or name not in self._actions:
            raise QueryError("InvalidAction", f"Could not find operation {name}")
        return await self._actions[name](_Call(request=request, endpoint=place, form=form))

    async def _assume_role_with_web_identity(self, call: _Call) -> Tree:
        wish = read_wish(call.form)
        self._require_active(wish, call.endpoint)
        account = account_of(wish.role_arn)
        claims = verified_claims(
            call.form.get("WebIdentityToken", ""),
            key=self._oidc.public_key,
            audiences=self._aws.audiences.get(account, ()),
            now=self._aws.clock.now(),
        )
        role = self._aws.roles.get(wish.role_arn)
        provider = provider_arn(account, call.endpoint.partition)
        if role is None or not trusts_provider(role, provider, condition_context(claims)):
            refused = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
            raise QueryError("AccessDenied", refused, 403)
        require_session_length(role, wish.seconds)
        return {
            **self._session(role, wish),
            "SubjectFromWebIdentityToken": str(claims["sub"]),
            "Provider": provider,
            "Audience": str(claims["aud"]),
        }

    async def _assume_role(self, call: _Call) -> Tree:
        caller = (await self._signer(call)).principal
        wish = read_wish(call.form)
        self._require_active(wish, call.endpoint)
        context = {}
        if "ExternalId" in call.form:
            context["sts:ExternalId"] = call.form["ExternalId"]
        role = self._aws.roles.get(wish.role_arn)
        refusal = caller.refusal("sts:AssumeRole", wish.role_arn)
        if role is None or refusal or not trusts_principal(role, caller, context):
            raise QueryError("AccessDenied", refusal or _untrusted(caller, wish.role_arn), 403)
        require_session_length(role, wish.seconds, caller=caller)
        return self._session(role, wish)

    async def _get_caller_identity(self, call: _Call) -> Tree:
        caller = (await self._signer(call)).principal
        return {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account}

    async def _signer(self, call: _Call) -> AccessKey:
        scope = signature.Scope(region=call.endpoint.region, service="sts")
        keys, now = self._aws.keys, self._aws.clock.now()
        try:
            return await signature.signer(call.request, keys, scope=scope, now=now)
        except signature.SignatureError as error:
            raise QueryError(error.query_code, error.message, 403) from error

    def _require_active(self, wish: Wish, place: Endpoint) -> None:
        account = account_of(wish.role_arn)
        if wish.role_arn.split(":")[1] != place.partition:
            raise QueryError("ValidationError", f"{wish.role_arn} is invalid")
        if place.region in self._aws.disabled_regions.get(account, ()):
            raise QueryError(
                "RegionDisabledException",
                f"STS is not activated in this region for account:{account}. Your account "
                "administrator can activate STS in this region using the IAM Console.",
                403,
            )

    def _session(self, role: Role, wish: Wish) -> dict[str, str | Tree]:
        principal = role.principal(wish.session_name, wish.session_policy)
        key = self._aws.session(principal, seconds=wish.seconds)
        user: Tree = {"AssumedRoleId": principal.user_id, "Arn": principal.arn}
        return {"Credentials": _credentials(key), "AssumedRoleUser": user}


def _untrusted(caller: Principal, role_arn: str) -> str:
    # STS does not tell a missing role from one that does not trust the caller.
    refused = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole"
    return f"{refused} on resource: {role_arn}"


def _credentials(key: AccessKey) -> Tree:
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.session_token or "",
        "Expiration": _iso(key.expires_at),
    }


def _iso(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
