"""One call to AWS through boto3, answered in memory below its connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    IncompleteReadError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import URLLib3Session
from botocore.loaders import JSONFileLoader

from rotate.errors import (
    AwsConfigurationUnusable,
    AwsRefusal,
    AwsUnavailable,
    ClockSkewed,
    NoAwsCredentials,
    OutOfTime,
    RotateError,
)
from rotate.identity.aws_call import Aws, Keys
from tests.unit.examples import REGION, ROLE
from tests.unit.fakes import deadline
from tests.unit.internet import AwsInternet

KEYS = Keys(access_key_id="AKIA", secret_access_key="the-key", session_token="the-session")
ROLE_REQUEST = {"RoleArn": ROLE, "RoleSessionName": "name", "WebIdentityToken": "token"}
CANARY = "the-canary"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsInternet:
    """Return an internet for boto3, on a machine that has no credentials."""
    network = AwsInternet([])
    monkeypatch.setattr(URLLib3Session, "send", lambda _, request: network.send(request))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return network


def call(
    *, keys: Keys | None = KEYS, seconds: float = 600.0, service: str = "ecr"
) -> Mapping[str, Any]:
    """Ask for an authorization token."""
    aws = Aws(deadline=deadline(seconds), ca_bundle=None)
    return aws.call(service, "get_authorization_token", region=REGION, keys=keys, parameters={})


def error(code: str, message: str = "no") -> str:
    """Return an error as ECR gives it."""
    return json.dumps({"__type": f"com.amazonaws#{code}", "message": message})


def test_signed(internet: AwsInternet) -> None:
    """A request is signed with the session's keys, and its answer is what boto3 makes of it."""
    internet.answers.append((200, '{"authorizationData": [{"authorizationToken": "t"}]}'))
    assert call()["authorizationData"] == [{"authorizationToken": "t"}]
    (request,) = internet.sent
    assert request.url == "https://api.ecr.us-east-1.amazonaws.com/"
    assert b"Credential=AKIA/" in request.headers["Authorization"]
    assert request.headers["X-Amz-Security-Token"] in (b"the-session", "the-session")


def test_unsigned(internet: AwsInternet) -> None:
    """A role is assumed with its ID token alone, without keys."""
    internet.answers.append((200, "<R><AssumeRoleWithWebIdentityResult/></R>"))
    Aws(deadline=deadline(), ca_bundle=None).call(
        "sts",
        "assume_role_with_web_identity",
        region=REGION,
        signed=False,
        parameters=ROLE_REQUEST,
    )
    (request,) = internet.sent
    assert "Authorization" not in request.headers
    assert request.url == "https://sts.us-east-1.amazonaws.com/"


def test_unsigned_beside_credentials(
    internet: AwsInternet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not to be signed is not, whatever credentials boto3 would find."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    internet.answers.append((200, "{}"))
    Aws(deadline=deadline(), ca_bundle=None).call(
        "ecr", "get_authorization_token", region=REGION, signed=False, parameters={}
    )
    assert "Authorization" not in internet.sent[0].headers


@pytest.mark.parametrize(
    ("answer", "told"), [((200, "{}"), "200"), ((400, error("AccessDeniedException")), "400")]
)
def test_trace(answer: tuple[int, str], told: str, internet: AwsInternet) -> None:
    """A request is told with its address, its operation and its status."""
    internet.answers.append(answer)
    lines: list[str] = []
    aws = Aws(deadline=deadline(), ca_bundle=None, trace=lines.append)
    with suppress(AwsRefusal):
        aws.call("ecr", "get_authorization_token", region=REGION, keys=KEYS, parameters={})
    (line,) = lines
    address = "POST api.ecr.us-east-1.amazonaws.com ecr:GetAuthorizationToken"
    assert line == f"{address}: {told} (0.00 s)"


def test_clients_are_made_one_at_a_time() -> None:
    """No two threads make a client at the same time, for a session of boto3's is not safe."""
    inside: list[object] = []
    most = 0

    class Session:
        def client(self, service: str, **_: object) -> None:
            nonlocal most
            inside.append(service)
            most = max(most, len(inside))
            sleep(0.05)
            inside.pop()

    aws = Aws(deadline=deadline(), ca_bundle=None)
    vars(aws._session)["_session"] = Session()
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda service: aws.prepare(service, REGION), ("ecr", "sts")))
    assert most == 1


