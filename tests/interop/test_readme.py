"""Whoever follows the README gets from an empty account to a first rotation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rotate.grant import needed
from rotate.model.target import Scope, Store, Target
from sandbox import Job, Run, Runner, Sandbox, demo
from sandbox.aws import ADMINISTRATOR_POLICY
from sandbox.codespaces import Codespace
from tests.contract.documentation import ROOT, blocks, page
from tests.integration.leaks import searched
from tests.interop.program import Program

_README = page("README.md")
_WORKFLOW = ".github/workflows/rotate-ecr-token.yml"
_PROGRAMS = ("aws", "gh", "git", "jq")


def section(title: str, level: int) -> str:
    """Return what stands below a heading, up to the next one of its level or above."""
    found = re.search(
        rf"^{'#' * level} {title}\n(.*?)(?=^#{{1,{level}}} |\Z)", _README, re.DOTALL | re.MULTILINE
    )
    assert found
    return found[1]


TEN_MINUTES = section("In ten minutes", 3)
BY_HAND = section("By hand", 3)


class Person:
    """Somebody at a shell, in a clone of `acme/ops`, signed in to AWS and to GitHub."""

    def __init__(self, sandbox: Sandbox, home: Path) -> None:
        self.sandbox = sandbox
        self.clone = home / "ops"
        for name in _PROGRAMS:
            # Skips where it is not installed, and fails where it must be.
            Program(name, home=home, environment={})
        key = sandbox.aws.user(demo.ACCOUNT, policy=ADMINISTRATOR_POLICY)
        owner = sandbox.github.user("octocat")
        self._environment = {
            **sandbox.environment,
            "PATH": f"{_installed(home / 'bin')}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            "AWS_DEFAULT_REGION": demo.REGION,
            "GH_TOKEN": sandbox.github.personal_token(owner, ("repo", "admin:org")),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_NAME": "octocat" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "octocat@example.com" for who in ("AUTHOR", "COMMITTER")},
        }
        self.type(f"git init --quiet --bare '{home}/origin' --initial-branch main", folder=home)
        self.type(f"git clone --quiet '{home}/origin' '{self.clone}'", folder=home)
        self.type("git checkout --quiet -B main")

    def type(self, command: str, *, stdin: str = "", folder: Path | None = None) -> str:
        """Run what is typed, and return what it prints; it must succeed."""
        done = subprocess.run(  # noqa: S603
            ["/bin/bash", "-euo", "pipefail", "-c", command],
            cwd=folder or self.clone,
            env=self._environment,
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def save(self, name: str, text: str) -> None:
        """Save a text under a name in the clone."""
        (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
        (self.clone / name).write_text(text, encoding="utf-8")

    def token(self, text: str) -> str:
        """Make the fine-grained token that a text describes, by owner and permission."""
        owner = re.search(r"resource owner\s+`(\w+)`", text)
        title = re.search(r"permission \*(.+?)\*: read and write", text)
        assert owner
        assert title
        permission = _permissions()[title[1]]
        user = self.sandbox.github.user("octocat")
        return self.sandbox.github.fine_grained_token(user, owner[1], {permission: "write"})

    def run_workflow(self, *, dry_run: bool, immutable: bool) -> Run:
        """Run what is on the default branch of the remote, as the *Actions* tab does."""
        workflow = self.type(f"git show origin/main:{_WORKFLOW}")
        stored = self.sandbox.github.secrets("repository", "acme/ops", "actions")
        variables = self.sandbox.github.variables("acme/ops")
        context = {f"secrets.{name}": secret.value for name, secret in stored.items()}
        context |= {f"vars.{name}": value for name, value in variables.items()}
        context["inputs.dry-run"] = str(dry_run).lower()
        given, id_token = demo.step_of(workflow, context)
        job = Job(
            event_name="workflow_dispatch", workflow_file=_WORKFLOW, immutable_subject=immutable
        )
        run = Runner(self.sandbox).run(inputs=given, id_token=id_token, job=job)
        return searched(run, self.sandbox)


def _permissions() -> Mapping[str, str]:
    """Return GitHub's permissions by the names that its pages have for them."""
    places = [
        needed(Target(registry="", scope=scope, store=store))
        for scope in Scope
        for store in Store
        if scope is not Scope.USER or store is Store.CODESPACES
    ]
    return {place.title: place.permission for place in places}


