"""One cold rotation of one organization, against `aws` and `gh` doing the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from textwrap import dedent

from bench import published
from bench.process import Measured, measure
from bench.program import Program
from bench.world import HOST, REGION, ROLE, World, world

_ROUNDS = 7

_SHELL = dedent(
    f"""
    set -euo pipefail
    curl --silent --show-error --fail --oauth2-bearer "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" \\
        | python3 -c 'import json, sys; print(json.load(sys.stdin)["value"], end="")' > "$HOME/id"
    export AWS_ROLE_ARN={ROLE} AWS_WEB_IDENTITY_TOKEN_FILE="$HOME/id"
    aws ecr get-login-password --region {REGION} > "$HOME/password"
    curl --silent --fail --user "AWS:$(cat "$HOME/password")" https://{HOST}/v2/ > /dev/null
    set_secret() {{ gh secret set "ECR_CONTAINER_REGISTRY_$1" --app codespaces --org acme; }}
    printf {HOST} | set_secret SERVER
    printf AWS | set_secret USER
    set_secret PASSWORD < "$HOME/password"
    """
)
"""What a workflow without this project does, step by step."""


@dataclass(frozen=True, kw_only=True)
class Single:
    """Medians of the rounds, which are interleaved."""

    latency: float
    ours: Measured
    aws_and_gh: Measured
    aws_actions: Measured | None
    """AWS's two actions and `gh`, where the actions are at hand."""


def single(program: Program, *, latency: float) -> Single:
    """Measure all of them, turn by turn."""
    clients: list[Callable[[World], Measured]] = [partial(_ours, program), _aws_and_gh]
    if actions := published.folder():
        clients.append(partial(published.rotation, actions=actions))
    with world(latency=latency) as place:
        rounds = [[client(place) for client in clients] for _ in range(_ROUNDS)]
    ours, aws_and_gh, *others = (_median(measured) for measured in zip(*rounds, strict=True))
    return Single(
        latency=latency, ours=ours, aws_and_gh=aws_and_gh, aws_actions=next(iter(others), None)
    )


def nothing_due(program: Program) -> Measured:
    """Measure a run that finds everything fresh."""
    with world() as place:
        _ours(program, place)
        return _median([_ours(program, place, renew_before="50%") for _ in range(_ROUNDS)])


def _ours(program: Program, place: World, *, renew_before: str = "") -> Measured:
    inputs = {
        "role-to-assume": ROLE,
        "scope": "organization",
        "organization": "acme",
        "renew-before": renew_before,
        "github-token": place.environment["GH_TOKEN"],
    }
    return program.action(place, inputs)


def _aws_and_gh(place: World) -> Measured:
    return measure(["bash", "-c", _SHELL], place.environment)


def _median(measured: Sequence[Measured]) -> Measured:
    return Measured(
        wall=median(one.wall for one in measured),
        cpu=median(one.cpu for one in measured),
        peak=max(one.peak for one in measured),
    )
