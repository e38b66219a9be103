"""Every link that a rotation hangs on: what its check finds, and what that costs others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from rotate import exit_status
from rotate.diagnosis import World, diagnose
from rotate.errors import (
    AppNotInstalled,
    AwsPermissionMissing,
    ChainRefused,
    ClockOff,
    GitHubDenied,
    GitHubTokenRejected,
    GitHubUnavailable,
    GrantTooNarrow,
    IdTokenNotAllowed,
    InstallationSuspended,
    NoRepositoryMatches,
    NotAnAdministrator,
    OrganizationOnFreePlan,
    OrganizationUnknown,
    PullDenied,
    RotateError,
    SecretsDenied,
    WrongRegion,
)
from rotate.grant import Grant, Kind, needed
from rotate.model.plan import App, Command, GitHubAccess, Plan
from rotate.model.registry import Service
from rotate.model.target import Scope, Store, Target, Visibility
from rotate.report import Check, CheckOutcome, Outcome, RegistryReport, Report
from tests.unit.examples import (
    ACCOUNT,
    HOST,
    NOW,
    REGION,
    ROLE,
    plan,
    registry,
    repository,
    selection,
    source,
    target,
)
from tests.unit.fake_clients import FakeIdentities, FakeSession
from tests.unit.fakes import (
    FakeDirectory,
    FakeGrants,
    FakePowers,
    FakeReporter,
    FakeStore,
    FakeTokens,
    FakeVerification,
    deadline,
)

API, WEB = repository("acme/api"), repository("acme/web")
OWN = target(scope=Scope.USER, owner="")
CHAINED = "arn:aws:iam::210987654321:role/chained"
CLASSIC = Grant(kind=Kind.CLASSIC, holder="octocat", scopes=("repo", "admin:org", "codespace"))
FINE_GRAINED = Grant(kind=Kind.FINE_GRAINED, holder="octocat")
WRITE = {"organization_codespaces_secrets": "write", "codespaces_secrets": "write"}
INSTALLED = Grant(kind=Kind.APP, holder="rotate", permissions=WRITE, settings="https://settings")
PROBED = registry(probe_image="base:latest")


UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GitHub")


def denied(status: int, single_sign_on: str = "") -> SecretsDenied:
    """Return how the secrets of a target are refused."""
    return SecretsDenied(refused(status, single_sign_on), target())


def refused(status: int, single_sign_on: str = "") -> GitHubDenied:
    """Return how anything else is refused."""
    return GitHubDenied(
        status=status, message="no", where="GET", accepted="", single_sign_on=single_sign_on
    )


@dataclass
class Surroundings:
    """Everything that is looked at."""

    identities: FakeIdentities = field(
        default_factory=lambda: FakeIdentities(session=FakeSession(answer={}))
    )
    tokens: FakeTokens = field(default_factory=FakeTokens)
    powers: FakePowers = field(default_factory=FakePowers)
    verification: FakeVerification = field(default_factory=FakeVerification)
    directory: FakeDirectory = field(default_factory=lambda: FakeDirectory("acme/api", "acme/web"))
    grants: FakeGrants = field(default_factory=lambda: FakeGrants(CLASSIC))
    store: FakeStore = field(default_factory=FakeStore)
    reporter: FakeReporter = field(default_factory=FakeReporter)

    def diagnose(self, plan: Plan, *, cron: str | None = None) -> Report:
        """Look at a plan."""
        world = World(
            identities=self.identities,
            tokens=self.tokens,
            powers=self.powers,
            verification=self.verification,
            directory=self.directory,
            grants=self.grants,
            store=self.store,
            deadline=deadline(),
        )
        doctored = replace(plan, command=Command.DOCTOR)
        return diagnose(doctored, world, reporter=self.reporter, cron=cron)

    def checks(self, *targets: Target, cron: str | None = None, **changes: object) -> Checks:
        """Return what is found of a plan with those targets, and changes."""
        given = {"registries": (PROBED,), **changes}
        return Checks(self.diagnose(plan(*targets, **given), cron=cron))


class Checks:
    """The checks of a report, by name."""

    def __init__(self, report: Report) -> None:
        """Take the report."""
        self.report = report
        self._checks = {check.name: check for check in report.checks}

    def __getitem__(self, name: str) -> Check:
        """Return the check of that name."""
        return self._checks[name]

    def named(self, outcome: CheckOutcome) -> list[str]:
        """Return the names of the checks that came to an outcome."""
        return [name for name, check in self._checks.items() if check.outcome is outcome]


@pytest.fixture
def around() -> Surroundings:
    """Return surroundings in which all is well."""
    return Surroundings()


def test_order(around: Surroundings) -> None:
    """The links are looked at from the workflow to the registry, and from there to the secrets."""
    checks = around.checks(API, target(), cron="17 */3 * * *")
    found = {
        "ID token": "sub=repo:acme/ops:ref:refs/heads/main, aud=sts.amazonaws.com",
        f"role {ROLE}": "assumed",
        "AWS account": f"{ACCOUNT}, as arn:aws:sts::{ACCOUNT}:session",
        "clock of AWS": "in step with this machine's",
        f"authorization token of ecr in {REGION}": "obtained, until 2026-07-02 00:00 UTC",
        f"token of {HOST}": "its user, host, region and life are right",
        f"login of {HOST}": "the registry accepts the token",
        f"pull of {HOST}": "the manifest of base:latest can be read",
        f"no more than pull of {HOST}": "`ecr:DescribeRepositories` and "
        "`ecr:CompleteLayerUpload`, which no pull needs, are refused",
        "GitHub token": "a classic token (octocat) with the scopes: repo, admin:org, codespace",
        "secrets of repository acme/api in codespaces: write": "granted: scope `repo`",
        "repository acme/api": "acme/api",
        "secrets of repository acme/api in codespaces: read": "can be read; 0 of the three stand",
        "secrets of organization acme in codespaces: write": "granted: scope `admin:org`",
        "organization acme": "acme",
        "secrets of organization acme in codespaces: read": "can be read; 0 of the three stand",
        "secrets of organization acme in codespaces: readers": "new → private",
        "clock of GitHub": "in step with this machine's",
        "schedule": "`17 */3 * * *` runs every 3 h; dropped runs in a row that do no harm: 2",
        "prebuilds": "no target is a user, whose secrets prebuilds never use",
        "shadowing secrets": "none in 2 of the organizations' repositories, as far as the "
        "credential may see their secrets",
    }
    assert {check.name: check.detail for check in checks.report.checks} == found
    assert checks.named(CheckOutcome.OK) == list(found)
    assert [check.name for check in around.reporter.checks] == list(found)
    assert [result.outcome for result in checks.report.results] == [Outcome.PLANNED] * 2
    assert exit_status.of_report(checks.report, hindered=False) == 0


def test_nothing_is_written(around: Surroundings) -> None:
    """A diagnosis asks the store for what stands, a key and the readers, and no more."""
    around.checks(API, target())
    assert {what for what, _ in around.store.asked} == {"standing", "public_key", "access"}


@pytest.mark.parametrize(
    ("step", "error", "name"),
    [
        ("claims", IdTokenNotAllowed(), "ID token"),
        (ROLE, WrongRegion("sts"), f"role {ROLE}"),
        (CHAINED, ChainRefused(role=CHAINED, message="no"), f"role {CHAINED}"),
    ],
)
def test_broken_identity(step: str, error: RotateError, name: str, around: Surroundings) -> None:
    """Each step to the session is a link of its own; GitHub is looked at all the same."""
    around.identities.refusals[step] = error
    identity = replace(source().identity, chain=(CHAINED,))
    given = registry(source=source(identity=identity))
    checks = around.checks(API, registries=(given,))
    assert checks.named(CheckOutcome.FAILED) == [name]
    assert checks[name].remedy == error.remedy
    assert checks[f"pull of {HOST}"].outcome is CheckOutcome.SKIPPED
    assert checks["repository acme/api"].outcome is CheckOutcome.OK
    (result,) = checks.report.results
    assert (result.outcome, result.remedy) == (Outcome.FAILED, error.remedy)
    (reported,) = checks.report.registries
    assert (reported.expires_at, reported.remedy) == (None, error.remedy)


def test_claims(around: Surroundings) -> None:
    """Of the ID token is shown what trust policies look at, and nothing else."""
    detail = around.checks()["ID token"].detail
    assert detail == "sub=repo:acme/ops:ref:refs/heads/main, aud=sts.amazonaws.com"


def test_credentials_of_boto3(around: Surroundings) -> None:
    """Without a role there is no ID token to look at."""
    around.identities = FakeIdentities(session=FakeSession(answer={}, account=None))
    identity = replace(source().identity, role=None)
    checks = around.checks(registries=(registry(source=source(identity=identity)),))
    assert checks.report.checks[0].name == "AWS credentials"
    assert checks["AWS credentials"].detail == "boto3's own chain"


def test_host_that_nobody_knows_yet(around: Surroundings) -> None:
    """Where only the token will tell the registry's host, its checks bear the registry's name."""
    checks = around.checks(registries=(registry(host=None),))
    assert checks["token of default"].detail == "its user, host, region and life are right"
    assert checks["login of default"].detail == "the registry accepts the token"


@pytest.mark.parametrize(
    ("allowed", "outcome"),
    [((), CheckOutcome.OK), ((ACCOUNT,), CheckOutcome.OK), (("1",), CheckOutcome.FAILED)],
)
def test_account(allowed: tuple[str, ...], outcome: CheckOutcome, around: Surroundings) -> None:
    """The account is the one that AWS tells, and must be allowed before a token is asked for."""
    identity = replace(source().identity, allowed_accounts=allowed)
    checks = around.checks(registries=(registry(source=source(identity=identity)),))
    assert checks["AWS account"].outcome is outcome
    assert bool(around.tokens.asked) is (outcome is CheckOutcome.OK)
    assert ACCOUNT in checks["AWS account"].detail
    assert (f"{ACCOUNT} is allowed, as" in checks["AWS account"].detail) is (ACCOUNT in allowed)


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [
        (None, CheckOutcome.SKIPPED),
        (60, CheckOutcome.OK),
        (-61, CheckOutcome.WARNING),
        (300, CheckOutcome.WARNING),
        (301, CheckOutcome.FAILED),
        (-301, CheckOutcome.FAILED),
    ],
)
def test_clocks(seconds: float | None, outcome: CheckOutcome, around: Surroundings) -> None:
    """A minute of skew is noticed, and five are too many, at AWS and at GitHub."""
    now = None if seconds is None else NOW + timedelta(seconds=seconds)
    session = FakeSession(answer={}, now=now)
    around.identities = FakeIdentities(session=session)
    around.grants.ahead = seconds
    checks = around.checks()
    for whose in ("AWS", "GitHub"):
        check = checks[f"clock of {whose}"]
        assert check.outcome is outcome
        if seconds is None:
            assert check.detail == "its answer bears no date"
        elif outcome is not CheckOutcome.OK:
            off = ClockOff(seconds, whose)
            assert (off.what in check.detail, check.remedy) == (True, off.remedy)


def test_refused_token(around: Surroundings) -> None:
    """A session without the right to a token stops at the token."""
    actions = ("ecr:GetAuthorizationToken",)
    error = AwsPermissionMissing(operation="ecr", actions=actions, message="no")
    around.tokens.refusals[REGION] = error
    checks = around.checks()
    assert checks.named(CheckOutcome.FAILED) == [f"authorization token of ecr in {REGION}"]
    assert around.verification.verified == []


def test_refused_login(around: Surroundings) -> None:
    """A registry that does not take the token is not asked for an image."""
    around.verification.refusals[HOST] = WrongRegion(HOST)
    checks = around.checks()
    assert checks.named(CheckOutcome.FAILED) == [f"login of {HOST}"]
    assert around.verification.probed == []


def test_refused_pull(around: Surroundings) -> None:
    """Where the image cannot be pulled, it is still told what else the session may do."""
    around.verification.refusals["base:latest"] = PullDenied(HOST)
    checks = around.checks()
    assert checks.named(CheckOutcome.FAILED) == [f"pull of {HOST}"]
    assert around.powers.asked == [(ACCOUNT, HOST, None)]
    assert "a push was not tested" in checks[f"no more than pull of {HOST}"].detail


def test_what_was_not_asked_for(around: Surroundings) -> None:
    """Without `verify` and `probe-image` there is nothing to prove, and that is said."""
    checks = around.checks(registries=(registry(verify=False),))
    assert checks.named(CheckOutcome.FAILED) == []
    login, pull = checks[f"login of {HOST}"], checks[f"pull of {HOST}"]
    assert login.outcome is pull.outcome is CheckOutcome.SKIPPED
    assert login.detail == "`verify: false`: the registry was not asked"
    assert pull.detail.endswith("set `probe-image` to an image that your codespaces pull")
    assert checks[f"no more than pull of {HOST}"].detail == (
        "`ecr:DescribeRepositories`, which no pull needs, is refused; a push was not tested, for "
        "want of a `probe-image`"
    )


@pytest.mark.parametrize(
    ("image", "repository"), [("base/dev:latest", "base/dev"), ("base@sha256:0", "base")]
)
def test_powers(image: str, repository: str, around: Surroundings) -> None:
    """What else the session may do is tested at the repository of the probe image."""
    around.powers.allowed = {"ecr:CompleteLayerUpload"}
    checks = around.checks(registries=(registry(probe_image=image),))
    check = checks[f"no more than pull of {HOST}"]
    assert check.outcome is CheckOutcome.WARNING
    assert "`ecr:CompleteLayerUpload`, which no pull needs, is allowed" in check.detail
    assert "`session-policy: none`" in check.remedy
    assert around.powers.asked == [(ACCOUNT, HOST, repository)]
    assert checks.report.succeeded
    assert checks.report.warnings == (f"{check.name}: {check.detail}. {check.remedy}",)


def test_powers_without_a_role(around: Surroundings) -> None:
    """Who assumes no role is not told to narrow a session policy, which only a role has."""
    around.powers.allowed = {"ecr:DescribeRepositories"}
    identity = replace(source().identity, role=None)
    checks = around.checks(registries=(registry(source=source(identity=identity)),))
    assert "let them assume a role" in checks[f"no more than pull of {HOST}"].remedy


def test_powers_at_ecr_public(around: Surroundings) -> None:
    """Of ECR Public nothing is tested, and that is said."""
    public = registry(source=source(service=Service.ECR_PUBLIC), host="public.ecr.aws")
    checks = around.checks(registries=(public,))
    check = checks["no more than pull of public.ecr.aws"]
    assert (check.outcome, check.detail) == (CheckOutcome.SKIPPED, "not tested for ECR Public")


def test_report(around: Surroundings) -> None:
    """The report says of each registry and target what a run would, or what is in its way."""
    report = around.checks(API).report
    assert report.command is Command.DOCTOR
    assert report.registries == (
        RegistryReport(name="default", host=HOST, expires_at=NOW + timedelta(hours=12)),
    )
    around.verification.refusals[HOST] = WrongRegion(HOST)
    checks = around.checks(API)
    login = checks[f"login of {HOST}"]
    assert checks.report.registries == (
        RegistryReport(name="default", host=HOST, reason=login.detail, remedy=login.remedy),
    )
    (result,) = checks.report.results
    assert (result.outcome, result.reason, result.remedy) == (
        Outcome.FAILED,
        login.detail,
        login.remedy,
    )


def test_each_source_once(around: Surroundings) -> None:
    """Registries that share an identity and a token are looked at with one of each."""
    second = replace(PROBED, name="second", host="210987654321.dkr.ecr.us-east-1.amazonaws.com")
    around.checks(registries=(PROBED, second))
    assert len(around.tokens.asked) == 1
    assert len(around.verification.probed) == 2


def test_refused_github_token(around: Surroundings) -> None:
    """A token that GitHub does not accept is asked for nothing more."""
    around.grants.refusals[""] = GitHubTokenRejected("GET /user")
    checks = around.checks(API, repository("acme/svc-*"))
    assert checks.named(CheckOutcome.FAILED) == ["GitHub token"]
    assert checks["repository acme/svc-*"].outcome is CheckOutcome.SKIPPED
    assert around.store.asked == []
    assert [result.outcome for result in checks.report.results] == [Outcome.FAILED] * 2


def test_app(around: Surroundings) -> None:
    """An App is looked up for each owner, and one that has not installed it stops only its own."""
    around.grants = FakeGrants(INSTALLED)
    around.grants.refusals["globex"] = AppNotInstalled("globex")
    access = GitHubAccess(app=App(id="1", private_key="key"))
    checks = around.checks(API, repository("globex/ml"), github=access)
    assert around.grants.asked == ["acme", "globex"]
    assert checks.named(CheckOutcome.FAILED) == ["GitHub App for globex"]
    assert checks["GitHub App for acme"].detail == (
        "a GitHub App (rotate) installed with the permissions: codespaces_secrets: write, "
        "organization_codespaces_secrets: write"
    )
    assert checks["repository globex/ml"].outcome is CheckOutcome.SKIPPED
    outcomes = [result.outcome for result in checks.report.results]
    assert outcomes == [Outcome.PLANNED, Outcome.FAILED]


def test_app_of_whom_it_excludes(around: Surroundings) -> None:
    """What is excluded makes nobody an owner whose App is looked up."""
    around.grants = FakeGrants(INSTALLED)
    access = GitHubAccess(app=App(id="1", private_key="key"))
    named = (selection(repository(""), "acme/*", "!acme/web", "!globex/*"),)
    around.checks(selections=named, github=access)
    assert around.grants.asked == ["acme"]


def test_grant_that_nobody_tells(around: Surroundings) -> None:
    """Of a credential whose permissions GitHub does not tell, that is told."""
    around.grants = FakeGrants(FINE_GRAINED)
    checks = around.checks(target())
    assert checks["GitHub token"].detail == (
        "a fine-grained token (octocat); GitHub does not tell its permissions"
    )
    write = checks["secrets of organization acme in codespaces: write"]
    assert write.detail.startswith("that a fine-grained token may also write, GitHub tells only")


def test_suspended_app(around: Surroundings) -> None:
    """An installation that its owner has suspended may do nothing."""
    around.grants = FakeGrants(replace(INSTALLED, suspended=True))
    access = GitHubAccess(app=App(id="1", private_key="key"))
    checks = around.checks(API, github=access)
    check, error = checks["GitHub App for acme"], InstallationSuspended("acme", "https://settings")
    assert (check.detail, check.remedy) == (str(error), error.remedy)
    assert checks.named(CheckOutcome.FAILED) == ["GitHub App for acme"]


@pytest.mark.parametrize(
    "grant",
    [
        Grant(kind=Kind.WORKFLOW),
        replace(CLASSIC, scopes=("gist",)),
        replace(INSTALLED, permissions={"codespaces_secrets": "read"}),
    ],
    ids=lambda grant: grant.kind.name,
)
def test_grant_that_is_too_narrow(grant: Grant, around: Surroundings) -> None:
    """What GitHub tells of the credential is enough: the secrets are not asked for."""
    around.grants = FakeGrants(grant)
    checks = around.checks(API)
    name = "secrets of repository acme/api in codespaces: write"
    assert checks.named(CheckOutcome.FAILED) == [name]
    assert checks[name].remedy == GrantTooNarrow(grant, API).remedy
    assert checks["repository acme/api"].outcome is CheckOutcome.SKIPPED
    assert around.store.asked == []


@pytest.mark.parametrize(
    ("grant", "by"),
    [
        (CLASSIC, "granted: scope `repo`"),
        (INSTALLED, "granted: `codespaces_secrets: write`"),
        (FINE_GRAINED, "granted: `codespaces_secrets: write`, without which nothing"),
    ],
    ids=lambda known: known.kind.name if isinstance(known, Grant) else "",
)
def test_how_it_is_granted(grant: Grant, by: str, around: Surroundings) -> None:
    """What lets the credential write is called as its kind calls it."""
    around.grants = FakeGrants(grant)
    check = around.checks(API)["secrets of repository acme/api in codespaces: write"]
    assert check.outcome is CheckOutcome.OK
    assert check.detail.startswith(by)


@pytest.mark.parametrize(
    ("place", "error", "what"),
    [
        (API, denied(403), "without the permission `codespaces_secrets: write`"),
        (target(), denied(403), "the permission `organization_codespaces_secrets: write`"),
        (OWN, denied(403), "without the permission `codespaces_user_secrets: write`"),
        (API, denied(403, "required; url=https://sso"), "single sign-on of acme"),
        (API, denied(404), "HTTP 404"),
    ],
)
def test_refused_secrets(
    place: Target, error: SecretsDenied, what: str, around: Surroundings
) -> None:
    """A refusal is told by the one cause that is left, where there is only one."""
    around.grants = FakeGrants(FINE_GRAINED)
    around.store.refusals["standing", place.label] = error
    checks = around.checks(place)
    name = f"secrets of {place.label} in codespaces: read"
    assert checks.named(CheckOutcome.FAILED) == [name]
    assert what in checks[name].detail
    (result,) = checks.report.results
    assert (result.outcome, result.reason) == (Outcome.FAILED, checks[name].detail)
    assert result.remedy == checks[name].remedy


def test_secrets_refused_in_spite_of_the_grant(around: Surroundings) -> None:
    """Whoever was granted what it needs is not told to grant it."""
    around.store.refusals["standing", API.label] = denied(403)
    check = around.checks(API)["secrets of repository acme/api in codespaces: read"]
    assert (check.detail, check.remedy) == (str(denied(403)), denied(403).remedy)


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        (API, CheckOutcome.OK),
        (replace(API, store=Store.ACTIONS), CheckOutcome.SKIPPED),
        (target(), CheckOutcome.SKIPPED),
    ],
)
def test_right_to_write(place: Target, outcome: CheckOutcome, around: Surroundings) -> None:
    """Where reading does not prove the right to write, and GitHub does not tell, it is not said."""
    around.grants = FakeGrants(FINE_GRAINED)
    check = around.checks(place)[f"secrets of {place.label} in {place.store}: write"]
    assert check.outcome is outcome
    assert f"`{needed(place).permission}" in check.detail


@pytest.mark.parametrize(
    ("store", "grant", "outcome"),
    [
        (Store.CODESPACES, CLASSIC, CheckOutcome.FAILED),
        (Store.CODESPACES, replace(CLASSIC, holder=""), CheckOutcome.OK),
        (Store.CODESPACES, INSTALLED, CheckOutcome.OK),
        (Store.ACTIONS, CLASSIC, CheckOutcome.OK),
    ],
)
def test_administrator(
    store: Store, grant: Grant, outcome: CheckOutcome, around: Surroundings
) -> None:
    """Codespaces ask that the person behind the token administers the repository."""
    around.directory.administered = False
    around.grants = FakeGrants(grant)
    check = around.checks(replace(API, store=store))["repository acme/api"]
    assert check.outcome is outcome
    if outcome is CheckOutcome.FAILED:
        refusal = NotAnAdministrator("octocat", "acme/api")
        assert (check.detail, check.remedy) == (str(refusal), refusal.remedy)


def test_names(around: Surroundings) -> None:
    """A name that is not there is red; an old name, and an archived repository, are warned of."""
    around.directory = FakeDirectory("acme/api", "Acme/Web", archived=("acme/past",))
    around.directory.renamed["acme/old"] = "acme/api"
    names = ("Acme/API", "acme/web", "acme/old", "acme/past", "acme/wbe")
    checks = around.checks(*map(repository, names))
    assert checks["repository Acme/API"].detail == "acme/api"
    assert checks["repository acme/web"].detail == "Acme/Web"
    old, past = (checks[f"repository acme/{name}"] for name in ("old", "past"))
    assert checks.named(CheckOutcome.WARNING) == [old.name, past.name]
    assert (old.detail, past.detail) == (
        "it is called acme/api by now",
        "acme/past is archived, hence read-only: a run leaves it out",
    )
    assert old.remedy.startswith("Write the present name")
    assert past.remedy.startswith("Take it out of `repositories`")
    assert checks["secrets of repository acme/old in codespaces: read"].outcome is CheckOutcome.OK
    assert checks.named(CheckOutcome.FAILED) == ["repository acme/wbe"]
    assert checks["repository acme/wbe"].remedy == NoRepositoryMatches("").remedy


def test_glob_that_fits_nothing(around: Surroundings) -> None:
    """A glob that fits nothing is a red line of its own."""
    checks = around.checks(repository("acme/svc-*"), cron="17 */3 * * *")
    assert checks.named(CheckOutcome.FAILED) == ["repository acme/svc-*"]
    error = NoRepositoryMatches("acme/svc-*")
    (result,) = checks.report.results
    assert result.outcome is Outcome.FAILED
    assert (result.reason, result.remedy) == (str(error), error.remedy)
    assert checks["schedule"].detail == "there is no target"


def test_organizations(around: Surroundings) -> None:
    """An organization must exist, and have a plan with Codespaces secrets."""
    around.directory.plans = {"acme": "free"}
    around.directory.refusals["organization globex"] = OrganizationUnknown("globex")
    actions = target(store=Store.ACTIONS)
    checks = around.checks(target(), target(owner="globex"))
    assert checks.named(CheckOutcome.FAILED) == ["organization acme", "organization globex"]
    assert checks["organization acme"].detail == str(OrganizationOnFreePlan("acme"))
    assert around.checks(actions)["organization acme"].detail == "acme, plan free"
    around.directory.plans = {}
    assert around.checks(actions)["organization acme"].detail == "acme"


def test_user(around: Surroundings) -> None:
    """A user is the token's own; prebuilds are warned of."""
    checks = around.checks(OWN)
    assert checks["user"].detail == "octocat"
    assert checks.named(CheckOutcome.WARNING) == ["prebuilds"]
    assert checks["prebuilds"].detail.startswith("Prebuilds never use a user's secrets")
    assert checks["shadowing secrets"].detail == (
        "there is no organization among the targets whose repositories can be searched"
    )
    around.grants = FakeGrants(replace(CLASSIC, holder="", scopes=()))
    checks = around.checks(OWN)
    assert checks["GitHub token"].detail == "a classic token with the scopes: none"
    around.grants = FakeGrants(replace(FINE_GRAINED, holder=""))
    assert around.checks(OWN)["user"].detail == "the token's user"


