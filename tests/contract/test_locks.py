"""The locks hold what `pyproject.toml` asks for, each as `make lock` says what it is of."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, metadata

import pytest
import yaml
from packaging.dependency_groups import DependencyGroupResolver
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.contract.documentation import ROOT, page

_PROJECT = tomllib.loads(page("pyproject.toml"))
_GROUPS = DependencyGroupResolver(_PROJECT["dependency-groups"])
_PYTHONS = yaml.safe_load(page(".github/workflows/ci.yml"))["jobs"]["test"]["strategy"]["matrix"][
    "python"
]
_COMPILE = re.compile(r"^\t@\$\(COMPILE\) (.*)$", re.MULTILINE)
_PINNED = re.compile(r"^([\w.-]+==\S+)((?: ;.*)?) \\\n((?:    --hash=.*\n)+)((?:    #.*\n)*)", re.M)


@dataclass(frozen=True)
class Lock:
    """One of the locks, by what resolves it."""

    options: str

    @property
    def file(self) -> str:
        """Path of the lock."""
        return self._given("output-file")[0]

    @property
    def constraints(self) -> list[str]:
        """The locks that it takes its versions from."""
        return self._given("constraint")

    @cached_property
    def asked(self) -> dict[str, Requirement]:
        """What `pyproject.toml` asks of it, by name."""
        texts = (
            list(_PROJECT["project"]["dependencies"]) if "pyproject.toml" in self.options else []
        )
        for extra in self._given("extra"):
            texts += _PROJECT["project"]["optional-dependencies"][extra]
        for group in self._given("group"):
            texts += map(str, _GROUPS.resolve(group))
        requirements = map(Requirement, texts)
        return {canonicalize_name(requirement.name): requirement for requirement in requirements}

    @cached_property
    def pins(self) -> dict[str, set[str]]:
        """Versions of each package; several where the version of Python tells which."""
        versions: dict[str, set[str]] = {}
        for pin, *_ in _PINNED.findall(page(self.file)):
            name, _, version = pin.partition("==")
            versions.setdefault(name, set()).add(version)
        return versions

    @property
    def direct(self) -> set[str]:
        """Names of what it holds because `pyproject.toml` asks for it."""
        found = _PINNED.findall(page(self.file))
        return {pin.partition("==")[0] for pin, *_, why in found if "(pyproject.toml" in why}

    def _given(self, option: str) -> list[str]:
        return re.findall(rf"--{option} (\S+)", self.options)


LOCKS = [Lock(options) for options in _COMPILE.findall(page("Makefile").replace("\\\n\t\t", ""))]
each_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.file)


def test_every_lock_is_known() -> None:
    """`make lock` resolves every lock that there is."""
    assert {lock.file for lock in LOCKS} == {path.name for path in ROOT.glob("requirements*.txt")}


@each_lock
def test_what_is_asked_for_is_locked(lock: Lock) -> None:
    """The lock was made anew after `pyproject.toml` was changed."""
    unfit = [
        str(requirement)
        for name, requirement in lock.asked.items()
        if not lock.pins.get(name)
        or not all(requirement.specifier.contains(version) for version in lock.pins[name])
    ]

    assert lock.asked
    assert unfit == []


@each_lock
def test_what_is_not_asked_for_is_gone(lock: Lock) -> None:
    """Nothing stays in the lock that `pyproject.toml` has ceased to ask for."""
    assert lock.direct == lock.asked.keys()


@each_lock
def test_everything_is_locked_by_hash(lock: Lock) -> None:
    """Every requirement of the lock is one version, with its hashes: there is no other line."""
    assert re.sub(r"\A(?:#.*\n)+", "", _PINNED.sub("", page(lock.file))) == ""


@pytest.mark.parametrize("python", _PYTHONS)
@each_lock
def test_every_python_can_install_it(lock: Lock, python: str) -> None:
    """What is locked for a Python that the tests are run with can be installed there."""
    there = {"python_version": python, "python_full_version": f"{python}.0"}
    unfit = [
        f"{pin} requires Python {allowed}"
        for pin, marker, *_ in _PINNED.findall(page(lock.file))
        if (allowed := _allowed_pythons(pin.partition("==")[0]))
        and (not marker or Marker(marker.removeprefix(" ; ")).evaluate(there))
        and not SpecifierSet(allowed).contains(f"{python}.0")
    ]

    assert unfit == []


def _allowed_pythons(name: str) -> str:
    """Return what a package requires of Python, as far as the one that is installed tells."""
    try:
        return metadata(name)["Requires-Python"] or ""
    except (PackageNotFoundError, KeyError):
        return ""


@each_lock
def test_what_is_tested_is_what_runs(lock: Lock) -> None:
    """A lock that takes its versions from another one has those."""
    for constraint in lock.constraints:
        (other,) = (known for known in LOCKS if known.file == constraint)
        assert other.pins.items() <= lock.pins.items()