def _installed(folder: Path) -> Path:
    """Put the command on a path, as `pip install` does."""
    folder.mkdir()
    program = folder / "rotate-ecr-token"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m rotate "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return folder


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """Begin with an empty account but for the image, and an organization without secrets."""
    with Sandbox() as sandbox:
        sandbox.aws.account(demo.ACCOUNT)
        sandbox.aws.repository(demo.ACCOUNT, demo.REGION, demo.IMAGE)
        sandbox.github.organization("acme", owners=["octocat"])
        for name in ("acme/ops", demo.READER):
            sandbox.github.repository(name)
        yield Person(sandbox, tmp_path)


def first_rotation(person: Person, *, immutable: bool) -> None:
    """Run the workflow as step 5 says, and start a codespace with the image of step 6."""
    looked = person.run_workflow(dry_run=True, immutable=immutable)
    assert looked.succeeded, looked.log
    assert not person.sandbox.github.secrets("organization", "acme")
    run = person.run_workflow(dry_run=False, immutable=immutable)
    assert run.succeeded, run.log
    assert run.outputs["rotated"] == "1"

    image = json.loads(blocks(TEN_MINUTES, "json")[0])["image"]
    host, _, named = image.partition("/")
    repository, _, tag = named.partition(":")
    codespace = Codespace.of(demo.READER, person.sandbox.environment)
    assert codespace.secrets["ECR_CONTAINER_REGISTRY_SERVER"] == host
    assert codespace.ask(f"/v2/{repository}/manifests/{tag}").ok


def test_in_ten_minutes(person: Person) -> None:
    """The commands of the README, in their order and to the letter, lead to a rotation."""
    for command in blocks(TEN_MINUTES, "sh"):
        asked = f"{person.token(TEN_MINUTES)}\n" if command.startswith("gh secret set") else ""
        person.type(command, stdin=asked)

    # A repository that was made today is named with its IDs.
    first_rotation(person, immutable=True)


def test_by_hand(person: Person) -> None:
    """So do the README's policies, commands and workflow, copied by hand."""
    person.save("trust.json", blocks(section("Trust policy", 4), "json")[0])
    person.save("pull.json", blocks(section("Pull policy", 4), "json")[0])
    for command in blocks(BY_HAND, "sh"):
        person.type(command)
    _, _, store_token, commit = blocks(TEN_MINUTES, "sh")
    person.type(store_token, stdin=f"{person.token(TEN_MINUTES)}\n")
    person.save(_WORKFLOW, blocks(section("A complete workflow", 2), "yaml")[0])
    person.type(commit)

    # The IDs that the README shows are nobody's.
    first_rotation(person, immutable=False)


def test_with_an_app(person: Person) -> None:
    """So does an App: its page registers it, and the commands of docs/github.md store its key."""
    init, make_role, _, commit = blocks(TEN_MINUTES, "sh")
    (store_app,) = (code for code in blocks(page("docs/github.md"), "sh") if "conversions" in code)
    person.type(init.rstrip() + " --github-access app")
    person.type(make_role)
    manifest = (person.clone / "rotate-ecr-token/github-app.json").read_text(encoding="utf-8")
    code = person.sandbox.github.register_manifest(json.loads(manifest), owner="acme")
    person.type(store_app, stdin=f"{code}\n")
    app_id = person.sandbox.github.variables("acme/ops")["ROTATE_APP_ID"]
    person.sandbox.github.install(person.sandbox.github.app_of(app_id), "acme")
    person.type(commit)

    first_rotation(person, immutable=True)
