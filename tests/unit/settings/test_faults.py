"""Everything that is wrong with the inputs, in one go."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rotate.errors import InvalidSettings
from rotate.settings import inputs
from tests.unit.examples import ACCOUNT, HOST, ROLE
from tests.unit.reading import RUNNER, faults, read

OTHER_ACCOUNT = "210987654321"
OTHER_HOST = HOST.replace(ACCOUNT, OTHER_ACCOUNT)
CHINA = "arn:aws-cn:iam::123456789012:role/pull"
OTHER_ROLE = ROLE.replace(ACCOUNT, OTHER_ACCOUNT)
WRONG = {
    "command": "rotate",
    "registry": "docker.io",
    "audience": "two words",
    "role-session-name": "x",
    "role-duration-seconds": "60",
    "session-policy": "push",
    "allowed-account-ids": "12",
    "verify": "maybe",
    "probe-image": "Base",
    "repositories": "api",
    "secret-prefix": "1ECR",
    "secrets": "some",
    "stores": "packages",
    "github-token": "two words",
    "dry-run": "1",
    "owners": "a/b",
    "renew-before": "soon",
    "force": "maybe",
    "concurrency": "0",
    "timeout": "soon",
    "mispelt": "x",
}
"""Inputs that are wrong by themselves, whatever the others are."""

PLAUSIBLE = [
    *WRONG.values(),
    *("organization", "user", "repository", "selected", "all", "private", "none", "pull"),
    *("acme", "acme/api", "api\nacme/web", "us-east-1", "cn-north-1", "public.ecr.aws", HOST),
    *(ACCOUNT, ROLE, CHINA, f"{ROLE},{OTHER_ROLE}", "true", "43200", "codespaces,actions", " "),
]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            {"role-to-assume": CHINA},
            f"role-to-assume: `{CHINA}` is not in the partition of us-east-1.",
        ),
        (
            {"role-to-assume": ROLE, "role-chain": f"{OTHER_ROLE}\n{CHINA}"},
            f"role-chain: `{CHINA}` is not in the partition of us-east-1.",
        ),
        (
            {"role-chain": OTHER_ROLE, "role-duration-seconds": "3601"},
            "role-duration-seconds: must be 3600 at most with `role-chain`.",
        ),
        (
            {"role-external-id": "c0ffee"},
            "role-external-id: needs `role-chain`: a role assumed with an OIDC token takes no "
            "external ID.",
        ),
        (
            {"organization": "acme"},
            "organization: is for `scope: organization` only.",
        ),
        (
            {"scope": "user", "visibility": "all"},
            "visibility: is for `scope: organization` only.",
        ),
        (
            {"scope": "user", "stores": "codespaces,actions"},
            "stores: `actions` has no secrets of a user.",
        ),
        (
            {"scope": "organization", "repositories": "api,globex/web"},
            "repositories: `globex/web` is not of `acme`.",
        ),
        (
            {"scope": "organization", "visibility": "selected"},
            "visibility: is `selected`, but `repositories` names none. To keep the repositories "
            "that are selected now, remove `visibility`.",
        ),
        (
            {"scope": "organization", "visibility": "all", "repositories": "api"},
            "visibility: is `all`, so `repositories` cannot choose the readers.",
        ),
    ],
)
def test_inputs_that_do_not_go_together(given: dict[str, str], fault: str) -> None:
    """Inputs that contradict each other are a fault, for to ignore one is to misunderstand it."""
    assert faults(given) == [fault]


@pytest.mark.parametrize(
    ("given", "environment", "fault"),
    [
        ({}, {"AWS_REGION": ""}, "aws-region: is missing: name the region of the registry"),
        ({}, {"GITHUB_REPOSITORY": ""}, "repositories: is missing: name the repositories"),
        (
            {"scope": "organization"},
            {"GITHUB_REPOSITORY_OWNER": ""},
            "organization: is missing: name the organization",
        ),
        ({}, {"GITHUB_TOKEN": ""}, "github-token: is missing: pass a personal access token"),
        *(
            ({}, {"GITHUB_API_URL": url}, "GITHUB_API_URL: is not an address")
            for url in (
                "http://api.github.com",
                "https://",
                "https://:8443",
                "https://[::1",
                "https://[::1]",
                "https://x y",
                "https://x:abc",
                "https://x:65536",
                "https://x:0",
                "https://me:secret@x",
                "https://x?y",
                "https://x#y",
                "https://x\ny",
            )
        ),
    ],
)
def test_what_is_missing(given: dict[str, str], environment: dict[str, str], fault: str) -> None:
    """What is needed and found nowhere is a fault that says what to name."""
    (found,) = faults(given, {**RUNNER, **environment})
    assert found.startswith(fault)


def test_unknown_input() -> None:
    """An input that does not exist is told as such."""
    assert faults({"mispelt": "x"}) == ["mispelt: is not an input of this action."]


@given(st.sets(st.sampled_from(sorted(WRONG)), min_size=1))
@example(set(WRONG))
def test_every_fault_at_once(names: set[str]) -> None:
    """Everything that is wrong is reported in one go, each thing once, in the inputs' order."""
    found = [fault.partition(":")[0] for fault in faults({name: WRONG[name] for name in names})]
    unknown = sorted(names - set(inputs.NAMES))
    assert found == [*unknown, *(name for name in inputs.NAMES if name in names)]


@given(
    st.dictionaries(
        st.sampled_from(inputs.NAMES) | st.text(),
        st.sampled_from(PLAUSIBLE) | st.text(),
        max_size=len(inputs.NAMES),
    ),
    st.dictionaries(
        st.sampled_from([*RUNNER, "GITHUB_API_URL", "AWS_DEFAULT_REGION", "GH_TOKEN"]),
        st.sampled_from([*RUNNER.values(), *PLAUSIBLE]) | st.text(),
    ),
)
def test_any_inputs_are_read_or_refused(given: dict[str, str], environment: dict[str, str]) -> None:
    """No inputs at all make reading raise anything but `InvalidSettings`."""
    try:
        plan = read(given, environment)
    except InvalidSettings as invalid:
        assert invalid.faults
    else:
        assert plan.registries
        assert plan.selections


@given(st.text(alphabet="abc \té", min_size=1).filter(lambda text: set(text.strip()) & set(" \té")))
def test_faults_never_show_the_token(noise: str) -> None:
    """A token that is wrong is not quoted."""
    token = f"ghp_canary{noise}ghp_canary"
    (fault,) = faults({"github-token": token})
    assert "canary" not in fault
    (fault,) = faults({}, {**RUNNER, "GITHUB_TOKEN": token})
    assert "canary" not in fault
