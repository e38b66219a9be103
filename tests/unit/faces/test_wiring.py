"""From a plan to a report, with every client wired as it is in a run."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from rotate import inspection
from rotate.errors import (
    AppNotInstalled,
    GitHubTokenRejected,
    InvalidSettings,
    OutOfTime,
    RotateError,
    Unexpected,
)
from rotate.faces import wiring, workspace
from rotate.faces.clients import Clients
from rotate.faces.masks import Masks
from rotate.faces.publishing import published
from rotate.model.plan import IssueAccess
from rotate.model.registry import Credential, Registry
from rotate.report import CheckOutcome, Outcome
from rotate.settings.document import LARGEST
from rotate.trace import silent
from tests.unit.examples import ACCOUNT, GITHUB_TOKEN, HOST, PASSWORD, plan
from tests.unit.faces.acme import GIVEN, QUOTED, RUNNER, Acme
from tests.unit.fakes import FakeClock, FakeReporter
from tests.unit.keys import PEM

NOTIFY = {"notify": "issue", "notify-token": "ghs_of_the_workflow"}
CALLER = f"""<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/pull/s</Arn><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
REFUSED = json.dumps({"__type": "AccessDeniedException", "message": "no"})
NAMES = [f"ECR_CONTAINER_REGISTRY_{end}" for end in ("SERVER", "USER", "PASSWORD")]


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Acme:
    """Return an internet in which all is well."""
    internet = Acme()
    internet.install(monkeypatch)
    return internet


class Run:
    """One run, and what it told."""

    def __init__(
        self,
        given: dict[str, str],
        environment: dict[str, str] | None = None,
        *,
        reporter: FakeReporter | None = None,
        clock: FakeClock | None = None,
        offline: bool = False,
    ) -> None:
        """Run with those inputs."""
        self.masked: list[str] = []
        self.failed: list[RotateError] = []
        self.reporter = reporter or FakeReporter()
        self.report, files = wiring.run(
            {**GIVEN, **given},
            environment={**RUNNER, **(environment or {})},
            clock=clock or FakeClock(),
            masks=Masks(self.masked.append),
            reporter=self.reporter,
            fail=self.failed.append,
            offline=offline,
        )
        assert published(files, self.failed.append)


def sent(acme: Acme, method: str) -> list[dict[str, str]]:
    """Return what GitHub was sent with that method."""
    return [json.loads(one.body or "") for one in acme.internet.sent if one.method == method]


def of_file(folder: Path) -> dict[str, str]:
    """Return inputs that leave all the rest to a file in the folder, which is written."""
    file = {
        "version": 1,
        "registries": {"prod": {"registry": HOST}},
        "targets": [{"repositories": "acme/api"}],
    }
    (folder / "rotate.json").write_text(json.dumps(file), encoding="utf-8")
    return {"role-to-assume": "", "aws-region": "", "config": "rotate.json"}


def test_no_library_logs(acme: Acme) -> None:
    """What a library would log, such as boto3 at its debug level, nobody hears: it holds keys."""
    logging.disable(logging.NOTSET)
    assert Run({}).report.succeeded
    assert not logging.getLogger("botocore").isEnabledFor(logging.CRITICAL)


def test_run(acme: Acme) -> None:
    """A run fetches, proves and writes, and masks every secret that it meets."""
    run = Run({})
    assert [result.outcome for result in run.report.results] == [Outcome.ROTATED]
    assert sorted(acme.written) == sorted(NAMES)
    assert acme.written[-1] == NAMES[-1]
    assert run.report.registries[0].host == HOST
    assert {GITHUB_TOKEN, PASSWORD, "the-key", "the-session"} <= set(run.masked)


def test_token_of_the_environment_is_masked(acme: Acme) -> None:
    """A token is masked wherever it comes from."""
    run = Run({"github-token": "", "command": "plan"}, {"GH_TOKEN": "ghp_of_the_environment"})
    assert "ghp_of_the_environment" in run.masked
    run = Run({"notify": "issue"}, {"NOTIFY_TOKEN": "ghs_of_the_environment"})
    assert "ghs_of_the_environment" in run.masked
    run = Run({"github-token": "", "app-id": "1", "command": "plan"}, {"APP_PRIVATE_KEY": PEM})
    assert PEM in run.masked


