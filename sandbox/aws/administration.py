"""AWS Identity and Access Management, as far as the set-up of a role needs it.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from sandbox.aws import query, signature
from sandbox.aws.endpoints import IAM_HOSTS, endpoint
from sandbox.aws.iam import MalformedPolicyError, Policy, as_list, parse_policy, parse_trust_policy
from sandbox.aws.identities import Principal, Role
from sandbox.aws.policies import PROVIDER, provider_arn
from sandbox.aws.query import QueryError, Tree
from sandbox.aws.state import AWS
from sandbox.oidc import ISSUER

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_DEFAULT_SECONDS = "3600"
_SECONDS = range(3600, 43201)


@dataclass(frozen=True, kw_only=True)
class _Call:
    """One call of somebody who is known; `partition` is that of the endpoint."""

    caller: Principal
    partition: str
    form: Mapping[str, str]

    @property
    def role_arn(self) -> str:
        """The role that the call names."""
        return f"arn:{self.partition}:iam::{self.caller.account}:role/{self.need('RoleName')}"

    def need(self, name: str) -> str:
        """Return a parameter, or raise `QueryError` if it is missing."""
        if name not in self.form:
            raise QueryError("ValidationError", f"Value null at '{name}' must not be null")
        return self.form[name]

    def require(self, action: str, resource: str) -> None:
        """Raise `QueryError` unless the caller may do this."""
        if refusal := self.caller.refusal(f"iam:{action}", resource):
            raise QueryError("AccessDenied", refusal, 403)


class IdentityAndAccessManagement:
    """Makes providers and roles for those who may."""

    hosts = IAM_HOSTS

    def __init__(self, aws: AWS) -> None:
        self._aws = aws
        self._inline: dict[str, dict[str, Policy]] = {}
        self._actions: Mapping[str, Callable[[_Call], Tree | None]] = {
            "CreateOpenIDConnectProvider": self._create_provider,
            "AddClientIDToOpenIDConnectProvider": self._add_audience,
            "CreateRole": self._create_role,
            "UpdateRole": self._update_role,
            "UpdateAssumeRolePolicy": self._update_trust,
            "PutRolePolicy": self._put_policy,
        }

    def app(self) -> web.Application:
        """Return the application of one endpoint."""
        application = web.Application()
        application.router.add_post("/", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.Response:
        form = await query.form_of(request)
        name = form.get("Action", "")
        try:
            result = self._action(name)(await self._call(request, form))
        except QueryError as error:
            return query.refusal(error, namespace=_NAMESPACE)
        return query.answer(name, result, namespace=_NAMESPACE)

    def _action(self, name: str) -> Callable[[_Call], Tree | None]:
        if name not in self._actions:
            raise QueryError("InvalidAction", f"Could not find operation {name}")
        return self._actions[name]

    async def _call(self, request: web.Request, form: Mapping[str, str]) -> _Call:
        place = endpoint(request.host)
        if place is None:
            raise QueryError("InvalidAction", f"{request.host} is no endpoint of IAM")
        scope = signature.Scope(region=place.region, service="iam")
        keys, now = self._aws.keys, self._aws.clock.now()
        try:
            key = await signature.signer(request, keys, scope=scope, now=now)
        except signature.SignatureError as error:
            raise QueryError(error.query_code, error.message, 403) from error
        return _Call(caller=key.principal, partition=place.partition, form=form)

    def _create_provider(self, call: _Call) -> Tree:
        arn = provider_arn(call.caller.account, call.partition)
        call.require("CreateOpenIDConnectProvider", arn)
        if call.need("Url") != ISSUER:
            raise QueryError("InvalidInput", "The sandbox knows no issuer but GitHub's.")
        if self._aws.audiences.get(call.caller.account):
            message = f"Provider with url https://{PROVIDER} already exists."
            raise QueryError("EntityAlreadyExists", message, 409)
        audiences = query.listed(call.form, "ClientIDList")
        self._aws.oidc_provider(call.caller.account, audiences=audiences)
        return {"OpenIDConnectProviderArn": arn}

    def _add_audience(self, call: _Call) -> None:
        arn = call.need("OpenIDConnectProviderArn")
        call.require("AddClientIDToOpenIDConnectProvider", arn)
        known = self._aws.audiences.get(call.caller.account, ())
        if not known or arn != provider_arn(call.caller.account, call.partition):
            raise _missing(f"OpenIDConnect Provider not found for arn {arn}")
        self._aws.oidc_provider(call.caller.account, audiences=(*known, call.need("ClientID")))

    def _create_role(self, call: _Call) -> Tree:
        arn = call.role_arn
        call.require("CreateRole", arn)
        if arn in self._aws.roles:
            message = f"Role with name {call.need('RoleName')} already exists."
            raise QueryError("EntityAlreadyExists", message, 409)
        role = self._aws.role(
            arn,
            trust=_policy(parse_trust_policy, call.need("AssumeRolePolicyDocument")),
            policy=_merged({}),
            max_session=_seconds(call.form.get("MaxSessionDuration", _DEFAULT_SECONDS)),
        )
        return {"Role": _shape(call, role, self._aws.clock.now())}

    def _update_role(self, call: _Call) -> Tree:
        role = self._role(call, "UpdateRole")
        seconds = _seconds(call.form.get("MaxSessionDuration", _DEFAULT_SECONDS))
        self._aws.roles[role.arn] = replace(role, max_session=seconds)
        return {}

    def _update_trust(self, call: _Call) -> None:
        role = self._role(call, "UpdateAssumeRolePolicy")
        trust = _policy(parse_trust_policy, call.need("PolicyDocument"))
        self._aws.roles[role.arn] = replace(role, trust=trust)

    def _put_policy(self, call: _Call) -> None:
        role = self._role(call, "PutRolePolicy")
        inline = self._inline.setdefault(role.arn, {})
        inline[call.need("PolicyName")] = _policy(parse_policy, call.need("PolicyDocument"))
        self._aws.roles[role.arn] = replace(role, policy=_merged(inline))

    def _role(self, call: _Call, action: str) -> Role:
        call.require(action, call.role_arn)
        role = self._aws.roles.get(call.role_arn)
        if role is None:
            raise _missing(f"The role with name {call.need('RoleName')} cannot be found.")
        return role


def _missing(message: str) -> QueryError:
    return QueryError("NoSuchEntity", message, 404)


def _policy(parse: Callable[[str], Policy], text: str) -> Policy:
    try:
        return parse(text)
    except MalformedPolicyError as error:
        raise QueryError("MalformedPolicyDocument", str(error)) from error


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) not in _SECONDS:
        raise QueryError("ValidationError", "MaxSessionDuration must be from 3600 to 43200.")
    return int(text)


def _merged(inline: Mapping[str, Policy]) -> Policy:
    """Return the policies of a role as one, which allows what any of them allows."""
    statements = [one for policy in inline.values() for one in as_list(policy["Statement"])]
    return {"Version": "2012-10-17", "Statement": statements}


def _shape(call: _Call, role: Role, now: datetime) -> Tree:
    return {
        "Path": "/",
        "RoleName": call.need("RoleName"),
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
