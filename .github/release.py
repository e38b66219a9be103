"""The steps of release.yml that are more than one command.

It needs Python and, for what it asks of GitHub, `gh` and `git`: no dependency of ours runs where
the right to write to the repository is.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SOURCE = "  image: Dockerfile\n"
"""How `action.yml` names what is built at every run; a release names an image instead."""

_IMAGE = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")
_SECTION = re.compile(r"^## \[(.+?)\](.*)\n((?:(?!## |\[).*\n)*)", re.MULTILINE)
_DATED = re.compile(r" - \d{4}-\d{2}-\d{2}")
_RELEASE = re.compile(r"refs/tags/v(\d+)\.(\d+)\.(\d+)")
_CALLS_OURSELVES = re.compile(r"rotate-ecr-token/rotate-ecr-token[\w./-]*@v(\d+)")
_ELSEWHERE = (":!CHANGELOG.md", ":!tests")
"""What may name another version: what once was, and what only asks."""


def main() -> None:
    """Run the command that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    _command(commands, check)
    _command(commands, notes)
    _command(commands, pin, "image")
    _command(commands, tag, "repository")
    _command(commands, move, "repository", "commit")
    given = vars(parser.parse_args())
    given.pop("run")(**given)


def check() -> None:
    """Print the version as an output of a step, if it can be released."""
    version = _version()
    faults = [*_faults_of_text(version), *_faults_of_tags(version)]
    if faults:
        sys.exit("\n".join(faults))
    print(f"version={version}")


def notes() -> None:
    """Print what the changelog says of the version."""
    print(_sections()[_version()][1].strip())


def pin(image: str) -> None:
    """Let `action.yml` name an image by its digest, so that a run pulls instead of building."""
    if not _IMAGE.fullmatch(image):
        sys.exit(f"{image} is not registry/name@sha256:digest.")
    path = Path("action.yml")
    text = path.read_text(encoding="utf-8")
    if text.count(_SOURCE) != 1:
        sys.exit(f"action.yml does not say `{_SOURCE.strip()}`.")
    path.write_text(text.replace(_SOURCE, f"  image: docker://{image}\n"), encoding="utf-8")


def tag(repository: str) -> None:
    """Commit `action.yml` as it is now, on top of what is checked out, and tag that commit.

    The commit is made by GitHub, which signs it; it is on no branch. A tag is never moved: one that
    an earlier attempt of the same run has made is kept, and any other is a failure. Prints the
    commit as an output of a step. https://docs.github.com/rest/git
    """
    version = _version()
    parent, base = _run("git", "rev-parse", "HEAD", "HEAD^{tree}").split()
    tree = _new_tree(repository, base)
    tagged = _tagged(repository, version)
    if tagged and not _is_made_of(repository, tagged, tree, parent):
        sys.exit(
            f"v{version} names a commit that this run did not make. Run the failed jobs of the run"
            " that made it again; if none did, release the next version."
        )
    commit = tagged["sha"] if tagged else _new_tag(repository, version, tree, parent)
    print(f"commit={commit}")


def move(repository: str, commit: str) -> None:
    """Let the tag of the major version, such as `v1`, name a commit, unless a later one is out."""
    version = _version()
    name = f"tags/v{_major(version)}"
    tags = [found["ref"] for found in _github(repository, "GET", f"matching-refs/{name}")]
    later = [ref for ref in tags if _is_later(ref, version)]
    if later:
        print(f"v{_major(version)} stays where it is: there is {', '.join(later)}.")
    elif f"refs/{name}" in tags:
        _github(repository, "PATCH", f"refs/{name}", {"sha": commit, "force": True})
    else:
        _github(repository, "POST", "refs", {"ref": f"refs/{name}", "sha": commit})


def _command(commands: Any, run: Callable[..., None], *arguments: str) -> None:  # noqa: ANN401 - argparse names no type
    parser = commands.add_parser(run.__name__)
    parser.set_defaults(run=run)
    for argument in arguments:
        parser.add_argument(argument)


def _version() -> str:
    text = Path("rotate/__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)"$', text, re.MULTILINE)
    if not found:
        sys.exit("rotate/__init__.py has no __version__ of three numbers.")
    return found[1]


def _major(version: str) -> str:
    return version.partition(".")[0]


def _sections() -> dict[str, tuple[str, str]]:
    """Return what stands behind each version in the changelog, and below it; newest first."""
    text = Path("CHANGELOG.md").read_text(encoding="utf-8")
    return {name: (behind, below) for name, behind, below in _SECTION.findall(text)}


def _faults_of_text(version: str) -> list[str]:
    """Return where the files of the repository disagree about the version."""
    faults = []
    sections = _sections()
    if sections.get("Unreleased", ("", ""))[1].strip():
        faults.append("CHANGELOG.md still has something under [Unreleased].")
    released = [name for name in sections if name != "Unreleased"]
    if released[:1] != [version] or not _DATED.fullmatch(sections[version][0]):
        faults.append(f"CHANGELOG.md does not begin with `## [{version}] - <date>`.")
    for path in _run("git", "ls-files", "--", *_ELSEWHERE).splitlines():
        named = set(
            _CALLS_OURSELVES.findall(Path(path).read_text(encoding="utf-8", errors="ignore"))
        )
        if named - {_major(version)}:
            faults.append(f"{path} does not call the action @v{_major(version)}.")
    return faults


def _faults_of_tags(version: str) -> list[str]:
    taken = _run("git", "ls-remote", "--tags", "origin", f"refs/tags/v{version}")
    return [f"v{version} is released already."] if taken else []


def _new_tree(repository: str, base: str) -> str:
    entry = {"path": "action.yml", "mode": "100644", "type": "blob"}
    entry["content"] = Path("action.yml").read_text(encoding="utf-8")
    return str(_github(repository, "POST", "trees", {"base_tree": base, "tree": [entry]})["sha"])


def _new_tag(repository: str, version: str, tree: str, parent: str) -> str:
    body = {"message": f"Release {version}", "tree": tree, "parents": [parent]}
    commit = _github(repository, "POST", "commits", body)["sha"]
    _github(repository, "POST", "refs", {"ref": f"refs/tags/v{version}", "sha": commit})
    return str(commit)


def _tagged(repository: str, version: str) -> dict[str, str] | None:
    """Return the `type` and `sha` of what the tag of a version names, if there is that tag."""
    name = f"tags/v{version}"
    alike = _github(repository, "GET", f"matching-refs/{name}")
    return next((ref["object"] for ref in alike if ref["ref"] == f"refs/{name}"), None)


def _is_made_of(repository: str, tagged: dict[str, str], tree: str, parent: str) -> bool:
    if tagged["type"] != "commit":  # An annotated tag, which this program does not make.
        return False
    commit = _github(repository, "GET", f"commits/{tagged['sha']}")
    parents = [each["sha"] for each in commit["parents"]]
    return (commit["tree"]["sha"], parents) == (tree, [parent])


def _is_later(ref: str, version: str) -> bool:
    """Return whether a tag is that of a later release of the same major version."""
    found = _RELEASE.fullmatch(ref)
    numbers = [int(number) for number in found.groups()] if found else []
    own = [int(number) for number in version.split(".")]
    return numbers[:1] == own[:1] and numbers > own


def _github(repository: str, verb: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
    given = [] if body is None else ["--input", "-"]
    command = ("gh", "api", f"repos/{repository}/git/{path}", "--method", verb, *given)
    return json.loads(_run(*command, given=json.dumps(body)))


def _run(*command: str, given: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - gh and git, with what this program gives them
        command, input=given, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed.")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
