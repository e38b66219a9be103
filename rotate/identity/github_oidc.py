"""The workflow's ID token, from GitHub's OIDC service.

actions-toolkit could ask for it too, but without a timeout, and it puts the body of a failed
answer, which may hold a token, into its exception.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from rotate.errors import IdTokenNotAllowed, IdTokenRefused, IdTokenUnavailable
from rotate.foreign import parsed
from rotate.remedies import Claims
from rotate.web import Web, bearer


@dataclass(frozen=True, kw_only=True)
class IdTokens:
    """Asks GitHub for ID tokens of the running job."""

    environment: Mapping[str, str] = field(repr=False)
    """The runner's variables, which hold the address and the right to ask."""
    web: Web
    mask: Callable[[str], None]

    def mint(self, audience: str) -> str:
        """Return a new ID token, masked; it lives for five minutes.

        https://docs.github.com/actions/reference/security/oidc

        Raises:
            IdTokenNotAllowed: the job lacks `id-token: write`.
            IdTokenRefused: GitHub said no.
            IdTokenUnavailable: GitHub failed; asking again may help.
        """
        url = self.environment.get("ACTIONS_ID_TOKEN_REQUEST_URL")
        right = self.environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
        if not url or not right:
            raise IdTokenNotAllowed
        answer = self.web.get(
            # The address has a query already, to which GitHub's own client adds in the same way:
            # https://github.com/actions/toolkit/blob/main/packages/core/src/oidc-utils.ts
            f"{url}&{urlencode({'audience': audience})}",
            headers=bearer(right),
            unavailable=IdTokenUnavailable,
        )
        if answer.status != HTTPStatus.OK:
            raise IdTokenRefused(answer.status)
        token = answer.text_of("value")
        if not token:
            raise IdTokenUnavailable("the answer holds no ID token")
        self.mask(token)
        return token


def content(token: str) -> dict[str, str]:
    """Return the claims of a token by name; AWS, not we, checks the signature.

    A token that cannot be read says nothing, and AWS will refuse it.
    """
    try:
        _, payload, _ = token.split(".")
        said = parsed(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return {name: str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def claims(token: str) -> Claims:
    """Return what a token says of the workflow, as far as a trust policy looks at it."""
    said = content(token)
    return Claims(
        sub=said.get("sub", ""),
        audience=said.get("aud", ""),
        issuer=said.get("iss", ""),
        owner_id=said.get("repository_owner_id", ""),
        repository_id=said.get("repository_id", ""),
    )