def test_readers_that_stay(around: Surroundings) -> None:
    """Who reads is said once where it is the same for the three secrets."""
    checks = around.checks(target(visibility=Visibility.PRIVATE))
    name = "secrets of organization acme in codespaces: readers"
    assert checks[name].detail == "new → private"
    chosen = target(visibility=Visibility.SELECTED, readers=("acme/api",))
    assert around.checks(chosen)[name].detail == "new → selected (1 repositories)"


@pytest.mark.parametrize(
    ("now", "then", "outcome"),
    [
        (Visibility.SELECTED, Visibility.PRIVATE, CheckOutcome.WARNING),
        (Visibility.PRIVATE, Visibility.ALL, CheckOutcome.WARNING),
        (Visibility.PRIVATE, Visibility.PRIVATE, CheckOutcome.OK),
        (Visibility.ALL, Visibility.PRIVATE, CheckOutcome.OK),
        (Visibility.ALL, Visibility.ALL, CheckOutcome.OK),
    ],
)
def test_more_readers(
    now: Visibility, then: Visibility, outcome: CheckOutcome, around: Surroundings
) -> None:
    """That a run lets more repositories read than do now is warned of, and nothing else is."""
    around.store.hold(target(), visibility=now)
    checks = around.checks(target(visibility=then))
    check = checks["secrets of organization acme in codespaces: readers"]
    assert check.outcome is outcome
    assert check.detail.endswith(f"{now} → {then}")
    assert ("remove `visibility`" in check.remedy) is (outcome is CheckOutcome.WARNING)


