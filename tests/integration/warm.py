"""A Python that holds the program's libraries ready, for tests that run it by the hundred.

To import them takes two thirds of a run's processor time. Here that is done once, and each run is a
process forked from there: with arguments, environment, folder, streams, signals and exit status of
its own. `rotate` itself is imported by each run anew.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NoReturn

_ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = (
    *("actions_toolkit.core", "boto3", "botocore.session", "cronsim", "github", "jwt"),
    *("nacl.public", "requests", "rich.console", "tenacity", "yaml"),
)


@contextmanager
def warm_python() -> Iterator[tuple[str, ...]]:
    """Yield the words that stand for `python` in a command, until the end of the block."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        address = str(Path(folder, "python"))
        listener.bind(address)
        listener.listen(socket.SOMAXCONN)
        # It ends with its standard input, and thus also when nobody comes to the end of the block.
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", __name__, str(listener.fileno())],
            cwd=_ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        ):
            yield sys.executable, "-I", "-S", str(Path(__file__).with_name("asking.py")), address


def _serve(listener: socket.socket) -> list[str]:
    """Return the arguments of a program in a new process, for each that is asked for."""
    for name in _LIBRARIES:
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listener in select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return _become(connection)
        connection.close()
    sys.exit()


def _become(connection: socket.socket) -> list[str]:
    """Return in the program's process; in the one that waits for it, stay to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    lines = connection.makefile()
    asked = json.loads(next(lines))
    program = os.fork()
    if program == 0:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    if program:
        _stand_by(program, connection, lines)
    lines.close()
    connection.close()
    _open_streams()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    arguments: list[str] = asked["arguments"]
    return arguments


def _open_streams() -> None:
    """Open both streams as Python does: they may have led to another kind of file before."""
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 - for good


def _stand_by(program: int, connection: socket.socket, signals: Iterable[str]) -> NoReturn:
    """Pass on signals to the program, and its exit status to whoever asked for it."""
    Thread(target=_pass_on, args=(program, signals), daemon=True).start()
    _, status = os.waitpid(program, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _pass_on(program: int, signals: Iterable[str]) -> None:
    for number in signals:
        os.kill(program, int(number))
    # Whoever asked for it was killed, unless it has ended.
    with suppress(ProcessLookupError):
        os.kill(program, signal.SIGKILL)


def _run(arguments: list[str]) -> None:
    """Do what `python` does with these arguments: a script, or `-m` and a module."""
    if arguments[0] == "-m":
        _, name, *options = arguments
        sys.argv, sys.path[0] = [name, *options], str(Path.cwd())
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    else:
        sys.argv, sys.path[0] = arguments, str(Path(arguments[0]).parent)
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    _run(_serve(socket.socket(fileno=int(sys.argv[1]))))
