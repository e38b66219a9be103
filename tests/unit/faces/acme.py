"""The internet as a run for `acme/api` meets it, in memory."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field

import pytest
import requests
from botocore.httpsession import URLLib3Session
from nacl.public import PrivateKey

from tests.unit.examples import ACCOUNT, GITHUB_TOKEN, HOST, PASSWORD, REGION, ROLE
from tests.unit.fake_clients import id_token
from tests.unit.internet import AwsInternet, Internet, answered

REPOSITORY = "/repos/acme/api"
SECRETS = f"{REPOSITORY}/codespaces/secrets"
ID_TOKENS = "https://pipelines.actions.githubusercontent.com/token?v=2"
DATE = {"Date": "Wed, 01 Jul 2026 12:00:00 GMT"}
RUNNER = {
    "GITHUB_REPOSITORY": "acme/api",
    "GITHUB_REPOSITORY_OWNER": "acme",
    "ACTIONS_ID_TOKEN_REQUEST_URL": ID_TOKENS,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the-bearer",
}
GIVEN = {"role-to-assume": ROLE, "aws-region": REGION, "github-token": GITHUB_TOKEN}
QUOTED = "ghs_1_eyJ_.e-_30._x"
"""A token of an installation, which Markdown would escape: JSON Web Tokens may hold `_` so."""
_ASSUMED = f"""<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>
<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:assumed-role/pull/s</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>AKIA0123</AccessKeyId><SecretAccessKey>the-key</SecretAccessKey>
<SessionToken>the-session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
_TOKEN = {
    "authorizationToken": b64encode(f"AWS:{PASSWORD}".encode()).decode(),
    "expiresAt": 4_000_000_000,
    "proxyEndpoint": f"https://{HOST}",
}


@dataclass
class Acme:
    """GitHub, AWS and the registry of `acme/api`, all of them well."""

    written: list[str] = field(default_factory=list)
    """Names of the secrets in the order in which they were written."""
    status: int = 201
    """With which status GitHub answers a write."""
    refusal: str = ""
    """With which message GitHub refuses a look; blank where it does not."""
    message: str = "the-message"
    """With which message GitHub refuses a write."""
    issues: list[dict[str, object]] = field(default_factory=list)
    """The open issues, as GitHub lists them."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the internet."""
        self.internet = Internet(self._answer)
        self.aws = AwsInternet(
            [(200, _ASSUMED), (200, json.dumps({"authorizationData": [_TOKEN]}))]
        )
        aws = self.aws
        self.internet.install(monkeypatch)
        monkeypatch.setattr(URLLib3Session, "send", lambda _, request: aws.send(request))

    def _answer(self, request: requests.PreparedRequest) -> requests.Response:
        url = str(request.url).partition("?")[0]
        if request.method == "PUT" and self.status == 201:
            self.written.append(url.rpartition("/")[2])
        return answered(*self._answers(f"{request.method} {url}"), headers=DATE)

    def _answers(self, what: str) -> tuple[int, str]:
        api, repository = f"https://api.github.com{SECRETS}", f"https://api.github.com{REPOSITORY}"
        key = {"key_id": "012", "key": b64encode(bytes(PrivateKey.generate().public_key)).decode()}
        known: dict[str, object] = {
            f"GET {api}": {"secrets": []},
            f"GET {api}/public-key": key,
            f"GET {repository}": {"id": 1, "full_name": "acme/api"},
            f"GET {repository}/issues": self.issues,
            f"GET {repository}/labels/rotate-ecr-token": {},
            f"POST {repository}/issues": {},
            f"PATCH {repository}/issues/7": {},
            "GET https://api.github.com/user": {"login": "octocat"},
            f"GET {ID_TOKENS.partition('?')[0]}": {"value": id_token({"sub": "repo:acme/api"})},
            f"GET https://{HOST}/v2/": {},
        }
        if self.refusal:
            return 403, json.dumps({"message": self.refusal})
        if what.startswith("PUT "):
            return self.status, json.dumps({"message": self.message})
        return (200, json.dumps(known[what])) if what in known else (404, "{}")
