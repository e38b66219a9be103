"""The demo's world in a process of its own, for whatever else runs on the machine.

A workflow's job opens it, runs the action as GitHub runs it, and then looks what became of it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox import demo
from sandbox.checks import Check, failed, listed, verdict
from sandbox.codespaces import Codespace
from sandbox.internet import Sandbox
from sandbox.job import Job

_ENDS = {signal.SIGINT, signal.SIGTERM}


def start(folder: Path, address: str) -> int:
    """Open the world in a process that outlives this one, and return once it answers.

    `folder` is made, for its log, its process ID and its CA bundle; `address` is where its proxy
    listens. What a step needs to live in it is printed as lines for `GITHUB_OUTPUT`, and masked.
    The exit status is 1 if the world cannot be opened.
    """
    folder.mkdir(parents=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  this program itself
            [sys.executable, "-m", "sandbox", "serve", str(folder), "--address", address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(process.pid), encoding="utf-8")
    outputs = process.stdout.read() if process.stdout else ""
    if not outputs:
        sys.stderr.write((folder / "log").read_text(encoding="utf-8"))
        return 1
    sys.stderr.writelines(_masks(outputs))
    sys.stdout.write(outputs)
    return 0


def serve(folder: Path, address: str) -> int:
    """Be the world, until a signal ends it; standard output is closed once it answers."""
    # Before there is a thread that the signal could go to instead.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    with Sandbox(address=address) as sandbox:
        token = demo.set_up(sandbox)
        bundle = shutil.copy(sandbox.environment["SSL_CERT_FILE"], folder / "ca.pem")
        grant = sandbox.oidc.grant(Job())
        print(f"proxy={sandbox.environment['HTTPS_PROXY']}")
        print(f"ca-bundle={bundle}")
        print(f"request-url={grant.url}")
        print(f"request-token={grant.token}")
        print(f"github-token={token}", flush=True)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        signal.sigwait(_ENDS)
    return 0


def check(environment: Mapping[str, str]) -> int:
    """Start codespaces in the world, and return whether they get what they should: 0 or 1."""
    reader = Codespace.of(demo.READER, environment)
    stranger = Codespace.of(demo.STRANGER, environment)
    image = f"/v2/{demo.IMAGE}/manifests/latest"
    checks = [
        Check(claim=f"a codespace of {demo.READER} can log in", holds=reader.ask("/v2/").ok),
        Check(claim=f"a codespace of {demo.READER} can pull", holds=reader.ask(image).ok),
        Check(claim=f"a codespace of {demo.STRANGER} has no secret", holds=not stranger.secrets),
    ]
    print(listed(checks))
    print(verdict(checks))
    return 1 if failed(checks) else 0


def _masks(outputs: str) -> list[str]:
    """Return the commands that hide the tokens: a log shows what a step is given."""
    lines = (line.partition("=") for line in outputs.splitlines())
    return [f"::add-mask::{value}\n" for name, _, value in lines if name.endswith("-token")]
