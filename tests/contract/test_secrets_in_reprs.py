"""No value and no error shows a secret, however it is printed."""

from __future__ import annotations

import ast
import dataclasses
import importlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from rotate import settings
from rotate.credential import check
from rotate.deadline import Deadline
from rotate.diagnosis.checklist import Finding
from rotate.errors import InvalidSettings, RotateError, Unexpected
from rotate.faces.clock import SystemClock
from rotate.faces.masks import Masks
from rotate.identity.aws_call import Aws, Keys, _translated
from rotate.identity.aws_session import AwsIdentities, AwsSession
from rotate.identity.github_oidc import IdTokens, claims
from rotate.model.github import PublicKey, Sealed
from rotate.model.plan import App, Command, GitHubAccess, IssueAccess, Limits, Plan
from rotate.model.registry import (
    Authorization,
    Credential,
    Identity,
    Registry,
    Service,
    TokenSource,
)
from rotate.registries.ecr import EcrTokens
from rotate.seal import seal
from rotate.settings.reader import Value
from rotate.stores.answer import Answer
from rotate.stores.connection import Response
from rotate.stores.credentials import AppInstallations, OneToken
from rotate.stores.github import GitHub
from rotate.stores.pace import Pace
from rotate.stores.repositories import GitHubRepositories
from rotate.stores.secrets import GitHubSecrets
from rotate.transport import Transport, trusting
from rotate.web import Reply, Web
from tests.contract.source_code import Module, modules
from tests.unit.fake_clients import FakeIdentities, FakeSession

