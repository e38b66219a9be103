"""The configuration file: many registries and targets, read as their inputs are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.model.plan import Limits
from rotate.model.target import Scope, Secrets, Selection, Store, Target, Visibility
from rotate.settings.configuration import REGISTRY_KEYS
from rotate.settings.document import LARGEST
from tests.unit.examples import HOST, ROLE
from tests.unit.reading import FILE, RUNNER, faults, read, read_file

REGISTRIES = f"""\
version: 1
registries:
  prod:
    registry: {HOST}
    role-to-assume: {ROLE}
"""

WHOLE = """\
version: "1"
defaults:
  renew-before: 50%
  role-duration-seconds: 900
  stores: [codespaces, dependabot]
limits:
  writes-per-hour: 100
registries:
  prod:
    registry: 000000000001
    verify: false
  public:
    registry: public.ecr.aws
    role-duration-seconds: 1800
targets:
- registry: prod
  organization: acme
  visibility: private
  secret-prefix: ECR_PROD
- registry: public
  repositories: [acme/svc-*, '!acme/svc-old']
  stores: codespaces
  secrets: password
  renew-before: 1h
- registry: prod
  user: true
  stores: codespaces
"""


def wrong(file: str | bytes) -> list[str]:
    """Return what is wrong with a file."""
    return faults({"config": FILE}, file=file)


def test_registries() -> None:
    """Every registry of a file has its own values, and else the defaults."""
    prod, public = read_file(WHOLE).registries
    assert (prod.name, public.name) == ("prod", "public")
    assert prod.host == "000000000001.dkr.ecr.us-east-1.amazonaws.com"
    assert (prod.verify, public.verify) == (False, True)
    assert (prod.source.identity.duration, public.source.identity.duration) == (900, 1800)


def test_targets() -> None:
    """Every target of a file has its own values, and else the defaults, in every store."""
    organization = Target(
        registry="prod",
        scope=Scope.ORGANIZATION,
        owner="acme",
        prefix="ECR_PROD",
        visibility=Visibility.PRIVATE,
        renew_before=21600.0,
    )
    assert read_file(WHOLE).selections == (
        Selection(target=organization),
        Selection(
            target=Target(
                registry="prod",
                scope=Scope.ORGANIZATION,
                owner="acme",
                store=Store.DEPENDABOT,
                prefix="ECR_PROD",
                visibility=Visibility.PRIVATE,
                renew_before=21600.0,
            )
        ),
        Selection(
            target=Target(
                registry="public",
                scope=Scope.REPOSITORY,
                secrets=Secrets.PASSWORD,
                renew_before=3600.0,
            ),
            patterns=("acme/svc-*", "!acme/svc-old"),
        ),
        Selection(target=Target(registry="prod", scope=Scope.USER, renew_before=21600.0)),
    )


def test_limits() -> None:
    """A limit that is given replaces GitHub's, and the others stay."""
    assert read_file(WHOLE).limits == Limits(writes_per_hour=100)


@pytest.mark.parametrize("nothing", ["", "~", "null", "''"])
def test_value_that_is_none(nothing: str) -> None:
    """A value that is left out, in whatever way YAML has for it, is absent."""
    file = f"{REGISTRIES}    probe-image: {nothing}\ntargets: [{{user: true}}]\n"
    assert read_file(file).registries[0].probe_image is None


def test_blanks_around_a_value() -> None:
    """Blanks around a value are no part of it, and a value of blanks is absent."""
    target = "{organization: ' ', repositories: acme/api, registry: ' prod '}"
    (selection,) = read_file(f"{REGISTRIES}targets: [{target}]\n").selections
    assert (selection.target.scope, selection.patterns) == (Scope.REPOSITORY, ("acme/api",))


def test_json() -> None:
    """A file in JSON is a file in YAML."""
    content = json.dumps(
        {
            "version": 1,
            "registries": {"prod": {"registry": HOST}},
            "targets": [{"repositories": ["acme/api"]}],
        }
    )
    (selection,) = read_file(content).selections
    assert (selection.target.registry, selection.patterns) == ("prod", ("acme/api",))


