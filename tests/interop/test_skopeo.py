"""A client of registries cannot tell the sandbox's from Amazon's."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sandbox import Sandbox
from sandbox.aws import Token
from sandbox.image import small_image
from tests.interop.program import Program
from tests.worlds.aws import HOST, REGION, ROLE


def token(world: Sandbox, *, service: str = "ecr", age: timedelta = timedelta()) -> Token:
    """Return an authorization token of that age."""
    issued_at = world.clock.now() - age
    principal = world.aws.roles[ROLE].principal("skopeo")
    return world.aws.mint(principal, region=REGION, service=service, issued_at=issued_at)


def log_in(skopeo: Program, password: str, host: str = HOST) -> str:
    """Log in as a user of a registry does, and return what skopeo says."""
    done = skopeo.attempt("login", "--username=AWS", "--password-stdin", host, stdin=password)
    return done.stdout + done.stderr


def test_an_image_is_inspected_and_copied(world: Sandbox, skopeo: Program, tmp_path: Path) -> None:
    """After `skopeo login` an image is found by its tag, and copied with all its blobs."""
    source, copy = f"docker://{HOST}/base:latest", tmp_path / "copy"
    image = small_image()

    assert "Login Succeeded!" in log_in(skopeo, token(world).password)
    assert json.loads(skopeo("inspect", source))["Digest"] == image.digest
    skopeo("copy", "--insecure-policy", source, f"dir:{copy}")
    assert (copy / "manifest.json").read_bytes() == image.manifest
    assert {f"sha256:{path.name}" for path in copy.iterdir()} >= image.blobs.keys()


def test_an_expired_token(world: Sandbox, skopeo: Program) -> None:
    """After twelve hours the registry refuses the login."""
    stale = token(world, age=timedelta(hours=12, minutes=1))

    assert "403 (Forbidden)" in log_in(skopeo, stale.password)


def test_a_password_of_nobody(skopeo: Program) -> None:
    """What ECR never minted is no password."""
    assert "invalid username/password" in log_in(skopeo, "something else")


def test_ecr_public(world: Sandbox, skopeo: Program) -> None:
    """ECR Public sends skopeo for a bearer token, and lets it in with that."""
    password = token(world, service="ecr-public").password

    assert "Login Succeeded!" in log_in(skopeo, password, "public.ecr.aws")
    assert "latest" in skopeo("inspect", "docker://public.ecr.aws/acme/base:latest")
