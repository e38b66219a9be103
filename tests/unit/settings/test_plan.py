"""From inputs to a plan: the run as a whole, and who writes at GitHub."""

from __future__ import annotations

import pytest

from rotate.model.plan import App, Command, GitHubAccess, IssueAccess, Limits
from tests.unit.examples import GITHUB_TOKEN, ROLE
from tests.unit.keys import PEM
from tests.unit.reading import FILE, RUNNER, faults, read

APP = {"app-id": "12345", "app-private-key": PEM}


def test_defaults() -> None:
    """Without an input, a run rotates everything, as fast as GitHub's limits allow."""
    plan = read({"role-to-assume": ROLE})
    assert plan.command is Command.RUN
    assert (plan.concurrency, plan.timeout) == (8, 600.0)
    assert (plan.limits, plan.owners, plan.warnings) == (Limits(), (), ())
    assert plan.html is None
    assert plan.github == GitHubAccess(api_url="https://api.github.com", token=GITHUB_TOKEN)


def test_everything_given() -> None:
    """Every input of the run reaches the plan."""
    plan = read(
        {
            "command": "status",
            "concurrency": "100",
            "timeout": "90s",
            "owners": "Acme",
            "html": "site/index.html",
        }
    )
    assert plan.command is Command.STATUS
    assert (plan.concurrency, plan.timeout) == (100, 90.0)
    assert (plan.owners, plan.html) == (("Acme",), "site/index.html")


def test_owners() -> None:
    """Owners are those of repositories and organizations, and `@user`."""
    file = "version: 1\nregistries: {a: {registry: 123456789012}}\ntargets: [{user: true}, "
    file += "{organization: acme}, {repositories: [globex/*, '!initech/x']}]\n"
    given = {"config": FILE, "aws-region": "", "owners": "acme, GLOBEX, @user"}
    assert read(given, file=file).owners == ("acme", "GLOBEX", "@user")
    assert faults({**given, "owners": "initech, acmee, @user"}, file=file) == [
        "owners: `acmee` owns none of the targets. Did you mean `acme`?",
        "owners: `initech` owns none of the targets.",
    ]
    assert len(faults({**given, "owners": "initech", "timeout": "x"}, file=file)) == 1


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ({"command": "plan"}, Command.PLAN),
        ({"dry-run": "true"}, Command.PLAN),
        ({"dry-run": "true", "command": "status"}, Command.STATUS),
        ({"dry-run": "false"}, Command.RUN),
    ],
)
def test_commands(given: dict[str, str], command: Command) -> None:
    """A dry run is a plan, and what writes nothing anyway stays what it is."""
    assert read(given).command is command


ISSUE = {"notify": "issue", "notify-token": "ghs_15368_token"}


@pytest.mark.parametrize("command", ["run", "status"])
def test_issues(command: str) -> None:
    """A run and a status tell of a failure in the repository of their workflow."""
    issues = read({**ISSUE, "command": command}).issues
    assert issues == IssueAccess(repository=RUNNER["GITHUB_REPOSITORY"], token="ghs_15368_token")


@pytest.mark.parametrize(
    "given",
    [
        {"notify-token": "ghs_15368_token"},
        {**ISSUE, "notify": "none"},
        {**ISSUE, "command": "plan"},
        {**ISSUE, "command": "doctor"},
        {**ISSUE, "dry-run": "true"},
    ],
)
def test_no_issues(given: dict[str, str]) -> None:
    """Unasked, and where the set-up is only looked at, nobody is told."""
    assert read(given).issues is None


def test_token_of_issues_in_the_environment() -> None:
    """On the command line, the token may come from the environment."""
    issues = read({"notify": "issue"}, {**RUNNER, "NOTIFY_TOKEN": "ghp_own"}).issues
    assert issues
    assert issues.token == "ghp_own"


@pytest.mark.parametrize("repository", [{"GITHUB_REPOSITORY": ""}, {}])
def test_issues_that_nobody_can_keep(repository: dict[str, str]) -> None:
    """An issue needs a repository and a token."""
    told = faults({"notify": "issue"}, {"GITHUB_TOKEN": "t", **repository})
    assert any("notify: is `issue`, but no workflow runs" in each for each in told)
    assert any("notify-token: is missing" in each for each in told)