def test_runs_own_inputs() -> None:
    """Beside a file, the run keeps its own inputs, and its `renew-before` goes for every target."""
    file = f"{REGISTRIES}targets:\n- organization: acme\n- user: true\n  renew-before: 1h\n"
    plan = read({"config": FILE, "renew-before": "6h", "concurrency": "2"}, file=file)
    assert [one.target.renew_before for one in plan.selections] == [21600, 3600]
    assert plan.concurrency == 2
    forced = read({"config": FILE, "force": "true"}, file=file)
    assert [one.target.renew_before for one in forced.selections] == [None, None]


def test_what_is_missing_in_an_entry() -> None:
    """What an entry lacks is missing where the entry begins."""
    registry = f"{{prod: {{role-to-assume: {ROLE}}}}}"
    file = f"version: 1\nregistries: {registry}\ntargets: [{{user: true}}]\n"
    (fault,) = faults({"config": FILE}, {**RUNNER, "AWS_REGION": ""}, file=file)
    assert fault.startswith("registries.prod.aws-region (line 2): is missing")


def test_inputs_that_belong_into_the_file() -> None:
    """An input of a registry or a target beside a file is a fault, for it would be ignored."""
    file = f"{REGISTRIES}targets:\n- organization: acme\n"
    given = {"config": FILE, "aws-region": "us-east-1", "scope": "user", "repositories": "a/b"}
    assert faults(given, file=file) == [
        f"{name}: must be absent with `config`: write it into the file."
        for name in ("aws-region", "scope", "repositories")
    ]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("elsewhere.yml", "`elsewhere.yml` cannot be read: No such file or directory."),
        ("../rotate.yml", "`../rotate.yml` must be a path without `..`."),
    ],
)
def test_file_that_cannot_be_read(path: str, problem: str) -> None:
    """A file that is not there, or not below the workspace, is one fault."""
    assert faults({"config": path}) == [f"config: {problem}"]


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("", ["config: is empty."]),
        ("# a comment\n", ["config: is empty."]),
        (b"\xff", ["config: is not UTF-8."]),
        (rb'version: "\UFFFFFFFF"', ["config: is not YAML: it cannot be parsed."]),
        (rb'version: "\U00110000"', ["config: is not YAML: it cannot be parsed."]),
        (b"#" * LARGEST, ["config: is empty."]),
        (b"#" * (LARGEST + 1), ["config: is larger than 1 MB."]),
        (
            "a: [\n",
            ["config (line 2): is not YAML: expected the node content, but found '<stream end>'."],
        ),
        ("a: \x01\n", ["config: is not YAML: special characters are not allowed."]),
        ("[" * 5000, ["config: is nested too deeply."]),
        ("a: 1\n--- \nb: 2\n", ["config (line 2): is not YAML: but found another document."]),
        (
            "text",
            [
                "registries (line 1): is missing.",
                "targets (line 1): is missing.",
                "version (line 1): must be 1.",
                "config (line 1): must be a mapping of names to values.",
            ],
        ),
        ("version: 1\ntargets: [{user: true}]\n", ["registries (line 1): is missing."]),
        (
            f"{REGISTRIES}targets: acme\n",
            ["targets (line 6): must be a list."],
        ),
        (
            f"{REGISTRIES}targets: [acme]\n",
            ["targets[0] (line 6): must be a mapping of names to values."],
        ),
        (
            "version: 2\nregistries: {a: {registry: 123456789012}}\ntargets: [{user: true}]\n",
            ["version (line 1): `2` must be 1."],
        ),
        (
            "registries: {a: {registry: 123456789012}}\nversion: 2\ntargets: [{user: true}]\n",
            ["version (line 2): `2` must be 1."],
        ),
        (
            f"{REGISTRIES}targets: [{{user: true}}]\ntarget: []\n",
            ["target (line 7): is not a key here. Did you mean `targets`?"],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  registery: prod\n",
            ["targets[0].registery (line 8): is not a key here. Did you mean `registry`?"],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  registry: prd\n",
            ["targets[0].registry (line 8): `prd` is none of `registries`. Did you mean `prod`?"],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  registry: prd\n  stores: actions\n",
            [
                "targets[0].registry (line 8): `prd` is none of `registries`. Did you mean `prod`?",
                "targets[0].stores (line 9): `actions` has no secrets of a user.",
            ],
        ),
        (
            f"{REGISTRIES}limits: {{writes-per-day: 1}}\ntargets: [{{user: true}}]\n",
            ["limits.writes-per-day (line 6): is not a key here. Did you mean `writes-per-hour`?"],
        ),
        (
            f"{REGISTRIES}  test: {{registry: 123456789012}}\ntargets:\n- user: true\n",
            ["targets[0].registry (line 8): is missing: name one of `registries`."],
        ),
        (
            f"{REGISTRIES}targets:\n- stores: actions\n",
            [
                "targets[0] (line 7): names no `organization`, no `repositories` and no "
                "`user: true`."
            ],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  organization: acme\n",
            ["targets[0] (line 7): names both an organization and a user; make it two targets."],
        ),
        (
            f"{REGISTRIES}targets:\n- user: false\n  repositories: acme/api\n",
            ["targets[0].user (line 7): `false` must be `true`, or absent."],
        ),
        (
            f"{REGISTRIES}targets:\n- organization: {{name: acme}}\n",
            [
                "targets[0] (line 7): names no `organization`, no `repositories` and no "
                "`user: true`.",
                "targets[0].organization (line 7): must be a text or a list of texts.",
            ],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  repositories: [acme/api, [acme/web]]\n",
            ["targets[0].repositories (line 8): must be a text or a list of texts."],
        ),
        (
            f"{REGISTRIES}targets:\n- &one\n  user: true\n- *one\n",
            [
                "targets[1] (line 7): is an alias; write the values out, or use `defaults`.",
                "targets[1] (line 7): must be a mapping of names to values.",
            ],
        ),
        (
            f"{REGISTRIES}targets: [{{user: true, stores: &one actions, secret-prefix: *one}}]\n",
            [
                "targets[0].secret-prefix (line 6): is an alias; write the values out, or use "
                "`defaults`.",
                "targets[0].stores (line 6): `actions` has no secrets of a user.",
            ],
        ),
        (
            f"{REGISTRIES}    verfy: false\ntargets:\n- user: true\n",
            ["registries.prod.verfy (line 6): is not a key here. Did you mean `verify`?"],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  [a]: b\n  registery: prod\n",
            [
                "targets[0] (line 8): has a key that is no text.",
                "targets[0].registery (line 9): is not a key here. Did you mean `registry`?",
            ],
        ),
        (
            f"{REGISTRIES}targets:\n- user: true\n  user: true\n",
            ["targets[0].user (line 8): is given twice."],
        ),
        (
            f"{REGISTRIES}limits: {{writes-per-hour: 0, concurrent: many}}\n"
            "targets: [{user: true}]\n",
            [
                "limits.concurrent (line 6): `many` must be a whole number from 1 to 1000000.",
                "limits.writes-per-hour (line 6): `0` must be a whole number from 1 to 1000000.",
            ],
        ),
        (
            f"defaults:\n  verify: maybe\n{REGISTRIES}targets: [{{user: true}}]\n",
            ["defaults.verify (line 2): `maybe` must be `true` or `false`."],
        ),
        (
            f"defaults: {{organization: acme}}\n{REGISTRIES}targets: [{{user: true}}]\n",
            ["defaults.organization (line 1): is not a key here."],
        ),
        (
            f"{REGISTRIES}    aws-region: eu-west-1\ntargets:\n- organization: a/b\n",
            [
                "registries.prod.aws-region (line 6): is `eu-west-1`, but the registry is in "
                "`us-east-1`; a token works only in its own region. Remove `aws-region`.",
                "targets[0].organization (line 8): `a/b` is not the name of an organization.",
            ],
        ),
    ],
)
def test_faults_carry_path_and_line(file: str | bytes, found: list[str]) -> None:
    """Everything that is wrong with a file is told at once, with its path and its line."""
    assert wrong(file) == found


