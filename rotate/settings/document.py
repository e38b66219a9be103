"""A configuration file as text values, each with the path and line where it stands.

Scalars stay the text they are written as: an account ID that begins with a zero is no number.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from rotate.errors import Fault

LARGEST = 1_000_000
"""Most bytes of a file that is read at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One place in the file: a text, a list or a mapping."""

    path: str
    """Such as `targets[1].stores`."""
    line: int
    """Counted from 1."""
    value: str | list[Node] | dict[str, Node]

    @property
    def text(self) -> str | None:
        """The value as a text: a list becomes one item per line; None for anything else."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, list) and all(isinstance(n.value, str) for n in self.value):
            return "\n".join(str(node.value) for node in self.value)
        return None


def parse(content: bytes, faults: list[Fault]) -> Node | None:
    """Return the root of a file, None if it is no YAML; what is wrong with it joins `faults`."""
    if len(content) > LARGEST:
        faults.append(Fault(path="config", problem="is larger than 1 MB."))
        return None
    try:
        root = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
        if root is not None:
            return _Reading(faults).node(root, "")
        faults.append(Fault(path="config", problem="is empty."))
    except UnicodeDecodeError:
        faults.append(Fault(path="config", problem="is not UTF-8."))
    except RecursionError:
        faults.append(Fault(path="config", problem="is nested too deeply."))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # An escape beyond all characters, say, is no error of PyYAML's.
        faults.append(_syntax_fault(error))
    return None


def _syntax_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", "it cannot be parsed")
    line = mark.line + 1 if mark else None
    return Fault(path="config", line=line, problem=f"is not YAML: {problem}.")


class _Reading:
    """Turns PyYAML's nodes into ours; an alias is refused, for it can grow without end."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self._seen: set[int] = set()

    def node(self, node: yaml.Node, path: str) -> Node:
        line = node.start_mark.line + 1
        if id(node) in self._seen:
            self._fault(path, line, "is an alias; write the values out, or use `defaults`.")
            return Node(path=path, line=line, value="")
        self._seen.add(id(node))
        return Node(path=path, line=line, value=self._value(node, path))

    def _value(self, node: yaml.Node, path: str) -> str | list[Node] | dict[str, Node]:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.node(item, f"{path}[{n}]") for n, item in enumerate(node.value)]
        return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Node]:
        mapping: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(path or "config", key.start_mark.line + 1, "has a key that is no text.")
                continue
            name = str(key.value)
            inner = f"{path}.{name}" if path else name
            if name in mapping:
                self._fault(inner, key.start_mark.line + 1, "is given twice.")
            mapping[name] = self.node(value, inner)
        return mapping

    def _fault(self, path: str, line: int, problem: str) -> None:
        self._faults.append(Fault(path=path, line=line, problem=problem))