def test_inputs_are_masked_before_they_are_read(acme: Acme) -> None:
    """Every input that is a secret is masked, whatever is wrong with it or another one."""
    masked: list[str] = []
    secrets = {
        "github-token": " two words\n",
        "app-private-key": "a-key",
        "notify-token": "a-token",
    }
    with pytest.raises(InvalidSettings):
        wiring.run(
            {**GIVEN, **secrets},
            environment=RUNNER,
            clock=FakeClock(),
            masks=Masks(masked.append),
            reporter=FakeReporter(),
            fail=print,
        )
    assert set(masked) == {secret.strip() for secret in secrets.values()}


@pytest.mark.parametrize(
    ("command", "outcome"), [("plan", Outcome.PLANNED), ("status", Outcome.STALE)]
)
def test_looking(command: str, outcome: Outcome, acme: Acme) -> None:
    """A plan and a status ask GitHub alone, and write nothing."""
    run = Run({"command": command})
    assert [result.outcome for result in run.report.results] == [outcome]
    assert (acme.written, acme.aws.sent) == ([], [])


def test_offline(acme: Acme) -> None:
    """A plan that is only checked asks nobody."""
    run = Run({"command": "plan", "github-token": ""}, offline=True)
    assert run.report.notes[0].startswith("The inputs are valid.")
    assert acme.internet.sent == []


def test_wrong_inputs(acme: Acme) -> None:
    """Wrong inputs are all told, and nobody is asked."""
    with pytest.raises(InvalidSettings) as caught:
        Run({"verify": "maybe", "timeout": "soon"})
    assert len(caught.value.faults) == 2
    assert acme.internet.sent == []


def test_warnings(acme: Acme) -> None:
    """What should be mended in the inputs is told at once."""
    run = Run({"command": "plan", "role-to-assume": ""})
    assert len(run.reporter.warnings) == 1


def test_fault_of_the_program(acme: Acme) -> None:
    """A fault of ours is told by its kind and line, and shows no text."""

    class Broken(FakeReporter):
        def agenda(self, agenda: object) -> None:
            raise KeyError(PASSWORD)

    with pytest.raises(Unexpected, match=r"KeyError in test_wiring\.py") as caught:
        Run({}, reporter=Broken())
    assert PASSWORD not in str(caught.value)


def test_fault_of_a_reporter_in_one_registry(acme: Acme) -> None:
    """A fault of ours while a registry is proved costs its targets, and nothing is written."""

    class Broken(FakeReporter):
        def proved(self, registry: Registry, credential: Credential) -> None:
            raise KeyError(PASSWORD)

    run = Run({}, reporter=Broken())
    assert [result.outcome for result in run.report.results] == [Outcome.FAILED]
    assert PASSWORD not in repr(run.report)
    assert acme.written == []


def test_doctor(acme: Acme) -> None:
    """A diagnosis asks AWS, the registry and GitHub, tells of every link, and writes nothing."""
    assumed, token = acme.aws.answers
    acme.aws.answers[:] = [assumed, (200, CALLER), token, (400, REFUSED)]
    run = Run({"command": "doctor"})
    assert [c for c in run.report.checks if c.outcome is CheckOutcome.FAILED] == []
    told = {check.name for check in run.report.checks if check.outcome is CheckOutcome.OK}
    assert {"AWS account", f"login of {HOST}", "GitHub token", "repository acme/api"} <= told
    assert run.reporter.checks == list(run.report.checks)
    assert [result.outcome for result in run.report.results] == [Outcome.PLANNED]
    assert (acme.aws.answers, acme.written) == ([], [])


def test_life_of_an_issue(acme: Acme) -> None:
    """A run that fails opens an issue with the token for it, and the next one closes it."""
    answers_of_aws, acme.status = list(acme.aws.answers), 409
    Run(NOTIFY)
    (opened,) = sent(acme, "POST")
    assert "HTTP 409: the-message" in opened["body"]
    assert acme.internet.sent[-1].headers["Authorization"] == "Bearer ghs_of_the_workflow"
    acme.issues.append({"number": 7, "body": opened["body"]})
    acme.aws.answers[:], acme.status = answers_of_aws, 201
    Run(NOTIFY)
    (closed,) = sent(acme, "PATCH")
    assert (closed["state"], closed["state_reason"]) == ("closed", "completed")


