"""How single values are written: each function reads a text, or says what is wrong with it.

Every function here takes a text that is not blank and raises `ValueError` with a sentence for
people, which the value itself may stand before. The rules are those of the service that will
receive the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from rotate import hosts, policies
from rotate.matrix import USER

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_ROLE = re.compile(r"arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):role/[\w+=,.@/-]{1,576}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})"
_NAME_PATTERN = r"[A-Za-z0-9._*?\[\]-]{1,100}"
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])")
_IMAGE_PATH = r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
_IMAGE = re.compile(rf"{_IMAGE_PATH}(?::[\w][\w.-]{{0,127}}|@sha256:[0-9a-f]{{64}})", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_LONGEST_QUOTED = 100
_MISPLACED_SECRET = re.compile(r"gh[a-z]_|github_pat_|PRIVATE KEY")
"""How GitHub's tokens begin, and what a private key says of itself:
https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github"""

PULL_SESSION_POLICY = json.dumps(
    policies.document(
        policies.anywhere(
            (*policies.TOKEN_ACTIONS, *policies.PULL_ACTIONS, *policies.PUBLIC_ACTIONS)
        )
    ),
    separators=(",", ":"),
)
"""What a pull needs and no more; a session has the rights that role and policy both grant."""


class WrongItem(ValueError):
    """What is wrong is one item of a list, and the sentence names it already."""


def quoted(text: str, problem: object) -> str:
    """Return the problem behind the value that has it, where that fits on the line.

    A value is never cut short: what masks a secret in a log knows it as a whole. What looks like a
    secret in the wrong place is not shown at all.
    """
    fits = len(text) <= _LONGEST_QUOTED and text.isprintable() and "`" not in text
    return f"`{text}` {problem}" if fits and not _MISPLACED_SECRET.search(text) else str(problem)


def boolean(text: str) -> bool:
    """Read a boolean of YAML's core schema, as `core.getBooleanInput` of GitHub's toolkit does."""
    known = {"true": True, "True": True, "TRUE": True}
    known |= {"false": False, "False": False, "FALSE": False}
    if text not in known:
        raise ValueError("must be `true` or `false`.")
    return known[text]


def one_of(words: type[E]) -> Callable[[str], E]:
    """Return a reader of one of the words of an enumeration."""

    def read(text: str) -> E:
        try:
            return words(text.lower())
        except ValueError:
            choices = ", ".join(f"`{word.value}`" for word in words)
            raise ValueError(f"must be one of {choices}.") from None

    return read


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of a whole number from `low` to `high`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}.")
        return int(text)

    return read


def listed(read_one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """Return a reader of a list: one per line or comma, blank and `#` lines ignored."""

    def read(text: str) -> tuple[T, ...]:
        lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
        items = [item.strip() for line in lines for item in line.split(",") if item.strip()]
        if not items:
            raise ValueError("lists nothing.")
        return tuple(_read_item(read_one, item) for item in items)

    return read


def _read_item(read_one: Callable[[str], T], item: str) -> T:
    try:
        return read_one(item)
    except ValueError as problem:
        raise WrongItem(quoted(item, problem)) from None


def duration(text: str) -> float:
    """Read a length of time such as `90s`, `10m` or `6h`, in seconds."""
    match = _DURATION.fullmatch(text)
    if not match or not float(match[1]):
        raise ValueError("must be a number and `s`, `m` or `h`, such as `10m`.")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def role(text: str) -> str:
    """Read the ARN of an IAM role."""
    if not _ROLE.fullmatch(text):
        raise ValueError(
            "is not the ARN of an IAM role, such as `arn:aws:iam::123456789012:role/pull`."
        )
    return text


def role_account(arn: str) -> str:
    """Return the account of an IAM role's ARN."""
    return arn.split(":")[4]


def role_partition(arn: str) -> str:
    """Return the partition of an IAM role's ARN."""
    return arn.split(":")[1]


def account(text: str) -> str:
    """Read an AWS account ID."""
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError("is not an AWS account ID, which has 12 digits.")
    return text


def region(text: str) -> str:
    """Read the name of an AWS region."""
    if not _REGION.fullmatch(text):
        raise ValueError("is not an AWS region, such as `us-east-1`.")
    return text


def registry(text: str) -> str:
    """Read an account ID, a private ECR host or `public.ecr.aws`; a scheme is dropped."""
    host = text.lower().removeprefix("https://").rstrip("/")
    if re.fullmatch(r"[0-9]{12}", host) or host == hosts.PUBLIC_HOST or hosts.parse(host):
        return host
    raise ValueError(
        "must be a 12-digit account ID, an ECR host such as "
        "`123456789012.dkr.ecr.us-east-1.amazonaws.com`, or `public.ecr.aws`."
    )