def test_readers_that_nobody_asks_for(around: Surroundings) -> None:
    """Where nothing is said of the readers, those that stand are kept."""
    around.store.hold(target(), visibility=Visibility.ALL)
    check = around.checks(target())["secrets of organization acme in codespaces: readers"]
    assert (check.outcome, check.detail) == (CheckOutcome.OK, "all → all")


def test_readers_that_are_not_told(around: Surroundings) -> None:
    """Where GitHub does not tell who reads now, nothing is warned of."""
    around.store.hold(target())
    checks = around.checks(target(visibility=Visibility.ALL))
    assert checks.named(CheckOutcome.WARNING) == checks.named(CheckOutcome.FAILED) == []
    assert checks["secrets of organization acme in codespaces: readers"].detail == "not told → all"


def test_readers_that_differ(around: Surroundings) -> None:
    """Where the three secrets change differently, each is named; one that grows is enough."""
    server, user, password = target().names
    around.store.hold(target(), server, visibility=Visibility.SELECTED)
    around.store.hold(target(), user, visibility=Visibility.ALL)
    checks = around.checks(target(visibility=Visibility.PRIVATE))
    check = checks["secrets of organization acme in codespaces: readers"]
    assert check.outcome is CheckOutcome.WARNING
    assert check.detail.endswith(
        f": {server} selected → private, {user} all → private, {password} new → private"
    )