def test_issue_without_a_secret(acme: Acme) -> None:
    """A secret that a foreign message quotes is struck out of the issue, which escapes it."""
    acme.status, acme.message = 409, f"no {QUOTED}"
    Run({**NOTIFY, "github-token": QUOTED})
    (opened,) = sent(acme, "POST")
    assert "HTTP 409: no ***" in opened["body"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (GitHubTokenRejected("GET /"), GitHubTokenRejected),
        (KeyError(PASSWORD), Unexpected),
    ],
)
def test_issue_of_a_run_that_comes_to_nothing(
    error: Exception, told: type[RotateError], acme: Acme
) -> None:
    """What ends a run is told as well as raised, a fault of ours by its kind alone."""

    class Broken(FakeReporter):
        def agenda(self, agenda: object) -> None:
            raise error

    with pytest.raises(told) as caught:
        Run(NOTIFY, reporter=Broken())
    (opened,) = sent(acme, "POST")
    assert caught.value.remedy.splitlines()[0] in opened["body"]
    assert PASSWORD not in opened["body"]


def test_issue_of_a_run_out_of_time(acme: Acme) -> None:
    """A run that has used up its time still tells people, in the time that was kept for it."""
    clock = FakeClock()

    class Slow(FakeReporter):
        def agenda(self, agenda: object) -> None:
            clock.advance(580)

    run = Run({**NOTIFY, "timeout": "10m"}, reporter=Slow(), clock=clock)
    assert [result.outcome for result in run.report.results] == [Outcome.NOT_ATTEMPTED]
    (opened,) = sent(acme, "POST")
    assert OutOfTime().what in opened["body"]


@pytest.mark.parametrize(
    ("issues", "timeout", "left"),
    [
        (None, 600.0, 600.0),
        (IssueAccess(repository="acme/ops", token="ghs_token"), 600.0, 570.0),
        (IssueAccess(repository="acme/ops", token="ghs_token"), 40.0, 20.0),
    ],
)
def test_time_to_tell(issues: IssueAccess | None, timeout: float, left: float) -> None:
    """Where a failure is told, the run itself ends early enough, and keeps half of a short time."""
    clients = Clients(
        plan(issues=issues, timeout=timeout),
        environment={},
        clock=FakeClock(),
        masks=Masks(lambda _: None),
        trace=silent,
    )
    assert clients.deadline.remaining() == left


def test_refused_write(acme: Acme) -> None:
    """What GitHub refuses fails its target."""
    acme.status = 401
    (result,) = Run({}).report.results
    assert (result.outcome, result.remedy) == (
        Outcome.FAILED,
        GitHubTokenRejected("PUT /").remedy,
    )


def test_app(acme: Acme) -> None:
    """An App is asked for its installations instead of a token."""
    run = Run({"github-token": "", "app-id": "1", "app-private-key": PEM, "command": "plan"})
    (result,) = run.report.results
    assert (result.outcome, result.remedy) == (Outcome.FAILED, AppNotInstalled("acme").remedy)
    assert PEM in run.masked


def test_file(acme: Acme, tmp_path: Path) -> None:
    """A configuration file is read from the workspace."""
    run = Run({**of_file(tmp_path), "command": "plan"}, {"GITHUB_WORKSPACE": str(tmp_path)})
    assert [result.outcome for result in run.report.results] == [Outcome.PLANNED]


def test_long_file(tmp_path: Path) -> None:
    """Of a file that is too long, no more is read than shows it."""
    (tmp_path / "long").write_bytes(bytes(2 * LARGEST))
    assert len(workspace.load({}, str(tmp_path / "long"))) == LARGEST + 1


def test_issue_of_a_file(acme: Acme, tmp_path: Path) -> None:
    """Blanks around a file's path make no other rotation of it."""

    class Broken(FakeReporter):
        def agenda(self, agenda: object) -> None:
            raise GitHubTokenRejected("GET /")

    given = {**NOTIFY, **of_file(tmp_path)}
    for path in (given["config"], f" {given['config']}\n"):
        with pytest.raises(GitHubTokenRejected):
            Run({**given, "config": path}, {"GITHUB_WORKSPACE": str(tmp_path)}, reporter=Broken())
    first, second = sent(acme, "POST")
    assert first == second


