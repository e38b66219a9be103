"""The process as a whole."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from errno import ENOSPC
from io import BytesIO, TextIOWrapper
from queue import SimpleQueue
from threading import Event
from time import sleep

import pytest

from rotate.errors import OutOfTime
from rotate.faces import process

BEGUN = """
import gc, signal, sys
process.begin()
print(sys.stdout.line_buffering, sys.stderr.line_buffering, chr(0xD800))
print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL, gc.isenabled(), gc.get_threshold()[0])
"""

ENDED = """
import atexit, sys
atexit.register(print, "torn down", flush=True)
print("said", end="")
print("told", end="", file=sys.stderr)
process.end({status})
"""

UNHEARD = """
import sys
process.begin()
for words in ("in short", "at length " * 10_000):
    print(words, file=sys.{stream})
    print(words, end="", flush=True, file=sys.{stream})
print("done", file=sys.{other})
process.end({status})
"""

LIMITED = """
import time
with process.ended_after({limit}, lambda: print("gave up", flush=True)):
    time.sleep({takes})
print("done", end="")
"""


STUFFED = """
process.begin()
with process.ended_after(0.1, lambda: print("gave up")):
    while True:
        print("at length " * 10_000)
"""


class FullDisk(BytesIO):
    """What standard output leads to where a disk is full."""

    def flush(self) -> None:
        """Fail, as the last line cannot be written."""
        raise OSError(ENOSPC, "No space left on device")


@pytest.fixture
def _given_back() -> Iterator[None]:
    """Give back afterwards what beginning changes."""
    interrupt, thresholds = signal.getsignal(signal.SIGINT), gc.get_threshold()
    yield
    signal.signal(signal.SIGINT, interrupt)
    gc.set_threshold(*thresholds)


def run(
    program: str, *, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run a program that knows the module as a process of its own."""
    code = f"from rotate.faces import process\n{program}"
    # With it, nothing would be left to be lost at the end.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(  # noqa: S603 - our own Python, with a program of ours
        [sys.executable, "-c", code],
        check=False,
        stdout=stdout,
        stderr=stderr,
        env=environment,
        text=True,
        timeout=60,
    )


def test_begin() -> None:
    """A line is sent at once, whatever it holds; a run can be cancelled from the start."""
    assert run(BEGUN).stdout == "True True \\ud800\nTrue True 100000\n"


@pytest.mark.parametrize("begun", ["", "process.begin()"])
@pytest.mark.parametrize("status", [0, 1, 2])
def test_end(status: int, begun: str) -> None:
    """A process ends at once with its status, and nothing that it said is lost."""
    done = run(begun + ENDED.format(status=status))
    assert (done.returncode, done.stdout, done.stderr) == (status, "said", "told")


@pytest.mark.parametrize(
    ("limit", "takes", "status", "said"), [(0.1, 60, 1, "gave up\n"), (60, 0.1, 0, "done")]
)
def test_ended_after(limit: float, takes: float, status: int, said: str) -> None:
    """What takes too long ends with the process, as failed; what is done in time goes on."""
    done = run(LIMITED.format(limit=limit, takes=takes))
    assert (done.returncode, done.stdout, done.stderr) == (status, said, "")


def test_giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last words come before the end."""
    happened: SimpleQueue[object] = SimpleQueue()
    monkeypatch.setattr(os, "_exit", happened.put)
    with process.ended_after(0, lambda: happened.put("gave up")):
        assert [happened.get(timeout=60) for _ in range(2)] == ["gave up", 1]


def test_pipe_that_nobody_empties() -> None:
    """A process that cannot say what it has to say ends all the same."""
    reader, writer = os.pipe()
    done = run(STUFFED, stdout=writer, stderr=writer)
    os.close(reader)
    os.close(writer)
    assert done.returncode == 1


def test_begun_to_act() -> None:
    """What acts at the last moment has acted before anything else begins."""
    begun, acted = Event(), Event()

    def act() -> None:
        begun.set()
        sleep(0.05)
        acted.set()

    with process._after(0, act):
        assert begun.wait(60)
    assert acted.is_set()


def test_failed_in_time() -> None:
    """What fails in time is not acted on afterwards."""
    acted = Event()
    with suppress(OutOfTime), process._after(0.05, acted.set):
        raise OutOfTime
    assert not acted.wait(0.2)


@pytest.mark.usefixtures("_given_back")
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(("status", "seen"), [(0, 1), (1, 1), (2, 2)])
def test_end_unheard(status: int, seen: int, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be said, were it only at the end, stops nothing, and is no success."""
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(FullDisk(), encoding="utf-8"))
    monkeypatch.setattr(sys, "stderr", TextIOWrapper(BytesIO(), encoding="utf-8"))
    monkeypatch.setattr(os, "_exit", sys.exit)
    process.begin()
    print("unheard", end=end)
    with pytest.raises(SystemExit) as ended:
        process.end(status)
    assert ended.value.code == seen


@pytest.mark.parametrize(("stream", "other"), [("stdout", "stderr"), ("stderr", "stdout")])
@pytest.mark.parametrize(("status", "seen"), [(0, 1), (2, 2)])
def test_nobody_reads(stream: str, other: str, status: int, seen: int) -> None:
    """A pipe that nobody reads takes any words, whichever stream leads to it."""
    program = UNHEARD.format(stream=stream, other=other, status=status)
    reader, writer = os.pipe()
    os.close(reader)
    done = run(program, stdout=writer) if stream == "stdout" else run(program, stderr=writer)
    os.close(writer)
    assert done.returncode == seen
    assert getattr(done, other) == "done\n"


def test_words_of_the_stream() -> None:
    """What is said is written as the stream would have written it."""
    written = BytesIO()
    with process._Stream(TextIOWrapper(written, encoding="utf-16-le")) as stream:
        stream.write("größe\n")
        assert written.getvalue() == "größe\n".encode("utf-16-le")


def test_no_stream() -> None:
    """What is said where there is no stream at all is said to nobody, and is not amiss."""
    with process._Stream(None) as stream:
        assert stream.write("said") == 4
        assert stream.is_heard
