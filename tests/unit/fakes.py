"""The outside world in memory: each fake fulfils an interface of `rotate`, and none is a patch."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock

from nacl.public import PrivateKey, SealedBox

from rotate import hosts
from rotate.agenda import Agenda
from rotate.deadline import Deadline
from rotate.errors import Cancelled, NoRepositoryMatches, RotateError, Unprocessable
from rotate.grant import Grant
from rotate.model.github import Access, Organization, PublicKey, Repository, Sealed, Standing
from rotate.model.registry import Authorization, Credential, Registry, Service, TokenSource
from rotate.model.target import Scope, Target, Visibility
from rotate.registries.interface import AwsSession
from rotate.report import Check, Result
from tests.unit import examples


class FakeClock:
    """Time that passes only in `sleep` and `advance`; it fulfils `clock.StoppableClock`."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.slept: list[float] = []
        self.stopped_at: float | None = None
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return examples.NOW + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds since noon."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.advance(seconds)

    def check(self) -> None:
        """Raise `Cancelled` once the run was told to stop."""
        if self.stopped_at is not None:
            raise Cancelled

    def advance(self, seconds: float) -> None:
        """Let time pass, unnoticed by `slept`."""
        self._elapsed += seconds

    def stop(self) -> None:
        """Tell the run to stop."""
        self.stopped_at = self._elapsed

    def on_stop(self, act: Callable[[], None]) -> None:
        """Do without: what a real clock calls ends the process."""


def deadline(seconds: float = 600.0, *, clock: FakeClock | None = None) -> Deadline:
    """Return a deadline on a fake clock."""
    return Deadline(clock=clock or FakeClock(), seconds=seconds)


class FakeTokens:
    """Issues one token for each source.

    It fulfils `registries.interface.Tokens` and `registries.interface.SessionTokens`.
    """

    def __init__(self) -> None:
        """Issue tokens at once."""
        self.asked: list[TokenSource] = []
        self.prepared: list[TokenSource] = []
        self.ready = Event()
        self.refusals: dict[str, RotateError] = {}
        """Refusals by region."""

    def prepare(self, source: TokenSource) -> None:
        """Have nothing to make ready."""
        self.prepared.append(source)
        self.ready.set()

    def authorize(self, source: TokenSource) -> Authorization:
        """Return a token whose password names the region, or refuse."""
        self.asked.append(source)
        if source.region in self.refusals:
            raise self.refusals[source.region]
        return self._authorization(source)

    def issue(self, source: TokenSource, session: AwsSession) -> Authorization:
        """Return what `authorize` would, in the account of the session."""
        return replace(self.authorize(source), account=session.account)

    def _authorization(self, source: TokenSource) -> Authorization:
        host = hosts.build(account=examples.ACCOUNT, region=source.region)
        return examples.authorization(host=host, password=f"{examples.PASSWORD}-{source.region}")


class FakeVerification:
    """Accepts every credential but those it is told to refuse.

    It fulfils `registries.interface.Verification`.
    """

    def __init__(self) -> None:
        """Accept everything."""
        self.verified: list[str] = []
        self.probed: list[str] = []
        self.refusals: dict[str, RotateError] = {}
        """Refusals by the name of a host or of an image."""

    def verify(self, credential: Credential) -> None:
        """Accept or refuse a credential."""
        self.verified.append(credential.server)
        self._refuse(credential.server)

    def probe(self, credential: Credential, image: str) -> None:
        """Find an image, or refuse it."""
        self.probed.append(f"{credential.server}/{image}")
        self._refuse(image)

    def _refuse(self, name: str) -> None:
        if name in self.refusals:
            raise self.refusals[name]


