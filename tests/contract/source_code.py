"""The modules of `rotate` as they are written: what each imports, and what each calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """One module."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """Syntax tree of the module."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Full names of everything that is imported, wherever in the module."""
        return frozenset(_imports(self.tree))

    @property
    def part(self) -> str:
        """Name of the module or folder directly below `rotate` that this is part of."""
        return part_of(self.name)

    def imported_parts(self) -> set[str]:
        """Return the parts of `rotate` that are imported, this one excepted."""
        parts = {part_of(name) for name in self.imports if name.startswith("rotate.")}
        return parts - {self.part}

    def imported_libraries(self) -> set[str]:
        """Return the top-level names of everything that is imported from elsewhere."""
        return {name.partition(".")[0] for name in self.imports} - {"rotate", "__future__"}


def part_of(name: str) -> str:
    """Return what a module of `rotate` is part of: `stores` for `rotate.stores.github`."""
    return f"{name}..".split(".")[1]


def modules() -> tuple[Module, ...]:
    """Return every module of `rotate`."""
    paths = sorted((ROOT / "rotate").rglob("*.py"))
    return tuple(Module(name=_name(path), path=path) for path in paths)


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
