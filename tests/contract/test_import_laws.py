"""The house's laws: the middle is pure, the edges keep apart, and only `faces` wires."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.contract.documentation import page
from tests.contract.source_code import ROOT, Module, modules, part_of

EDGES = {"identity", "notifications", "registries", "stores", "transport", "web"}
"""What reaches the network."""

FOLDERS_OF_EDGES = {"identity", "notifications", "registries", "stores"}

INTERFACES = {
    "rotate.notifications.interface",
    "rotate.registries.interface",
    "rotate.stores.interface",
}
"""What the middle knows of the edges."""

LIBRARIES = {
    "rotate.retry": {"tenacity"},
    "rotate.schedule": {"cronsim"},
    "rotate.seal": {"nacl"},
    "rotate.settings.document": {"yaml"},
    "rotate.settings.github": {"jwt"},
    "rotate.setup.yaml_text": {"yaml"},
}
"""The only libraries of the middle: none of them reaches anything."""

WORLD = {"os", "random", "select", "signal", "socket", "ssl", "subprocess", "sys", "time", "urllib"}
"""What of the standard library reaches the network, the environment, the clock or the terminal."""

MODULES = {module.name: module for module in modules()}
PURE = {
    name: module
    for name, module in MODULES.items()
    if module.part not in {"", "__main__", "faces", *EDGES}
}
PURE_NAMES = {
    *(
        "model",
        "errors",
        "remedies",
        "policies",
        "settings",
        "setup",
        "hosts",
        "times",
        "deadline",
        "retry",
        "seal",
    ),
    *("selection", "agenda", "schedule", "proving", "credential", "writing", "rotation"),
    *("reporting", "report", "inspection", "cost", "hazards", "matrix", "exit_status", "trace"),
    *("diagnosis", "grant", "foreign", "turns"),
}

GUARD = """
import importlib, os, sys

class Forbidden(dict):
    def _refuse(self, *_):
        raise AssertionError("the environment is read on import")
    __getitem__ = get = __contains__ = __iter__ = keys = items = values = copy = _refuse

def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork")):
        raise AssertionError(f"{event} on import")
    if event == "open" and set(str(arguments[1])) & set("wax+"):
        raise AssertionError(f"{arguments[0]} is written on import")

libraries, ours = (names.split(",") for names in sys.argv[1:])
for name in libraries:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        importlib.import_module(name.rpartition(".")[0])
sys.dont_write_bytecode = True
sys.addaudithook(refuse)
os.environ = Forbidden()
for name in ours:
    importlib.import_module(name)
"""


def test_every_pure_module_is_known() -> None:
    """The modules of the middle are there, so that the laws are about something."""
    assert {module.part for module in PURE.values()} == PURE_NAMES


def test_settings_know_no_run() -> None:
    """Reading the settings knows nothing of what is then done with them."""
    known: set[str] = set()
    for module in PURE.values():
        if module.part == "settings":
            known |= module.imported_parts()
    assert known <= {"model", "errors", "policies", "hosts", "matrix"}


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_know_no_edge(name: str) -> None:
    """A module of the middle imports no edge, but at most what an edge is asked."""
    assert not _parts_beyond_interfaces(PURE[name]) & {"faces", "__main__", *EDGES}


@pytest.mark.parametrize("name", sorted(INTERFACES))
def test_interfaces_are_pure(name: str) -> None:
    """An interface knows the project's own words, and nothing of any library."""
    assert MODULES[name].imported_parts() <= {"model", "errors", "grant"}
    assert MODULES[name].imported_libraries() <= sys.stdlib_module_names - WORLD


@pytest.mark.parametrize("name", PURE)
def test_libraries_of_pure_modules(name: str) -> None:
    """A module of the middle imports no library but the one it exists for."""
    allowed = LIBRARIES.get(name, set())
    assert PURE[name].imported_libraries() <= (sys.stdlib_module_names - WORLD) | allowed


@pytest.mark.parametrize("name", PURE)
def test_the_world_comes_as_an_argument(name: str) -> None:
    """A module of the middle opens no file, asks for no time of its own, and says nothing."""
    names = {ast.unparse(node.func) for node in _calls(PURE[name])}
    assert not names & {"open", "print", "input", "datetime.now", "datetime.utcnow", "date.today"}


@pytest.mark.parametrize(
    "name", [name for name, module in MODULES.items() if module.part in FOLDERS_OF_EDGES]
)
def test_edges_keep_apart(name: str) -> None:
    """No folder of an edge imports another one, or whoever wires them."""
    module = MODULES[name]
    others = FOLDERS_OF_EDGES - {module.part}
    assert not module.imported_parts() & {"faces", "__main__", *others}


def test_only_faces_wires() -> None:
    """Nobody but `faces` imports what an edge is made of, and nobody but the door `faces`."""
    wiring = {
        module.part
        for module in MODULES.values()
        if (_parts_beyond_interfaces(module) & FOLDERS_OF_EDGES) - {module.part}
    }
    assert wiring == {"faces"}
    doors = {module.part for module in MODULES.values() if "faces" in module.imported_parts()}
    assert doors == {"__main__"}


def test_installed_program() -> None:
    """The program that is installed comes in by the door, as the module does."""
    project = tomllib.loads(page("pyproject.toml"))["project"]
    assert project["scripts"] == {project["name"]: "rotate.__main__:main"}


@pytest.mark.parametrize("name", MODULES)
def test_the_sandbox_is_unknown(name: str) -> None:
    """The product knows nothing of what plays the world for it, or of its tests."""
    assert not MODULES[name].imported_libraries() & {"sandbox", "tests", "bench"}


def test_import_does_nothing() -> None:
    """Importing every module opens no socket, reads no environment and writes no file."""
    libraries = {
        name
        for module in MODULES.values()
        for name in module.imports
        if not name.startswith(("rotate", "__future__"))
    }
    ours = sorted(MODULES, key=lambda name: name == "rotate.__main__")
    subprocess.run(  # noqa: S603 - our own Python, with a program of ours
        [sys.executable, "-c", GUARD, ",".join(sorted(libraries)), ",".join(ours)],
        cwd=ROOT,
        check=True,
        timeout=60,
    )


def _calls(module: Module) -> list[ast.Call]:
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]


def _parts_beyond_interfaces(module: Module) -> set[str]:
    """Return the parts of `rotate` of which a module imports more than an interface."""
    beyond = (name for name in module.imports if not name.startswith(tuple(INTERFACES)))
    return {part_of(name) for name in beyond if name.startswith("rotate.")}


def test_who_starts_programs() -> None:
    """Nobody but `init` starts another program: what a run knows can be in nobody's arguments."""
    starting = {"subprocess", "multiprocessing", "pty"}
    starters = {name for name, module in MODULES.items() if module.imported_libraries() & starting}
    assert starters == {"rotate.faces.init"}
    called = {ast.unparse(call.func) for module in MODULES.values() for call in _calls(module)}
    assert not [
        name for name in called if re.match(r"os\.(system|popen|exec|spawn|posix_spawn)", name)
    ]
