"""Every code block of the documentation is right, and every link leads somewhere."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import botocore.loaders
import hcl2
import jsonschema
import pytest
import yaml
from botocore import xform_name
from botocore.model import ServiceModel

from rotate import remedies, settings, setup
from rotate.faces import cli
from rotate.model.plan import Command
from rotate.settings.inputs import NAMES
from rotate.settings.schema import schema
from sandbox.aws.iam import parse_policy, parse_trust_policy
from tests.contract.documentation import PAGES, ROOT, every_block, page, shell_commands

_SCRIPTS = Path(sys.executable).parent
_AWS_GLOBAL = {"region", "query", "output", "profile"}
_AWS_OWN = {
    ("cloudformation", "deploy"): {"stack-name", "template-file", "capabilities"},
    ("ecr", "get-login-password"): set[str](),
}
"""Commands that AWS's command line adds to those of the services, and their options."""

_PARTIAL = {"permissions", "steps"}
"""Keys of a job that is shown without its workflow."""


def tool(*command: object, text: str) -> None:
    """Let a program look at a text; it must find nothing wrong."""
    program, *arguments = map(str, command)
    done = subprocess.run(  # noqa: S603  a locked tool of our own environment
        [_SCRIPTS / program, *arguments], input=text, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


def check_shell(code: str) -> None:
    """A shell understands it, and does not do something else than it seems to."""
    # SC2155: the status of what is exported is looked at by whoever types it.
    tool("shellcheck", "--shell=bash", "--exclude=SC2155", "-", text=code)


def check_json(code: str) -> None:
    """It is a policy that AWS takes, or a dev container."""
    content = json.loads(code)
    if content.keys() == {"image"}:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+:[\w.-]+", content["image"])
    elif "Principal" in content["Statement"][0]:
        parse_trust_policy(code)
    else:
        parse_policy(code)


def check_yaml(code: str) -> None:
    """It is a workflow, a part of one, a configuration file, or one of Dependabot's."""
    content = yaml.safe_load(code)
    if "targets" in content:
        jsonschema.validate(content, schema())
    elif "updates" in content:
        check_schema("vendor.dependabot", content)
    elif content.keys() <= _PARTIAL:
        job = {"runs-on": "ubuntu-latest", **content}
        check_schema("vendor.github-workflows", {"on": "workflow_dispatch", "jobs": {"one": job}})
    else:
        assert "jobs" in content, "this is no YAML of a kind that is known here"
        # YAML 1.1 reads the key `on` as a boolean.
        triggers = content.pop(True, "workflow_dispatch")
        check_schema("vendor.github-workflows", {"on": triggers, **content})


def check_schema(name: str, content: object) -> None:
    """It is what a schema of somebody else's says."""
    tool("check-jsonschema", "--builtin-schema", name, "-", text=json.dumps(content))


def check_hcl(code: str) -> None:
    """Terraform can parse it."""
    assert hcl2.loads(code)


CHECKS: Mapping[str, Callable[[str], None]] = {
    "sh": check_shell,
    "json": check_json,
    "yaml": check_yaml,
    "hcl": check_hcl,
}
"""What is made of each kind of block. A new kind needs a check of its own."""

BLOCKS = [
    pytest.param(*block, id=f"{path}-{number}")
    for path in PAGES
    for number, block in enumerate(every_block(page(path)), start=1)
]


@pytest.mark.parametrize(("language", "code"), BLOCKS)
def test_block(language: str, code: str) -> None:
    """Each block is of a kind that can be checked, and passes."""
    CHECKS[language](code)


def test_there_are_blocks() -> None:
    """Every kind of block that most readers copy is there, so that the checks are of something."""
    kinds = {block.values[0] for block in BLOCKS}

    assert {"sh", "json", "yaml"} <= kinds <= CHECKS.keys()


@pytest.mark.parametrize("call", shell_commands("rotate-ecr-token"))
def test_our_commands(call: str) -> None:
    """Each call of the program has a command and options that exist, and values that it takes."""
    words = shlex.split(re.sub(r"\$\(.*?\)", "1", call))
    options = cli._options(words)
    given = {name: value or "" for name, value in vars(options).items() if name in NAMES}
    if options.command == "init":
        values = vars(options)
        plan = setup.read({one.name: values[one.name] or "" for one in setup.OPTIONS})
        assert plan.selections
    elif options.command in set(Command) and not options.config:
        assert settings.read(given, {}, load=lambda _: b"", offline=True).selections


def commands_of_remedies() -> list[str]:
    """Return every call of AWS's command line that a remedy shows, without its name."""
    claims = remedies.Claims(sub="", audience="sts.amazonaws.com", issuer="https://issuer")
    register = remedies.oidc_provider("arn:aws:iam::123456789012:role/pull", claims)
    shown = "\n".join([*remedies.SESSION.values(), register])
    return re.findall(r"\baws (.+?)(?:`|$)", shown, re.MULTILINE)


@pytest.mark.parametrize("call", [*shell_commands("aws"), *commands_of_remedies()])
def test_commands_of_aws(call: str) -> None:
    """Each call of AWS's command line names an operation, and parameters that this one has."""
    service, operation, *words = shlex.split(call)
    options = {word.removeprefix("--") for word in words if word.startswith("--")}

    assert options - _AWS_GLOBAL <= parameters(service, operation)


def parameters(service: str, operation: str) -> set[str]:
    """Return the options that an operation has on the command line."""
    if (service, operation) in _AWS_OWN:
        return _AWS_OWN[service, operation]
    loaded: dict[str, Any] = botocore.loaders.Loader().load_service_model(service, "service-2")
    model = ServiceModel(loaded)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    return {xform_name(name, "-") for name in shape.members} if shape else set()


@pytest.mark.parametrize("path", PAGES)
def test_links(path: str) -> None:
    """Each link to a file of the project leads to one, and to a heading that is there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (ROOT / path).parent / name if name else ROOT / path
        assert file.exists(), target
        assert not anchor or anchor in headings(file), target


def headings(file: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_index_is_complete() -> None:
    """Every page of `docs/` is listed in its index."""
    listed = set(re.findall(r"^\| \[.+?\]\((.+?)\)", page("docs/README.md"), re.MULTILINE))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}

    assert pages <= listed
