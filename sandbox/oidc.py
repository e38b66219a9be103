"""GitHub's OpenID Connect issuer, as a workflow's job meets it.

Source: https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.clock import Clock
from sandbox.job import Job

ISSUER = "https://token.actions.githubusercontent.com"
ID_TOKEN_LIFE = timedelta(minutes=5)

_REQUEST_HOST = "run-actions-1-azure-eastus.actions.githubusercontent.com"
_KEY_ID = "cc413527-173f-5a05-976e-9c52b1d7b431"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a job with `id-token: write` finds in its environment."""

    url: str
    token: str


class OpenIDConnect:
    """Signs ID tokens for the jobs it knows."""

    hosts = ("token.actions.githubusercontent.com", _REQUEST_HOST)

    def __init__(self, clock: Clock, canaries: set[str]) -> None:
        self._clock = clock
        self._canaries = canaries
        self._key = _signing_key()
        self._jobs: dict[str, Job] = {}

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        """The key that verifies the ID tokens (RS256)."""
        return self._key.public_key()

    def grant(self, job: Job) -> Grant:
        """Let the job ask for ID tokens: the right that `id-token: write` gives."""
        token = f"eyJ{secrets.token_urlsafe(900)}"
        self._jobs[token] = job
        self._canaries.add(token)
        path = f"/{secrets.token_hex(20)}/{job.run_id}/idtoken/{uuid.uuid4()}"
        return Grant(url=f"https://{_REQUEST_HOST}{path}?api-version=2.0", token=token)

    def issue(self, job: Job, *, audience: str, age: timedelta = timedelta()) -> str:
        """Return an ID token that was issued to the job so long ago."""
        token = jwt.encode(
            {**job.claims(), "aud": audience, **_lifetime(self._clock.now() - age)},
            self._key,
            algorithm="RS256",
            headers={"kid": _KEY_ID},
        )
        self._canaries.add(token)
        return token

    def app(self) -> web.Application:
        """Return the application: the token endpoint and the discovery documents."""
        application = web.Application()
        application.router.add_get("/{host}/{run}/idtoken/{id}", self._token)
        application.router.add_get("/.well-known/openid-configuration", self._configuration)
        application.router.add_get("/.well-known/jwks", self._keys)
        return application

    async def _token(self, request: web.Request) -> web.Response:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        job = self._jobs.get(bearer)
        if job is None:
            return web.json_response({"message": "Unauthorized"}, status=401)
        audience = request.query.get("audience") or f"https://github.com/{job.owner}"
        return web.json_response({"value": self.issue(job, audience=audience)})

    async def _configuration(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{ISSUER}/.well-known/jwks",
                "subject_types_supported": ["public", "pairwise"],
                "response_types_supported": ["id_token"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid"],
            }
        )

    async def _keys(self, _: web.Request) -> web.Response:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.public_key))
        return web.json_response({"keys": [{**key, "kid": _KEY_ID, "alg": "RS256", "use": "sig"}]})


@cache
def _signing_key() -> rsa.RSAPrivateKey:
    """Return the issuer's one key, which takes longer to make than all else in a sandbox."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _lifetime(issued: datetime) -> dict[str, object]:
    return {
        "iss": ISSUER,
        "jti": str(uuid.uuid4()),
        "iat": issued,
        "nbf": issued - timedelta(minutes=10),
        "exp": issued + ID_TOKEN_LIFE,
    }
