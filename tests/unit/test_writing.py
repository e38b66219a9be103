"""Writing the three secrets of one target."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.deadline import Deadline
from rotate.errors import (
    Cancelled,
    GitHubUnavailable,
    OutOfTime,
    RepositoryNamedTwice,
    Unprocessable,
    UnusablePublicKey,
)
from rotate.model.github import Access, PublicKey, Sealed, Standing
from rotate.model.registry import Credential
from rotate.model.target import Location, Scope, Secrets, Target, Visibility
from rotate.schedule import Found
from rotate.writing import Attempt, Place, Places, find, write
from tests.unit.examples import HOST, PASSWORD, credential, repository, standing, target
from tests.unit.fakes import FakeClock, FakeStore, deadline

SERVER, USER, SECRET = target().names
PASSWORD_ONLY = target(secrets=Secrets.PASSWORD)
REFUSED = Unprocessable(message="Bad request", where="PUT /")
UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")


@pytest.fixture(scope="module")
def beside() -> Iterator[Executor]:
    """Return what writes server and user beside each other."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


class ReplacingStore(FakeStore):
    """Replaces its key as soon as it was read."""

    def __init__(self, *, replacements: int) -> None:
        """Take how often the key is replaced."""
        super().__init__()
        self._left = replacements

    def public_key(self, target: Target) -> PublicKey:
        """Return a key that may not be valid any more."""
        key = super().public_key(target)
        if self._left:
            self._left -= 1
            self.replace_key(target)
        return key


def ready() -> Future[Credential]:
    """Return a credential that is proved already."""
    future: Future[Credential] = Future()
    future.set_result(credential())
    return future


def written(
    place: Target,
    store: FakeStore,
    beside: Executor,
    *,
    proved: Future[Credential] | None = None,
    end: Deadline | None = None,
) -> Attempt:
    """Write the credential to a target of which nothing is known yet."""
    return write(
        Found(target=place),
        proved or ready(),
        places=Places(store=store, deadline=end or deadline(), locations=()),
        store=store,
        beside=beside,
        deadline=end or deadline(),
    )


def store_with(target: Target, *names: str) -> FakeStore:
    """Return a store in which those secrets of a target stand."""
    store = FakeStore()
    store.values(target).update(dict.fromkeys(names, "old"))
    return store


def test_find() -> None:
    """A place is found with its key, its readers and the names of all three secrets."""
    store = FakeStore()
    place = find(Found(target=target()), store)
    assert place == Place(
        target=target(),
        names=(SERVER, USER, SECRET),
        access=place.access,
        key=store.public_key(target()),
        reads=2,
    )
    assert set(place.access) == {SERVER, USER, SECRET}


@pytest.mark.parametrize("key", ["", "AAAA", b64encode(bytes(32)).decode()])
def test_key_that_seals_nothing(key: str) -> None:
    """A key with which nothing can be sealed is found out before anything is to be written."""

    class Weak(FakeStore):
        def public_key(self, target: Target) -> PublicKey:
            return PublicKey(key_id="1", key=key)

    with pytest.raises(UnusablePublicKey):
        find(Found(target=target()), Weak())


class Chosen(FakeStore):
    """A store whose secrets each have a list of readers."""

    def access(self, target: Target, standing: Mapping[str, Standing]) -> Mapping[str, Access]:
        """Return that list."""
        return dict.fromkeys(target.names, Access(repository_ids=(1,)))


@pytest.mark.parametrize(
    ("place", "store", "reads"),
    [
        (repository("acme/api"), FakeStore(), 1),
        (target(), FakeStore(), 2),
        (target(), Chosen(), 5),
        (target(readers=("acme/api",)), Chosen(), 1),
        (target(scope=Scope.USER, owner=""), Chosen(), 5),
    ],
)
def test_reads(place: Target, store: FakeStore, reads: int) -> None:
    """It is counted what had to be asked: the key, what stands, and who may read each secret."""
    assert find(Found(target=place), store).reads == reads


def test_reads_of_what_was_looked_at() -> None:
    """What was asked before to see whether a target is due, is one of its requests, too."""
    assert find(Found(target=repository("acme/api"), standing={}), FakeStore()).reads == 2


