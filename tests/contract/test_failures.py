"""What `docs/failures.md` promises is held by the tests it names, by both faces."""

from __future__ import annotations

import ast

from tests.contract.documentation import ROOT, page

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


def test_every_case_is_run_by_both_faces() -> None:
    """No case is run by the action alone, or by the command line alone."""
    for path in MODULES.values():
        for test in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(test, ast.FunctionDef) and "case" in {a.arg for a in test.args.args}:
                marks = [ast.unparse(mark) for mark in test.decorator_list]
                assert "both_faces" in marks, f"{path.name}: {test.name}"
                assert "hold(world, face, case)" in ast.unparse(test), f"{path.name}: {test.name}"