CANARY = "canary0123456789"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DEADLINE = Deadline(clock=SystemClock(), seconds=60)
AWS = Aws(deadline=DEADLINE, ca_bundle=None)
TRUST = trusting(None)
WEB = Web(deadline=DEADLINE, transport=Transport(TRUST))
IDENTITY = Identity(region="us-east-1")
SOURCE = TokenSource(identity=IDENTITY, region="us-east-1", service=Service.ECR)
REGISTRY = Registry(name="default", source=SOURCE)
KEYS = Keys(access_key_id=CANARY, secret_access_key=CANARY, session_token=CANARY)
ACCESS = GitHubAccess(token=CANARY, app=App(id="1", private_key=CANARY))
AUTHORIZATION = Authorization(
    user="AWS", password=CANARY, expires_at=NOW, host="elsewhere", account=None
)
RUNNER = {"ACTIONS_ID_TOKEN_REQUEST_URL": CANARY, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": CANARY}
APP = App(id="1", private_key=CANARY)


def forget(secret: str) -> None:
    """Take a secret, and show it to nobody."""


def connect(token: Callable[[], str]) -> GitHub:
    """Return the API as a token sees it."""
    pace = Pace(deadline=DEADLINE, limits=Limits())
    return GitHub(
        api_url="https://api.github.com",
        token=token,
        deadline=DEADLINE,
        pace=pace,
        trust=TRUST,
    )


GITHUB = connect(lambda: CANARY)
HOLDERS = (
    AUTHORIZATION,
    Credential(server="host", user="AWS", password=CANARY, expires_at=NOW),
    Sealed(key_id="1", encrypted_value=CANARY),
    ACCESS,
    Plan(command=Command.RUN, registries=(REGISTRY,), selections=(), github=ACCESS),
    KEYS,
    AwsSession(aws=AWS, keys=KEYS),
    Answer(status=200, headers={"authorization": CANARY}, body={"token": CANARY}),
    Reply(status=200, headers={"authorization": CANARY}, body=CANARY.encode()),
    Response(status=200, headers={"authorization": CANARY}, text=CANARY),
    APP,
    IssueAccess(repository="acme/ops", token=CANARY),
    IdTokens(environment=RUNNER, web=WEB, mask=forget),
    OneToken(github=GITHUB),
    Value(text=CANARY, path="github-token"),
    Finding(value=KEYS, detail="obtained"),
)


"""One value of each class that holds a secret, itself or within."""

HARMLESS = {
    *("Fault", "EcrHost", "Input", "Claims", "Failure", "Attempt"),
    *("Identity", "TokenSource", "Registry", "Target", "Standing", "Access", "PublicKey"),
    *("Result", "RegistryReport", "Report", "Place", "Exchange", "Slack", "Row", "WorkflowRun"),
    *("Web", "EcrTokens", "RegistryVerification"),
    *("Selection", "Selected", "Agenda", "Found", "Repository", "Limits", "Cost"),
    *("Node", "Entry", "Configuration"),
    *("Option", "Setup"),
    *("Caller", "Organization", "Grant", "Needed"),
    *("Check", "World", "RegistryChecks", "TargetChecks"),
    *("Notice", "Rotation", "Telling"),
}


"""Classes of values that hold none: what the world may know, and what asks it."""


def printed(value: object) -> str:
    """Return everything that printing a value shows."""
    return f"{value!r} {value} {getattr(value, 'remedy', '')}"


def values() -> set[str]:
    """Return the name of every class of values in `rotate`."""
    loaded = [importlib.import_module(known.name) for known in modules() if known.part]
    return {
        name
        for module in loaded
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and dataclasses.is_dataclass(kind)
        and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_no_value_shows_its_secret(holder: object) -> None:
    """A value that holds a secret can be printed without it."""
    assert CANARY not in printed(holder)


@pytest.mark.parametrize(
    "client",
    [
        GITHUB,
        AppInstallations(app=APP, connect=connect, mask=forget),
        GitHubSecrets(
            credentials=OneToken(github=GITHUB),
            repositories=GitHubRepositories(OneToken(github=GITHUB)),
        ),
    ],
    ids=lambda client: type(client).__name__,
)
def test_clients_show_nothing(client: object) -> None:
    """What holds a credential to work with can be printed without it."""
    assert CANARY not in printed(client)


def test_masks_show_nothing() -> None:
    """What knows every secret can be printed without them."""
    masks = Masks(forget)
    masks.add(CANARY)
    assert CANARY not in printed(masks)


def test_every_value_is_known() -> None:
    """A new class of values is looked at here, or is known to hold no secret."""
    holders = {type(holder).__name__ for holder in HOLDERS}
    assert values() == holders | HARMLESS


def no_file(path: str) -> bytes:
    """Return the content of a file, none of which exists."""
    raise FileNotFoundError(path)


def wrong_token() -> object:
    """Read a GitHub token that is wrong."""
    return settings.read({"github-token": f"{CANARY} {CANARY}"}, {}, load=no_file)


def wrong_token_of_the_environment() -> object:
    """Read a GitHub token that is wrong, from the environment."""
    return settings.read({}, {"GITHUB_TOKEN": f"{CANARY} {CANARY}"}, load=no_file)


def wrong_key_of_an_app() -> object:
    """Read the private key of an App that is no key."""
    given = {"app-id": "1", "app-private-key": CANARY, "github-token": CANARY}
    return settings.read(given, {}, load=no_file)


def half_a_key_of_an_app() -> object:
    """Read half a private key, which looks like a whole one."""
    key = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----"
    given = {"app-id": "1", "app-private-key": key, "github-token": CANARY}
    return settings.read(given, {}, load=no_file)


def unusable_authorization() -> object:
    """Check an authorization for another user, or host."""
    return check(AUTHORIZATION, REGISTRY, now=NOW)


def unusable_key() -> object:
    """Seal a secret with a key that seals nothing."""
    return seal(CANARY, PublicKey(key_id="1", key="AAAA"))


def undecodable_token() -> object:
    """Decode a token that is not `user:password`."""
    return _authorized({"authorizationToken": b64encode(CANARY.encode()).decode()})


def token_without_an_end() -> object:
    """Decode a token whose end is not known."""
    token = b64encode(f"AWS:{CANARY}".encode()).decode()
    return _authorized({"authorizationToken": token, "expiresAt": CANARY})


def several_tokens() -> object:
    """Take several tokens, where one is expected."""
    return _authorized({"authorizationToken": CANARY}, {"authorizationToken": CANARY})


def incomplete_session() -> object:
    """Assume a role, and get keys that are not complete."""
    identities = AwsIdentities(aws=AWS, mint=str, mask=forget)
    return identities._assumed({"Credentials": {"SecretAccessKey": CANARY}})


def refused_signature() -> object:
    """Be refused by AWS with the canonical request, session token included."""
    message = f"Signature expired: now\nThe Canonical String was\nx-amz-security-token:{CANARY}"
    error = {"Code": "InvalidSignatureException", "Message": message}
    raise _translated({"Error": error}, "ecr:call")


def fault_of_the_program() -> object:
    """Meet an error that nobody expected."""
    try:
        return int(CANARY)
    except ValueError as error:
        raise Unexpected(error) from None


@pytest.mark.parametrize(
    "failing",
    [
        wrong_token,
        wrong_token_of_the_environment,
        wrong_key_of_an_app,
        half_a_key_of_an_app,
        unusable_authorization,
        unusable_key,
        undecodable_token,
        token_without_an_end,
        several_tokens,
        incomplete_session,
        refused_signature,
        fault_of_the_program,
    ],
    ids=lambda failing: failing.__name__,
)
def test_no_error_shows_a_secret(failing: Callable[[], object]) -> None:
    """What fails beside a secret says so without it."""
    with pytest.raises(RotateError) as caught:
        failing()
    assert CANARY not in printed(caught.value)
    assert b64encode(CANARY.encode()).decode() not in printed(caught.value)
    if isinstance(caught.value, InvalidSettings):
        assert "github-token" in printed(caught.value.faults)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_no_error_brings_another(module: Module) -> None:
    """An error that takes the place of another leaves it behind, whose text may hold a secret."""
    handlers = [node for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler)]
    raised = [node for handler in handlers for node in ast.walk(handler)]
    for node in raised:
        if isinstance(node, ast.Raise) and node.exc:
            assert ast.unparse(node).endswith(" from None")


def test_signature_of_an_id_token_is_not_kept() -> None:
    """What is read of an ID token is what it says, not what proves it."""
    assert CANARY not in printed(claims(f"e30.e30.{CANARY}"))


def _authorized(*tokens: Mapping[str, object]) -> Authorization:
    identities = FakeIdentities(session=FakeSession(answer={"authorizationData": list(tokens)}))
    return EcrTokens(identities=identities, mask=forget).authorize(SOURCE)
