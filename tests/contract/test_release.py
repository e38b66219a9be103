"""What release.yml leaves to `.github/release.py`, in a copy of what it reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.documentation import ROOT, page

_IMAGE = f"ghcr.io/rotate-ecr-token/rotate-ecr-token@sha256:{'a1' * 32}"
_READ = (
    "action.yml",
    "README.md",
    "docs/fleet.md",
    ".github/workflows/rotate.yml",
    ".github/workflows/status.yml",
    "rotate/setup/workflow.py",
)
_CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.3] - 2027-01-31

### Fixed

- A [link](https://example.com) too many.

## [1.2.2] - 2027-01-01

- Old: `rotate-ecr-token/rotate-ecr-token@v0`.

[1.2.3]: https://example.com/1.2.3
"""
_GH = """\
#!/usr/bin/env python3
import json, pathlib, sys
with open("calls", "a") as calls:
    calls.write(json.dumps([sys.argv[1:], sys.stdin.read()]) + "\\n")
path = sys.argv[2].partition("/git/")[2]
known = {"matching-refs": "refs", "commits/abc": "commit"}
file = next((file for asked, file in known.items() if path.startswith(asked)), None)
print(pathlib.Path(file).read_text() if file else '{"sha": "new %s"}' % path)
"""


class Checkout:
    """A repository about to be released as 1.2.3, with an origin, and a `gh` that takes notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        for path in _READ:
            self.write(path, page(path))
        self.write("rotate/__init__.py", '"""Doc."""\n\n__version__ = "1.2.3"\n')
        self.write("CHANGELOG.md", _CHANGELOG)
        self.write("tests/test_older.py", '"rotate-ecr-token/rotate-ecr-token@v0"\n')
        (self.folder / "picture.png").write_bytes(b"\x89PNG")
        self.write("refs", "[]")
        self._programs = folder / "bin"
        self._programs.mkdir()
        (self._programs / "gh").write_text(_GH, encoding="utf-8")
        (self._programs / "gh").chmod(0o755)
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "All")
        self.git("clone", "--quiet", "--bare", ".", str(folder / "origin"))
        self.git("remote", "add", "origin", str(folder / "origin"))

    def write(self, path: str, text: str) -> None:
        """Write a file of the checkout."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Read a file of the checkout."""
        return (self.folder / path).read_text(encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git as somebody, whatever the machine is set to."""
        someone = ("-c", "user.name=octocat", "-c", "user.email=octocat@github.com")
        return subprocess.run(  # noqa: S603 - git, with arguments of these tests
            [_git(), *someone, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def release(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the script, as a step of the workflow does."""
        return subprocess.run(  # noqa: S603 - the script under test
            [sys.executable, str(ROOT / ".github/release.py"), *arguments],
            cwd=self.folder,
            env={**os.environ, "PATH": f"{self._programs}:{os.environ['PATH']}"},
            check=False,
            capture_output=True,
            text=True,
        )

    def asked(self) -> list[tuple[str, str, Any]]:
        """Return the verb, path and body of each request to GitHub's git database."""
        calls = [json.loads(line) for line in self.read("calls").splitlines()]
        paths = [call[0][1].partition("repos/acme/action/git/")[2] for call in calls]
        return [
            (call[0][3], path, json.loads(call[1] or "null"))
            for call, path in zip(calls, paths, strict=True)
        ]


def _git() -> str:
    found = shutil.which("git")
    assert found
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a repository that can be released."""
    return Checkout(tmp_path)


def test_version(checkout: Checkout) -> None:
    """What can be released is, by the number that the program says of itself."""
    done = checkout.release("check")

    assert (done.returncode, done.stdout) == (0, "version=1.2.3\n"), done.stderr


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        ("rotate/__init__.py", "1.2.3", "1.2.4", "does not begin with `## [1.2.4] - <date>`"),
        ("rotate/__init__.py", "1.2.3", "1.2.2", "does not begin with `## [1.2.2] - <date>`"),
        ("rotate/__init__.py", "1.2.3", "1.2", "no __version__ of three numbers"),
        ("CHANGELOG.md", " - 2027-01-31", "", "does not begin with `## [1.2.3] - <date>`"),
        ("CHANGELOG.md", "[Unreleased]\n", "[Unreleased]\n\n- New.\n", "something under"),
        ("README.md", "@v1\n", "@v2\n", "README.md does not call the action @v1"),
        ("docs/fleet.md", "# A fleet", "rotate-ecr-token/rotate-ecr-token@v3", "docs/fleet.md"),
        (".github/workflows/rotate.yml", "@v1 ", "@v0 ", "rotate.yml does not call"),
        (".github/workflows/status.yml", "@v1 ", "@v2 ", "status.yml does not call"),
        ("rotate/setup/workflow.py", "@v1\n", "@v2\n", "rotate/setup/workflow.py does not call"),
    ],
)
def test_disagreement(checkout: Checkout, path: str, old: str, new: str, fault: str) -> None:
    """Nothing is released where a file tells of another version."""
    assert old in checkout.read(path)
    checkout.write(path, checkout.read(path).replace(old, new))

    done = checkout.release("check")

    assert done.returncode == 1
    assert done.stdout == ""
    assert fault in done.stderr


def test_released_before(checkout: Checkout) -> None:
    """A version is released once."""
    checkout.git("push", "--quiet", "origin", "HEAD:refs/tags/v1.2.3")

    done = checkout.release("check")

    assert done.returncode == 1
    assert "v1.2.3 is released already" in done.stderr


def test_no_answer_is_no_absence(checkout: Checkout) -> None:
    """A version whose tags cannot be asked for does not pass for a new one."""
    checkout.git("remote", "set-url", "origin", "nowhere")

    assert checkout.release("check").returncode == 1


def test_notes(checkout: Checkout) -> None:
    """The notes are the section of the version, without its neighbours."""
    assert checkout.release("notes").stdout == (
        "### Fixed\n\n- A [link](https://example.com) too many.\n"
    )


def test_pin(checkout: Checkout) -> None:
    """The image takes the place of the Dockerfile, and nothing else changes."""
    before = checkout.read("action.yml")

    assert checkout.release("pin", _IMAGE).returncode == 0

    assert "image: Dockerfile" in before
    assert checkout.read("action.yml") == before.replace(
        "image: Dockerfile", f"image: docker://{_IMAGE}"
    )


@pytest.mark.parametrize(
    "image", [_IMAGE[:-1], _IMAGE.partition("@")[0] + ":v1", "", f"{_IMAGE}\n  pre-entrypoint: x"]
)
def test_pinned_by_digest_alone(checkout: Checkout, image: str) -> None:
    """What is no whole digest does not come into `action.yml`."""
    before = checkout.read("action.yml")

    assert checkout.release("pin", image).returncode == 1
    assert checkout.read("action.yml") == before


def test_pinned_once(checkout: Checkout) -> None:
    """An `action.yml` that names an image already is not taken for a source."""
    checkout.release("pin", _IMAGE)

    assert checkout.release("pin", _IMAGE).returncode == 1


def test_tag(checkout: Checkout) -> None:
    """The tag names a commit that changes `action.yml` alone, on top of what is checked out."""
    checkout.release("pin", _IMAGE)

    done = checkout.release("tag", "acme/action")

    entry = {"path": "action.yml", "mode": "100644", "type": "blob"}
    entry["content"] = checkout.read("action.yml")
    parent, base = checkout.git("rev-parse", "HEAD", "HEAD^{tree}").split()
    commit = {"message": "Release 1.2.3", "tree": "new trees", "parents": [parent]}
    assert checkout.asked() == [
        ("POST", "trees", {"base_tree": base, "tree": [entry]}),
        ("GET", "matching-refs/tags/v1.2.3", None),
        ("POST", "commits", commit),
        ("POST", "refs", {"ref": "refs/tags/v1.2.3", "sha": "new commits"}),
    ]
    assert done.stdout == "commit=new commits\n"


def tagged(
    checkout: Checkout,
    *,
    kind: str = "commit",
    tree: str = "new trees",
    parents: tuple[str, ...] | None = None,
) -> None:
    """Let there be a tag v1.2.3, by default of what an earlier attempt has made."""
    parents = (checkout.git("rev-parse", "HEAD"),) if parents is None else parents
    commit = {"tree": {"sha": tree}, "parents": [{"sha": parent} for parent in parents]}
    names = {"type": kind, "sha": "abc"}
    checkout.write("refs", json.dumps([{"ref": "refs/tags/v1.2.3", "object": names}]))
    checkout.write("commit", json.dumps(commit))


def test_tagged_before(checkout: Checkout) -> None:
    """A run that failed after its tag was made can be repeated: the tag is left as it is."""
    tagged(checkout)

    done = checkout.release("tag", "acme/action")

    assert (done.returncode, done.stdout) == (0, "commit=abc\n"), done.stderr
    assert [(verb, path) for verb, path, _ in checkout.asked()] == [
        ("POST", "trees"),
        ("GET", "matching-refs/tags/v1.2.3"),
        ("GET", "commits/abc"),
    ]


def test_tag_of_a_longer_name(checkout: Checkout) -> None:
    """The tag of another version whose name begins alike is not in the way."""
    checkout.write("refs", json.dumps([{"ref": "refs/tags/v1.2.30", "object": {}}]))

    assert checkout.release("tag", "acme/action").stdout == "commit=new commits\n"


@pytest.mark.parametrize(
    "other",
    [{"tree": "other"}, {"parents": ("other",)}, {"parents": ()}, {"kind": "tag"}],
    ids=["tree", "parent", "root", "annotated"],
)
def test_tag_of_something_else(checkout: Checkout, other: dict[str, Any]) -> None:
    """A tag that names anything but the commit of this run stops the release."""
    tagged(checkout, **other)

    done = checkout.release("tag", "acme/action")

    assert (done.returncode, done.stdout) == (1, "")
    assert "v1.2.3 names a commit that this run did not make" in done.stderr
    assert "release the next version" in done.stderr


def test_tag_refused(checkout: Checkout) -> None:
    """Where GitHub refuses, the step fails and names no commit."""
    (checkout.folder.parent / "bin" / "gh").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")

    done = checkout.release("tag", "acme/action")

    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("refs", "verb", "path", "body"),
    [
        ([], "POST", "refs", {"ref": "refs/tags/v1", "sha": "abc"}),
        (["v1.2.2", "v10"], "POST", "refs", {"ref": "refs/tags/v1", "sha": "abc"}),
        (["v1", "v1.2.2"], "PATCH", "refs/tags/v1", {"sha": "abc", "force": True}),
        (["v1", "v1.2.3"], "PATCH", "refs/tags/v1", {"sha": "abc", "force": True}),
        (["v1", "v10.0.0"], "PATCH", "refs/tags/v1", {"sha": "abc", "force": True}),
        (["v1", "v1.9.9-rc"], "PATCH", "refs/tags/v1", {"sha": "abc", "force": True}),
    ],
)
def test_move(checkout: Checkout, refs: list[str], verb: str, path: str, body: object) -> None:
    """The tag of the major version is made once, then moved, and no other tag is."""
    checkout.write("refs", json.dumps([{"ref": f"refs/tags/{name}"} for name in refs]))

    assert checkout.release("move", "acme/action", "abc").returncode == 0

    assert checkout.asked() == [("GET", "matching-refs/tags/v1", None), (verb, path, body)]


@pytest.mark.parametrize("later", ["v1.2.4", "v1.2.10", "v1.10.0"])
def test_never_moved_backwards(checkout: Checkout, later: str) -> None:
    """An old run that is repeated leaves the tag of the major version at the later release."""
    checkout.write("refs", json.dumps([{"ref": f"refs/tags/{name}"} for name in ("v1", later)]))

    done = checkout.release("move", "acme/action", "abc")

    assert done.returncode == 0
    assert f"v1 stays where it is: there is refs/tags/{later}." in done.stdout
    assert checkout.asked() == [("GET", "matching-refs/tags/v1", None)]
