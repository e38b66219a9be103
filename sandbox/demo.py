"""The demo, `python -m sandbox.demo`: one rotation from end to end, and a codespace as witness.

It checks everything that it says: its exit status is 0 only if all of it is so.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import requests
import yaml

from sandbox.checks import Check, failed, listed, verdict
from sandbox.codespaces import Codespace
from sandbox.github import Secret
from sandbox.internet import Sandbox
from sandbox.runner import Run, Runner

ACCOUNT = "123456789012"
REGION = "us-east-1"
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codespaces-pull"
IMAGE = "base/devcontainer"
SUBJECT = "repo:acme/ops:ref:refs/heads/main"
READER = "acme/api"
STRANGER = "acme/web"
NAMES = tuple(f"ECR_CONTAINER_REGISTRY_{part}" for part in ("SERVER", "USER", "PASSWORD"))
"""The names that GitHub Codespaces look for."""

WORKFLOW = """\
name: Rotate ECR token
on:
  schedule:
    - cron: "17 * * * *" # Every hour, but not on it: then GitHub drops most runs.
  workflow_dispatch:
    inputs:
      dry-run:
        description: Show what would be written, and write nothing
        type: boolean
        default: false
permissions: {}
concurrency:
  group: rotate-ecr-token
  cancel-in-progress: false
jobs:
  rotate:
    name: Rotate
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      id-token: write # To prove to AWS which workflow this is.
    steps:
      - uses: rotate-ecr-token/rotate-ecr-token@v1
        with:
          role-to-assume: arn:aws:iam::123456789012:role/codespaces-pull
          aws-region: us-east-1
          probe-image: base/devcontainer:latest
          scope: organization
          github-token: ${{ secrets.CODESPACES_SECRETS_TOKEN }}
          dry-run: ${{ inputs.dry-run }}
"""
"""The workflow that is shown, and run; the README shows the same."""

_AGE = timedelta(hours=13)
_INDENT = " " * 4
_SHOWN_CHARACTERS = 100


class Story:
    """Prints, and remembers what it printed."""

    def __init__(self) -> None:
        self.text = ""

    def tell(self, text: str, *, indent: str = "") -> None:
        """Print a paragraph, and an empty line after it."""
        paragraph = textwrap.indent(text.rstrip("\n"), indent) + "\n"
        self.text += paragraph
        print(paragraph, flush=True)

    def begin(self, title: str, text: str) -> None:
        """Print what the next part is about."""
        self.tell(f"--- {title} ---\n\n{text}")

    def quote(self, text: str) -> None:
        """Print what somebody else wrote."""
        self.tell(text, indent=_INDENT)


def main() -> int:
    """Tell the story, check it, and return the exit status."""
    story = Story()
    story.tell(
        "GitHub, AWS and the registry are played on this machine, under their real names and\n"
        "over HTTPS. Nothing leaves it, and no account is needed."
    )
    with Sandbox() as sandbox:
        token = set_up(sandbox)
        yesterday = Codespace.of(READER, sandbox.environment)
        checks = _before(yesterday, story)
        run = _rotate(sandbox, token, story)
        checks += _report(run, story)
        checks += _after(sandbox, yesterday, story)
        checks += _secrecy(sandbox, story)
    return _conclude(checks, story)


def secrets_of(sandbox: Sandbox) -> dict[str, Secret]:
    """Return the organization's secrets by name, decrypted: what a codespace is given."""
    return sandbox.github.secrets("organization", "acme")


