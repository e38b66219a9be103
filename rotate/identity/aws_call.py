"""One call to AWS through boto3, and what its failure means.

botocore's own retries are off: it does not know our deadline, and gives up where a new ID token
would help. Of its exceptions only the error's code and message are kept: a parser error, for
one, quotes the whole answer, secret key included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError
from botocore.session import get_session
from botocore.utils import parse_timestamp

from rotate.deadline import Deadline
from rotate.errors import (
    AwsConfigurationUnusable,
    AwsRefusal,
    AwsUnavailable,
    ClockSkewed,
    NoAwsCredentials,
    RotateError,
)
from rotate.foreign import phrase
from rotate.trace import Trace, silent, traced

_CONNECT_TIMEOUT = 4.0
_READ_TIMEOUT = 8.0
"""Seconds."""

_UNREADABLE = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What botocore raises for a page of HTML, or JSON of another shape, where it expects its own."""

_TRANSIENT_CODES = frozenset(
    {
        "IDPCommunicationError",
        "InternalError",
        "InternalFailure",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServerException",
        "ServiceUnavailable",
        "TooManyRequestsException",
    }
)
"""Beside everything that begins with `Throttl`, and every HTTP status from 500 on."""

_SIGNATURE_CODES = ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired")
_CLOCK_WORDS = ("expired", "not yet current", "skew")
"""What tells a clock that is off from a key that is wrong, in the message of a refusal."""


def action(service: str, operation: str) -> str:
    """Return boto3's name of an operation as IAM writes it: `ecr:GetAuthorizationToken`."""
    return f"{service}:{operation.title().replace('_', '')}"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of a session."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)


_NO_KEYS = Keys(access_key_id="", secret_access_key="", session_token="")  # nosec B106  # They sign nothing.


class Aws:
    """How AWS is reached: within the deadline, trusting `ca_bundle` or else botocore's own."""

    def __init__(self, *, deadline: Deadline, ca_bundle: str | None, trace: Trace = silent) -> None:
        """Load nothing of boto3 yet, which takes longer than all the rest of the program."""
        self.deadline = deadline
        self._trace = trace
        self._session = _Session(ca_bundle)
        # boto3's own credential chain may wait for a program, which is to hold up nobody else.
        self._session_of_chain = _Session(ca_bundle)

    def prepare(self, service: str, region: str) -> None:
        """Load what a service's first call takes, so that the call need not.

        What goes wrong is left for the call to tell.
        """
        with suppress(Exception):
            self._client(service, region, keys=_NO_KEYS, signed=True)
            # An answer that holds a time is read with dateutil, which takes a while to load.
            parse_timestamp("1970-01-01T00:00:00Z")

    def call(
        self,
        service: str,
        operation: str,
        *,
        region: str,
        keys: Keys | None = None,
        signed: bool = True,
        parameters: Mapping[str, object],
    ) -> Mapping[str, Any]:
        """Return the answer to one request, signed with `keys` or by boto3's own chain.

        Raises:
            AwsConfigurationUnusable: AWS's own configuration names what is not there or no use.
            AwsRefusal: AWS refused for good.
            AwsUnavailable: AWS failed; asking again may help.
            ClockSkewed: AWS refused the signature because of its time.
            NoAwsCredentials: boto3 found no credentials.
        """
        where = action(service, operation)
        try:
            client = self._client(service, region, keys=keys, signed=signed)
            return self._answer(client, operation, where, parameters)
        except ClientError as error:
            raise _translated(error.response, where) from None
        # Named here and not above, they are loaded where there is an error: what is loaded before
        # GitHub is asked for the ID token delays everything.
        except NoCredentialsError:
            raise NoAwsCredentials from None
        except (
            ConnectionError,
            HTTPClientError,
            IncompleteReadError,
            ResponseParserError,
        ) as error:
            what = f"the request failed: {type(error).__name__}"
            raise AwsUnavailable(operation=where, what=what) from None
        except ParamValidationError as error:
            raise AwsRefusal(
                operation=where,
                code=type(error).__name__,
                message="boto3 could not make the request",
            ) from None
        # A file that holds credentials is looked for only when the request is to be signed.
        except (BotoCoreError, OSError) as error:
            raise AwsConfigurationUnusable(error) from None
        except _UNREADABLE:
            raise AwsUnavailable(operation=where, what="the answer is not one of AWS's") from None

    def _answer(
        self,
        client: Any,  # noqa: ANN401 - boto3 makes its clients at run time
        operation: str,
        where: str,
        parameters: Mapping[str, object],
    ) -> Mapping[str, Any]:
        with traced(
            self._trace,
            clock=self.deadline.clock,
            method="POST",
            url=client.meta.endpoint_url,
            action=where,
        ) as exchange:
            try:
                answer: Mapping[str, Any] = getattr(client, operation)(**parameters)
            except ClientError as error:
                exchange.answer = str(_status(error.response))
                raise
            exchange.answer = str(_status(answer))
        return answer

    def _client(self, service: str, region: str, *, keys: Keys | None, signed: bool) -> Any:  # noqa: ANN401  boto3 makes its class at run time
        session = self._session if keys or not signed else self._session_of_chain
        try:
            return session.client(
                service,
                region_name=region,
                config=self._config(signed=signed),
                aws_access_key_id=keys and keys.access_key_id,
                aws_secret_access_key=keys and keys.secret_access_key,
                aws_session_token=keys and keys.session_token,
            )
        except _UNREADABLE as error:
            # Nothing was asked of AWS yet: it is what a program printed, or an address.
            raise AwsConfigurationUnusable(error) from None

    def _config(self, *, signed: bool) -> Config:
        return Config(
            connect_timeout=self.deadline.allowance(_CONNECT_TIMEOUT),
            read_timeout=self.deadline.allowance(_READ_TIMEOUT),
            retries={"total_max_attempts": 1},
            signature_version=None if signed else UNSIGNED,
        )


