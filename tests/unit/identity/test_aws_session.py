"""AWS sessions, with an AWS that gives the answers it is told to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rotate.errors import (
    AccountNotAllowed,
    AwsCredentialsNotYetKnown,
    AwsRefusal,
    AwsUnavailable,
    Cancelled,
    ChainRefused,
    IdTokenUnavailable,
    OutOfTime,
    ProviderNotAccepted,
    RoleNotAssumable,
    RotateError,
    SessionRefused,
)
from rotate.identity.aws_call import Keys
from rotate.identity.aws_session import AwsIdentities, AwsSession
from rotate.model.registry import Identity
from rotate.remedies import SESSION
from tests.unit.examples import ACCOUNT, NOW, REGION, ROLE, TWELVE_HOURS
from tests.unit.fake_clients import FakeAws, id_token

OTHER_ACCOUNT = "210987654321"
CHAINED = f"arn:aws:iam::{OTHER_ACCOUNT}:role/chained"
BY_BOTO3 = Identity(region=REGION)
BY_ROLE = replace(BY_BOTO3, role=ROLE)
BY_CHAIN = replace(BY_BOTO3, chain=(CHAINED,))
SUBJECT = "repo:acme/ops:ref:refs/heads/main"
TOKEN = id_token({"sub": SUBJECT, "aud": "sts.amazonaws.com", "iss": "https://issuer"})


def assumed(name: str = "first", account: str = ACCOUNT) -> dict[str, Any]:
    """Return the answer to a role that was assumed."""
    return {
        "Credentials": {
            "AccessKeyId": f"{name}-id",
            "SecretAccessKey": f"{name}-secret",
            "SessionToken": f"{name}-token",
            "Expiration": NOW + TWELVE_HOURS,
        },
        "AssumedRoleUser": {"Arn": f"arn:aws:sts::{account}:assumed-role/pull/session"},
    }


def refusal(code: str, message: str = "no") -> AwsRefusal:
    """Return AWS's refusal with that code."""
    return AwsRefusal(operation="sts:call", code=code, message=message)


def keys(name: str) -> Keys:
    """Return the keys of the session of that name."""
    return Keys(
        access_key_id=f"{name}-id",
        secret_access_key=f"{name}-secret",
        session_token=f"{name}-token",
    )


def ask(aws: FakeAws, keys: Keys | None = None) -> Mapping[str, Any]:
    """Ask AWS something in a session with those keys."""
    return AwsSession(aws=aws, keys=keys).call("ecr", "ask", region=REGION, expecting="answer")


class World:
    """GitHub's ID tokens, AWS, and what was masked."""

    def __init__(self, *answers: Mapping[str, Any] | RotateError) -> None:
        """Take the answers of AWS."""
        self.aws = FakeAws(answers=list(answers))
        self.minted: list[str] = []
        self.masked: list[str] = []

    @property
    def identities(self) -> AwsIdentities:
        """What opens sessions."""
        return AwsIdentities(aws=self.aws, mint=self._mint, mask=self.masked.append)

    def open(self, identity: Identity) -> AwsSession:
        """Open a session of an identity."""
        return self.identities.open(identity)

    def _mint(self, audience: str) -> str:
        self.minted.append(audience)
        return TOKEN


@pytest.mark.parametrize(("identity", "services"), [(BY_ROLE, ["sts", "ecr"]), (BY_BOTO3, ["ecr"])])
def test_prepare(identity: Identity, services: list[str]) -> None:
    """STS is made ready where a role is assumed; nothing is asked, nor minted."""
    world = World()
    world.identities.prepare(identity, "ecr")
    assert world.aws.prepared == [(service, REGION) for service in services]
    assert (world.aws.calls, world.minted) == ([], [])


def test_role() -> None:
    """A role is assumed with an ID token, unsigned, and its keys are masked."""
    world = World(assumed())
    session = world.open(replace(BY_ROLE, session_policy="{}", duration=900, session_name="name"))
    assert session == AwsSession(
        aws=world.aws, keys=keys("first"), account=ACCOUNT, expires_at=NOW + TWELVE_HOURS
    )
    (call,) = world.aws.calls
    assert (call.operation, call.region) == ("sts:assume_role_with_web_identity", REGION)
    assert (call.keys, call.signed) == (None, False)
    assert call.parameters == {
        "RoleArn": ROLE,
        "RoleSessionName": "name",
        "DurationSeconds": 900,
        "Policy": "{}",
        "WebIdentityToken": TOKEN,
    }
    assert world.minted == ["sts.amazonaws.com"]
    assert set(world.masked) == {"first-id", "first-secret", "first-token"}