@pytest.mark.parametrize(
    ("event", "warned"),
    [
        ('{"schedule": "0 0 * * *"}', True),
        ('{"schedule": "0 * * * *"}', False),
        ('{"action": "opened"}', False),
        ("no JSON", False),
        ("[]", False),
        (None, False),
    ],
)
def test_schedule(event: str | None, warned: bool, acme: Acme, tmp_path: Path) -> None:
    """The status knows the schedule that began the run, where one did."""
    path = tmp_path / "event.json"
    if event is not None:
        path.write_text(event, encoding="utf-8")
    run = Run({"command": "status"}, {"GITHUB_EVENT_PATH": str(path)})
    assert bool(run.report.warnings) is warned


def test_no_event(acme: Acme) -> None:
    """Outside a workflow there is no schedule."""
    report = Run({"command": "status"}).report
    assert (report.warnings, report.slack) == ((), None)


@pytest.mark.parametrize("command", ["run", "status"])
def test_slack(command: str, acme: Acme, tmp_path: Path) -> None:
    """A run of a schedule knows how many dropped runs it survives."""
    path = tmp_path / "event.json"
    path.write_text('{"schedule": "17 */3 * * *"}', encoding="utf-8")
    report = Run({"command": command}, {"GITHUB_EVENT_PATH": str(path)}).report
    assert report.slack
    assert report.slack.dropped_runs == 2


def test_page(acme: Acme, tmp_path: Path) -> None:
    """A status is written as a page into the workspace, in folders that may be new."""
    workspace = {"GITHUB_WORKSPACE": str(tmp_path)}
    Run({"command": "status", "html": "site/status/index.html"}, workspace)
    text = (tmp_path / "site" / "status" / "index.html").read_text(encoding="utf-8")
    assert "<h1>1 of 1 target needs attention</h1>" in text
    assert GITHUB_TOKEN not in text


