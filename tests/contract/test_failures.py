"""What `docs/failures.md` promises is held by the tests it names, by both faces."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module

from tests.contract.documentation import ROOT, page
from tests.integration.failures.case import Case

FOLDER = ROOT / "tests/integration/failures"
MODULES = {path.stem: path for path in FOLDER.glob("test_*.py")}


def rows() -> list[list[str]]:
    """Return the cells of the table, without its head."""
    lines = [line for line in page("docs/failures.md").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_every_row_is_held() -> None:
    """Each row names a module that is there, and each module is named by a row."""
    table = rows()
    assert len(table) >= 17
    assert {len(row) for row in table} == {3}
    assert {row[2].strip("`") for row in table} == set(MODULES)


def cases() -> Iterator[Case]:
    """Yield every case that a test is run for."""
    for name in MODULES:
        module = import_module(f"tests.integration.failures.{name}")
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", ()):
                yield from (each for each in mark.args[-1] if isinstance(each, Case))


def test_every_case_says_what_it_comes_to() -> None:
    """A case that fails says what to do, and no other one does; each counts its requests."""
    found = list(cases())
    assert len(found) >= 190
    assert [case.name for case in found if bool(case.advice) != (case.status != 0)] == []
    assert "asked" not in vars(Case), "a case may leave out its requests"


def test_every_case_is_run_by_both_faces() -> None:
    """No case is run by the action alone, or by the command line alone."""
    for path in MODULES.values():
        for test in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(test, ast.FunctionDef) and "case" in {a.arg for a in test.args.args}:
                marks = [ast.unparse(mark) for mark in test.decorator_list]
                assert "both_faces" in marks, f"{path.name}: {test.name}"
                assert "hold(world, face, case)" in ast.unparse(test), f"{path.name}: {test.name}"