def step_of(workflow: str, context: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return what the step of this action is given, and whether it may ask for ID tokens.

    `context` has the values of expressions, such as `secrets.TOKEN`. As at GitHub, an expression
    without a value is the empty string.
    """
    document: dict[str, Any] = yaml.safe_load(workflow)
    (job,) = document["jobs"].values()
    (step,) = (step for step in job["steps"] if "rotate-ecr-token" in step["uses"])
    given = {
        name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: context.get(found[1], ""), str(text))
        for name, text in step["with"].items()
    }
    return given, job["permissions"].get("id-token") == "write"


def set_up(sandbox: Sandbox) -> str:
    """Make the account, the organization, and its secrets of yesterday; return a GitHub token."""
    sandbox.aws.account(ACCOUNT)
    sandbox.aws.oidc_provider(ACCOUNT)
    sandbox.aws.role(ROLE, trust=sandbox.aws.trust_policy(ACCOUNT, sub=SUBJECT))
    sandbox.aws.repository(ACCOUNT, REGION, IMAGE)
    sandbox.github.organization("acme", owners=["octocat"])
    for repository in ("acme/ops", READER, STRANGER):
        sandbox.github.repository(repository)
    _seed(sandbox)
    owner = sandbox.github.user("octocat")
    permissions = {"organization_codespaces_secrets": "write"}
    return sandbox.github.fine_grained_token(owner, "acme", permissions)


def _seed(sandbox: Sandbox) -> None:
    token = sandbox.aws.issue_token(ROLE, REGION, age=_AGE)
    for name, value in zip(NAMES, (HOST, "AWS", token.password), strict=True):
        sandbox.github.seed(
            "organization",
            "acme",
            name,
            value,
            age=_AGE,
            visibility="selected",
            repositories=[READER],
        )


def _before(yesterday: Codespace, story: Story) -> list[Check]:
    story.begin(
        "1. Yesterday's secrets",
        "The codespaces of the organization acme pull their image from ECR, with three secrets:\n"
        f"{', '.join(NAMES)}.\n"
        f"The repository {READER} may read them. They were written 13 hours ago, and an ECR token\n"
        "lives for 12. A codespace that starts now is told:",
    )
    answer = yesterday.ask("/v2/")
    story.quote(_exchange(answer))
    return [Check(claim="yesterday's token is refused as expired", holds=_expired(answer))]


def _rotate(sandbox: Sandbox, token: str, story: Story) -> Run:
    story.begin(
        "2. The workflow",
        "In the repository acme/ops, .github/workflows/rotate-ecr-token.yml. There is no AWS key\n"
        "in it, nor anywhere else: `id-token: write` lets the job prove to AWS which workflow it\n"
        "is.",
    )
    story.quote(WORKFLOW)
    given, id_token = step_of(WORKFLOW, {"secrets.CODESPACES_SECRETS_TOKEN": token})
    run = Runner(sandbox).run(inputs=given, id_token=id_token)
    story.begin(
        "3. The run",
        "Its schedule has come. The step's log, as GitHub shows it:",
    )
    story.quote(run.log)
    story.tell(f"It took {run.seconds:.1f} seconds, and its exit status is {run.exit_status}.")
    return run


def _report(run: Run, story: Story) -> list[Check]:
    story.begin("4. The job summary", "Markdown, which GitHub shows on the page of the run:")
    story.quote(run.summary)
    story.begin("5. The outputs", "For later steps; long ones are cut short here:")
    lines = (f"{name}: {value}" for name, value in run.outputs.items())
    story.quote("\n".join(textwrap.shorten(line, _SHOWN_CHARACTERS) for line in lines))
    counts = (run.outputs.get("rotated"), run.outputs.get("failed"))
    return [
        Check(claim="the run succeeded", holds=run.succeeded),
        Check(claim="one target was rotated, and none failed", holds=counts == ("1", "0")),
        Check(
            claim="no output is masked, so later jobs can use them", holds=not run.masked_outputs
        ),
    ]


def _after(sandbox: Sandbox, yesterday: Codespace, story: Story) -> list[Check]:
    today = Codespace.of(READER, sandbox.environment)
    story.begin("6. A codespace starts", "It is given the three secrets:")
    story.quote(_given(today))
    story.tell("It logs in to the registry with them, then asks for its image:")
    login, image = today.ask("/v2/"), today.ask(f"/v2/{IMAGE}/manifests/latest")
    story.quote(f"{_exchange(login)}\n\n{_exchange(image)}")
    story.tell("The same with yesterday's token:")
    refusal = yesterday.ask(f"/v2/{IMAGE}/manifests/latest")
    story.quote(_exchange(refusal))
    return [
        Check(claim="a codespace can log in to the registry", holds=login.ok),
        Check(claim="a codespace can pull its image", holds=image.ok),
        Check(claim="yesterday's token can pull nothing", holds=_expired(refusal)),
        Check(claim=f"{READER} alone may read the secrets, as before", holds=_kept(sandbox)),
    ]


def _given(codespace: Codespace) -> str:
    """Return the secrets as lines, without the password."""
    shown = {name: codespace.secrets[name] for name in NAMES}
    shown[NAMES[-1]] = f"({len(shown[NAMES[-1]]):,} characters, not shown)"
    return "\n".join(f"{name}: {value}" for name, value in shown.items())


def _kept(sandbox: Sandbox) -> bool:
    readers = {secret.selected_repository_ids for secret in secrets_of(sandbox).values()}
    return readers == {(sandbox.github.id_of(READER),)}


def _secrecy(sandbox: Sandbox, story: Story) -> list[Check]:
    lasting = [key for key in sandbox.aws.keys.values() if key.expires_at is None]
    strangers = [request.host for request in sandbox.requests if request.service == "refused"]
    shown = [secret for secret in sandbox.canaries if secret in story.text]
    return [
        Check(claim="there is no long-lived AWS key", holds=not lasting),
        Check(claim="nobody but GitHub, AWS and the registry was asked", holds=not strangers),
        Check(claim="no secret is in anything shown above", holds=not shown),
    ]


def _conclude(checks: list[Check], story: Story) -> int:
    story.begin("7. The checks", "What is said above was checked:")
    story.quote(listed(checks))
    story.tell(verdict(checks))
    return 1 if failed(checks) else 0


def _exchange(answer: requests.Response) -> str:
    """Return a request and its answer in two lines, without the password."""
    told = _told(answer)
    return f"GET {answer.url}\n{answer.status_code} {answer.reason}{f': {told}' if told else ''}"


def _told(answer: requests.Response) -> str:
    if answer.ok:
        return answer.headers.get("Docker-Content-Digest", "")
    return str(answer.json()["errors"][0]["message"])


def _expired(answer: requests.Response) -> bool:
    return answer.status_code == requests.codes.forbidden and "expired" in _told(answer)


if __name__ == "__main__":
    sys.exit(main())