def test_chain_that_hangs() -> None:
    """While boto3's own chain waits for a program that gives credentials, others are served."""
    served = Event()

    class Chain:
        def client(self, service: str, **_: object) -> None:
            assert served.wait(timeout=30)
            raise ValueError(service)

    aws = Aws(deadline=deadline(), ca_bundle=None)
    vars(aws._session_of_chain)["_session"] = Chain()

    def ask() -> None:
        aws.call("ecr", "get_authorization_token", region=REGION, parameters={})

    with ThreadPoolExecutor(1) as workers:
        asking = workers.submit(ask)
        aws.prepare("ecr", REGION)
        assert not asking.done()
        served.set()
        with pytest.raises(AwsConfigurationUnusable):
            asking.result()


def test_boto3s_own_chain(internet: AwsInternet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without keys boto3 looks for its own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    internet.answers.append((200, "{}"))
    call(keys=None)
    assert b"Credential=OWN/" in internet.sent[0].headers["Authorization"]


def test_no_credentials(internet: AwsInternet) -> None:
    """Where boto3 finds none, nothing is sent."""
    with pytest.raises(NoAwsCredentials):
        call(keys=None)
    assert internet.sent == []


def configure(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """Make a text AWS's configuration."""
    file = folder / "config"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[profile other]\n", "ProfileNotFound"),
        (f"{CANARY}\n", "ConfigParseError"),
        (f"[profile chosen]\nendpoint_url = {CANARY}\n", "ValueError"),
    ],
)
def test_unusable_configuration(
    internet: AwsInternet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, kind: str
) -> None:
    """What is wrong in AWS's configuration is told as that, even beside keys; nothing is quoted."""
    configure(monkeypatch, tmp_path, text)
    monkeypatch.setenv("AWS_PROFILE", "chosen")
    with pytest.raises(AwsConfigurationUnusable, match=kind) as caught:
        call()
    assert CANARY not in str(caught.value)
    assert internet.sent == []


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("aws_access_key_id = OWN", "PartialCredentialsError"),
        (f"role_arn = {ROLE}\nweb_identity_token_file = /{CANARY}", "FileNotFoundError"),
        (f"credential_process = /{CANARY}", "FileNotFoundError"),
        ("credential_process = /", "PermissionError"),
        (f"credential_process = sh -c 'echo {CANARY} >&2; false'", "CredentialRetrievalError"),
        (f"credential_process = echo {CANARY}", "JSONDecodeError"),
        (f"credential_process = echo '[\"{CANARY}\"]'", "AttributeError"),
    ],
)
def test_unusable_credentials(
    internet: AwsInternet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str, kind: str
) -> None:
    """Credentials that are configured but not to be had are told as that, and quote nothing."""
    configure(monkeypatch, tmp_path, f"[default]\n{setting}\n")
    with pytest.raises(AwsConfigurationUnusable, match=kind) as caught:
        call(keys=None)
    assert CANARY not in str(caught.value)
    assert internet.sent == []