class _Session:
    """A session of boto3's, which reads the descriptions of AWS's services once for all clients."""

    def __init__(self, ca_bundle: str | None) -> None:
        self._ca_bundle = ca_bundle
        self._lock = Lock()

    def client(self, service: str, **options: object) -> Any:  # noqa: ANN401 - as in `Aws`
        # One at a time: a session is not safe to share, though what it makes is.
        # https://docs.aws.amazon.com/boto3/latest/guide/session.html
        with self._lock:
            new_client: Callable[..., Any] = self._session.client
            return new_client(service, **options)

    @cached_property
    def _session(self) -> boto3.Session:
        session = get_session()
        # Not told to each client alone: boto3's own credential chain makes some, too.
        session.set_config_variable("ca_bundle", self._ca_bundle)
        return boto3.Session(botocore_session=session)


def _translated(response: Mapping[str, Any], where: str) -> RotateError:
    error = response.get("Error", {})
    status = _status(response)
    code, message = phrase(error.get("Code", "")), str(error.get("Message", ""))
    if not code or code.isdecimal():
        # botocore takes a body that it cannot read for the message, whatever it may hold.
        code, message = f"HTTP {status}", "the body is not one of AWS's; is a proxy in between?"
    # The first line only: the message of a refused signature goes on with the canonical request,
    # session token included.
    message = phrase(message.partition("\n")[0])
    if _is_transient(code, status):
        return AwsUnavailable(operation=where, what=f"AWS answered {code}: {message}")
    if code in _SIGNATURE_CODES and any(word in message.lower() for word in _CLOCK_WORDS):
        return ClockSkewed(operation=where, message=message)
    return AwsRefusal(operation=where, code=code, message=message)


def _status(response: Mapping[str, Any]) -> int:
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _is_transient(code: str, status: int) -> bool:
    return (
        code in _TRANSIENT_CODES
        or code.startswith("Throttl")
        or status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
