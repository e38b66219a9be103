"""What the files of a set-up say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml

from rotate import setup
from rotate.model.plan import Command
from rotate.settings import read as read_settings
from rotate.settings.schema import ADDRESS
from rotate.setup import steps
from tests.unit.setup.examples import PUBLIC, read

WORKFLOW = ".github/workflows/rotate-ecr-token.yml"
CONFIGURATION = "rotate-ecr-token.yml"
MANIFEST = "rotate-ecr-token/github-app.json"
IDS = {"owner_id": "11111111", "repository_id": "222222222"}
BOTH = {"organization": "acme,globex", "github_access": "app"}


def text(path: str, **options: str) -> str:
    """Return one file of a set-up."""
    return setup.files(read(**options))[path]


def paths(**options: str) -> set[str]:
    """Return the paths of a set-up's files."""
    return set(setup.files(read(**options)))


def job(**options: str) -> dict[str, Any]:
    """Return the workflow's one job."""
    (only,) = yaml.safe_load(text(WORKFLOW, **options))["jobs"].values()
    return dict(only)


def given(**options: str) -> dict[str, str]:
    """Return what the workflow gives to the action."""
    inputs: dict[str, str] = job(**options)["steps"][-1]["with"]
    return inputs


class Page(HTMLParser):
    """What the form of an HTML page sends."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.text = ""
        self._in_textarea = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter the textarea."""
        self._in_textarea = tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        """Leave the textarea."""
        self._in_textarea = self._in_textarea and tag != "textarea"

    def handle_data(self, data: str) -> None:
        """Note what the textarea holds."""
        self.text += data if self._in_textarea else ""


def test_files() -> None:
    """There is what everybody needs, and what only some need only for them."""
    everybody = {
        WORKFLOW,
        *(
            f"rotate-ecr-token/{name}"
            for name in ("trust.json", "pull.json", "create-role.sh", "role.tf")
        ),
        "rotate-ecr-token/cloudformation.yaml",
    }
    app = {MANIFEST, "rotate-ecr-token/github-app.html"}

    assert paths() == everybody
    assert paths(config="true") - everybody == {CONFIGURATION}
    assert paths(github_access="app") - everybody == app
    assert paths(**BOTH) - everybody == {CONFIGURATION, *app}
    assert paths(registry="210987654321") - everybody == {"rotate-ecr-token/repository-policy.json"}


@pytest.mark.parametrize(
    ("options", "credential"),
    [
        ({}, {"github-token": "${{ secrets.CODESPACES_SECRETS_TOKEN }}"}),
        (
            {"github_access": "app"},
            {
                "app-id": "${{ vars.ROTATE_APP_ID }}",
                "app-private-key": "${{ secrets.APP_PRIVATE_KEY }}",
            },
        ),
    ],
)
def test_inputs(options: dict[str, str], credential: dict[str, str]) -> None:
    """The step is given the inputs, the credential, and whether only to look."""
    dry_run = {"dry-run": "${{ inputs.dry-run }}"}

    assert given(**options) == {**read(**options).inputs, **credential, **dry_run}


def test_inputs_beside_a_configuration_file() -> None:
    """What stands in the configuration file is not given to the step, too."""
    inputs = given(config="true")

    assert inputs["config"] == CONFIGURATION
    assert inputs.keys() == {"config", "github-token", "dry-run"}