@pytest.mark.parametrize(
    ("standing", "names"),
    [
        ((), (SERVER, USER, SECRET)),
        ((SERVER,), (USER, SECRET)),
        ((SERVER, USER), (SECRET,)),
        ((SERVER, USER, SECRET), (SECRET,)),
        ((SECRET,), (SERVER, USER, SECRET)),
    ],
)
def test_password_and_what_is_missing(standing: tuple[str, ...], names: tuple[str, ...]) -> None:
    """`secrets: password` writes the password last, and before it what is missing."""
    assert find(Found(target=PASSWORD_ONLY), store_with(PASSWORD_ONLY, *standing)).names == names


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"visibility": Visibility.PRIVATE}, (SECRET,)),
        ({"visibility": Visibility.ALL}, (SERVER, USER, SECRET)),
        ({"visibility": Visibility.SELECTED, "readers": ("acme/api",)}, (SERVER, USER, SECRET)),
        ({"scope": Scope.USER, "owner": ""}, (SECRET,)),
        ({"scope": Scope.USER, "owner": "", "readers": ("acme/api",)}, (SERVER, USER, SECRET)),
    ],
)
def test_password_and_what_others_are_to_read(
    changes: dict[str, Any], names: tuple[str, ...]
) -> None:
    """Whoever is to read the password is to read the server and the user, too."""
    place = target(secrets=Secrets.PASSWORD, **changes)
    store = FakeStore()
    store.hold(place, visibility=Visibility.PRIVATE)
    for known in (None, store.standing(place)):
        assert find(Found(target=place, standing=known), store).names == names


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        (target(), True),
        (target(visibility=Visibility.ALL), False),
        (target(visibility=Visibility.SELECTED, readers=("acme/api",)), False),
        (target(visibility=Visibility.ALL, secrets=Secrets.PASSWORD), True),
        (target(readers=("acme/api",), secrets=Secrets.PASSWORD), False),
        (repository("acme/api"), False),
        (repository("acme/api", secrets=Secrets.PASSWORD), True),
        (target(scope=Scope.USER, owner=""), True),
        (target(scope=Scope.USER, owner="", readers=("acme/api",)), False),
    ],
)
def test_standing_is_asked_where_it_matters(place: Target, asked: bool) -> None:
    """What stands is asked only where it decides what is written, or who may read it."""
    store = FakeStore()
    find(Found(target=place), store)
    assert (("standing", place.label) in store.asked) is asked


@pytest.mark.parametrize("what", ["standing", "access", "public_key"])
def test_place_that_is_not_found(what: str) -> None:
    """Where the store does not say, finding fails and nothing is written."""
    store = FakeStore()
    store.refusals[what, "organization acme"] = UNAVAILABLE
    with pytest.raises(GitHubUnavailable):
        find(Found(target=target()), store)
    assert not store.values(target())


def test_write(beside: Executor) -> None:
    """What is written opens with the private key, and is the credential."""
    store = FakeStore()
    attempt = written(target(), store, beside)
    assert attempt == Attempt(credential=credential(), written=(SERVER, USER, SECRET), error=None)
    assert store.values(target()) == {SERVER: HOST, USER: "AWS", SECRET: PASSWORD}
    assert store.asked[-1] == (SECRET, "organization acme")
    asked = [what for what, _ in store.asked]
    assert sorted(asked[-3:]) == sorted((SERVER, USER, SECRET))
    assert asked[-4] == "reserve 3"


def places(store: FakeStore, *locations: Location) -> Places:
    """Return what finds the places of targets that have these locations."""
    return Places(store=store, deadline=deadline(), locations=locations)


def test_look_ahead(beside: Executor) -> None:
    """What is looked at ahead is not asked again, and fails where it is asked for."""
    store, api, web = FakeStore(), repository("acme/api"), repository("acme/web")
    store.refusals["public_key", web.label] = UNAVAILABLE
    ahead = places(store)
    ahead.look_ahead((Found(target=api), Found(target=web)), workers=beside)
    assert ahead.of(Found(target=api)).target == api
    with pytest.raises(GitHubUnavailable):
        ahead.of(Found(target=web))
    asked = [label for what, label in store.asked if what == "public_key"]
    assert sorted(asked) == [api.label, web.label]


