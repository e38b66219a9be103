"""Errors: each says what happened, where, and what to do, and holds no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from rotate import errors, remedies, settings
from rotate.errors import RotateError
from rotate.grant import Grant, Kind
from rotate.remedies import SESSION, Claims
from rotate.settings import inputs
from tests.unit.examples import ACCOUNT, HOST, REGION, ROLE, target

CLAIMS = Claims(
    sub="repo:acme/ops:ref:refs/heads/main",
    audience="sts.amazonaws.com",
    issuer="https://token.actions.githubusercontent.com",
)
DENIED = errors.GitHubDenied(
    status=404, message="Not Found", where="GET /orgs/acme", accepted="", single_sign_on=""
)

EVERY: tuple[tuple[RotateError, int, str], ...] = (
    (errors.InvalidSettings((errors.Fault(path="verify", problem="is odd."),)), 1, "1 fault"),
    (errors.InvalidOptions((errors.Fault(path="branch", problem="is odd."),)), 1, "1 fault"),
    (errors.OutOfTime(), 1, "time"),
    (errors.Stuck("timeout"), 1, "still under way"),
    (errors.NotPublished({"html": OSError(28, "No space left on device")}), 1, "No space"),
    (errors.NotPublished({"GITHUB_OUTPUT": KeyError("secret")}), 1, "KeyError"),
    (errors.NotPublished({"html": KeyError(), "other": KeyError()}), 1, "there (KeyError)"),
    (errors.Cancelled(), 1, "cancelled"),
    (errors.IdTokenNotAllowed(), 1, "ID token"),
    (errors.IdTokenRefused(403), 1, "HTTP 403"),
    (errors.IdTokenUnavailable("the answer holds no ID token"), 5, "no ID token"),
    (
        errors.AwsRefusal(operation="ecr:call", code="Strange", message="no"),
        1,
        "AWS answered Strange: no",
    ),
    (errors.AwsUnavailable(operation="ecr:call", what="it hangs"), 5, "it hangs"),
    (errors.AwsCredentialsNotYetKnown(operation="ecr:call", what="unknown"), 4, "unknown"),
    (errors.NoAwsCredentials(), 1, "role-to-assume"),
    (errors.AwsConfigurationUnusable(OSError("secret")), 1, "(OSError)"),
    (errors.RoleNotAssumable(role=ROLE, claims=CLAIMS), 1, CLAIMS.sub),
    (errors.ProviderNotAccepted(role=ROLE, claims=CLAIMS, message="no provider"), 1, "no provider"),
    (errors.ChainRefused(role=ROLE, message="denied"), 1, f"{ROLE}: denied"),
    (
        errors.SessionRefused(operation="sts:call", message="too long", name="session-policy"),
        1,
        "too long",
    ),
    (errors.AccountNotAllowed(account="1", allowed=("2", "3")), 1, "account 1, and only 2, 3"),
    (errors.ClockSkewed(operation="sts:call", message="expired"), 1, "clock"),
    (errors.ClockOff(90.4, "AWS"), 1, "90 s behind that of AWS"),
    (errors.ClockOff(-90.4, "GitHub"), 1, "is 90 s ahead of that of GitHub"),
    (
        errors.AwsPermissionMissing(
            operation="ecr:call", actions=("ecr:GetAuthorizationToken",), message="denied"
        ),
        1,
        "denied",
    ),
    (errors.UnusableCredential("it is no token", where=HOST), 1, "no token"),
    (errors.WrongRegion(HOST), 1, "HTTP 400"),
    (errors.CredentialNotAccepted(HOST), 1, "HTTP 401"),
    (errors.CredentialExpired(HOST), 1, "expired"),
    (errors.PullDenied(HOST), 1, "denies the new token"),
    (errors.PullDenied(HOST, repository="base"), 1, "may not pull base"),
    (errors.ProbeImageMissing(HOST, "base:latest"), 1, "base:latest"),
    (errors.RegistryUnavailable(HOST, "it hangs"), 5, "it hangs"),
    (errors.RegistryUnexpected(HOST, 204), 1, "HTTP 204"),
    (errors.GitHubTokenRejected("GET /"), 1, "HTTP 401"),
    (errors.InstallationTokenRejected("GET /"), 1, "the token of the App's installation"),
    (errors.InstallationTokenNotYetKnown("GET /"), 5, "the token of the App's installation"),
    (DENIED, 1, "HTTP 404: Not Found"),
    (errors.SecretsDenied(DENIED, target()), 1, "HTTP 404: Not Found"),
    (errors.GrantTooNarrow(Grant(kind=Kind.WORKFLOW), target()), 1, "the workflow's own"),
    (
        errors.GrantTooNarrow(Grant(kind=Kind.CLASSIC, scopes=()), target()),
        1,
        "a classic token without the scope `admin:org`",
    ),
    (
        errors.GrantTooNarrow(Grant(kind=Kind.FINE_GRAINED), target()),
        1,
        "without the permission `organization_codespaces_secrets: write`",
    ),
    (
        errors.GrantTooNarrow(Grant(kind=Kind.APP, permissions={}), target()),
        1,
        "its installation by acme lacks the permission",
    ),
    (errors.SingleSignOnMissing("acme", "required"), 1, "single sign-on of acme"),
    (errors.InstallationSuspended("acme", "https://github.com"), 1, "acme has suspended"),
    (errors.NotAnAdministrator("hubot", "acme/api"), 1, "hubot is not an administrator"),
    (errors.OrganizationUnknown("acme"), 1, "no organization acme"),
    (errors.OrganizationOnFreePlan("acme"), 1, "Free plan"),
    (errors.AppNotAccepted(), 1, "HTTP 401"),
    (errors.AppNotInstalled("acme"), 1, "not installed by acme"),
    (errors.NoReaders(("acme/svc-*", "!acme/x")), 1, "`acme/svc-*`, `!acme/x` leave no repository"),
    (errors.NoRepositoryMatches("acme/svc-*"), 1, "`acme/svc-*` fits no repository"),
    (errors.RepositoryArchived("PUT /"), 1, "archived"),
    (errors.RepositoryNamedTwice("acme/old", now="acme/api"), 1, "called acme/api by now"),
    (errors.GitHubRefusal(status=409, message="no", where="PUT /"), 1, "HTTP 409: no"),
    (errors.GitHubUnavailable("it hangs", where="GET /"), 5, "it hangs"),
    (errors.InstallationTokenUnavailable("it hangs", where="POST /"), 1, "it hangs"),
    (errors.RateLimited(where="GET /", wait=1.0), 1, "rate limit"),
    (errors.RateLimitOutlastsRun(61.4), 1, "welcome in 61 s"),
    (errors.Unprocessable(message="no", where="PUT /"), 1, "HTTP 422: no"),
    (errors.UnusablePublicKey("it is all zeros"), 1, "all zeros"),
    (errors.IssuesDenied("GitHub answered HTTP 403: no"), 1, "HTTP 403"),
    (errors.IssuesDisabled(), 1, "issues are disabled"),
)
"""One or more errors of each class, how often a request may fail so, and what each says."""


def classes(root: type[RotateError]) -> Iterator[type[RotateError]]:
    """Yield every class below `root`."""
    for child in root.__subclasses__():
        yield child
        yield from classes(child)


def test_no_permission_helps_the_token_of_a_workflow() -> None:
    """Where no permission would do, none is named as missing."""
    error = errors.GrantTooNarrow(Grant(kind=Kind.WORKFLOW), target())
    assert error.what == f"`github-token` is {Kind.WORKFLOW}"


@pytest.mark.parametrize(
    ("error", "attempts", "what"),
    EVERY,
    ids=[f"{type(error).__name__}: {what}" for error, _, what in EVERY],
)
def test_what_where_and_remedy(error: RotateError, attempts: int, what: str) -> None:
    """Each error says what happened, where it happened, and, in sentences, what to do."""
    assert str(error) == f"{error.where}: {error.what}"
    assert what in error.what
    assert error.where
    assert error.remedy[0].isupper()
    assert error.attempts == attempts


def test_inputs_in_remedies() -> None:
    """What a remedy tells to set is an input, and takes the value that is named."""
    others = (*remedies.SESSION.values(), *remedies.NARROWER_SESSION.values(), remedies.INCOMPLETE)
    text = "\n".join([*(error.remedy for error, _, _ in EVERY), *others])
    example = text.replace("<account>", ACCOUNT).replace("<name>", "pull")
    named = set(re.findall("`([a-z]+[a-z-]*)(?:: ([^`]+))?`", example))
    given = {"github-token": "token", "role-to-assume": ROLE, "aws-region": REGION}
    run = {"GITHUB_REPOSITORY": "acme/ops"}

    assert {name for name, _ in named} - set(inputs.NAMES) == {"permissions", "issues", "pull"}
    for name, value in named:
        if value and name in inputs.NAMES:
            settings.read({**given, name: value}, run, load=lambda _: b"", offline=True)


def test_no_class_is_forgotten() -> None:
    """Every class of the project's own errors is looked at here, or below."""
    looked_at = {type(error) for error, _, _ in EVERY}
    ours = {child for child in classes(RotateError) if child.__module__.startswith("rotate.")}
    assert ours - looked_at == {errors.Unexpected}


