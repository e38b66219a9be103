"""Other people's published actions doing the same work, through the same sandbox.

Their bundles are not kept here. Name a folder that holds checkouts of `secrets-sync-action`,
`configure-aws-credentials` and `amazon-ecr-login`: `make bench ACTIONS=folder`. Node runs them, and
skopeo logs in for them.
"""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

from bench.process import Measured, measure
from bench.world import HOST, REGION, ROLE, World

_CONCURRENCY = 10
"""The default of `secrets-sync-action`."""

_PROXY_AGENT = dedent(
    """
    // Octokit 18 knows no proxy: what it sends over the default agent goes through one.
    const http = require("http"), https = require("https"), tls = require("tls");
    const proxy = new URL(process.env.HTTPS_PROXY);
    class Agent extends https.Agent {
      createConnection(options, done) {
        const path = `${options.host}:${options.port}`;
        http.request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path })
          .on("connect", (answer, socket) =>
            done(null, tls.connect({ ...options, socket, servername: options.host })))
          .end();
      }
    }
    https.globalAgent = new Agent({ keepAlive: true });
    """
)

_ROTATION = dedent(
    f"""
    set -euo pipefail
    export GITHUB_ENV="$HOME/env" GITHUB_OUTPUT="$HOME/output"
    export GITHUB_ACTIONS=true GITHUB_REPOSITORY=acme/ops GITHUB_WORKFLOW=rotate \
        GITHUB_ACTION=aws GITHUB_ACTOR=octocat GITHUB_SHA=0 GITHUB_WORKSPACE="$HOME"
    aws_action() {{
        name=$1; shift
        env "INPUT_HTTP-PROXY=$HTTPS_PROXY" "$@" node "$ACTIONS/$name/dist/index.js"
    }}
    : > "$GITHUB_ENV"; : > "$GITHUB_OUTPUT"
    aws_action configure-aws-credentials "INPUT_ROLE-TO-ASSUME={ROLE}" INPUT_AWS-REGION={REGION} \\
        INPUT_AUDIENCE=sts.amazonaws.com INPUT_OUTPUT-ENV-CREDENTIALS=true
    value() {{ grep --after-context=1 "^$1<<" "$2" | tail --lines=1; }}
    for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; do
        export "$name=$(value "$name" "$GITHUB_ENV")"
    done
    env INPUT_MASK-PASSWORD=false INPUT_REGISTRY-TYPE=private INPUT_SKIP-LOGOUT=true \\
        "INPUT_HTTP-PROXY=$HTTPS_PROXY" node "$ACTIONS/amazon-ecr-login/dist/index.js"
    value 'docker_password_[a-z0-9_]*' "$GITHUB_OUTPUT" > "$HOME/password"
    test -s "$HOME/password"
    set_secret() {{ gh secret set "ECR_CONTAINER_REGISTRY_$1" --app codespaces --org acme; }}
    printf {HOST} | set_secret SERVER
    printf AWS | set_secret USER
    set_secret PASSWORD < "$HOME/password"
    """
)
"""AWS's two actions, as a workflow calls them, and `gh`."""

_DOCKER = dedent(
    """\
    #!/bin/sh
    # docker login -u user -p password https://registry
    exec skopeo login --username "$3" --password "$5" "${6#https://}"
    """
)
"""Logs in as Docker does, with the same requests."""


def folder() -> Path | None:
    """Return the folder that holds the checkouts, None where none is named."""
    named = os.environ.get("ACTIONS")
    return Path(named).resolve() if named else None


def rotation(place: World, actions: Path) -> Measured:
    """Rotate the secrets of one organization with AWS's two actions and `gh`."""
    return measure(["bash", "-c", _ROTATION], _environment(place, actions))


def secrets_sync(place: World, actions: Path) -> Measured:
    """Write the three secrets of every repository with `secrets-sync-action`."""
    agent = place.folder / "agent.js"
    agent.write_text(_PROXY_AGENT)
    inputs = {
        "INPUT_GITHUB_TOKEN": place.environment["GH_TOKEN"],
        "INPUT_REPOSITORIES": "^acme/service-.*$",
        "INPUT_REPOSITORIES_LIST_REGEX": "true",
        "INPUT_SECRETS": "^ECR_CONTAINER_REGISTRY_.*$",
        "INPUT_RETRIES": "3",
        "INPUT_CONCURRENCY": str(_CONCURRENCY),
        "INPUT_DRY_RUN": "false",
        "INPUT_DELETE": "false",
        "INPUT_TARGET": "codespaces",
        "GITHUB_API_URL": "https://api.github.com",
        "ECR_CONTAINER_REGISTRY_SERVER": HOST,
        "ECR_CONTAINER_REGISTRY_USER": "AWS",
        "ECR_CONTAINER_REGISTRY_PASSWORD": "x" * 2000,
    }
    bundle = str(actions / "secrets-sync-action" / "dist" / "index.js")
    command = ["node", "--require", str(agent), bundle]
    return measure(command, _environment(place, actions) | inputs)


def _environment(place: World, actions: Path) -> dict[str, str]:
    programs = place.folder / "bin"
    programs.mkdir(exist_ok=True)
    docker = programs / "docker"
    docker.write_text(_DOCKER)
    docker.chmod(0o755)
    return place.environment | {
        "ACTIONS": str(actions),
        "PATH": f"{programs}:{place.environment['PATH']}",
        "REGISTRY_AUTH_FILE": str(place.folder / "auth.json"),
    }