@pytest.mark.parametrize("before", ["an older page", None])
def test_page_of_a_run_that_comes_to_nothing(
    before: str | None, acme: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status that comes to nothing leaves the page as it was, and no empty one."""
    page = tmp_path / "p.html"
    if before:
        page.write_text(before, encoding="utf-8")
    monkeypatch.setattr(inspection, "status", lambda *_, **__: 1 / 0)
    with pytest.raises(Unexpected):
        Run({"command": "status", "html": "p.html"}, {"GITHUB_WORKSPACE": str(tmp_path)})
    assert (page.read_text(encoding="utf-8") if page.exists() else None) == before


def test_page_without_a_secret(acme: Acme, tmp_path: Path) -> None:
    """A secret that a foreign message quotes is struck out of the page."""
    quoted = "ghp_that_github_quotes"
    acme.refusal = f"no {quoted}"
    given = {"command": "status", "html": "p.html", "github-token": quoted}
    Run(given, {"GITHUB_WORKSPACE": str(tmp_path)})
    text = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "HTTP 403: no ***" in text
    assert quoted not in text


@pytest.mark.parametrize("path", ["folder", "file/index.html"])
def test_page_that_cannot_be_written(path: str, acme: Acme, tmp_path: Path) -> None:
    """Where the page cannot be written, that is known before anybody is asked."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InvalidSettings, match=f"html: `{path}` cannot be written: "):
        Run({"command": "status", "html": path}, {"GITHUB_WORKSPACE": str(tmp_path)})
    assert acme.internet.sent == []


LEADS_OUT = [
    pytest.param("{elsewhere}/{name}", "outside of the workspace", id="path from the root"),
    pytest.param("link", "a link leads out of", id="link"),
    pytest.param("folder/{name}", "a link leads out of", id="link to a folder"),
]
FROM_TEMPORARY = "{temporary}/link"


class Places:
    """A workspace, the runner's folder and one elsewhere, with links that lead there."""

    def __init__(self, root: Path, name: str) -> None:
        """Make them; `name` is that of the file elsewhere."""
        self.workspace, self.temporary, self.elsewhere = (
            root / folder for folder in ("workspace", "temporary", "elsewhere")
        )
        for folder in (self.workspace, self.temporary, self.elsewhere):
            folder.mkdir()
        self.file = self.elsewhere / name
        for folder in (self.workspace, self.temporary):
            (folder / "link").symlink_to(self.file)
        (self.workspace / "folder").symlink_to(self.elsewhere)
        self.environment = {
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
        }

    def path(self, template: str) -> str:
        """Return a path whose braces name the folders and the file."""
        return template.format(
            elsewhere=self.elsewhere, temporary=self.temporary, name=self.file.name
        )


@pytest.mark.parametrize(
    ("template", "why"), [*LEADS_OUT, (FROM_TEMPORARY, "outside of the workspace")]
)
def test_file_that_leads_out(template: str, why: str, acme: Acme, tmp_path: Path) -> None:
    """In a workflow no configuration file is read that is not in the workspace."""
    places = Places(tmp_path, "rotate.yml")
    places.file.write_text("version: 1", encoding="utf-8")
    path = places.path(template)
    with pytest.raises(InvalidSettings, match=f"config: `{path}` cannot be read: .*{why}"):
        Run({"config": path}, places.environment)


@pytest.mark.parametrize(("template", "why"), [*LEADS_OUT, (FROM_TEMPORARY, "a link leads out of")])
def test_page_that_leads_out(template: str, why: str, acme: Acme, tmp_path: Path) -> None:
    """In a workflow no page is written out of the workspace or the runner's folder."""
    places = Places(tmp_path, "index.html")
    path = places.path(template)
    with pytest.raises(InvalidSettings, match=f"html: `{path}` cannot be written: .*{why}"):
        Run({"command": "status", "html": path}, places.environment)
    assert not places.file.exists()
    assert acme.internet.sent == []


def test_page_in_the_folder_of_the_runner(acme: Acme, tmp_path: Path) -> None:
    """A page may be kept from the workspace, to be uploaded from the runner's folder."""
    places = Places(tmp_path, "index.html")
    page = places.temporary / "status.html"
    Run({"command": "status", "html": str(page)}, places.environment)
    assert page.exists()


def test_links_within_the_workspace(acme: Acme, tmp_path: Path) -> None:
    """A link that stays in the workspace is followed, whatever name the workspace goes by."""
    (tmp_path / "workspace" / "site").mkdir(parents=True)
    (tmp_path / "workspace" / "public").symlink_to("site")
    (tmp_path / "alias").symlink_to("workspace")
    given = {"command": "status", "html": "public/index.html"}
    Run(given, {"GITHUB_WORKSPACE": str(tmp_path / "alias")})
    assert (tmp_path / "workspace" / "site" / "index.html").exists()


def test_page_without_a_workspace(acme: Acme, tmp_path: Path) -> None:
    """Outside of a workflow the page goes wherever its path says."""
    page = tmp_path / "status.html"
    Run({"command": "status", "html": str(page)}, {"RUNNER_TEMP": "/elsewhere"})
    assert page.exists()


@pytest.mark.parametrize(
    ("environment", "bundle", "named"),
    [
        ({"SSL_CERT_FILE": "/c.pem"}, "/c.pem", "SSL_CERT_FILE"),
        (
            {"SSL_CERT_FILE": "/c.pem", "REQUESTS_CA_BUNDLE": "/a.pem"},
            "/a.pem",
            "REQUESTS_CA_BUNDLE",
        ),
        ({"CURL_CA_BUNDLE": "/d.pem", "AWS_CA_BUNDLE": "/b.pem"}, "/d.pem", "CURL_CA_BUNDLE"),
        ({"SSL_CERT_FILE": "/c.pem", "AWS_CA_BUNDLE": "/b.pem"}, "/b.pem", "AWS_CA_BUNDLE"),
    ],
)
def test_ca_bundle(environment: dict[str, str], bundle: str, named: str, acme: Acme) -> None:
    """The bundle that the environment names first must hold certificates; nobody is asked else."""
    with pytest.raises(
        InvalidSettings, match=f"{named}: `{bundle}` cannot be read .*: No such file"
    ):
        Run({"command": "plan"}, environment)
    assert acme.internet.sent == []


def test_every_error_is_ours(acme: Acme) -> None:
    """Whatever fails is one of our own errors."""
    with pytest.raises(RotateError):
        Run({"config": "elsewhere.yml"})