def test_chain() -> None:
    """Each role of a chain is assumed by the one before; only the last one is narrowed."""
    world = World(assumed("first"), assumed("second", OTHER_ACCOUNT))
    session = world.open(
        replace(BY_ROLE, chain=(CHAINED,), external_id="c0ffee", session_policy="{}", audience="me")
    )
    assert (session.keys, session.account) == (keys("second"), OTHER_ACCOUNT)
    first, second = world.aws.calls
    assert "Policy" not in first.parameters
    assert "ExternalId" not in first.parameters
    assert (second.operation, second.keys, second.signed) == (
        "sts:assume_role",
        keys("first"),
        True,
    )
    assert second.parameters["RoleArn"] == CHAINED
    assert second.parameters["ExternalId"] == "c0ffee"
    assert second.parameters["Policy"] == "{}"
    assert world.minted == ["me"]
    assert "second-secret" in world.masked


def test_chain_of_boto3s_own_session() -> None:
    """A chain may begin with boto3's own credentials, and need no external ID and no policy."""
    world = World(assumed())
    session = world.open(BY_CHAIN)
    (call,) = world.aws.calls
    assert (call.operation, call.keys) == ("sts:assume_role", None)
    assert not {"ExternalId", "Policy"} & set(call.parameters)
    assert session.keys == keys("first")
    assert not world.minted


def test_boto3s_own_session() -> None:
    """Without a role nothing is asked, and boto3's own credentials are used."""
    world = World()
    assert world.open(BY_BOTO3) == AwsSession(aws=world.aws)
    assert not world.aws.calls


@pytest.mark.parametrize("allowed", [(ACCOUNT,), (OTHER_ACCOUNT, ACCOUNT)])
def test_allowed_account(allowed: tuple[str, ...]) -> None:
    """A session in an allowed account is opened, and the account is not asked for again."""
    world = World(assumed())
    assert world.open(replace(BY_ROLE, allowed_accounts=allowed)).account == ACCOUNT
    assert len(world.aws.calls) == 1


def test_other_account() -> None:
    """A session in any other account is not opened."""
    with pytest.raises(AccountNotAllowed, match=f"in account {ACCOUNT}, and only {OTHER_ACCOUNT}"):
        World(assumed()).open(replace(BY_ROLE, allowed_accounts=(OTHER_ACCOUNT,)))


def test_account_of_boto3s_own_session() -> None:
    """Where the account is not known, AWS is asked for it."""
    world = World({"Account": ACCOUNT})
    world.open(replace(BY_BOTO3, allowed_accounts=(ACCOUNT,)))
    assert [call.operation for call in world.aws.calls] == ["sts:get_caller_identity"]
    with pytest.raises(AccountNotAllowed):
        World({"Account": OTHER_ACCOUNT}).open(replace(BY_BOTO3, allowed_accounts=(ACCOUNT,)))


@pytest.mark.parametrize(
    "passing",
    [
        refusal("ExpiredTokenException"),
        refusal("InvalidIdentityToken", "Couldn't retrieve verification key from your provider"),
        AwsUnavailable(operation="sts:call", what="it hangs"),
        {"Credentials": {}},
        {},
        {**assumed(), "AssumedRoleUser": {"Arn": "arn"}},
    ],
)
def test_passing_failures(passing: Mapping[str, Any] | RotateError) -> None:
    """After what may pass, the role is assumed again, with a new ID token."""
    world = World(passing, assumed())
    assert world.open(BY_ROLE).keys == keys("first")
    assert len(world.minted) == 2


@pytest.mark.parametrize(
    "failure",
    [AwsUnavailable(operation="sts:call", what="it hangs"), refusal("ExpiredTokenException")],
    ids=str,
)
def test_lasting_outage(failure: RotateError) -> None:
    """What does not pass is the answer in the end."""
    world = World(failure)
    with pytest.raises(AwsUnavailable, match=f"^{failure}$"):
        world.open(BY_ROLE)
    assert len(world.minted) == 2 * AwsUnavailable.attempts


OUTAGE = [AwsUnavailable(operation="sts:call", what="it hangs")] * AwsUnavailable.attempts
"""As often as a region is asked."""


