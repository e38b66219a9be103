"""What a run promises of every target and at every moment, as checks.

With `secrets: all`:

- SERVER and USER are as they were, or those of the registry that the plan names. PASSWORD is as it
  was, or a new token of that registry that was proved in this run.
- PASSWORD is new only where SERVER and USER were written before it. So where the registry stays
  the same, the three are a complete credential throughout, the old one or a new one. Where the
  plan has moved on to another registry, an old password may stand beside a new server, but never a
  new password beside an old server.
- Who may read a secret is as it was, unless the plan says otherwise.
- Nothing is written twice, and the report is exact.

With `secrets: password`, SERVER and USER are written only where they are missing; so the same is
promised of a target whose registry stays the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from rotate.errors import GitHubUnavailable
from rotate.model.target import Scope, Secrets, Target
from rotate.report import Outcome, Report, Result
from tests.unit.examples import target as any_target
from tests.unit.memory_aws import HOSTS, MemoryAws
from tests.unit.memory_github import Held, Place, Readers

SERVER, USER, PASSWORD = NAMES = any_target().names


def is_complete(held: Mapping[str, Held], aws: MemoryAws) -> bool:
    """Tell whether three secrets are one credential, with which a codespace pulls."""
    if not all(name in held for name in NAMES):
        return False
    host = aws.issued.get(held[PASSWORD].value)
    return (held[SERVER].value, held[USER].value) == (host, "AWS")


class Watch:
    """Compares every write of one run, and then its report, with what is promised."""

    def __init__(
        self, places: Iterable[Place], wanted: Callable[[Place], Target | None], aws: MemoryAws
    ) -> None:
        """Remember what there is as the run begins, and what the plan wants of a place."""
        self.broken: list[str] = []
        """What was not kept."""
        self._lost: set[tuple[Place, str]] = set()
        self._began = {place: dict(place.secrets) for place in places}
        self._ids = {place.names[0]: place.id for place in self._began}
        self._wanted = wanted
        self._aws = aws
        self._written: Counter[tuple[Place, str]] = Counter()

    def wrote(self, place: Place, name: str, held: Held) -> None:
        """Look at a write, just before it takes effect."""
        self._written[place, name] += 1
        target = self._wanted(place)
        if target is None:
            self.broken.append(f"{place.name} is no target")
            return
        before, after = self._began[place], {**place.secrets, name: held}
        kept = {
            "each secret is written once": self._written[place, name] == 1,
            "the value is the registry's": self._is_value(name, held.value, HOSTS[target.registry]),
            "the password is last": name != PASSWORD or self._may_end(place, target),
            "readers stay": held.readers == self._readers(place, name, target),
            "what was complete stays so": not is_complete(before, self._aws)
            or before[SERVER].value != HOSTS[target.registry]
            or is_complete(after, self._aws),
        }
        self.broken += [f"{name} of {place.name}: {what}" for what, so in kept.items() if not so]

    def lose(self, place: Place, name: str) -> None:
        """Lose the answer to a request that took effect."""
        self._lost.add((place, name))
        raise GitHubUnavailable("the request failed: ReadTimeout", where="GitHub")

    def _is_value(self, name: str, value: str, host: str) -> bool:
        if name == PASSWORD:
            return (host, value) in self._aws.proved
        return value == {SERVER: host, USER: "AWS"}[name]

    def _may_end(self, place: Place, target: Target) -> bool:
        """Tell whether both other secrets stand, as the target asks for them."""
        if target.secrets is Secrets.ALL:
            return all(self._written[place, name] for name in (SERVER, USER))
        return {SERVER, USER} <= place.secrets.keys()

    def _readers(self, place: Place, name: str, target: Target) -> Readers:
        """Return who may read a secret once it is written."""
        if target.readers is not None:
            return target.visibility, tuple(self._ids[reader] for reader in target.readers)
        if target.visibility:
            return target.visibility, ()
        new = ("private", ()) if place.scope is Scope.ORGANIZATION else (None, ())
        before = self._began[place].get(name)
        return before.readers if before else new

    def check(self, report: Report) -> None:
        """Compare the report of the run with what was written; fail with what was not kept."""
        assert self.broken == []
        assert not [r for r in report.results if "rotate-ecr-token" in r.reason], "a fault of ours"
        for place in self._began:
            # A repository that nobody could look at may be told by its former name, too.
            self._compare(place, [r for r in report.results if r.target.owner in place.names])

    def _compare(self, place: Place, results: list[Result]) -> None:
        written = {name for name in NAMES if self._written[place, name]}
        unsure = {name for name in NAMES if (place, name) in self._lost}
        told = [name for result in results for name in result.written]
        assert sorted(told) == sorted(written - unsure)
        for outcome in (result.outcome for result in results):
            if outcome is Outcome.ROTATED:
                assert PASSWORD in told
                assert is_complete(place.secrets, self._aws)
        if {result.outcome for result in results} <= {Outcome.FRESH, Outcome.NOT_ATTEMPTED}:
            assert not written