def test_look_that_stands_behind_another(beside: Executor) -> None:
    """What was to be looked at ahead waits for no other: it is looked at when it is asked for."""
    store, api, web = FakeStore(), repository("acme/api"), repository("acme/web")
    hanging = Event()
    ahead = places(store)
    with ThreadPoolExecutor(1) as looking:
        looking.submit(hanging.wait, 30)
        ahead.look_ahead((Found(target=api), Found(target=web)), workers=looking)
        assert ahead.of(Found(target=api)).target == api
        refused: Future[Credential] = Future()
        refused.set_exception(UNAVAILABLE)
        attempt = write(
            Found(target=web),
            refused,
            places=ahead,
            store=store,
            beside=beside,
            deadline=deadline(),
        )
        hanging.set()
    assert attempt == Attempt(error=UNAVAILABLE)
    assert [label for what, label in store.asked if what == "public_key"] == [api.label]


def test_place_of_one_target() -> None:
    """A place is given to one target, whatever it is called, but each prefix of it to its own."""
    store = FakeStore()
    store.renamed = {"acme/old": "acme/API", "acme/older": "acme/api"}
    found = places(store)
    assert found.of(Found(target=repository("acme/old"))).target == repository("acme/API")
    with pytest.raises(RepositoryNamedTwice, match="acme/older is called acme/api by now"):
        found.of(Found(target=repository("acme/older")))
    other = repository("acme/older", prefix="OTHER")
    assert found.of(Found(target=other)).target == repository("acme/api", prefix="OTHER")


def test_place_that_is_a_target_by_its_own_name() -> None:
    """A place belongs to the target that has its present name, though another one comes first."""
    store, api = FakeStore(), repository("acme/api")
    store.renamed["acme/old"] = "acme/api"
    found = places(store, api.location)
    with pytest.raises(RepositoryNamedTwice):
        found.of(Found(target=repository("acme/old")))
    assert found.of(Found(target=api)).target == api


def test_each_secret_keeps_its_own_readers(beside: Executor) -> None:
    """Who may read follows from what stands, and is sent with the secret that it is of."""
    sent: dict[str, Access] = {}

    class Reading(FakeStore):
        def access(self, target: Target, standing: Mapping[str, Standing]) -> dict[str, Access]:
            assert set(standing) == {SERVER}
            return {name: Access(repository_ids=(len(name),)) for name in target.names}

        def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
            sent[name] = access

    store = Reading()
    store.hold(target(), SERVER)
    assert written(target(), store, beside).error is None
    assert sent == {name: Access(repository_ids=(len(name),)) for name in (SERVER, USER, SECRET)}


def test_write_the_password_alone(beside: Executor) -> None:
    """Where the others stand, the password is written and they stay as they are."""
    store = store_with(PASSWORD_ONLY, SERVER, USER)
    attempt = written(PASSWORD_ONLY, store, beside)
    assert attempt.written == (SECRET,)
    assert store.values(target()) == {SERVER: "old", USER: "old", SECRET: PASSWORD}


@given(st.sets(st.sampled_from([SERVER, USER, SECRET])))
def test_password_is_written_last(failing: set[str]) -> None:
    """Whatever fails, the password is written only once server and user stand."""
    store = FakeStore()
    errors = {name: GitHubUnavailable(name, where="GitHub") for name in failing}
    store.refusals.update({(name, "organization acme"): error for name, error in errors.items()})
    with ThreadPoolExecutor(2) as beside:
        attempt = written(target(), store, beside)
    others = tuple(name for name in (SERVER, USER) if name not in failing)
    complete = not failing
    assert attempt.written == (*others, *([SECRET] if complete else []))
    assert set(store.values(target())) == set(attempt.written)
    assert ((SECRET, "organization acme") in store.asked) is (len(others) == 2)
    first = next((name for name in (SERVER, USER, SECRET) if name in failing), None)
    assert attempt.error is (errors[first] if first else None)


@pytest.mark.parametrize("place", [target(), PASSWORD_ONLY])
def test_replaced_key(place: Target, beside: Executor) -> None:
    """A value sealed with a key that was replaced meanwhile is sealed again."""
    store = ReplacingStore(replacements=1)
    assert written(place, store, beside) == Attempt(
        credential=credential(), written=(SERVER, USER, SECRET), error=None
    )
    assert store.values(place) == {SERVER: HOST, USER: "AWS", SECRET: PASSWORD}