@pytest.mark.parametrize(
    "identity",
    [BY_ROLE, BY_CHAIN, replace(BY_BOTO3, allowed_accounts=(ACCOUNT,))],
    ids=["role", "chain", "account"],
)
def test_outage_of_a_region(identity: Identity) -> None:
    """Where STS of one region is down, that of another is asked, with the same request."""
    world = World(*OUTAGE, {**assumed(), "Account": ACCOUNT})
    world.open(identity)
    *before, after = world.aws.calls
    assert {call.region for call in before} == {REGION}
    assert after == replace(before[0], region="us-west-2")


def test_outage_in_the_midst_of_a_chain() -> None:
    """Where the region fails between two roles, both are assumed in the other one."""
    world = World(assumed("first"), *OUTAGE, assumed("second"), assumed("third"))
    assert world.open(replace(BY_ROLE, chain=(CHAINED,))).keys == keys("third")
    assert [call.region for call in world.aws.calls[-2:]] == ["us-west-2"] * 2
    assert world.aws.calls[-1].keys == keys("second")
    assert len(world.minted) == 2


@pytest.mark.parametrize(
    "failure", [refusal("AccessDenied"), refusal("RegionDisabledException"), OutOfTime()], ids=str
)
def test_failure_in_the_other_region(failure: RotateError) -> None:
    """What else goes wrong in the other region is not told: the outage is what is to be mended."""
    world = World(*OUTAGE, failure)
    with pytest.raises(AwsUnavailable, match="it hangs"):
        world.open(BY_ROLE)
    assert len(world.aws.calls) == AwsUnavailable.attempts + 1


def test_cancelled_in_the_other_region() -> None:
    """A run that is told to stop says so, whatever went wrong before."""
    with pytest.raises(Cancelled):
        World(*OUTAGE, Cancelled()).open(BY_ROLE)


def test_no_other_region() -> None:
    """Where a partition has one region only, its outage is the answer."""
    world = World(*OUTAGE)
    with pytest.raises(AwsUnavailable):
        world.open(replace(BY_ROLE, region="eusc-de-east-1"))
    assert len(world.aws.calls) == AwsUnavailable.attempts


def test_keys_that_stay_unknown() -> None:
    """Keys that the region does not come to know are not taken to another."""
    world = World(assumed(), refusal("InvalidClientTokenId"))
    with pytest.raises(AwsCredentialsNotYetKnown):
        world.open(replace(BY_ROLE, chain=(CHAINED,)))
    assert {call.region for call in world.aws.calls} == {REGION}


@pytest.mark.parametrize(
    ("refused", "error", "words"),
    [
        (refusal("AccessDenied"), RoleNotAssumable, (ROLE, SUBJECT)),
        (
            refusal("InvalidIdentityToken", "No OpenIDConnect provider found"),
            ProviderNotAccepted,
            ("No OpenIDConnect provider found",),
        ),
        (
            refusal("InvalidIdentityTokenException", "Incorrect token audience"),
            ProviderNotAccepted,
            ("Incorrect token audience",),
        ),
        (refusal("Strange"), AwsRefusal, ("Strange",)),
    ],
)
def test_refused_role(
    refused: AwsRefusal, error: type[RotateError], words: tuple[str, ...]
) -> None:
    """A refusal of the role is not repeated anywhere, says why, and does not show the token."""
    world = World(refused)
    with pytest.raises(error) as caught:
        world.open(BY_ROLE)
    assert type(caught.value) is error
    assert all(word in str(caught.value) for word in words)
    assert TOKEN not in f"{caught.value}{caught.value.remedy}"
    assert len(world.aws.calls) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ValidationError", "role-duration-seconds"),
        ("PackedPolicyTooLarge", "session-policy"),
        ("PackedPolicyTooLargeException", "session-policy"),
        ("MalformedPolicyDocument", "session-policy"),
        ("MalformedPolicyDocumentException", "session-policy"),
        ("RegionDisabledException", "aws-region"),
    ],
)
@pytest.mark.parametrize("identity", [BY_ROLE, BY_CHAIN], ids=["role", "chain"])
def test_refused_inputs(code: str, name: str, identity: Identity) -> None:
    """A refusal that is due to an input names the input, for the first role and for the others.

    AWS is quoted.
    """
    with pytest.raises(SessionRefused, match=f"^sts:call: AWS answered {code}: no$") as caught:
        World(refusal(code)).open(identity)
    assert caught.value.remedy == SESSION[name]