class FakeStore:
    """Opens every sealed value with its own private keys.

    It fulfils `stores.interface.SecretStore`.
    """

    def __init__(self) -> None:
        """Begin without a secret."""
        self.refusals: dict[tuple[str, str], RotateError] = {}
        """By what is asked (`access`, for one, or a secret's name) and the label of the target."""
        self.asked: list[tuple[str, str]] = []
        self.public_key_read = Event()
        self.renamed: dict[str, str] = {}
        """Present names by old ones."""
        self._written_at: dict[tuple[str, str, str], datetime] = {}
        self._visibilities: dict[tuple[str, str, str], Visibility | None] = {}
        self._values: dict[tuple[str, str], dict[str, str]] = {}
        self._keys: dict[tuple[str, str], tuple[int, PrivateKey]] = {}
        self._lock = Lock()

    def values(self, target: Target) -> dict[str, str]:
        """Return the values that a target's secrets have, by name."""
        return self._values.setdefault(self._place(target), {})

    def hold(
        self,
        target: Target,
        *names: str,
        age: timedelta = timedelta(0),
        visibility: Visibility | None = None,
    ) -> None:
        """Let secrets stand, all three if none is named, that were written that long ago."""
        for name in names or target.names:
            self.values(target)[name] = "old"
            self._written_at[(*self._place(target), name)] = examples.NOW - age
            self._visibilities[(*self._place(target), name)] = visibility

    def now(self, target: Target) -> datetime:
        """Return noon."""
        return examples.NOW

    def standing(self, target: Target) -> Mapping[str, Standing]:
        """Return every secret that stands."""
        self._ask("standing", target)
        place = self._place(target)
        return {
            name: Standing(
                updated_at=self._written_at.get((*place, name), examples.NOW),
                visibility=self._visibilities.get((*place, name)),
            )
            for name in self.values(target)
        }

    def access(self, target: Target, standing: Mapping[str, Standing]) -> Mapping[str, Access]:
        """Return what the target asks of who may read, else what stands."""
        self._ask("access", target)
        ids = None if target.readers is None else tuple(range(len(target.readers)))
        access = Access(visibility=target.visibility, repository_ids=ids)
        if target.scope is not Scope.ORGANIZATION or target.visibility:
            return dict.fromkeys(target.names, access)
        kept = {name: Access(visibility=one.visibility) for name, one in standing.items()}
        return {
            name: kept.get(name, Access(visibility=Visibility.PRIVATE)) for name in target.names
        }

    def public_key(self, target: Target) -> PublicKey:
        """Return the key that is valid now."""
        self._ask("public_key", target)
        self.public_key_read.set()
        return self._public_key(target)

    def _place(self, target: Target) -> tuple[str, str]:
        return (self.current(target).label.lower(), target.store)

    def current(self, target: Target) -> Target:
        """Return the target by its present name."""
        return replace(target, owner=self.renamed.get(target.owner, target.owner))

    def replace_key(self, target: Target) -> None:
        """Make the key that is valid now invalid."""
        self._keys[self._place(target)] = (self._key(target)[0] + 1, PrivateKey.generate())

    def reserve(self, target: Target, writes: int) -> None:
        """Note how many writes are about to follow."""
        self._ask(f"reserve {writes}", target)

    def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
        """Open a sealed value and keep it."""
        self._ask(name, target)
        with self._lock:
            number, private = self._key(target)
            if sealed.key_id != _key_id(number):
                raise Unprocessable(message="Bad request", where=f"PUT {name}")
            opened = SealedBox(private).decrypt(b64decode(sealed.encrypted_value))
            self.values(target)[name] = opened.decode()

    def _ask(self, what: str, target: Target) -> None:
        self.asked.append((what, target.label))
        if (what, target.label) in self.refusals:
            raise self.refusals[what, target.label]

    def _key(self, target: Target) -> tuple[int, PrivateKey]:
        return self._keys.setdefault(self._place(target), (1, PrivateKey.generate()))

    def _public_key(self, target: Target) -> PublicKey:
        number, private = self._key(target)
        key = b64encode(bytes(private.public_key)).decode()
        return PublicKey(key_id=_key_id(number), key=key)


def _key_id(number: int) -> str:
    """Return an ID as GitHub gives them: leading zeros count."""
    return f"{number:018}"


