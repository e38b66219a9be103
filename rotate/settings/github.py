"""How the values are written that GitHub receives, by its own rules.

Every function here is as those of `values` are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import jwt

from rotate.model.target import USER

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})"
_NAME_PATTERN = r"[A-Za-z0-9._*?\[\]-]{1,100}"
_API_URL = re.compile(
    r"https://[A-Za-z0-9.-]+(?::(?P<port>[1-9][0-9]{0,4}))?(?:/[A-Za-z0-9._~/-]*)?"
)
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_PEM = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s.*\s-----END [A-Z ]*PRIVATE KEY-----\n", re.DOTALL
)


def is_api_url(text: str) -> bool:
    """Return whether a text is the address of an API that can be asked."""
    address = _API_URL.fullmatch(text)
    return address is not None and int(address["port"] or 443) < 65_536


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


def app_id(text: str) -> str:
    """Read the ID or the client ID of a GitHub App."""
    if not re.fullmatch(r"[0-9]{1,20}|Iv[A-Za-z0-9.]{4,60}", text):
        raise ValueError("is neither the ID nor the client ID of a GitHub App.")
    return text


def private_key(text: str) -> str:
    r"""Read the private key of a GitHub App in PEM, in which `\n` may stand for the end of a line.

    Half a key looks like a whole one, so that it is made to sign.
    """
    key = text.replace("\\n", "\n").strip() + "\n"
    if not _PEM.fullmatch(key) or not _can_sign(key):
        raise ValueError(
            "is no private key that can sign: store the whole PEM file as it was downloaded from "
            "the App's settings, from `-----BEGIN` to the last `-----`, or generate another one."
        )
    return key


def _can_sign(key: str) -> bool:
    try:
        jwt.encode({}, key, algorithm="RS256")
    except (TypeError, ValueError, jwt.PyJWTError):
        # One that is encrypted is a TypeError, and one whose bytes are no text a ValueError.
        return False
    return True


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
