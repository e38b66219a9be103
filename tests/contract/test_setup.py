"""What `init` writes is what its readers take: GitHub, AWS, Terraform, and the README."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from rotate import setup
from rotate.settings.configuration import VERSION
from tests.contract.documentation import ROOT, blocks, page

_README = page("README.md")
_SCRIPTS = Path(sys.executable).parent
_PINNED = """\
rules:
  unpinned-uses:
    config:
      policies:
        rotate-ecr-token/rotate-ecr-token: ref-pin
        "*": hash-pin
"""
"""The action itself is used by its major version, as the README shows it."""

README_SETUP = {
    "ops-repository": "acme/ops",
    "owner-id": "11111111",
    "repository-id": "222222222",
    "scope": "organization",
    "aws-account": "123456789012",
    "aws-region": "us-east-1",
    "ecr-repositories": "base/devcontainer",
    "probe-image": "base/devcontainer:latest",
}
SETUPS: Mapping[str, Mapping[str, str]] = {
    "readme": README_SETUP,
    "app": {**README_SETUP, "github-access": "app", "oidc-provider": "false"},
    "repositories": {
        **README_SETUP,
        "scope": "repository",
        "repositories": "acme/svc-*,!acme/svc-old",
        "secret-prefix": "ECR_DATA",
        "config": "true",
    },
    "user": {**README_SETUP, "scope": "user", "config": "true"},
    "organizations": {
        **README_SETUP,
        "organization": "acme,globex",
        "repositories": "svc-*",
        "stores": "codespaces,dependabot",
        "registry": "210987654321",
        "aws-region": "cn-north-1",
        "github-access": "app",
    },
    "public": {
        **README_SETUP,
        "registry": "public.ecr.aws",
        "ecr-repositories": "",
        "probe-image": "acme/base:latest",
        "config": "true",
    },
}
"""Set-ups that differ in every way in which their files may differ."""


@pytest.fixture(params=SETUPS)
def files(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the files of each set-up."""
    return setup.files(setup.read(SETUPS[request.param]))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of all set-ups, each into a folder of its own."""
    root = tmp_path_factory.mktemp("setups")
    for name, given in SETUPS.items():
        for path, text in setup.files(setup.read(given)).items():
            (root / name / path).parent.mkdir(parents=True, exist_ok=True)
            (root / name / path).write_text(text, encoding="utf-8")
    (root / "zizmor.yml").write_text(_PINNED, encoding="utf-8")
    return root


def check(program: str, *arguments: object) -> None:
    """Let a program look at files; it must find nothing wrong."""
    done = subprocess.run(  # noqa: S603  a locked tool of our own environment
        [_SCRIPTS / program, *map(str, arguments)], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def all_of(root: Path, pattern: str) -> list[Path]:
    """Return the files of that name; there are some."""
    found = sorted(root.rglob(pattern))
    assert found
    return found


def test_github_takes_the_workflows(written: Path) -> None:
    """Each workflow is one by the schema that editors check it with."""
    workflows = all_of(written, ".github/workflows/*.yml")

    check("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


def test_the_workflows_are_careful(written: Path) -> None:
    """A pedantic look at the workflows finds nothing that could be misused."""
    workflows = all_of(written, ".github/workflows/*.yml")
    options = ("--offline", "--no-progress", "--persona=pedantic")

    check("zizmor", *options, "--config", written / "zizmor.yml", *workflows)


def test_editors_take_the_configuration_files(written: Path) -> None:
    """Each configuration file is one by our own schema."""
    schema = ROOT / "rotate-ecr-token.schema.json"
    found = [written / name / "rotate-ecr-token.yml" for name in SETUPS]

    check("check-jsonschema", "--schemafile", schema, *(path for path in found if path.is_file()))


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="cfn-lint has no release for Python 3.15")
def test_aws_takes_the_templates(written: Path) -> None:
    """Each template is one that CloudFormation knows, by AWS's own linter."""
    check("cfn-lint", *all_of(written, "cloudformation.yaml"))


def test_shells_take_the_scripts(written: Path) -> None:
    """Each script is right for a plain shell."""
    check("shellcheck", *all_of(written, "create-role.sh"))


def test_one_policy_in_every_form(files: dict[str, str]) -> None:
    """Terraform, CloudFormation and the commands make the same role."""
    trust, pull = (json.loads(files[f"rotate-ecr-token/{name}.json"]) for name in ("trust", "pull"))

    assert role_of_cloudformation(files) == role_of_terraform(files) == (trust, pull)
    script = files["rotate-ecr-token/create-role.sh"]
    assert "--assume-role-policy-document file://trust.json" in script
    assert "--policy-document file://pull.json" in script