def test_unused_credentials(
    internet: AwsInternet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where keys are given, it does not matter that others are not to be had."""
    configure(monkeypatch, tmp_path, "[default]\ncredential_process = /nowhere\n")
    internet.answers.append((200, "{}"))
    call()
    assert len(internet.sent) == 1


@pytest.mark.parametrize(
    ("seconds", "connect", "read"), [(600, 4.0, 8.0), (5, 4.0, 5.0), (3, 3.0, 3.0)]
)
def test_timeouts(seconds: float, connect: float, read: float) -> None:
    """Neither connecting nor reading may take longer than is left; botocore asks once only."""
    config: Any = Aws(deadline=deadline(seconds), ca_bundle=None)._config(signed=True)
    assert config.connect_timeout == connect
    assert config.read_timeout == read
    assert config.retries == {"total_max_attempts": 1}


@pytest.mark.parametrize("keys", [KEYS, None], ids=["keys", "own chain"])
def test_ca_bundle(keys: Keys | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """AWS must prove to be itself to the CA bundle that is given, to boto3's own chain, too."""
    token = tmp_path / "token"
    token.write_text("token", encoding="utf-8")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    trusted: list[object] = []

    def send(session: URLLib3Session, _: object) -> object:
        trusted.append(session._verify)  # type: ignore[attr-defined]
        raise ConnectTimeoutError(endpoint_url=CANARY)

    monkeypatch.setattr(URLLib3Session, "send", send)
    aws = Aws(deadline=deadline(), ca_bundle="/ca.pem")
    with pytest.raises(AwsUnavailable):
        aws.call("ecr", "get_authorization_token", region=REGION, keys=keys, parameters={})
    assert set(trusted) == {"/ca.pem"}


def test_no_time(internet: AwsInternet) -> None:
    """Without time nothing is sent."""
    with pytest.raises(OutOfTime):
        call(seconds=0)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (ConnectTimeoutError(endpoint_url=CANARY), "failed: ConnectTimeoutError"),
        (ReadTimeoutError(endpoint_url=CANARY), "failed: ReadTimeoutError"),
        (ConnectionClosedError(endpoint_url=CANARY), "failed: ConnectionClosedError"),
        (SSLError(endpoint_url=CANARY, error=OSError(CANARY)), "failed: SSLError"),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), "failed: IncompleteReadError"),
        ((200, "[1]"), "the answer is not one of AWS's"),
        ((503, error("ServiceUnavailable")), "AWS answered ServiceUnavailable: no"),
        ((400, error("ThrottlingException")), "AWS answered ThrottlingException: no"),
        ((400, error("ServerException")), "AWS answered ServerException: no"),
        ((429, error("Busy")), "AWS answered Busy: no"),
        ((500, ""), "AWS answered HTTP 500: the body is not one of AWS's"),
        ((502, f"<html>{CANARY}</html>"), "AWS answered HTTP 502|failed: ResponseParserError"),
    ],
)
def test_passing_errors(
    answer: tuple[int, str] | Exception, what: str, internet: AwsInternet
) -> None:
    """What may pass is told apart from what stays, and nothing of a strange body is shown."""
    internet.answers.append(answer)
    with pytest.raises(AwsUnavailable, match=what) as caught:
        call()
    assert caught.value.where == "ecr:GetAuthorizationToken"
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("service", "operation", "body", "what"),
    [
        ("ecr", "get_authorization_token", '{"authorizationData": 1}', "not one of AWS's"),
        (
            "ecr",
            "get_authorization_token",
            f'{{"authorizationData": [{{"expiresAt": "{CANARY}"}}]}}',
            "not one of AWS's",
        ),
        (
            "ecr",
            "get_authorization_token",
            '{"authorizationData": [{"expiresAt": 1e300}]}',
            "not one of AWS's",
        ),
        ("sts", "get_caller_identity", f"<html>{CANARY}</html>", "not one of AWS's"),
        ("sts", "get_caller_identity", f"<html>{CANARY}", "failed: ResponseParserError"),
    ],
)
def test_answers_of_another_shape(
    service: str, operation: str, body: str, what: str, internet: AwsInternet
) -> None:
    """Whatever botocore's parsers make of an answer that is none of AWS's, it may pass."""
    internet.answers.append((200, body))
    with pytest.raises(AwsUnavailable, match=what) as caught:
        Aws(deadline=deadline(), ca_bundle=None).call(
            service, operation, region=REGION, keys=KEYS, parameters={}
        )
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        *("IDPCommunicationError", "InternalError", "InternalFailure", "RequestLimitExceeded"),
        *("RequestTimeout", "ServerException", "ServiceUnavailable", "TooManyRequestsException"),
        *("Throttling", "ThrottlingException", "ThrottledException"),
    ],
)
def test_passing_codes(code: str, internet: AwsInternet) -> None:
    """Each of these codes may pass, whatever the status."""
    internet.answers.append((400, error(code)))
    with pytest.raises(AwsUnavailable, match=f"AWS answered {code}: no"):
        call()