def test_permissions_of_the_job() -> None:
    """A job reads its repository only where the configuration file is in it."""
    assert job()["permissions"] == {"id-token": "write"}
    assert job(config="true")["permissions"] == {"contents": "read", "id-token": "write"}
    assert len(job()["steps"]) == 1
    assert "actions/checkout@" in job(config="true")["steps"][0]["uses"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"scope": "repository", "repositories": "acme/*,!acme/old", "secret_prefix": "DATA"},
        {"scope": "user", "repositories": "acme/api"},
        {**BOTH, "repositories": "svc-*", "stores": "codespaces,dependabot"},
        {**BOTH, "organization": "globex,initech"},
        {"registry": "210987654321", "aws_region": "eu-west-1"},
        PUBLIC,
    ],
)
def test_the_configuration_file_is_the_inputs(options: dict[str, str]) -> None:
    """A run reads from the file what it would read from the inputs."""
    plan = read(**options, config="true")
    file = text(CONFIGURATION, **options, config="true")
    of_file = read_settings(
        {"config": CONFIGURATION}, {}, load=lambda _: file.encode(), offline=True
    )

    assert [one.target for one in of_file.selections] == [one.target for one in plan.selections]
    assert [one.patterns for one in of_file.selections] == [one.patterns for one in plan.selections]
    (registry,) = of_file.registries
    assert registry.name == "ecr"
    assert registry.source.identity.role == plan.role
    assert registry.source.identity.duration == plan.session_seconds
    assert (registry.host, registry.probe_image) == (plan.host, plan.registry.probe_image)
    assert file.startswith(f"# yaml-language-server: $schema={ADDRESS}\n")


def test_values_are_written_as_what_they_are() -> None:
    """In the configuration file a number has no quotes, and what is several is a list."""
    stores = {"stores": "codespaces,dependabot", "repositories": "acme/api,acme/web"}
    content = yaml.safe_load(text(CONFIGURATION, **PUBLIC, **stores, config="true"))
    (registry,) = content["registries"].values()
    (target,) = content["targets"]

    assert registry["role-duration-seconds"] == 43200
    assert target["stores"] == ["codespaces", "dependabot"]
    assert target["repositories"] == ["acme/api", "acme/web"]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({}, {"organization": "acme"}),
        ({"repositories": "api"}, {"organization": "acme", "repositories": ["acme/api"]}),
        ({"scope": "repository"}, {"repositories": ["acme/ops"]}),
        ({"scope": "user"}, {"user": True}),
    ],
)
def test_the_configuration_file_says_no_more(
    options: dict[str, str], place: dict[str, object]
) -> None:
    """What does not differ from what is read anyway stands in no file."""
    content = yaml.safe_load(text(CONFIGURATION, **options, config="true"))
    (registry,) = content["registries"].values()

    assert content["targets"] == [place]
    assert registry.keys() == {"role-to-assume", "aws-region", "probe-image"}


@pytest.mark.parametrize("options", [{}, {"scope": "repository"}, {"scope": "user"}, PUBLIC])
def test_the_workflow_is_what_was_asked_for(options: dict[str, str]) -> None:
    """A run reads from the workflow the targets of the set-up."""
    plan = read(**options)
    runner = {"GITHUB_REPOSITORY": "acme/ops", "GITHUB_REPOSITORY_OWNER": "acme"}
    inputs = {**given(**options), "dry-run": "", "github-token": "token"}
    run = read_settings(inputs, runner, load=lambda _: b"")

    assert run.selections[0].patterns == plan.selections[0].patterns
    assert run.selections[0].target.location == plan.selections[0].target.location
    assert run.command is Command.RUN


def test_trust_policy() -> None:
    """The role lets in the one branch of the one repository, by name and by ID."""
    subjects = "token.actions.githubusercontent.com:sub"
    (unknown,) = json.loads(text("rotate-ecr-token/trust.json"))["Statement"]
    (known,) = json.loads(text("rotate-ecr-token/trust.json", branch="next", **IDS))["Statement"]

    assert unknown["Condition"]["StringEquals"][subjects] == ["repo:acme/ops:ref:refs/heads/main"]
    assert known["Condition"]["StringEquals"][subjects] == [
        "repo:acme/ops:ref:refs/heads/next",
        "repo:acme@11111111/ops@222222222:ref:refs/heads/next",
    ]