def test_faults_of_the_inputs_come_first() -> None:
    """What is wrong with the inputs is told before what is wrong with the file."""
    file = "version: 2\nregistries: {a: {registry: 123456789012}}\ntargets: [{user: true}]\n"
    assert [
        fault.partition(" ")[0] for fault in faults({"config": FILE, "timeout": "x"}, file=file)
    ] == [
        "timeout:",
        "version",
    ]


@pytest.mark.parametrize("registries", [2, 20])
def test_fault_of_a_default_is_told_once(registries: int) -> None:
    """A default that is wrong is one fault, however many inherit it."""
    names = "".join(f"  r{n}: {{registry: '123456789012'}}\n" for n in range(registries))
    targets = "".join(f"- {{registry: r{n}, user: true}}\n" for n in range(registries))
    file = f"version: 1\ndefaults: {{verify: maybe}}\nregistries:\n{names}targets:\n{targets}"
    assert wrong(file) == ["defaults.verify (line 2): `maybe` must be `true` or `false`."]


@pytest.mark.parametrize("name", ["renew-before", "force"])
def test_fault_of_the_run_is_told_once(name: str) -> None:
    """An input of the run that is wrong is one fault, however many targets it goes for."""
    file = f"{REGISTRIES}targets:\n- organization: acme\n- organization: globex\n"
    (fault,) = faults({"config": FILE, name: "often"}, file=file)
    assert fault.startswith(f"{name}: `often` must be ")