def test_unknown_notification() -> None:
    """A word that is none is told, with those that there are."""
    assert any("`none`, `issue`" in each for each in faults({"notify": "email"}))


@pytest.mark.parametrize(
    "url",
    [
        "https://github.example.com/api/v3",
        "https://api.acme.ghe.com",
        "https://10.0.0.1:65535/api/v3",
    ],
)
def test_another_api(url: str) -> None:
    """The API of the runner's GitHub is used, without its last slash."""
    environment = {**RUNNER, "GITHUB_API_URL": f"{url}/"}
    assert read({}, environment).github.api_url == url


@pytest.mark.parametrize(
    ("environment", "token"),
    [({"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, "a"), ({"GITHUB_TOKEN": "", "GH_TOKEN": "b"}, "b")],
)
def test_token_of_the_environment(environment: dict[str, str], token: str) -> None:
    """Without an input, the token is that of the environment."""
    assert read({}, {**RUNNER, **environment}).github.token == token
    assert read({"github-token": "c"}, {**RUNNER, **environment}).github.token == "c"


def test_app() -> None:
    """A GitHub App writes instead of a token, whatever token the environment holds."""
    assert read(APP).github == GitHubAccess(app=App(id="12345", private_key=f"{PEM}\n"))


def test_app_at_another_api() -> None:
    """A GitHub App is one of the runner's GitHub, too."""
    environment = {**RUNNER, "GITHUB_API_URL": "https://github.example.com/api/v3"}
    assert read(APP, environment).github.api_url == "https://github.example.com/api/v3"


@pytest.mark.parametrize(
    ("name", "bounds", "beyond"),
    [("concurrency", ("1", "100"), "101"), ("role-duration-seconds", ("900", "43200"), "43201")],
)
def test_bounds(name: str, bounds: tuple[str, str], beyond: str) -> None:
    """A number may be as small and as large as the input says, and no larger."""
    assert [read({name: text}) for text in bounds]
    assert len(faults({name: beyond})) == 1


def test_app_key_of_the_environment() -> None:
    """The key of a named App may come from the environment, which alone makes nobody an App."""
    environment = {**RUNNER, "APP_PRIVATE_KEY": PEM}
    assert read({"app-id": "12345"}, environment).github.app == read(APP).github.app
    assert read({"github-token": "c"}, environment).github.app is None


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            {"app-id": "12345"},
            "app-private-key: is missing beside `app-id`.",
        ),
        (
            {"app-private-key": PEM},
            "app-id: is missing beside `app-private-key`.",
        ),
        (
            {**APP, "github-token": "x"},
            "github-token: must be absent with `app-id`: give one or the other.",
        ),
        (
            {**APP, "scope": "user"},
            "app-id: cannot write a user's secrets: pass the user's `github-token`.",
        ),
    ],
)
def test_app_that_does_not_go_together(given: dict[str, str], fault: str) -> None:
    """An App needs its key, stands alone, and has no secrets of a user."""
    assert faults(given) == [fault]


@pytest.mark.parametrize("command", ["run", "plan"])
def test_page_of_another_command(command: str) -> None:
    """Only a status is a page, so that nobody waits for one that never comes."""
    assert faults({"command": command, "html": "index.html"}) == [
        "html: must be absent but with `command: status`, which alone writes it."
    ]


@pytest.mark.parametrize("given", [{}, APP, {"app-id": "12345"}])
def test_offline(given: dict[str, str]) -> None:
    """A plan that is only looked at needs no credential of GitHub's, and takes none."""
    environment = {**RUNNER, "GITHUB_TOKEN": ""}
    assert read(given, environment, offline=True).github == GitHubAccess()


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({}, True),
        ({"session-policy": "none"}, False),
        ({"role-to-assume": ROLE}, False),
        ({"role-chain": ROLE}, False),
    ],
)
def test_session_policy_that_applies_to_nothing(given: dict[str, str], warned: bool) -> None:
    """Where no role is assumed, no session policy narrows the token, and a warning says so."""
    warnings = read(given).warnings
    assert any("no session policy applies" in warning for warning in warnings) is warned
    assert len(warnings) == warned