def test_public_names() -> None:
    """Every class that is exported exists, and every one that exists is exported."""
    ours = {child.__name__ for child in classes(RotateError)}
    assert ours | {"RotateError", "Fault", "NOT_BEGUN", "known"} == set(errors.__all__)


@pytest.mark.parametrize("name", SESSION)
def test_inputs_that_a_session_may_be_refused_for(name: str) -> None:
    """A session that is refused has the remedy of the input it is refused for."""
    refused = errors.SessionRefused(operation="sts:call", message="no", name=name)
    assert refused.remedy == SESSION[name]


def test_all_faults_are_listed() -> None:
    """Wrong inputs are listed one per line, and counted."""
    faults = (
        errors.Fault(path="verify", problem="is odd."),
        errors.Fault(path="zzz", problem="is unknown.", suggestion="Did you mean `secrets`?"),
    )
    error = errors.InvalidSettings(faults)
    assert error.faults == faults
    assert str(error) == (
        "inputs: 2 faults, so nothing was attempted:\n"
        "- verify: is odd.\n"
        "- zzz: is unknown. Did you mean `secrets`?"
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            errors.InvalidSettings,
            "inputs: 1 fault, so nothing was attempted:\n- a (line 3): is odd.",
        ),
        (errors.InvalidOptions, "init: 1 fault, so nothing was attempted:\n- a (line 3): is odd."),
    ],
)
def test_one_fault(error: type[errors.InvalidSettings], text: str) -> None:
    """A single fault is told with whose it is, and with its line where it has one."""
    assert str(error((errors.Fault(path="a", problem="is odd.", line=3),))) == text


def test_fault_of_the_program() -> None:
    """A fault of the program says its kind and its line, not its text."""
    with pytest.raises(KeyError) as caught:
        raise KeyError("the-canary")
    unexpected = errors.Unexpected(caught.value)
    assert str(unexpected).startswith("rotate-ecr-token: KeyError in test_errors.py, line ")
    assert "canary" not in f"{unexpected} {unexpected!r} {unexpected.remedy}"


def test_line_of_a_fault() -> None:
    """The line is the one that failed, and none that led to it."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    unexpected = str(errors.Unexpected(caught.value))
    assert unexpected.startswith("rotate-ecr-token: JSONDecodeError in decoder.py, line ")


def test_reasons_are_kept() -> None:
    """What code further up decides by is kept on the error."""
    assert errors.RateLimited(where="GET /", wait=3.0).wait == 3.0
    refusal = errors.AwsRefusal(operation="ecr:call", code="Strange", message="no")
    assert (refusal.operation, refusal.code, refusal.message) == ("ecr:call", "Strange", "no")
