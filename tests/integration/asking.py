"""Stands in for the program that a warm Python runs: `asking.py <address> <arguments of Python>`.

It hands over its streams, environment and folder, passes on what cancels it, and ends as the
program does. To variables that tell Python how to start, a warm one would be deaf: for those, a new
one starts.
"""

import json
import os
import signal
import socket
import sys
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(address: str, *arguments: str) -> None:
    """Ask for the program, and end as it does."""
    if any(name.startswith("PYTHON") for name in os.environ):
        os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606
    folder = os.getcwd()  # noqa: PTH109  pathlib would double the time that this takes.
    told = {"arguments": arguments, "environment": dict(os.environ), "folder": folder}
    with socket.socket(socket.AF_UNIX) as python:
        python.connect(address)
        socket.send_fds(python, [b"\n"], [0, 1, 2])
        python.sendall(f"{json.dumps(told)}\n".encode())

        def pass_on(number: int, _: FrameType | None) -> None:
            python.sendall(f"{number}\n".encode())

        for number in _SIGNALS:
            signal.signal(number, pass_on)
        status = int(python.recv(16))
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if status < 0:
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main(*sys.argv[1:])