def test_key_that_is_replaced_between_two_writes(beside: Executor) -> None:
    """Where one value came before the new key and one after, both are told as written, once."""

    class Between(FakeStore):
        def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
            if name == USER and not server_written.wait(timeout=5):
                raise AssertionError("the server waits for the user")
            super().write(target, name, sealed, access)
            if name == SERVER:
                self.replace_key(target)
                server_written.set()

    server_written, store = Event(), Between()
    assert written(target(), store, beside).written == (SERVER, USER, SECRET)
    assert [name for name, _ in store.asked if name in (SERVER, USER)] == [SERVER, USER, USER]


def test_key_that_is_replaced_again_and_again(beside: Executor) -> None:
    """A refused value is sealed again once: what is refused then, stays refused."""
    store = ReplacingStore(replacements=100)
    attempt = written(target(), store, beside)
    assert isinstance(attempt.error, Unprocessable)
    assert attempt.written == ()
    assert [name for name, _ in store.asked if name == SERVER] == [SERVER] * 2


def test_refusal_that_is_not_due_to_the_key(beside: Executor) -> None:
    """Where the key is still the same, what was refused is not sent again."""
    store = FakeStore()
    store.refusals[SERVER, "organization acme"] = REFUSED
    attempt = written(target(), store, beside)
    assert attempt == Attempt(credential=credential(), written=(USER,), error=REFUSED)
    assert [name for name, _ in store.asked if name == SERVER] == [SERVER]


def test_key_that_cannot_be_read_again(beside: Executor) -> None:
    """Where the store does not say whether the key was replaced, the refusal stands."""

    class Failing(FakeStore):
        def write(self, target: Target, name: str, sealed: Sealed, access: Access) -> None:
            self.refusals["public_key", target.label] = UNAVAILABLE
            raise REFUSED

    assert written(target(), Failing(), beside) == Attempt(
        credential=credential(), written=(), error=REFUSED
    )


def test_what_stands_is_not_asked_twice() -> None:
    """What is known of a target from before is not asked again."""
    store = FakeStore()
    known = Found(target=PASSWORD_ONLY, standing=standing(PASSWORD_ONLY))
    assert find(known, store).names == (SECRET,)
    assert ("standing", PASSWORD_ONLY.label) not in store.asked


@pytest.mark.parametrize("what", ["standing", "access", "public_key"])
def test_store_that_does_not_say(what: str, beside: Executor) -> None:
    """Where the store does not say what writing needs, nothing is written."""
    store = FakeStore()
    store.refusals[what, "organization acme"] = UNAVAILABLE
    assert written(target(), store, beside) == Attempt(error=UNAVAILABLE)
    assert not store.values(target())


def test_credential_that_is_none(beside: Executor) -> None:
    """Without a credential nothing is written, and the reason is the credential's."""
    refused: Future[Credential] = Future()
    refused.set_exception(UNAVAILABLE)
    store = FakeStore()
    assert written(target(), store, beside, proved=refused) == Attempt(error=UNAVAILABLE)
    assert not store.values(target())


def test_no_time_left(beside: Executor) -> None:
    """Without time the store is not even asked."""
    store = FakeStore()
    attempt = written(target(), store, beside, end=deadline(0))
    assert isinstance(attempt.error, OutOfTime)
    assert not store.asked


def test_stopped_while_the_credential_is_under_way(beside: Executor) -> None:
    """A credential that comes after the run was told to stop is not written."""
    clock, store = FakeClock(), FakeStore()

    class Late(Future[Credential]):
        def result(self, timeout: float | None = None) -> Credential:
            clock.stop()
            return credential()

    attempt = written(target(), store, beside, proved=Late(), end=deadline(clock=clock))
    assert isinstance(attempt.error, Cancelled)
    assert not store.values(target())


def test_stopped_while_the_writes_wait(beside: Executor) -> None:
    """A target whose writes had to wait until the run was told to stop is not begun."""
    clock = FakeClock()

    class Limited(FakeStore):
        def reserve(self, target: Target, writes: int) -> None:
            clock.stop()

    store = Limited()
    attempt = written(target(), store, beside, end=deadline(clock=clock))
    assert isinstance(attempt.error, Cancelled)
    assert not store.values(target())


def test_fault_of_the_program_comes_out(beside: Executor) -> None:
    """An error that is not ours is not taken for one of GitHub's."""

    class Broken(FakeStore):
        def write(self, *_: object, **__: object) -> None:
            raise KeyError("name")

    store = Broken()
    with pytest.raises(KeyError):
        written(target(), store, beside)
