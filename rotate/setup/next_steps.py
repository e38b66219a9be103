"""What is left for a person to do once the files are there, in order."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rotate.grant import needed
from rotate.setup import layout
from rotate.setup.model import CONFIGURATION, GitHubCredential, Setup
from rotate.setup.workflow import APP_VARIABLE, KEY_SECRET, PATH, TOKEN_SECRET


def steps(setup: Setup) -> str:
    """Return the steps as a numbered list in Markdown."""
    return "\n".join(
        f"{number}. {textwrap.indent(step, '   ').lstrip()}"
        for number, step in enumerate(_steps(setup), start=1)
    )


def _steps(setup: Setup) -> Iterator[str]:
    if not setup.owner_id:
        yield _identifiers(setup)
    yield _role(setup)
    if setup.other_account:
        yield _other_account(setup)
    yield _app(setup) if setup.credential is GitHubCredential.APP else _token(setup)
    yield _commit(setup)
    yield (
        f"Run it: *Actions*, *Rotate ECR token*, *Run workflow* in {setup.repository}, first with "
        "*dry-run*, then without.\n"
    )
    yield (
        "Name the image in `.devcontainer/devcontainer.json` of the repositories that use it:\n"
        + _shown(f'{{"image": "{setup.host}/{_image(setup)}"}}')
    )


def _shown(text: str) -> str:
    return "\n" + textwrap.indent(text, "    ") + "\n"


def _identifiers(setup: Setup) -> str:
    return (
        f"If {setup.repository} was created, renamed or transferred since 2026-07-15, ask for the "
        "two IDs, and run `init` again with `--owner-id` and `--repository-id`:\n"
        + _shown(f"gh api repos/{setup.repository} --jq '.owner.id, .id'")
    )


def _role(setup: Setup) -> str:
    stack = (
        f"aws cloudformation deploy --stack-name {setup.role_name} "
        f"--template-file {layout.CLOUDFORMATION} --capabilities CAPABILITY_NAMED_IAM"
    )
    return (
        f"Make the role in the account {setup.account}, in one of three ways:\n"
        + _shown(f"sh {layout.COMMANDS}")
        + _shown(stack)
        + _shown(f"terraform -chdir={layout.FOLDER} init\nterraform -chdir={layout.FOLDER} apply")
    )


def _other_account(setup: Setup) -> str:
    command = (
        "aws ecr set-repository-policy --repository-name {name} --region "
        f"{setup.registry.source.region} --policy-text file://{layout.REPOSITORY_POLICY}"
    )
    named = [name for name in setup.ecr_repositories if "*" not in name] or ["<repository>"]
    return (
        f"In the account {setup.other_account}, let the role pull each repository that codespaces "
        "use:\n" + _shown("\n".join(command.format(name=name) for name in named))
    )


def _token(setup: Setup) -> str:
    owner = setup.owners[0] if setup.owners else "yourself"
    return (
        "Make a fine-grained token at https://github.com/settings/personal-access-tokens/new with "
        f"the resource owner {owner} and {_permissions(setup)}. Store it as an Actions secret:\n"
        + _shown(f"gh secret set {TOKEN_SECRET} --repo {setup.repository}")
    )


def _app(setup: Setup) -> str:
    commands = f"""\
read -r -p 'code: ' code
app="$(gh api --method POST "/app-manifests/$code/conversions")"
jq --raw-output .pem <<< "$app" | gh secret set {KEY_SECRET} --repo {setup.repository}
gh api repos/{setup.repository}/actions/variables \\
  --raw-field name={APP_VARIABLE} --raw-field value="$(jq .id <<< "$app")"
unset app"""
    return (
        f"Open {layout.APP_PAGE} in a browser, and register the App. The address that GitHub leads "
        "to ends with `code=…`. Within an hour, store the App's key and ID with it:\n"
        + _shown(commands)
        + f"\nThen install the App for {' and '.join(setup.owners)}, under *Install App* on its "
        "page.\n"
    )


def _permissions(setup: Setup) -> str:
    titles = (needed(selection.target).title for selection in setup.selections)
    return " and ".join(f"*{title}*: read and write" for title in dict.fromkeys(titles))


def _commit(setup: Setup) -> str:
    paths = f"{PATH} {CONFIGURATION}" if setup.config else PATH
    return f"Commit the workflow to the branch {setup.branch}:\n" + _shown(
        f"git add {paths}\ngit commit --message 'Rotate the ECR token'\n"
        f"git push origin {setup.branch}"
    )


def _image(setup: Setup) -> str:
    named = [f"{name}:latest" for name in setup.ecr_repositories if "*" not in name]
    return setup.registry.probe_image or next(iter(named), "<repository>:<tag>")
