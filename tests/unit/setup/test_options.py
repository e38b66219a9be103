"""Which questions make sense."""

from __future__ import annotations

import pytest

from rotate.setup import OPTIONS


@pytest.mark.parametrize(
    ("name", "answers", "applies"),
    [
        ("aws-account", {}, True),
        ("repository-id", {"owner-id": "1"}, True),
        ("repository-id", {"owner-id": ""}, False),
        ("organization", {"scope": "organization"}, True),
        ("organization", {"scope": "Organization"}, True),
        ("organization", {"scope": "repository"}, False),
        ("organization", {}, False),
        ("repositories", {"scope": "repository"}, True),
        ("repositories", {"scope": "organization"}, False),
        ("ecr-repositories", {"registry": ""}, True),
        ("ecr-repositories", {"registry": "public.ecr.aws"}, False),
    ],
)
def test_questions(name: str, answers: dict[str, str], applies: bool) -> None:
    """A question is asked where the answers before it leave it open."""
    (option,) = (option for option in OPTIONS if option.name == name)

    assert option.question
    assert option.applies(answers) is applies
