"""The rules by which STS lets a role be assumed.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
and API_AssumeRole.html; messages as the service sends them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.aws.iam import (
    Context,
    MalformedPolicyError,
    Policy,
    as_list,
    conditions_hold,
    parse_policy,
)
from sandbox.aws.identities import Principal, Role
from sandbox.aws.query import QueryError

_DEFAULT_SECONDS = 3600
_SECONDS = range(900, 43201)
_CHAINED_SECONDS = 3600
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_POLICY_CHARACTERS = 2048


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is common to all requests for a role; `seconds` is the session's length."""

    role_arn: str
    session_name: str
    seconds: int
    session_policy: Policy | None


def read_wish(form: Mapping[str, str]) -> Wish:
    """Return the checked parameters, or raise `QueryError`."""
    return Wish(
        role_arn=_role_arn(form.get("RoleArn", "")),
        session_name=_session_name(form.get("RoleSessionName", "")),
        seconds=_seconds(form.get("DurationSeconds", str(_DEFAULT_SECONDS))),
        session_policy=_session_policy(form["Policy"]) if "Policy" in form else None,
    )


def _role_arn(arn: str) -> str:
    if not _ROLE_ARN.fullmatch(arn):
        raise QueryError("ValidationError", f"{arn} is invalid")
    return arn


def _session_name(name: str) -> str:
    if not _SESSION_NAME.fullmatch(name):
        raise _constraint(
            name, "roleSessionName", r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
        )
    return name


def _seconds(text: str) -> int:
    if not text.isdecimal():
        raise QueryError("MalformedInput", "Invalid Argument")
    seconds = int(text)
    if seconds < _SECONDS.start:
        least = f"Member must have value greater than or equal to {_SECONDS.start}"
        raise _constraint(text, "durationSeconds", least)
    if seconds >= _SECONDS.stop:
        most = f"Member must have value less than or equal to {_SECONDS[-1]}"
        raise _constraint(text, "durationSeconds", most)
    return seconds


def _constraint(value: str, member: str, constraint: str) -> QueryError:
    return QueryError(
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
        f"constraint: {constraint}",
    )


def _session_policy(text: str) -> Policy:
    if len(text) > _POLICY_CHARACTERS:
        share = 100 * len(text) // _POLICY_CHARACTERS
        raise QueryError(
            "PackedPolicyTooLarge",
            f"Packed policy consumes {share}% of allotted space, please use smaller policy.",
        )
    try:
        return parse_policy(text)
    except MalformedPolicyError as error:
        raise QueryError("MalformedPolicyDocument", str(error)) from error


def require_session_length(role: Role, seconds: int, *, caller: Principal | None = None) -> None:
    """Raise `QueryError` if the role does not allow so long a session, or chaining does not."""
    if caller is not None and caller.role_arn is not None and seconds > _CHAINED_SECONDS:
        raise QueryError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
        )
    if seconds > role.max_session:
        raise QueryError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )


def trusts_provider(role: Role | None, provider: str, context: Context) -> bool:
    """Tell whether the role's trust policy lets the provider's token in."""
    action = "sts:AssumeRoleWithWebIdentity"
    return role is not None and _trusts(role.trust, action, "Federated", {provider}, context)


def trusts_principal(role: Role | None, caller: Principal, context: Context) -> bool:
    """Tell whether the role's trust policy names the caller, its role or its account."""
    root = f"arn:{caller.arn.split(':')[1]}:iam::{caller.account}:root"
    names = {"*", caller.account, root, caller.arn, caller.role_arn or caller.arn}
    return role is not None and _trusts(role.trust, "sts:AssumeRole", "AWS", names, context)


def _trusts(trust: Policy, action: str, kind: str, names: set[str], context: Context) -> bool:
    effects = {
        statement["Effect"]
        for statement in as_list(trust["Statement"])
        if action in as_list(statement["Action"])
        and names & set(as_list(statement["Principal"].get(kind, [])))
        and conditions_hold(statement, context)
    }
    return effects == {"Allow"}
