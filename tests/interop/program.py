"""Programs that nobody here wrote, run with nothing but the sandbox around them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

_SECONDS = 60


class Program:
    """A program of the machine, with a home of its own and no environment but its own.

    Without the program the test is skipped. Where `CI` is `true` it fails instead: there the
    program is known to be installed, and a skipped test would be a hole that nobody sees.
    """

    def __init__(self, name: str, *, home: Path, environment: Mapping[str, str]) -> None:
        self._name = name
        self._path = path_of(name)
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(home), **environment}

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        """Return what the program prints; fails with its complaint if it does not succeed."""
        done = self.attempt(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{self._name}: {done.stderr}"
        return done.stdout

    def attempt(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program, whatever comes of it."""
        return subprocess.run(  # noqa: S603
            [self._path, *arguments],
            env=self._environment,
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=_SECONDS,
        )


def path_of(name: str, *others: str) -> str:
    """Return where a program is, by the first of its names that there is.

    Without it the test is skipped, or fails where `CI` is `true`.
    """
    for known in (name, *others):
        if path := shutil.which(known):
            return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed, and in CI it must be", pytrace=False)
    pytest.skip(f"{name} is not installed")
