"""Proving a credential against its registry."""

from __future__ import annotations

from base64 import b64encode

import pytest

from rotate.errors import (
    CredentialExpired,
    CredentialNotAccepted,
    ProbeImageMissing,
    PullDenied,
    RegistryUnavailable,
    RegistryUnexpected,
    RotateError,
    WrongRegion,
)
from rotate.registries.verification import RegistryVerification
from rotate.web import Reply
from tests.unit.examples import HOST, PASSWORD, credential
from tests.unit.fake_clients import FakeWeb, response
from tests.unit.fakes import FakeClock, deadline

BASIC = f"Basic {b64encode(f'AWS:{PASSWORD}'.encode()).decode()}"
CHALLENGE = f'Bearer realm="https://{HOST}/token/",service="{HOST}",scope="aws"'
MASKED: list[str] = []
DIGEST = f"sha256:{'0' * 64}"


def challenged(challenge: str = CHALLENGE) -> Reply:
    """Return the answer of a registry that wants a token of its own."""
    return response(401, headers={"WWW-Authenticate": challenge})


def verify(*answers: Reply | str, image: str | None = None) -> FakeWeb:
    """Verify the credential, or probe an image, and return the web that was asked."""
    web = FakeWeb(answers=list(answers))
    verification = RegistryVerification(web=web, mask=MASKED.append)
    if image:
        verification.probe(credential(), image)
    else:
        verification.verify(credential())
    return web


def sent(web: FakeWeb) -> list[tuple[str, str]]:
    """Return the addresses and authorizations that the web was sent."""
    return [(str(request.url), request.headers["Authorization"]) for request in web.sent]


def test_accepted() -> None:
    """A registry that answers 200 accepts the credential, which it was shown."""
    assert sent(verify(response(200))) == [(f"https://{HOST}/v2/", BASIC)]


@pytest.mark.parametrize(
    ("image", "path"),
    [
        ("base/image:latest", "base/image/manifests/latest"),
        (f"base@{DIGEST}", f"base/manifests/{DIGEST}"),
    ],
)
def test_probe(image: str, path: str) -> None:
    """An image is probed by asking for its manifest, of whatever kind."""
    web = verify(response(200), image=image)
    assert sent(web) == [(f"https://{HOST}/v2/{path}", BASIC)]
    assert web.sent[0].headers["Accept"].split(", ") == [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (response(400), WrongRegion),
        (response(401), CredentialNotAccepted),
        (response(403, "Your Authorization Token has expired."), CredentialExpired),
        (response(403, "Expired"), CredentialExpired),
        (response(403), PullDenied),
        (response(302), RegistryUnexpected),
        (response(404), RegistryUnexpected),
    ],
)
def test_refused(answer: Reply, error: type[RotateError]) -> None:
    """Refusals are told apart by their causes."""
    with pytest.raises(error):
        verify(answer)


@pytest.mark.parametrize(
    ("answer", "error", "what"),
    [
        (response(404), ProbeImageMissing, "no image base:latest"),
        (response(403), PullDenied, "may not pull base "),
        (response(401), CredentialNotAccepted, "HTTP 401"),
    ],
)
def test_refused_probe(answer: Reply, error: type[RotateError], what: str) -> None:
    """A probe tells an image that is missing from one that may not be pulled."""
    with pytest.raises(error, match=what):
        verify(answer, image="base:latest")


def test_exchange() -> None:
    """A registry that wants a token of its own is shown the credential on its own host only."""
    web = verify(challenged(), response(200, '{"token": "own"}'), response(200))
    assert sent(web) == [
        (f"https://{HOST}/v2/", BASIC),
        (f"https://{HOST}/token/?service={HOST}&scope=aws", BASIC),
        (f"https://{HOST}/v2/", "Bearer own"),
    ]


def test_token_of_the_registry_is_masked() -> None:
    """The token that a registry gives in exchange is a secret, too."""
    verify(challenged(), response(200, '{"token": "of-the-registry"}'), response(200))
    assert MASKED[-1] == "of-the-registry"


def test_refused_exchange() -> None:
    """A registry that gives no token of its own refuses the credential."""
    with pytest.raises(PullDenied):
        verify(challenged(), response(403))


@pytest.mark.parametrize("text", ["", "<html>", "[]", "{}", "null"])
def test_exchange_for_nothing(text: str) -> None:
    """A registry that answers without a token does not answer as one does."""
    with pytest.raises(RegistryUnexpected):
        verify(challenged(), response(200, text))


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        'Basic realm="ECR"',
        "Bearer",
        "Bearer realm",
        'Bearer service="x"',
        'Bearer realm="https://evil.example.com/token/"',
        f'Bearer realm="http://{HOST}/token/"',
        f'Bearer realm="https://{HOST}.example.com/token/"',
        f'Bearer realm="https://{HOST}@example.com/token/"',
        f'Bearer realm="https://{HOST}:8443/token/"',
        'Bearer realm="https://[token/"',
        f'Basic realm="https://{HOST}/token/"',
    ],
)
def test_credential_goes_nowhere_else(challenge: str) -> None:
    """No other host than the registry's is ever shown the credential."""
    with pytest.raises(CredentialNotAccepted):
        verify(challenged(challenge))


def test_challenge_beside_an_answer() -> None:
    """A registry that accepts the credential, or denies it, is not asked for a token of its own."""
    header = {"WWW-Authenticate": CHALLENGE}
    assert len(verify(response(200, headers=header)).sent) == 1
    with pytest.raises(PullDenied):
        verify(response(403, headers=header))


def test_outage() -> None:
    """A registry that does not answer is asked again."""
    assert len(verify("it hangs", "it hangs", response(200)).sent) == 3
    with pytest.raises(RegistryUnavailable, match="it hangs"):
        verify(*["it hangs"] * 9)


def test_outage_at_the_deadline() -> None:
    """A registry is not asked again once the time is up."""
    web = FakeWeb(answers=["it hangs"], deadline=deadline(0, clock=FakeClock()))
    with pytest.raises(RegistryUnavailable):
        RegistryVerification(web=web, mask=MASKED.append).verify(credential())