class FakeDirectory:
    """Knows the repositories it is told of; it fulfils `stores.interface.Directory`."""

    def __init__(self, *names: str, archived: tuple[str, ...] = ()) -> None:
        """Take the full names of the repositories, and of those that are archived."""
        self.asked: list[str] = []
        self.refusals: dict[str, RotateError] = {}
        """Refusals by owner or full name; by its label where an organization itself is asked."""
        self.renamed: dict[str, str] = {}
        """Present names by old ones."""
        self.plans: dict[str, str] = {}
        """Plans by organization."""
        self.administered: bool | None = None
        self._repositories = [
            Repository(id=number, full_name=name, archived=name in archived)
            for number, name in enumerate((*names, *archived))
        ]

    def repositories(self, owner: str) -> tuple[Repository, ...]:
        """Return the repositories of an owner, or refuse."""
        self.asked.append(owner)
        if owner in self.refusals:
            raise self.refusals[owner]
        prefix = f"{owner.lower()}/"
        return tuple(r for r in self._repositories if r.full_name.lower().startswith(prefix))

    def repository(self, full_name: str) -> Repository:
        """Return a repository by a name that it has or had, or refuse."""
        self.asked.append(full_name)
        if full_name in self.refusals:
            raise self.refusals[full_name]
        now = self.renamed.get(full_name, full_name)
        for repository in self._repositories:
            if repository.full_name.lower() == now.lower():
                return replace(repository, administered=self.administered)
        raise NoRepositoryMatches(full_name)

    def organization(self, login: str) -> Organization:
        """Return an organization on the plan it is told of, or refuse."""
        self.asked.append(login)
        if (label := f"organization {login}") in self.refusals:
            raise self.refusals[label]
        return Organization(login=login, plan=self.plans.get(login))


class FakeGrants:
    """Knows what was granted to whom; it fulfils `stores.interface.Grants`."""

    def __init__(self, grant: Grant) -> None:
        """Take what every owner's credential was granted, unless it is told otherwise."""
        self.usual = grant
        self.asked: list[str] = []
        self.refusals: dict[str, RotateError] = {}
        """Refusals by owner."""
        self.ahead: float | None = 0.0

    def grant(self, owner: str) -> Grant:
        """Return what was granted, or refuse."""
        self.asked.append(owner)
        if owner in self.refusals:
            raise self.refusals[owner]
        return self.usual

    def skew(self) -> float | None:
        """Return the seconds by which the store's clock is ahead."""
        return self.ahead


class FakePowers:
    """Knows what a session may do; it fulfils `registries.interface.Powers`."""

    def __init__(self) -> None:
        """Allow nothing but a pull."""
        self.allowed: set[str] = set()
        self.asked: list[tuple[str, str, str | None]] = []
        """Account of the session, host and repository."""

    def beyond_pull(
        self, session: AwsSession, source: TokenSource, host: str, repository: str | None
    ) -> Mapping[str, bool]:
        """Return what is allowed of what is asked."""
        self.asked.append((session.caller(source.region).account, host, repository))
        if source.service is Service.ECR_PUBLIC:
            return {}
        actions = ["ecr:DescribeRepositories", *(["ecr:CompleteLayerUpload"] if repository else [])]
        return {action: action in self.allowed for action in actions}


@dataclass
class FakeReporter:
    """Remembers everything that it hears; it fulfils `reporting.Reporter`."""

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    agendas: list[Agenda] = field(default_factory=list)
    registries: list[Registry] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Remember what is good to know."""
        self.notes.append(text)

    def warn(self, text: str) -> None:
        """Remember what should be mended."""
        self.warnings.append(text)

    def agenda(self, agenda: Agenda) -> None:
        """Remember what there is to do."""
        self.agendas.append(agenda)

    def proved(self, registry: Registry, credential: Credential) -> None:
        """Remember a registry, and its credential."""
        self.registries.append(registry)
        self.credentials.append(credential)

    def finished(self, result: Result) -> None:
        """Remember what became of a target."""
        self.results.append(result)

    def checked(self, check: Check) -> None:
        """Remember what was found of a link."""
        self.checks.append(check)