@pytest.mark.parametrize(
    ("cron", "outcome"),
    [
        (None, CheckOutcome.SKIPPED),
        ("hourly", CheckOutcome.SKIPPED),
        ("17 */3 * * *", CheckOutcome.OK),
        ("0 */8 * * *", CheckOutcome.WARNING),
    ],
)
def test_schedule(cron: str | None, outcome: CheckOutcome, around: Surroundings) -> None:
    """The schedule of the workflow must leave room for a run that GitHub drops."""
    check = around.checks(cron=cron)["schedule"]
    assert check.outcome is outcome
    if cron is None:
        assert check.detail == "no schedule began this run"
    if outcome is CheckOutcome.WARNING:
        assert check.detail.startswith("The schedule `0 */8 * * *` runs every 8 h")


def test_shadow(around: Surroundings) -> None:
    """Repositories of the organization are searched for secrets that hide its own."""
    around.store.hold(API)
    around.store.hold(WEB)
    checks = around.checks(target())
    check = checks["shadowing secrets"]
    assert check.outcome is CheckOutcome.WARNING
    api, web = check.detail.split(" acme/web has a secret ")
    assert api.startswith("acme/api has a secret ")
    assert web.endswith(" or make the repository a target.")
    assert checks.report.warnings == (f"shadowing secrets: {check.detail}",)