def test_pull_policy() -> None:
    """The role pulls what is named and nothing else."""
    named = {"ecr_repositories": "base/*,web"}
    token, pull = json.loads(text("rotate-ecr-token/pull.json", **named))["Statement"]

    assert token["Action"] == ["ecr:GetAuthorizationToken"]
    assert pull["Resource"] == [
        "arn:aws:ecr:us-east-1:123456789012:repository/base/*",
        "arn:aws:ecr:us-east-1:123456789012:repository/web",
    ]


def test_pull_policy_of_ecr_public() -> None:
    """For ECR Public the token is all that the role may have."""
    (only,) = json.loads(text("rotate-ecr-token/pull.json", **PUBLIC))["Statement"]

    assert only["Action"] == ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]


def test_repository_policy() -> None:
    """A repository of another account lets this role pull, and nobody else."""
    path = "rotate-ecr-token/repository-policy.json"
    written = text(path, registry="210987654321")
    (only,) = json.loads(written)["Statement"]

    assert only == {
        "Sid": "AllowPull",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:role/codespaces-pull"},
        "Action": [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ],
    }
    assert written.startswith('{\n  "Version": "2012-10-17",\n')


def test_script() -> None:
    """The commands make what a role needs, in the account that was named and in no other."""
    assert (
        text("rotate-ecr-token/create-role.sh")
        == """\
#!/bin/sh
# Makes the role that acme/ops assumes, as whoever is signed in to AWS.
set -eu
cd "$(dirname "$0")"
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

account="$(aws sts get-caller-identity --query Account --output text)"
if [ "$account" != 123456789012 ]; then
  echo "This is the account $account, and the role belongs in 123456789012." >&2
  exit 1
fi

aws iam create-open-id-connect-provider \\
  --url https://token.actions.githubusercontent.com \\
  --client-id-list sts.amazonaws.com

aws iam create-role --role-name codespaces-pull \\
  --assume-role-policy-document file://trust.json
aws iam put-role-policy --role-name codespaces-pull --policy-name pull \\
  --policy-document file://pull.json
"""
    )


def test_terraform() -> None:
    """Terraform makes the same, and says for whom."""
    written = text("rotate-ecr-token/role.tf")
    assert (
        re.sub(r"jsonencode\(.*?\n  }\)", "…", written, flags=re.DOTALL)
        == """\
# The role that acme/ops assumes. Apply it in the account 123456789012.

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "rotate_ecr_token" {
  name                 = "codespaces-pull"
  max_session_duration = 3600
  assume_role_policy = …
}

resource "aws_iam_role_policy" "pull" {
  name = "pull"
  role = aws_iam_role.rotate_ecr_token.name
  policy = …
}
"""
    )


@pytest.mark.parametrize("name", ["create-role.sh", "role.tf", "cloudformation.yaml"])
def test_the_provider_is_made_only_if_asked_for(name: str) -> None:
    """An account that knows GitHub already gets no second provider, which AWS would refuse."""
    path = f"rotate-ecr-token/{name}"
    marks = ("create-open-id-connect-provider", "aws_iam_openid_connect_provider", "OIDCProvider")

    assert any(mark in text(path) for mark in marks)
    assert not any(mark in text(path, oidc_provider="false") for mark in marks)


@pytest.mark.parametrize("name", ["create-role.sh", "role.tf", "cloudformation.yaml"])
def test_the_session_is_long_enough(name: str) -> None:
    """A role for ECR Public gives sessions as long as the workflow asks for."""
    assert "43200" in text(f"rotate-ecr-token/{name}", **PUBLIC)
    assert "43200" not in text(f"rotate-ecr-token/{name}")