VALUES = {
    "role-session-name": ["nightly"],
    "role-duration-seconds": ["900", "3600", "43200"],
    "session-policy": ["none", "pull"],
    "allowed-account-ids": ["123456789012", "123456789012, 210987654321"],
    "verify": ["false", "True"],
    "probe-image": ["base:latest"],
    "secret-prefix": ["ecr_b", "X"],
    "secrets": ["password", "all"],
    "stores": ["actions", "codespaces\ndependabot"],
    "renew-before": ["50%", "6h", "90m"],
}
PLACES: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"repositories": "acme/api, acme/svc-*\n!acme/svc-old"},) * 2,
    ({"scope": "organization", "organization": "acme"}, {"organization": "acme"}),
    (
        {"scope": "organization", "organization": "acme", "repositories": "api"},
        {"organization": "acme", "repositories": "api"},
    ),
    (
        {"scope": "organization", "organization": "acme", "visibility": "all"},
        {"organization": "acme", "visibility": "all"},
    ),
]
"""A place as inputs name it, and as a target of a file does."""


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(texts) for name, texts in VALUES.items()}
    ),
    st.sampled_from(PLACES),
    st.booleans(),
)
def test_inputs_are_a_file_in_disguise(
    values: dict[str, str], place: tuple[dict[str, str], dict[str, str]], in_defaults: bool
) -> None:
    """The same values mean the same as inputs, as a file's entries, and as its defaults."""
    as_inputs, as_target = place
    registry = {"role-to-assume": ROLE, "registry": HOST}
    of_registry = {name: text for name, text in values.items() if name in REGISTRY_KEYS}
    of_target = {name: text for name, text in values.items() if name not in REGISTRY_KEYS}
    file = {
        "version": 1,
        **({"defaults": values} if in_defaults and values else {}),
        "registries": {"default": registry | ({} if in_defaults else of_registry)},
        "targets": [as_target | ({} if in_defaults else of_target)],
    }
    plan = read({**registry, **values, **as_inputs})
    assert read_file(json.dumps(file)) == plan