def test_no_shadow(around: Surroundings) -> None:
    """How many repositories were searched is said; those that are targets hide nothing."""
    around.store.hold(WEB)
    check = around.checks(target(), WEB)["shadowing secrets"]
    assert check.outcome is CheckOutcome.OK
    assert check.detail.startswith("none in 2 of")


def test_what_is_searched_for_shadows(around: Surroundings) -> None:
    """Fifty repositories are searched, none of them archived: no codespace begins there."""
    names = [f"acme/{number:02}" for number in range(52)]
    around.directory = FakeDirectory(*names[1:], archived=(names[0],))
    around.checks(target())
    searched = [label for what, label in around.store.asked if what == "standing"]
    assert sorted(searched)[1:] == [f"repository {name}" for name in names[1:51]]


@pytest.mark.parametrize(
    ("reader", "outcome"),
    [("acme/web", CheckOutcome.WARNING), ("acme/api", CheckOutcome.OK)],
)
def test_shadow_of_a_named_reader(reader: str, outcome: CheckOutcome, around: Surroundings) -> None:
    """Where the target names its readers, they are searched, and no other repository is."""
    around.store.hold(WEB)
    chosen = target(visibility=Visibility.SELECTED, readers=(reader,))
    assert around.checks(chosen)["shadowing secrets"].outcome is outcome
    searched = [label for what, label in around.store.asked if what == "standing"]
    assert searched == ["organization acme", f"repository {reader}"]


