"""The inputs, once: their names, defaults and meanings.

`action.yml`, the command line, the README's table and the reading of values in `settings` all
follow this list; a contract test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Section(Enum):
    """What an input describes, and thus where it may stand in a configuration file."""

    RUN = auto()
    """The run as a whole: never in the file."""
    REGISTRY = auto()
    """A registry: under `registries` or `defaults`."""
    TARGET = auto()
    """A target: under `targets` or `defaults`."""
    SCOPE = auto()
    """Which target it is: replaced in the file by `organization`, `repositories` or `user`."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of the action, one option of the command line."""

    name: str
    meaning: str
    section: Section = Section.RUN
    default: str = ""
    runner_default: str = ""
    """Default in `action.yml` alone, an expression that GitHub's runner replaces."""
    secret: bool = False
    """Whether the value is a secret, which is masked before anything else sees it."""


INPUTS = (
    Input(
        name="command",
        default="run",
        meaning="`run` rotates; `plan` shows what would be written and writes nothing; `status` "
        "shows how fresh each target is, and asks only GitHub; `doctor` checks every link from the "
        "workflow to the secrets, and writes nothing.",
    ),
    Input(
        name="role-to-assume",
        section=Section.REGISTRY,
        meaning="ARN of the IAM role, assumed with the workflow's OIDC token. Absent: boto3's own "
        "credential chain, as after `aws-actions/configure-aws-credentials`.",
    ),
    Input(
        name="aws-region",
        section=Section.REGISTRY,
        meaning="The registry's region; a token works only in its own region. Absent: "
        "`AWS_REGION`, then `AWS_DEFAULT_REGION`.",
    ),
    Input(
        name="registry",
        section=Section.REGISTRY,
        meaning="A 12-digit account ID, a full ECR host, or `public.ecr.aws`. Absent: the "
        "registry of the assumed account.",
    ),
    Input(
        name="audience",
        section=Section.REGISTRY,
        meaning="Audience of the OIDC token. Absent: `sts.amazonaws.com`, in China "
        "`sts.amazonaws.com.cn`.",
    ),
    Input(
        name="role-session-name",
        section=Section.REGISTRY,
        meaning="Name of the role session, 2 to 64 characters of `[A-Za-z0-9_+=,.@-]`. Absent: "
        "`rotate-ecr-token-<run id>`.",
    ),
    Input(
        name="role-duration-seconds",
        section=Section.REGISTRY,
        default="3600",
        meaning="Life of the role session in seconds, 900 to 43200; 3600 at most with "
        "`role-chain`.",
    ),
    Input(
        name="role-chain",
        section=Section.REGISTRY,
        meaning="ARNs of further roles, assumed one after the other; one per line or comma.",
    ),
    Input(
        name="role-external-id",
        section=Section.REGISTRY,
        meaning="External ID presented to each role of `role-chain`.",
    ),
    Input(
        name="session-policy",
        section=Section.REGISTRY,
        default="pull",
        meaning="Inline session policy of the last role: `pull` narrows it to what a pull needs, "
        "`none` leaves the role's own rights, or JSON.",
    ),
    Input(
        name="allowed-account-ids",
        section=Section.REGISTRY,
        meaning="Fail unless the last session is in one of these accounts; one per line or comma.",
    ),
    Input(
        name="verify",
        section=Section.REGISTRY,
        default="true",
        meaning="Ask the registry whether it accepts the token before anything is written.",
    ),
    Input(
        name="probe-image",
        section=Section.REGISTRY,
        meaning="`repository:tag` whose manifest must be readable with the new token before "
        "anything is written.",
    ),
    Input(
        name="scope",
        section=Section.SCOPE,
        default="repository",
        meaning="Level of the secrets: `repository`, `organization` or `user`.",
    ),
    Input(
        name="organization",
        section=Section.TARGET,
        meaning="The organization, for `scope: organization`. Absent: the owner of the running "
        "repository.",
    ),
    Input(
        name="repositories",
        section=Section.TARGET,
        meaning="`owner/name`, globs such as `acme/svc-*` and exclusions such as `!acme/svc-old`, "
        "one per line or comma; `#` starts a comment line. Scope repository: the repositories "
        "that get the secrets (absent: the running one). Scope organization or user: the "
        "repositories that may read them (absent: kept).",
    ),
    Input(
        name="visibility",
        section=Section.TARGET,
        meaning="Of an organization's secrets: `all`, `private` or `selected`. Absent: kept; "
        "`selected` if `repositories` is given, else `private` for a new secret.",
    ),
    Input(
        name="secret-prefix",
        section=Section.TARGET,
        default="ECR",
        meaning="The secrets are named `<PREFIX>_CONTAINER_REGISTRY_SERVER`, `_USER` and "
        "`_PASSWORD`.",
    ),
    Input(
        name="secrets",
        section=Section.TARGET,
        default="all",
        meaning="`all` writes the three each time; `password` only the password, plus the other "
        "two where they are missing, or where `repositories` or `visibility` decide who reads "
        "them.",
    ),
    Input(
        name="stores",
        section=Section.TARGET,
        default="codespaces",
        meaning="Any of `codespaces`, `dependabot` and `actions`; one per line or comma.",
    ),
    Input(
        name="config",
        meaning="Path of a configuration file with many registries and targets, from the "
        "workspace; the inputs of a registry and a target must then be absent.",
    ),
    Input(
        name="owners",
        meaning="Look only at what these organizations and users own, one per line or comma; "
        "`plan` prints them for a job matrix.",
    ),
    Input(
        name="github-token",
        meaning="A personal access token, or a GitHub App's installation token; the workflow's own "
        "`GITHUB_TOKEN` cannot write these secrets. Absent: `GITHUB_TOKEN`, then `GH_TOKEN` of "
        "the environment.",
        secret=True,
    ),
    Input(
        name="app-id",
        meaning="ID or client ID of a GitHub App, instead of `github-token`: an installation "
        "token is made for each owner.",
    ),
    Input(
        name="app-private-key",
        meaning="Private key of the GitHub App, in PEM. Absent: `APP_PRIVATE_KEY` of the "
        "environment.",
        secret=True,
    ),
    Input(
        name="renew-before",
        section=Section.TARGET,
        meaning="Rotate only what has less life left than this: `6h`, `90m`, or `50%` of the "
        "token's life. Absent: rotate every time.",
    ),
    Input(
        name="force",
        default="false",
        meaning="Rotate whatever is left; overrides `renew-before`.",
    ),
    Input(
        name="dry-run",
        default="false",
        meaning="The same as `command: plan`.",
    ),
    Input(
        name="html",
        meaning="Path of a web page to write, from the workspace; of `status` only. It shows how "
        "fresh each target is and what to do, and needs no other file.",
    ),
    Input(
        name="notify",
        default="none",
        meaning="`issue` keeps one issue open in the repository of the workflow while a `run` or a "
        "`status` fails, and closes it when it has recovered; needs `issues: write`. `none` tells "
        "nobody.",
    ),
    Input(
        name="notify-token",
        runner_default="${{ github.token }}",
        meaning="Token that writes the issue. Absent on the command line: `NOTIFY_TOKEN` of the "
        "environment.",
        secret=True,
    ),
    Input(
        name="concurrency",
        default="8",
        meaning="Targets written at once, 1 to 100.",
    ),
    Input(
        name="timeout",
        default="10m",
        meaning="Everything, every wait and retry included, ends within it: a number and `s`, `m` "
        "or `h`.",
    ),
)
"""Every input, in the order in which people read them."""

NAMES = tuple(known.name for known in INPUTS)
"""The names alone."""

SECRETS = frozenset(known.name for known in INPUTS if known.secret)
"""Names of the inputs whose values nobody may see."""


def names_of(section: Section) -> tuple[str, ...]:
    """Return the names of the inputs that describe one thing."""
    return tuple(known.name for known in INPUTS if known.section is section)


def default(name: str) -> str:
    """Return what an input is when it is absent; blank where that depends on the surroundings."""
    return next((known.default for known in INPUTS if known.name == name), "")
