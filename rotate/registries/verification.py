"""Proving a credential against its registry, before anything is written.

The registry's protocol: https://distribution.github.io/distribution/spec/api/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from requests.utils import parse_dict_header
from urllib3.util import make_headers

from rotate.errors import (
    CredentialExpired,
    CredentialNotAccepted,
    ProbeImageMissing,
    PullDenied,
    RegistryUnavailable,
    RegistryUnexpected,
    WrongRegion,
)
from rotate.model.registry import Credential
from rotate.retry import persistently
from rotate.web import Reply, Web, bearer

_MANIFEST_TYPES = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


@dataclass(frozen=True, kw_only=True)
class RegistryVerification:
    """Asks over HTTPS; it fulfils `registries.interface.Verification`."""

    web: Web
    mask: Callable[[str], None]

    def verify(self, credential: Credential) -> None:
        """Return if the registry accepts the credential at `/v2/`.

        Raises:
            WrongRegion, CredentialNotAccepted, CredentialExpired, PullDenied: it does not.
            RegistryUnavailable, RegistryUnexpected: it did not say.
        """
        answer = self._get(credential, "/v2/")
        _check(answer, credential.server)

    def probe(self, credential: Credential, image: str) -> None:
        """Return if the credential may read the manifest of `image`.

        Raises:
            PullDenied: it may not.
            ProbeImageMissing: there is no such image.
            RotateError: as `verify` does.
        """
        repository, separator, reference = image.partition("@")
        if not separator:
            repository, _, reference = image.rpartition(":")
        answer = self._get(credential, f"/v2/{repository}/manifests/{reference}")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise ProbeImageMissing(credential.server, image)
        _check(answer, credential.server, repository=repository)

    def _get(self, credential: Credential, path: str) -> Reply:
        basic = make_headers(basic_auth=f"{credential.user}:{credential.password}")
        answer = self._ask(credential.server, path, basic)
        realm = _token_realm(answer, credential.server)
        if not realm:
            return answer
        issued = self._ask(credential.server, realm, basic)
        if issued.status != HTTPStatus.OK:
            return issued
        token = issued.text_of("token")
        if token is None:
            raise RegistryUnexpected(credential.server, issued.status)
        self.mask(token)
        return self._ask(credential.server, path, bearer(token))

    def _ask(self, host: str, path: str, authorization: Mapping[str, str]) -> Reply:
        ask = partial(
            self.web.get,
            f"https://{host}{path}",
            headers={"Accept": _MANIFEST_TYPES, **authorization},
            unavailable=partial(RegistryUnavailable, host),
        )
        return persistently(ask, deadline=self.web.deadline)


def _token_realm(answer: Reply, host: str) -> str | None:
    """Return the path, on the same host, that exchanges the credential for a bearer token.

    ECR Public wants that, as Docker Hub does; ECR private takes the credential itself.
    https://distribution.github.io/distribution/spec/auth/token/
    """
    scheme, _, rest = answer.headers.get("WWW-Authenticate", "").partition(" ")
    if answer.status != HTTPStatus.UNAUTHORIZED or scheme.lower() != "bearer":
        return None
    parameters: dict[str, str | None] = parse_dict_header(rest)  # type: ignore[no-untyped-call]
    # A parameter without a value comes as None.
    challenge = {name: value for name, value in parameters.items() if value}
    realm = challenge.pop("realm", "")
    if not realm.startswith(f"https://{host}/"):
        return None
    return f"{realm.removeprefix(f'https://{host}')}?{urlencode(challenge)}"


def _check(answer: Reply, host: str, *, repository: str = "*") -> None:
    if answer.status == HTTPStatus.OK:
        return
    if answer.status == HTTPStatus.BAD_REQUEST:
        raise WrongRegion(host)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise CredentialNotAccepted(host)
    if answer.status != HTTPStatus.FORBIDDEN:
        raise RegistryUnexpected(host, answer.status)
    if b"expired" in answer.body.lower():
        raise CredentialExpired(host)
    raise PullDenied(host, repository=repository)