def test_shadows_that_may_not_be_seen(around: Surroundings) -> None:
    """Repositories that the credential may not look into are passed over, and counted."""
    around.store.refusals["standing", "repository acme/web"] = denied(404)
    check = around.checks(target())["shadowing secrets"]
    assert check.outcome is CheckOutcome.OK
    assert check.detail.startswith("none in 2 of")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(refused(403), CheckOutcome.OK), (UNAVAILABLE, CheckOutcome.FAILED)],
)
def test_repositories_that_are_not_listed(
    error: RotateError, outcome: CheckOutcome, around: Surroundings
) -> None:
    """Whoever may not list the repositories sees no shadow; an outage is no green check."""
    around.directory.refusals["acme"] = error
    assert around.checks(target())["shadowing secrets"].outcome is outcome


def test_outage_of_what_is_searched(around: Surroundings) -> None:
    """That nobody could look for shadows is no green check."""
    around.store.refusals["standing", "repository acme/web"] = UNAVAILABLE
    checks = around.checks(target())
    assert checks.named(CheckOutcome.FAILED) == ["shadowing secrets"]
    assert checks["shadowing secrets"].remedy == UNAVAILABLE.remedy


def test_no_look_for_shadows(around: Surroundings) -> None:
    """Where the credential may not look into repositories, none is asked."""
    permissions = {"organization_codespaces_secrets": "write"}
    around.grants = FakeGrants(replace(INSTALLED, permissions=permissions))
    access = GitHubAccess(app=App(id="1", private_key="key"))
    checks = around.checks(target(), github=access)
    assert checks["shadowing secrets"].outcome is CheckOutcome.SKIPPED
    assert checks.named(CheckOutcome.FAILED) == []


def test_notes(around: Surroundings) -> None:
    """What a glob leaves out, and what is named twice, is told with the report."""
    around.directory = FakeDirectory("acme/api", archived=("acme/past",))
    given = plan(selections=(selection(repository(""), "acme/*", "acme/api"),))
    report = around.diagnose(given)
    assert report.notes == ("acme/past is archived; it is left out.",)
    assert report.warnings == ("repository acme/api is named twice; it is written once.",)
