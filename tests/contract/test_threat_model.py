"""What the threat model says a test holds, a test holds."""

from __future__ import annotations

import re

import pytest

from tests.contract.documentation import ROOT, page

_PAGE = page("docs/threat-model.md")
_TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", _PAGE))))
def test_tests(name: str) -> None:
    """A test that is named exists."""
    assert name in _TESTS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:tests|\.github)/\S+\.\w+)`", _PAGE))))
def test_files(path: str) -> None:
    """A file that is named exists."""
    assert (ROOT / path).is_file()


def test_count_of_actions_of_others() -> None:
    """There are as many actions of others as it says, and as many of them are GitHub's."""
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    workflows = (ROOT / ".github" / "workflows").glob("*.yml")
    text = "".join(path.read_text(encoding="utf-8") for path in workflows)
    used = set(re.findall(r"uses: ([\w.-]+/[\w./-]+)@[0-9a-f]{40} ", text))
    github = {name for name in used if name.startswith("actions/")}

    assert f"there are {numbers[len(used)]}, {numbers[len(github)]} of them GitHub's" in _PAGE
    assert all(f"`{name}`" in _PAGE for name in used - github)