@pytest.mark.parametrize(
    ("answer", "kind", "what"),
    [
        ((400, error("AccessDeniedException", "not you")), AwsRefusal, "AccessDenied.*: not you"),
        ((403, error("Forbidden", f"one\n{CANARY}")), AwsRefusal, "Forbidden: one$"),
        ((400, error("Od\x1bd", "is\x1b it")), AwsRefusal, "AWS answered Od\ufffdd: is\ufffd it$"),
        ((404, ""), AwsRefusal, "HTTP 404: the body is not one of AWS's"),
        ((403, error("InvalidSignatureException", "Signature expired: now")), ClockSkewed, "clock"),
        ((403, error("InvalidSignatureException", "Expired")), ClockSkewed, "clock"),
        ((403, error("SignatureDoesNotMatch", "Not yet current")), ClockSkewed, "clock"),
        ((403, error("SignatureDoesNotMatch", "Clock skew")), ClockSkewed, "clock"),
        ((403, error("SignatureDoesNotMatch", "wrong key")), AwsRefusal, "wrong key"),
        ((403, error("ExpiredTokenException", "it is expired")), AwsRefusal, "it is expired"),
        ((403, error("RequestExpired", "Request has expired")), ClockSkewed, "has expired"),
    ],
)
def test_refusals(
    answer: tuple[int, str], kind: type[RotateError], what: str, internet: AwsInternet
) -> None:
    """A refusal is AWS's code and the first line of its message, never what was signed."""
    internet.answers.append(answer)
    with pytest.raises(kind, match=what) as caught:
        call()
    assert type(caught.value) is kind
    assert CANARY not in f"{caught.value}{caught.value.remedy}"


@pytest.mark.parametrize(
    "body", [f"<R><Error><Message>{CANARY}</Message></Error></R>", f"<R><Odd>{CANARY}</Odd></R>"]
)
def test_error_without_a_code(body: str, internet: AwsInternet) -> None:
    """An error that names no code is not one of AWS's, and its message is not shown."""
    internet.answers.append((400, body))
    with pytest.raises(AwsRefusal, match="HTTP 400: the body is not one of AWS's") as caught:
        Aws(deadline=deadline(), ca_bundle=None).call(
            "sts", "get_caller_identity", region=REGION, keys=KEYS, parameters={}
        )
    assert CANARY not in str(caught.value)


def test_error_without_a_message(internet: AwsInternet) -> None:
    """An error that has a code but no message is told by its code."""
    internet.answers.append((403, "<R><Error><Code>AccessDenied</Code></Error></R>"))
    with pytest.raises(AwsRefusal) as caught:
        Aws(deadline=deadline(), ca_bundle=None).call(
            "sts", "get_caller_identity", region=REGION, keys=KEYS, parameters={}
        )
    assert (caught.value.code, caught.value.message) == ("AccessDenied", "")


def test_request_that_cannot_be_made(internet: AwsInternet) -> None:
    """What boto3 itself refuses is told by its kind alone."""
    aws = Aws(deadline=deadline(), ca_bundle=None)
    where, parameters = "ecr:GetAuthorizationToken", {"registryIds": CANARY}
    with pytest.raises(AwsRefusal, match=f"^{where}: .*ParamValidationError: boto3") as caught:
        aws.call("ecr", "get_authorization_token", region=REGION, keys=KEYS, parameters=parameters)
    assert CANARY not in str(caught.value)


def test_keys_are_not_shown() -> None:
    """The keys of a session are in no text."""
    assert "the-key" not in repr(KEYS)


def test_prepared(internet: AwsInternet, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is prepared sends nothing, and leaves nothing to be read for the call."""
    aws = Aws(deadline=deadline(), ca_bundle=None)
    aws.prepare("sts", REGION)
    assert internet.sent == []
    monkeypatch.delattr(JSONFileLoader, "load_file")
    internet.answers.append((200, "<R><AssumeRoleWithWebIdentityResult/></R>"))
    aws.call(
        "sts",
        "assume_role_with_web_identity",
        region=REGION,
        signed=False,
        parameters=ROLE_REQUEST,
    )
    assert len(internet.sent) == 1


def test_what_cannot_be_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the way is told by the call, not before."""
    monkeypatch.setenv("AWS_PROFILE", "elsewhere")
    Aws(deadline=deadline(), ca_bundle=None).prepare("sts", REGION)
    Aws(deadline=deadline(0), ca_bundle=None).prepare("sts", REGION)
