"""Takes named values one by one, and gathers everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from rotate.errors import Fault
from rotate.settings import inputs
from rotate.settings.values import WrongItem, quoted

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A text, and where it is written."""

    text: str = field(repr=False)
    path: str
    line: int | None = None


class Reader:
    """Reads values; one that is wrong becomes a fault, and reading goes on without it."""

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        environment: Mapping[str, str],
        faults: list[Fault],
        path: str = "",
        line: int | None = None,
    ) -> None:
        """Take the values by name, and the variables that some of them default to.

        A blank value is the same as an absent one. `path` and `line` say where an absent value
        would stand.
        """
        self.environment = environment
        self.faults = faults
        self._values = {name: value for name, value in values.items() if value.text.strip()}
        self._path = path
        self._line = line

    @classmethod
    def of_inputs(
        cls, given: Mapping[str, str], *, environment: Mapping[str, str], faults: list[Fault]
    ) -> Reader:
        """Return a reader of inputs or options, each of which stands under its own name."""
        values = {name: Value(text=text, path=name) for name, text in given.items()}
        return cls(values, environment=environment, faults=faults)

    def allow(self, names: Collection[str], what: str) -> None:
        """Find every value whose name is none of `names`; `what` they would be is told."""
        for name in self._values.keys() - set(names):
            self.fault(name, f"is not {what}.", did_you_mean(name, names))

    def has(self, name: str) -> bool:
        """Return whether a value is given, other than its default."""
        return self._text(name) != inputs.default(name)

    def take(self, name: str, read: Callable[[str], T]) -> T:
        """Return a value that has a default."""
        return self._read(name, self._text(name), read, read(inputs.default(name)))

    def maybe(self, name: str, read: Callable[[str], T], *variables: str) -> T | None:
        """Return a value, else what the first set variable of `variables` says, else its default.

        None where it has none, and after a fault.
        """
        return self._read(name, self._text(name, *variables), read, None)

    def need(
        self, name: str, read: Callable[[str], T], *variables: str, missing: str, stand_in: T
    ) -> T:
        """Return a value as `maybe` does; where it is absent, `missing` is the fault.

        `stand_in` is what reading goes on with after a fault.
        """
        text = self._text(name, *variables)
        if not text:
            self.fault(name, missing)
        return self._read(name, text, read, stand_in)

    def fault(self, name: str, problem: str, suggestion: str = "") -> None:
        """Note something that is wrong with a value."""
        default_path = f"{self._path}.{name}" if self._path else name
        value = self._values.get(name) or Value(text="", path=default_path, line=self._line)
        self.faults.append(
            Fault(path=value.path, line=value.line, problem=problem, suggestion=suggestion)
        )

    def _text(self, name: str, *variables: str) -> str:
        if name in self._values:
            return self._values[name].text.strip()
        texts = (self.environment.get(variable, "").strip() for variable in variables)
        return next(filter(None, texts), inputs.default(name))

    def _read(self, name: str, text: str, read: Callable[[str], T], otherwise: D) -> T | D:
        if not text:
            return otherwise
        try:
            return read(text)
        except WrongItem as problem:
            self.fault(name, str(problem))
        except ValueError as problem:
            self.fault(name, str(problem) if name in inputs.SECRETS else quoted(text, problem))
        return otherwise


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return a question that names the known word nearest to a misspelt one, if one is near."""
    close = get_close_matches(word, known)
    return f"Did you mean `{close[0]}`?" if close else ""