def audience(text: str) -> str:
    """Read the audience of an ID token."""
    if not re.fullmatch(r"[!-~]{1,255}", text):
        raise ValueError("must be 1 to 255 visible ASCII characters.")
    return text


def session_name(text: str) -> str:
    """Read a role session name: https://docs.aws.amazon.com/STS/latest/APIReference/."""
    if not _SESSION_NAME.fullmatch(text):
        raise ValueError("must be 2 to 64 characters of `A-Za-z0-9_+=,.@-`.")
    return text


def external_id(text: str) -> str:
    """Read an external ID: https://docs.aws.amazon.com/STS/latest/APIReference/."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise ValueError("must be 2 to 1224 characters of `A-Za-z0-9_+=,.@:/-`.")
    return text


def session_policy(text: str) -> str | None:
    """Read `pull`, `none` or a policy in JSON; return the policy, or None for `none`."""
    if text in ("pull", "none"):
        return PULL_SESSION_POLICY if text == "pull" else None
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise ValueError("must be `pull`, `none`, or an IAM policy in JSON.")
    return json.dumps(policy, separators=(",", ":"))


def probe_image(text: str) -> str:
    """Read `repository:tag` or `repository@digest`, without a host."""
    first, *rest = text.split("/")
    names_host = rest and (hosts.parse(first) or first == hosts.PUBLIC_HOST)
    if names_host or not _IMAGE.fullmatch(text):
        raise ValueError(
            "must be `repository:tag` without a host, such as `base/devcontainer:latest`."
        )
    return text


def path(text: str) -> str:
    """Read the path of a file, which does not climb out of where it starts."""
    if ".." in text.split("/") or not text.isprintable():
        raise ValueError("must be a path without `..`.")
    return text


def owner(text: str) -> str:
    """Read the login of an organization or a user."""
    if not re.fullmatch(_OWNER, text):
        raise ValueError("is not the name of an organization.")
    return text


def owner_or_user(text: str) -> str:
    """Read the login of an organization or a user, or `@user` for the token's user."""
    return text if text == USER else owner(text)


def pattern(text: str) -> str:
    """Read `owner/name`, where the name may be a glob, with `!` before what is excluded."""
    name = text.removeprefix("!").strip()
    if not re.fullmatch(f"{_OWNER}/{_NAME_PATTERN}", name) or name.endswith(("/.", "/..")):
        raise ValueError(
            "is not a repository: write `owner/name`, or a glob such as `owner/svc-*`."
        )
    return f"!{name}" if text.startswith("!") else name


def pattern_of(organization: str) -> Callable[[str], str]:
    """Return a reader of patterns that takes a bare one as the organization's own."""

    def read(text: str) -> str:
        exclusion, name = text[: text.startswith("!")], text.removeprefix("!").strip()
        return pattern(exclusion + (name if "/" in name else f"{organization}/{name}"))

    return read


def renewal(life: float) -> Callable[[str], float]:
    """Return a reader of how early to renew: a duration, or a share of `life`; in seconds."""

    def read(text: str) -> float:
        share = re.fullmatch(r"([0-9]{1,3})%", text)
        if share and 0 < int(share[1]) <= 100:
            return int(share[1]) / 100 * life
        try:
            return duration(text)
        except ValueError:
            raise ValueError("must be a duration such as `6h`, or a share such as `50%`.") from None

    return read


def app_id(text: str) -> str:
    """Read the ID or the client ID of a GitHub App."""
    if not re.fullmatch(r"[0-9]{1,20}|Iv[A-Za-z0-9.]{4,60}", text):
        raise ValueError("is neither the ID nor the client ID of a GitHub App.")
    return text


def private_key(text: str) -> str:
    r"""Read a private key in PEM, in which `\n` may stand for the end of a line."""
    key = text.replace("\\n", "\n").strip()
    if not re.fullmatch(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s.*\s-----END [A-Z ]*PRIVATE KEY-----", key, re.DOTALL
    ):
        raise ValueError("is not a private key in PEM, which begins with `-----BEGIN`.")
    return key + "\n"


def secret_prefix(text: str) -> str:
    """Read the first part of a secret's name, which GitHub keeps in upper case.

    https://docs.github.com/codespaces/managing-codespaces-for-your-organization
    """
    if not _PREFIX.fullmatch(text):
        raise ValueError("must be letters, digits and `_`, and not begin with a digit.")
    if f"{text.upper()}_".startswith("GITHUB_"):
        raise ValueError("must not begin with `GITHUB_`, which GitHub reserves.")
    return text.upper()


def token(text: str) -> str:
    """Read a GitHub token: it is sent as a header, so it is visible ASCII."""
    if not re.fullmatch(r"[!-~]{1,1000}", text):
        raise ValueError("is not a GitHub token: it holds blanks or characters outside ASCII.")
    return text
