"""As much of IAM's policy language as a pull from ECR needs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar

Policy = Mapping[str, Any]
Context = Mapping[str, str]
_Value = TypeVar("_Value")

_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}
_TRUST_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Condition"}


class MalformedPolicyError(ValueError):
    """The document is not a policy."""


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What a principal may do: its identity policy, narrowed by a session policy if any."""

    identity: Policy
    session: Policy | None = None

    def refusal(self, action: str, resource: str) -> str | None:
        """Return why the action is refused, in IAM's words, or None where it is allowed."""
        for kind, policy in (("identity-based", self.identity), ("session", self.session)):
            if policy is None:
                continue
            effects = effects_of(policy, action, resource)
            if "Deny" in effects:
                return f"with an explicit deny in {_article(kind)} {kind} policy"
            if "Allow" not in effects:
                return f"because no {kind} policy allows the {action} action"
        return None


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def effects_of(policy: Policy, action: str, resource: str) -> set[str]:
    """Return the effects of the statements that speak of the action on the resource."""
    return {
        statement["Effect"]
        for statement in as_list(policy["Statement"])
        if matches_any(action.lower(), (name.lower() for name in as_list(statement["Action"])))
        and matches_any(resource, as_list(statement.get("Resource", "*")))
    }


def conditions_hold(statement: Mapping[str, Any], context: Context) -> bool:
    """Tell whether every condition of the statement holds; an absent key fails its condition."""
    return all(
        key in context and _compare(operator, context[key], as_list(accepted))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, accepted in conditions.items()
    )


def _compare(operator: str, value: str, accepted: list[str]) -> bool:
    if operator == "StringEquals":
        return value in accepted
    if operator == "StringLike":
        return matches_any(value, accepted)
    raise NotImplementedError(f"the sandbox knows no condition operator {operator}")


def matches_any(value: str, patterns: Iterable[str]) -> bool:
    """Tell whether a pattern of `*` and `?` matches the value."""
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def as_list(value: _Value | list[_Value]) -> list[_Value]:
    """Return a policy's element as a list, which one value may stand for."""
    return value if isinstance(value, list) else [value]


def parse_policy(text: str) -> Policy:
    """Return the policy in the text, or raise `MalformedPolicyError` with AWS's message."""
    return _parsed(text, {"Effect", "Action", "Resource"}, _ELEMENTS)


def parse_trust_policy(text: str) -> Policy:
    """Return the trust policy in the text, which names principals and no resources."""
    return _parsed(text, {"Effect", "Action", "Principal"}, _TRUST_ELEMENTS)


def _parsed(text: str, needed: set[str], known: set[str]) -> Policy:
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise MalformedPolicyError("This policy contains invalid Json") from error
    if not isinstance(policy, dict) or not as_list(policy.get("Statement", [])):
        raise MalformedPolicyError("Syntax errors in policy.")
    for statement in as_list(policy["Statement"]):
        if not isinstance(statement, dict) or not needed <= set(statement) <= known:
            raise MalformedPolicyError("Syntax errors in policy.")
        if statement["Effect"] not in {"Allow", "Deny"}:
            raise MalformedPolicyError("Syntax errors in policy.")
    return policy