def test_refused_chain() -> None:
    """A role of the chain that is refused is named, and AWS is quoted."""
    with pytest.raises(ChainRefused, match=f"{CHAINED}: AWS answered AccessDenied: no$"):
        World(assumed(), refusal("AccessDenied")).open(replace(BY_ROLE, chain=(CHAINED,)))


def test_call() -> None:
    """A session signs with its keys."""
    aws = FakeAws(answers=[{"answer": 1}])
    session = AwsSession(aws=aws, keys=keys("first"))
    assert session.call("ecr", "ask", region="eu-west-1", expecting="answer") == {"answer": 1}
    (call,) = aws.calls
    assert (call.operation, call.region) == ("ecr:ask", "eu-west-1")
    assert (call.keys, call.signed, call.parameters) == (keys("first"), True, {})


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "InvalidClientTokenId"])
def test_new_keys_take_a_moment(code: str) -> None:
    """Keys that were just issued are tried again, four times at most."""
    aws = FakeAws(answers=[refusal(code), {"answer": 1}])
    assert AwsSession(aws=aws, keys=keys("first")).call(
        "ecr", "ask", region=REGION, expecting="answer"
    )
    aws = FakeAws(answers=[refusal(code)])
    with pytest.raises(AwsCredentialsNotYetKnown, match=f"^sts:call: AWS answered {code}"):
        AwsSession(aws=aws, keys=keys("first")).call(
            "ecr", "ask", region=REGION, expecting="answer"
        )
    assert len(aws.calls) == 4


@pytest.mark.parametrize(
    ("given", "code"),
    [(None, "UnrecognizedClientException"), (keys("first"), "AccessDeniedException")],
)
def test_refusals_that_stay(given: Keys | None, code: str) -> None:
    """Keys that are not new, and refusals for other reasons, are not tried again."""
    aws = FakeAws(answers=[refusal(code)])
    with pytest.raises(AwsRefusal, match=code):
        ask(aws, given)
    assert len(aws.calls) == 1


def test_answer_that_was_cut_short() -> None:
    """An answer without what was asked for is none, and is asked for again."""
    aws = FakeAws(answers=[{}, {"answer": 1}])
    assert ask(aws) == {"answer": 1}
    aws = FakeAws(answers=[{}])
    with pytest.raises(AwsUnavailable, match="ecr:Ask: AWS's answer holds no answer"):
        ask(aws)
    assert len(aws.calls) == AwsUnavailable.attempts


def test_sessions() -> None:
    """Each step to the last session is yielded, whichever account it is in."""
    world = World(assumed(), assumed("second", OTHER_ACCOUNT))
    identity = replace(BY_ROLE, chain=(CHAINED,), allowed_accounts=("1",))
    identities = AwsIdentities(aws=world.aws, mint=lambda _: TOKEN, mask=world.masked.append)
    assert [one.account for one in identities.sessions(identity)] == [ACCOUNT, OTHER_ACCOUNT]


def test_claims() -> None:
    """The claims of a new ID token are told by name, as texts; it is asked for persistently."""
    minted: list[str] = []

    def mint(audience: str) -> str:
        minted.append(audience)
        if len(minted) == 1:
            raise IdTokenUnavailable("it hangs")
        return id_token({"sub": SUBJECT, "run_number": 42})

    identities = AwsIdentities(aws=FakeAws(answers=[]), mint=mint, mask=print)
    assert identities.claims(BY_ROLE) == {"sub": SUBJECT, "run_number": "42"}
    assert minted == [BY_ROLE.audience] * 2


@pytest.mark.parametrize(
    ("date", "now"),
    [
        ("Wed, 01 Jul 2026 12:00:00 GMT", NOW),
        ("Wed, 01 Jul 2026 12:00:00 -0000", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_caller(date: str | None, now: object) -> None:
    """AWS tells whom it takes a session for, and when it said so."""
    headers = {} if date is None else {"date": date}
    answer = {"Account": ACCOUNT, "Arn": "arn", "ResponseMetadata": {"HTTPHeaders": headers}}
    caller = AwsSession(aws=FakeAws(answers=[answer])).caller(REGION)
    assert (caller.account, caller.arn, caller.now) == (ACCOUNT, "arn", now)


def test_caller_without_a_name() -> None:
    """An account is told although AWS says no more than that."""
    caller = AwsSession(aws=FakeAws(answers=[{"Account": ACCOUNT}])).caller(REGION)
    assert (caller.account, caller.arn, caller.now) == (ACCOUNT, "", None)
