"""GitHub in memory: repositories that are renamed and archived, secrets, and faults on requests.

It is as strict as GitHub is: a value is opened with the private key, an archived repository is
read-only, a former name leads on, and who may read a secret is what its last write said.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

from nacl.public import PrivateKey, SealedBox

from rotate.deadline import Deadline
from rotate.errors import GitHubDenied, RepositoryArchived, Unprocessable
from rotate.model.target import Scope
from rotate.stores.answer import Answer
from rotate.stores.github import GitHub
from tests.unit.fakes import FakeClock

Readers = tuple[str | None, tuple[int, ...]]
"""Visibility and selected repositories of a secret."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A secret as it stands, with the value that GitHub never gives back."""

    value: str
    updated_at: datetime
    readers: Readers = (None, ())


@dataclass(kw_only=True, eq=False)
class Place:
    """An organization, a repository or the user, and the secrets there."""

    scope: Scope
    names: list[str]
    """Every name it has had, the present one last; one that is empty for the user."""
    id: int = 0
    secrets: dict[str, Held] = field(default_factory=dict)
    key: PrivateKey = field(default_factory=PrivateKey.generate)
    archived: bool = False
    denied: bool = False

    @property
    def name(self) -> str:
        """Its present name."""
        return self.names[-1]

    @property
    def key_id(self) -> str:
        """ID of the key that is valid now."""
        return bytes(self.key.public_key).hex()

    def replace_key(self) -> None:
        """Make the key that is valid now invalid."""
        self.key = PrivateKey.generate()


Fault = Callable[[], None]
"""What happens beside a request; an error that it raises is the answer."""


class MemoryGitHub(GitHub):
    """Secrets and repositories; any number of threads may ask.

    Every request takes a second. What happens `before` a request keeps it from taking effect if
    it raises an error; what happens `after` it only loses the answer.
    """

    def __init__(self, places: Iterable[Place], clock: FakeClock, deadline: Deadline) -> None:
        """Take all that there is, and the time that a run has."""
        self.before: dict[tuple[str, Place, str], Fault] = {}
        """By method, place, and the last part of the path, which is `repository` for itself."""
        self.after: dict[tuple[str, Place, str], Fault] = {}
        self.on_write: Callable[[Place, str, Held], None] = lambda *_: None
        """Hears of every secret just before it is replaced."""
        self._places = tuple(places)
        self._clock = clock
        self._end = deadline
        self._lock = RLock()

    @property
    def is_installation(self) -> bool:
        """Whether the token is an installation's; it is a person's."""
        return False

    def now(self) -> datetime:
        """Return the time by the fake clock."""
        return self._clock.now()

    def prepay(self, writes: int) -> None:
        """Let any number of writes follow each other."""

    def get(self, path: str) -> Answer:
        """Return a public key, or a repository."""
        place = self._place(path)
        with self._answering("GET", path, place):
            body = _key(place) if path.endswith("/public-key") else _repository(place)
            return Answer(status=200, headers={}, body=body, moved=_name(path) != place.name)

    def pages(
        self, path: str, items: str | None = None, *, query: str = "?per_page=100"
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the repositories of an organization, its secrets, or the readers of one."""
        place = self._place(path)
        with self._answering("GET", path, place):
            listing = self._listing(path, place)
        yield from listing

    def put(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Open a sealed value and keep it."""
        place = self._place(path)
        with self._answering("PUT", path, place):
            if place.archived:
                raise RepositoryArchived(f"PUT {path}")
            if body["key_id"] != place.key_id:
                raise Unprocessable(message="Bad request", where=f"PUT {path}")
            name = _last(path)
            held = self._opened(place, body)
            self.on_write(place, name, held)
            status = 204 if name in place.secrets else 201
            place.secrets[name] = held
        return Answer(status=status, headers={}, body=None)

    def _opened(self, place: Place, body: Mapping[str, Any]) -> Held:
        """Return a secret as its write makes it: what is not sent again is cleared."""
        visibility, ids = body.get("visibility"), tuple(body.get("selected_repository_ids", ()))
        if place.scope is Scope.ORGANIZATION:
            assert visibility, "GitHub asks for the visibility of an organization's secret"
            assert not ids or visibility == "selected"
        value = SealedBox(place.key).decrypt(b64decode(body["encrypted_value"])).decode()
        return Held(value=value, updated_at=self.now(), readers=(visibility, ids))

    def _listing(self, path: str, place: Place) -> list[dict[str, Any]]:
        if _last(path) == "repos":
            owned = (p for p in self._places if p.name.startswith(f"{place.name}/"))
            return [_repository(repository) for repository in owned]
        if _last(path) == "repositories":
            _, ids = place.secrets[path.split("/")[-2]].readers
            return [{"id": number} for number in ids]
        return [_secret(name, held) for name, held in place.secrets.items()]

    def _place(self, path: str) -> Place:
        """Return what a path leads to, by a present or a former name."""
        return next(place for place in self._places if _name(path) in place.names)

    @contextmanager
    def _answering(self, method: str, path: str, place: Place) -> Iterator[None]:
        """Let a second pass, and let happen what is to happen beside this request."""
        is_itself = _name(path) == path.removeprefix("/repos/")
        request = (method, place, "repository" if is_itself else _last(path))
        with self._lock:
            self._end.allowance(8.0)
            self._clock.advance(1.0)
            self.before.get(request, _nothing)()
            if place.denied:
                raise GitHubDenied(
                    status=404, message="Not Found", where=path, accepted="", single_sign_on=""
                )
            yield
            self.after.get(request, _nothing)()


def _nothing() -> None:
    """Let a request be."""


def _name(path: str) -> str:
    _, level, *parts = path.split("/")
    return "/".join(parts[: {"user": 0, "orgs": 1, "repos": 2}[level]])


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _key(place: Place) -> dict[str, object]:
    return {"key_id": place.key_id, "key": b64encode(bytes(place.key.public_key)).decode()}


def _repository(place: Place) -> dict[str, object]:
    return {"id": place.id, "full_name": place.name, "archived": place.archived}


def _secret(name: str, held: Held) -> dict[str, object]:
    """Return a secret as a listing has it, whose times are to the second."""
    visibility, _ = held.readers
    return {
        "name": name,
        "updated_at": f"{held.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        **({"visibility": visibility} if visibility else {}),
    }
