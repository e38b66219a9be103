"""A warm Python does what Python does, so that a test cannot tell which of them ran the program."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.world import PYTHON

PROGRAMS = {
    "arguments": "print(sys.argv[1:])",
    "environment": "print(sorted(os.environ.items()))",
    "folder": "print(os.getcwd(), sys.path)",
    "standard input": "print(input(), sys.stdin.read())",
    "standard error": "print('ä', file=sys.stderr)",
    "streams": "print(sys.stdout.seekable(), sys.stderr.seekable())",
    "open files": "print(sorted(os.listdir('/dev/fd')))",
    "signals": "print([signal.getsignal(number) for number in (2, 13, 15, 17)])",
    "exit status": "sys.exit(3)",
    "reason": "sys.exit('no good')",
    "exit at once": "os._exit(4)",
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "last words": "atexit.register(print, 'last'); threading.Timer(0.1, print, ['late']).start()",
}
WAITING = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print('on', flush=True); "


def save(folder: Path, program: str) -> str:
    """Save a program, and return its path."""
    path = folder / "program.py"
    path.write_text(f"import atexit, os, signal, sys, threading, time\n{program}\n")
    return str(path)


def start(
    command: Sequence[str], folder: Path, environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a program in a folder."""
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env={"LANG": "C.UTF-8", "ODD": "\udcff", **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    """Return both streams of a program that is given two lines, and its exit status."""
    stdout, stderr = process.communicate("one\ntwo\n", timeout=60)
    return stdout, stderr, process.returncode


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_same(python: Sequence[str], tmp_path: Path, program: str) -> None:
    """What a program is given, and what it leaves, is the same."""
    arguments = (save(tmp_path, program), "--option=ö", "")
    cold = outcome(start((*PYTHON, *arguments), tmp_path))
    assert outcome(start((*python, *arguments), tmp_path)) == cold
    assert cold != ("", "", 0)


def test_module(python: Sequence[str], tmp_path: Path) -> None:
    """A module of the folder is run by its name."""
    save(tmp_path, "print(__name__, sys.argv[1:], sys.path[0])")
    arguments = ("-m", "program", "--option")
    cold = outcome(start((*PYTHON, *arguments), tmp_path))
    assert outcome(start((*python, *arguments), tmp_path)) == cold


def test_signal(python: Sequence[str], tmp_path: Path) -> None:
    """A signal reaches the program, which ends as it likes."""
    process = start((*python, save(tmp_path, f"{WAITING}time.sleep(60)")), tmp_path)
    assert process.stdout
    assert process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGTERM)
    assert outcome(process) == ("", "", 5)


def test_killed(python: Sequence[str], tmp_path: Path) -> None:
    """A program that is killed is gone: its streams are at their end."""
    process = start((*python, save(tmp_path, f"{WAITING}time.sleep(60)")), tmp_path)
    assert process.stdout
    assert process.stdout.readline() == "on\n"
    process.kill()
    assert outcome(process) == ("", "", -signal.SIGKILL)


def test_python_that_is_told_how_to_start(python: Sequence[str], tmp_path: Path) -> None:
    """Variables that only a starting Python reads are not overlooked."""
    command = (*python, save(tmp_path, "print(sys.warnoptions, 'requests' in sys.modules)"))
    assert outcome(start(command, tmp_path))[0] == "[] True\n"
    told = outcome(start(command, tmp_path, {"PYTHONWARNINGS": "error"}))
    assert told[0] == "['error'] False\n"
