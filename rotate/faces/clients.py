"""The clients of a run: how the outside world is reached, and as whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from ssl import SSLContext

from rotate.deadline import Clock, Deadline
from rotate.diagnosis import World
from rotate.errors import Fault, InvalidSettings
from rotate.faces.masks import Masks
from rotate.faces.notifying import Rotation, Telling
from rotate.identity.aws_call import Aws
from rotate.identity.aws_session import AwsIdentities
from rotate.identity.github_oidc import IdTokens
from rotate.model.plan import IssueAccess, Plan
from rotate.notifications.github_issues import GitHubIssues
from rotate.registries.ecr import EcrTokens
from rotate.registries.powers import EcrPowers
from rotate.registries.verification import RegistryVerification
from rotate.reporting import Reporter
from rotate.stores.credentials import AppInstallations, Credentials, OneToken
from rotate.stores.github import GitHub
from rotate.stores.pace import Pace
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from rotate.trace import Trace
from rotate.transport import Transport, trusting
from rotate.web import Web

_CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")

_TO_TELL = 30.0
"""Seconds of a run's time that are left for telling people that it failed."""


class Clients:
    """The clients of one run; those of AWS are made only where they are needed."""

    def __init__(
        self,
        plan: Plan,
        *,
        environment: Mapping[str, str],
        clock: Clock,
        masks: Masks,
        trace: Trace,
    ) -> None:
        """Start counting the plan's timeout.

        Raises:
            InvalidSettings: the CA bundle that the environment names cannot be read.
        """
        self._plan = plan
        self._environment = environment
        self._masks = masks
        self._trace = trace
        self._ca_bundle, self._trust = _trusted(environment)
        self._end = Deadline(clock=clock, seconds=plan.timeout)
        reserved = min(_TO_TELL, plan.timeout / 2) if plan.issues else 0.0
        self.deadline = Deadline(clock=clock, seconds=plan.timeout - reserved)
        self.credentials = self._credentials()
        self.repositories = GitHubRepositories(self.credentials)
        self.store = GitHubSecrets(credentials=self.credentials, repositories=self.repositories)

    def _credentials(self) -> Credentials:
        access = self._plan.github
        if access.app:
            return AppInstallations(app=access.app, connect=self._connect, mask=self._masks.add)
        return OneToken(github=self._connect(lambda: access.token))

    def _connect(self, token: Callable[[], str], *, until: Deadline | None = None) -> GitHub:
        deadline = until or self.deadline
        return GitHub(
            api_url=self._plan.github.api_url,
            token=token,
            deadline=deadline,
            pace=Pace(deadline=deadline, limits=self._plan.limits),
            trust=self._trust,
            trace=self._trace,
        )

    def telling(self, access: IssueAccess, rotation: Rotation, reporter: Reporter) -> Telling:
        """Return what tells people of a rotation in an issue, within all of the run's time."""
        api = self._connect(lambda: access.token, until=self._end)
        return Telling(
            rotation=rotation,
            notifications=GitHubIssues(api=api, repository=access.repository),
            redact=self._masks.redact_markdown,
            reporter=reporter,
            clock=self._end.clock,
        )

    @cached_property
    def _web(self) -> Web:
        return Web(deadline=self.deadline, transport=Transport(self._trust), trace=self._trace)

    @cached_property
    def _identities(self) -> AwsIdentities:
        id_tokens = IdTokens(environment=self._environment, web=self._web, mask=self._masks.add)
        aws = Aws(deadline=self.deadline, ca_bundle=self._ca_bundle, trace=self._trace)
        return AwsIdentities(aws=aws, mint=id_tokens.mint, mask=self._masks.add)

    @property
    def tokens(self) -> EcrTokens:
        """What issues authorization tokens."""
        return EcrTokens(identities=self._identities, mask=self._masks.add)

    @property
    def verification(self) -> RegistryVerification:
        """What asks registries."""
        return RegistryVerification(web=self._web, mask=self._masks.add)

    @property
    def world(self) -> World:
        """Everything that a diagnosis looks at."""
        return World(
            identities=self._identities,
            tokens=self.tokens,
            powers=EcrPowers(),
            verification=self.verification,
            directory=self.repositories,
            grants=self.credentials,
            store=self.store,
            deadline=self.deadline,
        )


def _trusted(environment: Mapping[str, str]) -> tuple[str | None, SSLContext]:
    """Return the one CA bundle that every client trusts, and what was read from it.

    The bundle is None where no variable names one: then each client has its own.
    """
    variable = next((name for name in _CA_BUNDLES if environment.get(name)), None)
    bundle = environment[variable] if variable else None
    try:
        return bundle, trusting(bundle)
    except OSError as error:
        fault = Fault(
            path=variable or "certifi",
            problem=f"`{bundle}` cannot be read as certificates: {error.strerror}.",
            suggestion="Name a PEM file; of the runner's disk, the action's container sees the "
            "workspace alone.",
        )
        raise InvalidSettings((fault,)) from None