def role_of_cloudformation(files: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the two policies of the template's role."""
    template = yaml.safe_load(files["rotate-ecr-token/cloudformation.yaml"])
    properties = template["Resources"]["Role"]["Properties"]
    (inline,) = properties["Policies"]
    return properties["AssumeRolePolicyDocument"], inline["PolicyDocument"]


def role_of_terraform(files: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the two policies of Terraform's role: what it encodes as JSON is JSON already."""
    text = files["rotate-ecr-token/role.tf"]
    parsed = hcl2.loads(text)
    assert [next(iter(one)).strip('"') for one in parsed["resource"]][-2:] == [
        "aws_iam_role",
        "aws_iam_role_policy",
    ]
    trust, pull = (
        json.loads(found) for found in re.findall(r"jsonencode\((.*?)\)$", text, re.DOTALL | re.M)
    )
    return trust, pull


def test_terraform_is_formatted(files: dict[str, str]) -> None:
    """The text is as `terraform fmt` leaves it, as far as that can be told without it.

    Two blanks for each open bracket, signs of equality below each other, blanks around colons and
    behind commas, none at the end:
    https://developer.hashicorp.com/terraform/language/style#code-formatting
    """
    text = files["rotate-ecr-token/role.tf"]
    depth = 0
    for line in filter(None, text.splitlines()):
        # A call and the object in it open, and close, as one.
        brackets = line.replace("({", "{").replace("})", "}")
        closing_first = len(re.findall(r"^[\s})\]]*", brackets)[0].strip())
        assert re.findall("^ *", line) == ["  " * (depth - closing_first)], line
        assert line == line.rstrip()
        assert not re.search("[^ ]:|[:,{][^ ]", re.sub('"[^"]*"', '""', line)), line
        depth += sum(brackets.count(sign) for sign in "{([")
        depth -= sum(brackets.count(sign) for sign in "})]")
    assert depth == 0
    for group in re.findall(r"(?:^ +\w+ += [^{(\n]+$\n)+", text, re.MULTILINE):
        assert len({line.index("=") for line in group.splitlines()}) == 1, group


@pytest.mark.parametrize("name", ["configuration", "workflow"])
def test_versions(name: str) -> None:
    """What the files refer to is what the project's own files refer to."""
    texts = setup.files(setup.read(SETUPS["user"]))
    if name == "configuration":
        assert f"\nversion: {VERSION}\n" in texts["rotate-ecr-token.yml"]
    else:
        workflow = texts[".github/workflows/rotate-ecr-token.yml"]
        (checkout,) = re.findall(r"actions/checkout@.+", workflow)
        assert checkout in page(".github/workflows/rotate.yml")


def test_the_readme_shows_what_is_written() -> None:
    """Workflow, policies and commands of the README are, to the letter, those of `init`."""
    texts = setup.files(setup.read(README_SETUP))
    policies = [text for text in blocks(_README, "json") if "Statement" in text]

    assert texts[".github/workflows/rotate-ecr-token.yml"] == blocks(_README, "yaml")[0]
    assert policies[0] == texts["rotate-ecr-token/trust.json"]
    assert policies[1] == texts["rotate-ecr-token/pull.json"]
    public = setup.files(setup.read(SETUPS["public"]))["rotate-ecr-token/pull.json"]
    assert policies[2] == public
    by_hand = _README.partition("### By hand")[2].partition("\n## ")[0]
    script = texts["rotate-ecr-token/create-role.sh"]
    assert all(command in script for command in blocks(by_hand, "sh"))


def test_the_steps_are_the_readmes() -> None:
    """What `init` says is left to do is what the README says."""
    ten_minutes = _README.partition("### In ten minutes")[2].partition("\n### ")[0]
    _, *commands = blocks(ten_minutes, "sh")

    assert len(commands) == 3
    assert not missing(commands, setup.steps(setup.read(README_SETUP)))


def test_the_steps_of_an_app_are_those_of_its_page() -> None:
    """What `init` says of the App is what docs/github.md says."""
    commands = [code for code in blocks(page("docs/github.md"), "sh") if "conversions" in code]

    assert len(commands) == 1
    assert not missing(commands, setup.steps(setup.read(SETUPS["app"])))


def missing(commands: list[str], text: str) -> list[str]:
    """Return the lines of the commands that a text lacks."""
    return [line for command in commands for line in command.splitlines() if line not in text]
