"""The links from the workflow to a registry: identity, token, and what the token is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rotate.credential import check
from rotate.deadline import Deadline
from rotate.diagnosis.checklist import Checklist, Finding, Link, holding, together
from rotate.diagnosis.surroundings import compared
from rotate.errors import AccountNotAllowed
from rotate.model.registry import Authorization, Caller, Credential, Identity, Registry, TokenSource
from rotate.registries.interface import (
    AwsIdentities,
    AwsSession,
    Powers,
    SessionTokens,
    Verification,
)
from rotate.remedies import NARROWER_SESSION
from rotate.report import Check, CheckOutcome
from rotate.times import utc

_CLAIMS = ("sub", "aud", "job_workflow_ref")
"""What trust policies look at most."""


@dataclass(frozen=True, kw_only=True)
class RegistryChecks:
    """Looks at everything between the workflow and the registries."""

    identities: AwsIdentities
    tokens: SessionTokens
    powers: Powers
    verification: Verification
    deadline: Deadline
    checklist: Checklist

    def session(self, identity: Identity) -> Link[AwsSession]:
        """Check each step to the last session of an identity."""
        link: Link[object] = holding(None)
        if identity.role:
            link = self.checklist.check("ID token", link, lambda _: self._claims(identity))
        steps = self.identities.sessions(identity)
        session = self.checklist.check(_first(identity), link, lambda _: _step(steps))
        for role in identity.chain:
            session = self.checklist.check(f"role {role}", session, lambda _: _step(steps))
        caller = self.checklist.check("AWS account", session, lambda s: _account(s, identity))
        self.checklist.check("clock of AWS", caller, self._clock)
        return caller if isinstance(caller, Check) else session

    def token(self, source: TokenSource, session: Link[AwsSession]) -> Link[Authorization]:
        """Check that a session is given an authorization token."""
        name = f"authorization token of {source.service} in {source.region}"

        def issue(open_session: AwsSession) -> Finding[Authorization]:
            authorization = self.tokens.issue(source, open_session)
            return Finding(
                value=authorization, detail=f"obtained, until {utc(authorization.expires_at)}"
            )

        return self.checklist.check(name, session, issue)

    def registry(
        self, registry: Registry, session: Link[AwsSession], token: Link[Authorization]
    ) -> Link[Credential]:
        """Check what the token is worth at a registry: nothing less than a pull, and no more."""
        of = f"of {registry.host or registry.name}"
        credential = self.checklist.check(
            f"token {of}", token, lambda given: self._credential(registry, given)
        )
        accepted = self.checklist.check(
            f"login {of}", credential, lambda given: self._login(registry, given)
        )
        pulled = self.checklist.check(
            f"pull {of}", accepted, lambda given: self._pull(registry, given)
        )
        # Only of a repository that is there can be told who may push to it.
        image = None if isinstance(pulled, Check) else registry.probe_image
        self.checklist.check(
            f"no more than pull {of}",
            together(session, credential),
            lambda given: self._powers(registry, image, *given),
        )
        return pulled

    def _claims(self, identity: Identity) -> Finding[object]:
        claims = self.identities.claims(identity)
        shown = (f"{name}={claims[name]}" for name in _CLAIMS if name in claims)
        return Finding(value=None, detail=", ".join(shown))

    def _clock(self, caller: Caller) -> Finding[None]:
        now = self.deadline.clock.now()
        return compared((caller.now - now).total_seconds() if caller.now else None, "AWS")

    def _credential(self, registry: Registry, given: Authorization) -> Finding[Credential]:
        credential = check(given, registry, now=self.deadline.clock.now())
        return Finding(value=credential, detail="its user, host, region and life are right")

    def _login(self, registry: Registry, credential: Credential) -> Finding[Credential]:
        if not registry.verify:
            detail = "`verify: false`: the registry was not asked"
            return Finding(value=credential, detail=detail, outcome=CheckOutcome.SKIPPED)
        self.verification.verify(credential)
        return Finding(value=credential, detail="the registry accepts the token")

    def _pull(self, registry: Registry, credential: Credential) -> Finding[Credential]:
        image = registry.probe_image
        if not image:
            return Finding(
                value=credential,
                outcome=CheckOutcome.SKIPPED,
                detail="a login proves only that the token is genuine; set `probe-image` to an "
                "image that your codespaces pull",
            )
        self.verification.probe(credential, image)
        return Finding(value=credential, detail=f"the manifest of {image} can be read")

    def _powers(
        self, registry: Registry, image: str | None, session: AwsSession, credential: Credential
    ) -> Finding[None]:
        repository = image.partition("@")[0].partition(":")[0] if image else None
        may = self.powers.beyond_pull(session, registry.source, credential.server, repository)
        return _judged(may, registry.source.identity)


def _first(identity: Identity) -> str:
    return f"role {identity.role}" if identity.role else "AWS credentials"


def _step(steps: Iterator[AwsSession]) -> Finding[AwsSession]:
    session = next(steps)
    return Finding(value=session, detail="assumed" if session.account else "boto3's own chain")


def _account(session: AwsSession, identity: Identity) -> Finding[Caller]:
    caller = session.caller(identity.region)
    if not identity.allows(caller.account):
        raise AccountNotAllowed(account=caller.account, allowed=identity.allowed_accounts)
    allowed = " is allowed" if identity.allowed_accounts else ""
    return Finding(value=caller, detail=f"{caller.account}{allowed}, as {caller.arn}")


def _judged(may: Mapping[str, bool], identity: Identity) -> Finding[None]:
    """Judge what the session was found to be able to do, and say what was tested."""
    if not may:
        return Finding(value=None, outcome=CheckOutcome.SKIPPED, detail="not tested for ECR Public")
    allowed = [action for action, may_do in may.items() if may_do]
    if allowed:
        return Finding(
            value=None,
            outcome=CheckOutcome.WARNING,
            detail=f"the session may do more than pull, and so may whoever reads the secrets: "
            f"{_listed(allowed)}, which no pull needs, {_are(allowed)} allowed",
            remedy=NARROWER_SESSION[identity.last_role is not None],
        )
    push = "" if len(may) > 1 else "; a push was not tested, for want of a `probe-image`"
    return Finding(
        value=None,
        detail=f"{_listed(list(may))}, which no pull needs, {_are(list(may))} refused{push}",
    )


def _listed(actions: list[str]) -> str:
    return " and ".join(f"`{action}`" for action in actions)


def _are(actions: list[str]) -> str:
    return "are" if len(actions) > 1 else "is"
