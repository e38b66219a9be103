"""What the image is made of."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sandbox.container import Container

_HOME = Path("opt/rotate-ecr-token")
_MEGABYTE = 10**6

# `getattr` carries out an import that is still to be done. What only a person at a terminal sees
# is not in the image.
_IMPORT_ALL = """
import importlib, pkgutil, rotate

names = {module.name for module in pkgutil.walk_packages(rotate.__path__, "rotate.")}
for name in names - {"rotate.__main__", "rotate.faces.terminal"}:
    module = importlib.import_module(name)
    for member in list(vars(module)):
        getattr(module, member)
print(len(names) > 50)
"""


def packages(container: Container) -> Path:
    """Return the folder of all that can be imported beside the standard library."""
    (folder,) = (container.root / _HOME / "lib").glob("python3*/site-packages")
    return folder


def python(container: Container, *arguments: str) -> str:
    """Run the image's Python, and return what it prints; fails with its complaint otherwise."""
    done = subprocess.run(  # noqa: S603  our own image
        container.command(f"/{_HOME}/bin/python", "-I", *arguments),
        env=container.environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_size(container: Container) -> None:
    """What a runner pulls on top of the base is 16 MB at most."""
    assert container.added <= 16 * _MEGABYTE


def test_nothing_but_what_runs(container: Container) -> None:
    """To the base are added no pip, no test, and nothing of the sandbox."""
    installed = {path.name.partition("-")[0] for path in packages(container).iterdir()}
    assert {"rotate", "boto3", "botocore", "github", "nacl"} <= installed
    assert not installed & {"pip", "setuptools", "sandbox", "tests", "pytest", "rich"}
    assert not [path for path in packages(container).rglob("*") if path.name == "tests"]


def test_nothing_is_loaded_in_vain(container: Container) -> None:
    """A client of AWS loads neither cryptography, which only an App's key needs, nor Windows."""
    program = (
        "import boto3, dateutil.parser, sys; dateutil.parser.parse('2026-11-25T12:00:00Z');"
        "boto3.client('sts', region_name='us-east-1', aws_access_key_id='a',"
        " aws_secret_access_key='b');"
        "print({'cryptography.x509', 'dateutil.tz.win'} & sys.modules.keys() or 'nothing')"
    )
    assert python(container, "-X", "lazy_imports=all", "-c", program) == "nothing\n"


def test_only_the_services_that_are_called(container: Container) -> None:
    """Of AWS's hundreds of services, botocore knows three."""
    services = {path.name for path in (packages(container) / "botocore/data").iterdir()}
    services = {name for name in services if not name.endswith((".json", ".json.gz"))}
    assert services == {"ecr", "ecr-public", "sts"}


@pytest.mark.parametrize(
    ("service", "region", "endpoint"),
    [
        ("sts", "us-east-1", "https://sts.us-east-1.amazonaws.com"),
        ("ecr", "eu-west-1", "https://api.ecr.eu-west-1.amazonaws.com"),
        ("ecr", "cn-north-1", "https://api.ecr.cn-north-1.amazonaws.com.cn"),
        ("sts", "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
        ("ecr-public", "us-east-1", "https://api.ecr-public.us-east-1.amazonaws.com"),
    ],
)
def test_endpoints(container: Container, service: str, region: str, endpoint: str) -> None:
    """What is left of AWS's endpoints is what is called, in every partition."""
    program = f"import boto3; print(boto3.client({service!r}, {region!r}).meta.endpoint_url)"
    assert python(container, "-c", program) == f"{endpoint}\n"


def test_configuration(container: Container) -> None:
    """GitHub decides who runs the container and where; the labels tell what it is."""
    config = container.config["config"]
    assert config.get("User", "") == ""
    assert config.get("WorkingDir", "") in {"", "/"}
    assert config["Labels"]["org.opencontainers.image.title"] == "rotate-ecr-token"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "MIT"
    assert config["Labels"]["org.opencontainers.image.description"]


def test_version(container: Container) -> None:
    """The Python is the one that the image is made for, and it is deaf to its environment."""
    program = "import sys; print(sys.version_info[:2], sys.flags.isolated)"
    assert python(container, "-c", program) == "(3, 15) 1\n"


@pytest.mark.parametrize("imports", ["all", "normal"])
def test_imports(container: Container, imports: str) -> None:
    """Every module imports, and has what it names, whether that is imported lazily or not."""
    assert python(container, "-X", f"lazy_imports={imports}", "-c", _IMPORT_ALL) == "True\n"