def test_cloudformation() -> None:
    """The template makes the provider before the role, and the role has both policies."""
    template = yaml.safe_load(text("rotate-ecr-token/cloudformation.yaml"))

    assert template["Description"] == "The role that acme/ops assumes to pull from ECR."
    assert template["Resources"] == {
        "GitHubProvider": {
            "Type": "AWS::IAM::OIDCProvider",
            "Properties": {
                "Url": "https://token.actions.githubusercontent.com",
                "ClientIdList": ["sts.amazonaws.com"],
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "DependsOn": "GitHubProvider",
            "Properties": {
                "RoleName": "codespaces-pull",
                "MaxSessionDuration": 3600,
                "AssumeRolePolicyDocument": read().trust_policy,
                "Policies": [{"PolicyName": "pull", "PolicyDocument": read().pull_policy}],
            },
        },
    }


def test_cloudformation_without_a_provider() -> None:
    """The role waits for no provider that the template does not make."""
    template = yaml.safe_load(text("rotate-ecr-token/cloudformation.yaml", oidc_provider="false"))

    assert template["Resources"].keys() == {"Role"}
    assert "DependsOn" not in template["Resources"]["Role"]


@pytest.mark.parametrize(
    ("options", "permissions", "public"),
    [
        ({}, {"organization_codespaces_secrets": "write"}, False),
        (
            {"scope": "repository", "stores": "codespaces,actions"},
            {"codespaces_secrets": "write", "secrets": "write"},
            False,
        ),
        ({"organization": "Acme"}, {"organization_codespaces_secrets": "write"}, False),
        (
            {"ops_repository": "Acme/ops", "organization": "acme"},
            {"organization_codespaces_secrets": "write"},
            False,
        ),
        ({"organization": "acme,globex"}, {"organization_codespaces_secrets": "write"}, True),
    ],
)
def test_app_manifest(options: dict[str, str], permissions: dict[str, str], public: bool) -> None:
    """The App asks for what the secrets need, and others may install it only if they are to."""
    manifest = json.loads(text(MANIFEST, github_access="app", **options))

    assert manifest["default_permissions"] == permissions
    assert manifest["public"] is public


def test_app_manifest_of_a_repository() -> None:
    """The App is known by the repository with the workflow, and is told of nothing."""
    home = "https://github.com/acme/ops"
    manifest = json.loads(text(MANIFEST, github_access="app"))

    assert manifest["url"] == manifest["redirect_url"] == home
    assert manifest["hook_attributes"] == {"url": home, "active": False}
    assert manifest["default_events"] == []


def test_app_manifest_of_a_long_name() -> None:
    """The App's name is cut where GitHub would refuse it."""
    owner = "a-login-of-as-many-as-39-characters-yes"
    manifest = json.loads(text(MANIFEST, github_access="app", ops_repository=f"{owner}/ops"))

    assert manifest["name"] == owner[:34]


@pytest.mark.parametrize(
    ("scope", "others"),
    [("organization", []), ("repository", [("https://github.com/settings/apps/new", "yourself")])],
)
def test_app_page(scope: str, others: list[tuple[str, str]]) -> None:
    """The page sends the very manifest to GitHub, for whoever is to own the App."""
    options = {"scope": scope, "github_access": "app"}
    page = text("rotate-ecr-token/github-app.html", **options)
    sent = Page(page).text.lstrip("\n")
    button = r'^  <button formaction="(.+)">Register it for (.+)</button>$'

    assert sent == text(MANIFEST, **options)
    assert sent.startswith('{\n  "name": ')
    assert sent.endswith("\n}\n")
    assert re.findall(button, page, re.MULTILINE) == [
        ("https://github.com/organizations/acme/settings/apps/new", "the organization acme"),
        *others,
    ]


def test_steps() -> None:
    """What is left to do is said in full, in order, with commands as blocks of Markdown."""
    assert (
        steps(read())
        == """\
1. If acme/ops was created, renamed or transferred since 2026-07-15, ask for the two IDs, \
and run `init` again with `--owner-id` and `--repository-id`:

       gh api repos/acme/ops --jq '.owner.id, .id'

2. Make the role in the account 123456789012, in one of three ways:

       sh rotate-ecr-token/create-role.sh

       aws cloudformation deploy --stack-name codespaces-pull \
--template-file rotate-ecr-token/cloudformation.yaml --capabilities CAPABILITY_NAMED_IAM

       terraform -chdir=rotate-ecr-token init
       terraform -chdir=rotate-ecr-token apply

3. Make a fine-grained token at https://github.com/settings/personal-access-tokens/new with the \
resource owner acme and *Codespaces secrets (organization)*: read and write. Store it as an \
Actions secret:

       gh secret set CODESPACES_SECRETS_TOKEN --repo acme/ops

4. Commit the workflow to the branch main:

       git add .github/workflows/rotate-ecr-token.yml
       git commit --message 'Rotate the ECR token'
       git push origin main

5. Run it: *Actions*, *Rotate ECR token*, *Run workflow* in acme/ops, first with *dry-run*, then \
without.

6. Name the image in `.devcontainer/devcontainer.json` of the repositories that use it:

       {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/base/devcontainer:latest"}
"""
    )


def test_steps_for_a_registry_elsewhere_and_an_app() -> None:
    """A registry of another account and an App take steps of their own."""
    assert (
        steps(read(**BOTH, **IDS, registry="210987654321")).split("\n2. ")[1].split("\n4. ")[0]
        == """\
In the account 210987654321, let the role pull each repository that codespaces use:

       aws ecr set-repository-policy --repository-name base/devcontainer --region us-east-1 \
--policy-text file://rotate-ecr-token/repository-policy.json

3. Open rotate-ecr-token/github-app.html in a browser, and register the App. The address that \
GitHub leads to ends with `code=…`. Within an hour, store the App's key and ID with it:

       read -r -p 'code: ' code
       app="$(gh api --method POST "/app-manifests/$code/conversions")"
       jq --raw-output .pem <<< "$app" | gh secret set APP_PRIVATE_KEY --repo acme/ops
       gh api repos/acme/ops/actions/variables \\
         --raw-field name=ROTATE_APP_ID --raw-field value="$(jq .id <<< "$app")"
       unset app

   Then install the App for acme and globex, under *Install App* on its page.
"""
    )


def test_steps_of_another_account() -> None:
    """Each repository of another account gets the policy, by a command of its own."""
    text = steps(read(registry="210987654321", ecr_repositories="base,web,team/*", probe_image=""))
    command = (
        "aws ecr set-repository-policy --repository-name {name} --region us-east-1 "
        "--policy-text file://rotate-ecr-token/repository-policy.json"
    )
    lines = [line.strip() for line in text.splitlines() if "set-repository-policy" in line]

    assert lines == [command.format(name="base"), command.format(name="web")]


@pytest.mark.parametrize(
    ("options", "word", "there"),
    [
        ({}, "--owner-id", True),
        (IDS, "--owner-id", False),
        ({}, "set-repository-policy", False),
        ({"registry": "210987654321"}, "--repository-name base/devcontainer", True),
        ({"registry": "210987654321", "ecr_repositories": "base/*"}, "-name <repository> ", True),
        ({"github_access": "app"}, "github-app.html", True),
        ({"github_access": "app"}, "CODESPACES_SECRETS_TOKEN", False),
        (BOTH, "install the App for acme and globex", True),
        ({"scope": "user"}, "resource owner yourself", True),
        ({"scope": "user"}, "*Codespaces user secrets (account)*", True),
        ({"config": "true"}, f"git add {WORKFLOW} {CONFIGURATION}", True),
        ({}, f"git add {WORKFLOW}\n", True),
        ({"stores": "codespaces,dependabot"}, "read and write and *Dependabot", True),
        ({"branch": "next"}, "git push origin next", True),
        ({"probe_image": ""}, "amazonaws.com/base/devcontainer:latest", True),
        ({"probe_image": "web:1", "ecr_repositories": "base,web"}, "amazonaws.com/web:1", True),
        ({"probe_image": "", "ecr_repositories": "*"}, '.com/<repository>:<tag>"', True),
    ],
)
def test_steps_of_some(options: dict[str, str], word: str, there: bool) -> None:
    """A step that only some need is shown to them alone."""
    assert (word in steps(read(**options))) is there
