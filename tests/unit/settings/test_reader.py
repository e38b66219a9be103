"""Taking values one by one, and gathering what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rotate.settings import aws, github, values
from rotate.settings.inputs import NAMES, SECRETS
from rotate.settings.reader import Reader, Value
from tests.unit.examples import ROLE

MISSING = "is missing: name it."


def reader(given: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Reader:
    """Return a reader of those inputs."""
    return Reader.of_inputs(given, environment=environment or {}, faults=[])


def faults(reader: Reader) -> list[str]:
    """Return what a reader finds wrong."""
    return [str(fault) for fault in reader.faults]


@pytest.mark.parametrize(("text", "value"), [("false", False), (" false\n", False), (" \t", True)])
def test_take(text: str, value: bool) -> None:
    """A value is read without the blanks around it; a blank one is the default."""
    assert reader({"verify": text}).take("verify", values.boolean) is value


def test_take_what_is_wrong() -> None:
    """Reading goes on with the default where a value is wrong."""
    inputs = reader({"verify": "maybe"})
    assert inputs.take("verify", values.boolean) is True
    assert faults(inputs) == ["verify: `maybe` must be `true` or `false`."]


def test_take_a_list_with_a_wrong_item() -> None:
    """Of a list only the item that is wrong is quoted."""
    inputs = reader({"role-chain": f"{ROLE}, pull", "allowed-account-ids": ","})
    inputs.maybe("role-chain", values.listed(aws.role))
    inputs.maybe("allowed-account-ids", values.listed(aws.account))
    chain, accounts = faults(inputs)
    assert chain.startswith("role-chain: `pull` is not the ARN")
    assert accounts == "allowed-account-ids: `,` lists nothing."


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_secrets_are_not_quoted(name: str) -> None:
    """A secret that is wrong is not quoted, however short it is."""
    inputs = reader({name: "hüsh"})
    inputs.maybe(name, github.token)
    (fault,) = faults(inputs)
    assert fault.startswith(f"{name}: is not a GitHub token")
    assert "hüsh" not in fault


@pytest.mark.parametrize(
    ("given", "environment", "region"),
    [
        ({"aws-region": "eu-west-1"}, {"AWS_REGION": "us-east-1"}, "eu-west-1"),
        ({"aws-region": " "}, {"AWS_REGION": "us-east-1"}, "us-east-1"),
        ({}, {"AWS_REGION": " ", "AWS_DEFAULT_REGION": " us-east-2 "}, "us-east-2"),
        ({}, {}, None),
    ],
)
def test_maybe(given: dict[str, str], environment: dict[str, str], region: str | None) -> None:
    """An input comes before the environment, whose first variable that is set counts."""
    inputs = reader(given, environment)
    assert inputs.maybe("aws-region", aws.region, "AWS_REGION", "AWS_DEFAULT_REGION") == region


def test_fault_of_a_variable() -> None:
    """Where a variable is wrong, the input that defaults to it is a fault."""
    inputs = reader({}, {"AWS_REGION": "here"})
    assert inputs.maybe("aws-region", aws.region, "AWS_REGION") is None
    assert faults(inputs) == ["aws-region: `here` is not an AWS region, such as `us-east-1`."]


def test_need() -> None:
    """What is needed and given is read."""
    inputs = reader({"organization": "acme"})
    assert inputs.need("organization", github.owner, missing=MISSING, stand_in="x") == "acme"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, f"organization: {MISSING}"),
        ({"organization": "a/b"}, "organization: `a/b` is not the name of an organization."),
    ],
)
def test_need_without_a_value(given: dict[str, str], fault: str) -> None:
    """Reading goes on with the stand-in where a needed value is absent or wrong."""
    inputs = reader(given)
    assert inputs.need("organization", github.owner, missing=MISSING, stand_in="x") == "x"
    assert faults(inputs) == [fault]


@pytest.mark.parametrize(
    ("given", "given_otherwise"),
    [({}, False), ({"stores": "codespaces"}, False), ({"stores": "actions"}, True)],
)
def test_has(given: dict[str, str], given_otherwise: bool) -> None:
    """An input with its default is as good as absent."""
    assert reader(given).has("stores") is given_otherwise


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("role-to-asume", " Did you mean `role-to-assume`?"), ("zzz", "")],
)
def test_unknown_names(name: str, suggestion: str) -> None:
    """An input that does not exist is a fault, with a name that is close."""
    inputs = reader({name: "x"})
    inputs.allow(NAMES, "an input of this action")
    assert faults(inputs) == [f"{name}: is not an input of this action.{suggestion}"]


def test_blank_unknown_names() -> None:
    """An unknown input that is blank is absent."""
    inputs = reader({"zzz": " "})
    inputs.allow(NAMES, "an input of this action")
    assert not inputs.faults


def test_where_an_absent_value_would_stand() -> None:
    """What is missing in a file is missing at the path and line of its entry."""
    entry = Reader({}, environment={}, faults=[], path="targets[1]", line=7)
    entry.need("organization", github.owner, missing=MISSING, stand_in="")
    assert faults(entry) == [f"targets[1].organization (line 7): {MISSING}"]


def test_where_a_wrong_value_stands() -> None:
    """What is wrong is wrong where it was written, which may be elsewhere than its entry."""
    written = Value(text="maybe", path="defaults.verify", line=2)
    entry = Reader({"verify": written}, environment={}, faults=[], path="registries.a", line=7)
    entry.take("verify", values.boolean)
    assert faults(entry) == ["defaults.verify (line 2): `maybe` must be `true` or `false`."]
