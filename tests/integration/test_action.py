"""What the action tells GitHub's runner: outputs, summary, annotations, log, exit status."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from sandbox import Fault
from tests.integration.world import (
    HOST,
    NAMES,
    OTHER_ACCOUNT,
    PASSWORD,
    ROLE,
    ROTATION,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    cold,
    outcomes,
    said,
)

pytestmark = cold

TIME = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
COUNT = {"type": "integer", "minimum": 0}
TARGET = {
    "target": {"type": "string"},
    "store": {"enum": ["codespaces", "dependabot", "actions"]},
    "prefix": {"type": "string"},
    "registry": {"type": ["string", "null"]},
    "outcome": {"enum": ["rotated", "fresh", "stale", "planned", "failed", "not-attempted"]},
    "written": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "expires_at": TIME,
    "reason": {"type": "string"},
    "remedy": {"type": "string"},
}
REGISTRY = {
    "name": {"type": "string"},
    "host": {"type": ["string", "null"]},
    "expires_at": TIME,
}


def exactly(properties: dict[str, object]) -> dict[str, object]:
    """Return the schema of an object with these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


REPORT = Draft202012Validator(
    exactly(
        {
            "version": {"const": 1},
            "command": {"enum": ["run", "plan"]},
            "rotated": COUNT,
            "fresh": COUNT,
            "failed": COUNT,
            "registries": {"type": "array", "items": exactly(REGISTRY)},
            "targets": {"type": "array", "items": exactly(TARGET)},
        }
    )
)


def test_outputs(world: World) -> None:
    """The outputs name the registry, the end of the token and the counts; none is masked."""
    run = world.action()
    assert run.exit_status == 0
    expires_at = f"{world.issued.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    assert {name: text for name, text in run.outputs.items() if name != "report"} == {
        "registry": HOST,
        "expires-at": expires_at,
        "rotated": "1",
        "fresh": "0",
        "failed": "0",
        "matrix": "",
    }
    assert run.masked_outputs == ()
    assert run.complaints == ()


def test_report(world: World) -> None:
    """The report says of each target what was written, and until when it holds."""
    run = world.action({"repositories": "acme/api, acme/nowhere"})
    assert run.exit_status == 1
    REPORT.validate(json.loads(run.outputs["report"]))
    assert outcomes(run) == {
        "repository acme/api": ("rotated", list(NAMES)),
        "repository acme/nowhere": ("failed", []),
    }
    report = json.loads(run.outputs["report"])
    expires_at = run.outputs["expires-at"]
    assert report["registries"] == [{"name": "default", "host": HOST, "expires_at": expires_at}]
    rotated, failed = report["targets"]
    assert (rotated["reason"], rotated["expires_at"]) == ("", expires_at)
    assert "HTTP 404" in failed["reason"]
    assert "Check the spelling of what is named" in failed["remedy"]


def test_summary(world: World) -> None:
    """The summary begins with the counts and what to do, then lists every target."""
    run = world.action({"repositories": "acme/api, acme/nowhere"})
    headline, *_ = run.summary.splitlines()
    assert "1 failed, 1 rotated" in headline
    assert run.summary.index("Check the spelling of what is named") < run.summary.index("| |")
    rows = [line for line in run.summary.splitlines() if line.startswith("| ")]
    assert [row.count("|") for row in rows] == [6] * len(rows)
    assert "acme/nowhere" in rows[2]
    assert "`ECR_CONTAINER_REGISTRY_{SERVER,USER,PASSWORD}`" in rows[3]
    assert HOST in rows[3]


def test_summary_keeps_the_shape_of_a_policy(world: World) -> None:
    """An advice that holds JSON shows it as it must be copied."""
    world.aws.role(ROLE, trust=world.aws.trust_policy("123456789012", sub="nobody"))
    run = world.action()
    policy = run.summary.split("> ```")[1].replace("\n> ", "\n")
    assert json.loads(policy)["Statement"][0]["Effect"] == "Allow"


def test_log(world: World) -> None:
    """The log has a line for the plan, for the token, for each target, and for all of them."""
    run = world.action({"repositories": "acme/api\nacme/web"})
    plan, token, *targets, headline = run.log.splitlines()
    assert plan == "2 targets"
    assert f"{HOST}: new token until" in token
    assert sorted(line.partition(":")[0] for line in targets) == [
        "repository acme/api",
        "repository acme/web",
    ]
    assert "2 rotated" in headline


