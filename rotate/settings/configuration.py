"""The configuration file: the inputs of a registry and a target, once for many.

What it says is turned into the same names that the action's inputs have, so that one piece of
code reads both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from rotate.errors import Fault
from rotate.model.plan import Limits
from rotate.model.target import Scope
from rotate.settings.document import Node, parse
from rotate.settings.inputs import Section, names_of
from rotate.settings.reader import Value, did_you_mean
from rotate.settings.values import quoted

VERSION = "1"

_TOP = ("version", "defaults", "limits", "registries", "targets")
LIMIT_KEYS = tuple(limit.name.replace("_", "-") for limit in fields(Limits))
"""What `limits` may hold."""
REGISTRY_KEYS = names_of(Section.REGISTRY)
"""What an entry of `registries` may hold."""
TARGET_KEYS = ("registry", "user", *names_of(Section.TARGET))
"""What an entry of `targets` may hold."""
DEFAULT_KEYS = tuple(
    key
    for key in (*REGISTRY_KEYS, *names_of(Section.TARGET))
    if key not in ("registry", "organization", "repositories", "visibility")
)
"""What `defaults` may hold: what may well be the same for many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One registry or one target of the file, as the inputs it stands for."""

    path: str
    line: int
    values: Mapping[str, Value]
    registry: str = ""
    """For a registry its own name, for a target the name it refers to."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a file holds."""

    registries: tuple[Entry, ...] = ()
    targets: tuple[Entry, ...] = ()
    limits: Mapping[str, Value] = field(default_factory=dict)


def read(content: bytes, faults: list[Fault]) -> Configuration:
    """Return the registries and targets of a file; what is wrong with it joins `faults`."""
    root = parse(content, faults)
    if root is None:
        return Configuration()
    return _Reading(faults).configuration(root)


class _Reading:
    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults

    def configuration(self, root: Node) -> Configuration:
        top = self._mapping(root, _TOP)
        self._check_version(top.get("version"), root)
        defaults = self._values(top["defaults"], DEFAULT_KEYS) if "defaults" in top else {}
        registries = self._mapping(top["registries"]) if "registries" in top else {}
        targets = self._list(top["targets"]) if "targets" in top else []
        for key in ("registries", "targets"):
            if key not in top or not top[key].value:
                self._fault(root, "is missing.", path=key)
        names = tuple(registries)
        return Configuration(
            limits=self._values(top["limits"], LIMIT_KEYS) if "limits" in top else {},
            registries=tuple(
                self._registry(name, node, defaults) for name, node in registries.items()
            ),
            targets=tuple(
                self._target(node, defaults, names) for node in targets if self._is_mapping(node)
            ),
        )

    def _check_version(self, version: Node | None, root: Node) -> None:
        if version is None or version.value != VERSION:
            problem = f"must be {VERSION}."
            written = version.text if version else None
            self._fault(
                version or root, quoted(written, problem) if written else problem, path="version"
            )

    def _registry(self, name: str, node: Node, defaults: Mapping[str, Value]) -> Entry:
        values = {**defaults, **self._values(node, REGISTRY_KEYS)}
        return Entry(path=node.path, line=node.line, values=values, registry=name)

    def _target(
        self, node: Node, defaults: Mapping[str, Value], registries: tuple[str, ...]
    ) -> Entry:
        values = self._values(node, TARGET_KEYS)
        registry = self._registry_name(values.pop("registry", None), node, registries)
        scope = Value(text=self._scope(values, node), path=node.path)
        return Entry(
            path=node.path,
            line=node.line,
            values={**defaults, **values, "scope": scope},
            registry=registry,
        )

    def _registry_name(self, named: Value | None, node: Node, registries: tuple[str, ...]) -> str:
        if named and named.text not in registries:
            self._faults.append(
                Fault(
                    path=named.path,
                    line=named.line,
                    problem=quoted(named.text, "is none of `registries`."),
                    suggestion=did_you_mean(named.text, registries),
                )
            )
        if not named and len(registries) > 1:
            self._fault(node, "is missing: name one of `registries`.", path=f"{node.path}.registry")
        return named.text if named else next(iter(registries), "")

    def _scope(self, values: dict[str, Value], node: Node) -> Scope:
        """Tell what kind of target it is from the key that names it."""
        user = values.pop("user", None)
        if user and user.text != "true":
            self._fault(node, quoted(user.text, "must be `true`, or absent."), path=user.path)
        if user and "organization" in values:
            self._fault(node, "names both an organization and a user; make it two targets.")
        if "organization" in values:
            return Scope.ORGANIZATION
        if user:
            return Scope.USER
        if "repositories" not in values:
            self._fault(node, "names no `organization`, no `repositories` and no `user: true`.")
        return Scope.REPOSITORY

    def _values(self, node: Node, keys: tuple[str, ...]) -> dict[str, Value]:
        """Return a mapping of names to texts; a blank text is the same as an absent one."""
        values = {}
        for key, inner in self._mapping(node, keys).items():
            text = inner.text
            if text is None:
                self._fault(inner, "must be a text or a list of texts.")
            elif text.strip():
                values[key] = Value(text=text.strip(), path=inner.path, line=inner.line)
        return values

    def _mapping(self, node: Node, keys: tuple[str, ...] | None = None) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            self._is_mapping(node)
            return {}
        if keys is None:
            return node.value
        for key in node.value.keys() - keys:
            inner = node.value[key]
            self._fault(inner, "is not a key here.", suggestion=did_you_mean(key, keys))
        return {key: inner for key, inner in node.value.items() if key in keys}

    def _is_mapping(self, node: Node) -> bool:
        if isinstance(node.value, dict):
            return True
        self._fault(node, "must be a mapping of names to values.")
        return False

    def _list(self, node: Node) -> list[Node]:
        if isinstance(node.value, list):
            return node.value
        self._fault(node, "must be a list.")
        return []

    def _fault(self, node: Node, problem: str, *, path: str = "", suggestion: str = "") -> None:
        where = path or node.path or "config"
        self._faults.append(
            Fault(path=where, line=node.line, problem=problem, suggestion=suggestion)
        )
