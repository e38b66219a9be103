"""Writing the three secrets of one target: the password last, and only once the others stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import partial

from rotate.deadline import Deadline
from rotate.errors import RepositoryNamedTwice, RotateError, Unprocessable
from rotate.model.github import Access, PublicKey, Standing
from rotate.model.registry import Credential
from rotate.model.target import Location, Scope, Secrets, Target
from rotate.schedule import Found
from rotate.seal import seal
from rotate.stores.interface import SecretStore


@dataclass(frozen=True, kw_only=True)
class Place:
    """A target as it was found: what is to be written there, and how."""

    target: Target
    names: tuple[str, ...]
    """Names of the secrets to write, the password last."""
    access: Mapping[str, Access]
    key: PublicKey
    reads: int
    """Requests that it takes to find all this out."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What writing a target came to."""

    credential: Credential | None = None
    """What was written, where it got so far."""
    written: tuple[str, ...] = ()
    """Names of the secrets that now hold the new credential's values."""
    error: RotateError | None = None
    """Why the others do not."""


class Places:
    """Finds what writing each target needs, and lets no two targets be written to one place."""

    def __init__(
        self, *, store: SecretStore, deadline: Deadline, locations: Iterable[Location]
    ) -> None:
        """Take the locations of all targets, each of which is that target's own."""
        self._store = store
        self._deadline = deadline
        self._ahead: dict[Target, Future[Place]] = {}
        self._claimed = {location: location for location in locations}

    def look_ahead(self, first: Iterable[Found], *, workers: Executor) -> None:
        """Begin with the first ones already; any other place is found when it is asked for."""
        for found in first:
            self._ahead[found.target] = workers.submit(self._find, found)

    def of(self, found: Found) -> Place:
        """Return the place of a target, which is then this target's for the rest of the run.

        Raises:
            RepositoryNamedTwice: it is another target's, by another name.
            RotateError: the store did not say, or there is no time to ask.
        """
        ahead = self._ahead.pop(found.target, None)
        # One that has not begun may stand behind others that hang.
        place = self._find(found) if ahead is None or ahead.cancel() else ahead.result()
        # Of threads that come at once one is the first, since `setdefault` is atomic.
        mine, now = found.target.location, place.target
        if self._claimed.setdefault(now.location, mine) != mine:
            raise RepositoryNamedTwice(found.target.owner, now=now.owner)
        return place

    def forget(self, found: Found) -> None:
        """Let go of a target that nobody will ask for."""
        if ahead := self._ahead.pop(found.target, None):
            ahead.cancel()

    def _find(self, found: Found) -> Place:
        self._deadline.check()
        return find(found, self._store)


def write(
    found: Found,
    credential: Future[Credential],
    *,
    places: Places,
    store: SecretStore,
    beside: Executor,
    deadline: Deadline,
) -> Attempt:
    """Write the credential to a target, once it is proved."""
    try:
        proved = credential.result()
        place = places.of(found)
        store.reserve(target=place.target, writes=len(place.names))
        deadline.check()
    except RotateError as error:
        places.forget(found)
        return Attempt(error=error)
    return _fill(place, proved, store, beside)


def find(found: Found, store: SecretStore) -> Place:
    """Ask the store for everything that writing the target needs.

    Raises:
        UnusablePublicKey: nothing can be sealed for the target.
        RotateError: the store did not say.
    """
    target, standing = found.target, found.standing
    if standing is None:
        standing = store.standing(target) if _depends_on_standing(target) else {}
    access = store.access(target, standing)
    key = store.public_key(target)
    # A key that seals nothing is found out before anything is written; and libsodium is loaded
    # while AWS answers.
    seal("", key)
    return Place(
        target=store.current(target),
        names=tuple(name for name in target.names if not _stays(name, target, standing, access)),
        access=access,
        key=key,
        reads=_reads(found, access),
    )


def _depends_on_standing(target: Target) -> bool:
    if target.readers is not None:
        return False
    keeps_access = target.scope is not Scope.REPOSITORY and target.visibility is None
    return keeps_access or target.secrets is Secrets.PASSWORD


def _reads(found: Found, access: Mapping[str, Access]) -> int:
    """Count the key, what stands, and a list of readers for each secret that keeps its own."""
    stands = found.standing is not None or _depends_on_standing(found.target)
    kept = found.target.readers is None
    return 1 + stands + sum(kept and one.repository_ids is not None for one in access.values())


def _stays(
    name: str, target: Target, standing: Mapping[str, Standing], access: Mapping[str, Access]
) -> bool:
    """Tell whether a secret is left as it stands: others than the password may be, if wanted.

    It is written where others are to read it than do now, or may be: a password is of no use to
    whoever cannot read the server.
    """
    return (
        target.secrets is Secrets.PASSWORD
        and name != target.names.password
        and name in standing
        and target.readers is None
        and access[name].visibility in (None, standing[name].visibility)
    )


def _fill(place: Place, credential: Credential, store: SecretStore, beside: Executor) -> Attempt:
    """Seal and write server and user beside each other, then the password.

    The password is written only once the others stand, so that a target never holds a new
    password for an old server.
    """
    names = place.target.names
    values = {
        names.server: credential.server,
        names.user: credential.user,
        names.password: credential.password,
    }
    put = partial(_put_all, values=values, store=store, beside=beside)
    *others, password = place.names
    place, errors = put(place, others)
    if not any(errors.values()):
        errors |= put(place, [password])[1]
    return Attempt(
        credential=credential,
        written=tuple(name for name, error in errors.items() if error is None),
        error=next((error for error in errors.values() if error), None),
    )


_Errors = dict[str, RotateError | None]


def _put_all(
    place: Place,
    names: Sequence[str],
    *,
    values: Mapping[str, str],
    store: SecretStore,
    beside: Executor,
) -> tuple[Place, _Errors]:
    """Write secrets beside each other; return the place with its current key, and the errors.

    A refusal may mean that the key was replaced since it was read. Then what was refused is
    sealed and written again, once.
    """
    put = partial(_put, values=values, store=store)
    begun = {name: beside.submit(put, place, name) for name in names[1:]}
    errors = {name: put(place, name) for name in names[:1]}
    errors |= {name: future.result() for name, future in begun.items()}
    refused = [name for name, error in errors.items() if isinstance(error, Unprocessable)]
    if refused and (key := _replaced_key(place, store)):
        place = replace(place, key=key)
        errors |= {name: put(place, name) for name in refused}
    return place, errors


def _put(
    place: Place, name: str, *, values: Mapping[str, str], store: SecretStore
) -> RotateError | None:
    """Seal and write one secret; return why it was not written."""
    try:
        store.write(place.target, name, seal(values[name], place.key), place.access[name])
    except RotateError as error:
        return error
    return None


def _replaced_key(place: Place, store: SecretStore) -> PublicKey | None:
    """Return the key of the target if it is another one by now."""
    try:
        key = store.public_key(place.target)
    except RotateError:
        return None
    return key if key.key_id != place.key.key_id else None