def test_one_annotation_for_one_reason(world: World) -> None:
    """What fails every target is said once, with the targets that it hit."""
    run = world.action({"repositories": "acme/api\nacme/web"}, id_token=False)
    assert run.exit_status == 1
    assert "- repository acme/api\n- repository acme/web" in advice(run)
    assert run.annotations[0].level == "error"
    assert run.annotations[0].title == "rotate-ecr-token"


def test_one_annotation_for_each_reason(world: World) -> None:
    """Failures that want different things done are annotated one by one, whole."""
    world.fault(Fault(method="PUT", path="acme/web", status=422, body={"message": "No room."}))
    run = world.action({"repositories": "acme/nowhere\nacme/web\nacme/api"})
    assert run.exit_status == 1
    missing, full = sorted(said(run, "error"))
    assert "- repository acme/nowhere\n\n" in missing
    assert "No room." in full


def test_secrets_password(world: World) -> None:
    """With `secrets: password`, what stands already is not written again."""
    run = world.action({"secrets": "password"})
    assert run.exit_status == 0
    assert world.repository() == world.stale | {PASSWORD: world.issued.password}
    assert world.asked == {**TOKEN_PROVED, "github GET": 2, "github PUT": 1}
    assert outcomes(run) == {"repository acme/ops": ("rotated", [PASSWORD])}


def test_secrets_password_where_one_is_missing(world: World) -> None:
    """With `secrets: password`, what is missing is written too."""
    world.github.seed("repository", "acme/api", USER, "AWS")
    run = world.action({"secrets": "password", "repositories": "acme/api"})
    assert run.exit_status == 0
    assert world.repository("acme/api") == world.fresh()
    assert outcomes(run) == {"repository acme/api": ("rotated", [SERVER, PASSWORD])}


@pytest.mark.parametrize(
    ("inputs", "names", "reads"),
    [
        ({"command": "plan"}, list(NAMES), 2),
        ({"dry-run": "true"}, list(NAMES), 2),
        ({"command": "plan", "secrets": "password"}, [PASSWORD], 3),
    ],
    ids=["plan", "dry-run", "plan of the password"],
)
def test_plan(world: World, inputs: dict[str, str], names: list[str], reads: int) -> None:
    """A plan says what would be written; GitHub alone is asked, and nothing is written."""
    run = world.action(inputs)
    assert run.exit_status == 0
    assert world.repository() == world.stale
    # One of them is for the repository itself, in case it is archived.
    assert world.asked == {"github GET": reads}
    assert outcomes(run) == {"repository acme/ops": ("planned", names)}
    assert run.outputs["rotated"] == "0"
    REPORT.validate(json.loads(run.outputs["report"]))


def test_plan_that_cannot_be(world: World) -> None:
    """A plan finds what GitHub would refuse."""
    run = world.action({"command": "plan", "repositories": "acme/nowhere"})
    assert run.exit_status == 1
    assert world.asked == {"github GET": 2}
    assert "Check the spelling of what is named" in advice(run)


def test_named_twice(world: World) -> None:
    """A repository that is named twice, in whichever case, is written once, with a note."""
    run = world.action({"repositories": "acme/api, Acme/API, acme/web"})
    assert run.exit_status == 0
    assert said(run, "warning") == ["repository Acme/API is named twice; it is written once."]
    assert world.asked == {**TOKEN_PROVED, "github GET": 2, "github PUT": 6}


def test_token_of_the_environment(world: World) -> None:
    """Without the input, the token of the environment is used, and masked as well."""
    run = world.action({"github-token": ""}, environment={"GH_TOKEN": world.token})
    assert run.exit_status == 0
    assert world.token in run.masks


def test_debug(world: World) -> None:
    """A debug run does the same and shows no more secrets, whether it succeeds or not."""
    assert world.action(debug=True).exit_status == 0
    assert world.action({"registry": OTHER_ACCOUNT}, debug=True).exit_status == 0
    assert world.asked == {name: 2 * count for name, count in ROTATION.items()}


def test_no_warnings(world: World) -> None:
    """Nothing is on standard error, not even a warning of Python's."""
    run = world.action(environment={"PYTHONWARNINGS": "always"})
    assert (run.exit_status, run.stderr) == (0, "")
