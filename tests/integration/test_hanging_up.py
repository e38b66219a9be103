"""Connections that are hung up for good, whoever opened them."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from threading import Thread

import pytest

from rotate.faces import process


@pytest.fixture
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a connection, which wait for a minute at most."""
    with ExitStack() as opened:
        server = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        client = opened.enter_context(socket.create_connection(server.getsockname()))
        accepted = opened.enter_context(server.accept()[0])
        client.settimeout(60)
        yield client, accepted


def test_too_long(connected: tuple[socket.socket, socket.socket]) -> None:
    """Whoever waits for an answer goes on without one, and their connection is still theirs."""
    client, _ = connected
    with process.hung_up_after(0):
        assert client.recv(1) == b""
    assert client.fileno() >= 0


def test_in_time(connected: tuple[socket.socket, socket.socket]) -> None:
    """What is over in time is not hung up afterwards."""
    client, accepted = connected
    with process.hung_up_after(60):
        accepted.sendall(b"a")
        assert client.recv(1) == b"a"
    accepted.sendall(b"b")
    assert client.recv(1) == b"b"


def test_cut_short(
    connected: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What outlasts its end is hung up first, and ended with the process where that is not enough.

    It is given the time.
    """
    client, _ = connected
    happened: list[object] = []
    moments: list[float] = []
    began = time.monotonic()

    def note(what: object) -> None:
        happened.append(what)
        moments.append(time.monotonic() - began)

    monkeypatch.setattr(os, "_exit", note)
    waiting = Thread(target=lambda: note(client.recv(1)))
    waiting.start()
    process.cut_short(hang_up_after=0.1, end_after=1, last_words=partial(note, "gave up"))
    waiting.join()
    assert happened == [b"", "gave up", 1]
    hung_up, gave_up, _ = moments
    assert 0.1 <= hung_up < 1 <= gave_up < 30


def test_closed_meanwhile(connected: tuple[socket.socket, socket.socket]) -> None:
    """What is closed by the time that it is looked at keeps nothing after it connected."""
    client, _ = connected
    with client.dup() as later:
        # The list of what is open takes its place, and is closed once it is made.
        client.close()
        process._hang_up()
        assert later.recv(1) == b""


def test_nobody_tells_what_is_open(connected: tuple[socket.socket, socket.socket]) -> None:
    """Where it cannot be told what is open, nothing is hung up, and nothing fails."""
    client, accepted = connected
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Nothing more may be opened, not even the list.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
    try:
        process._hang_up()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, most))
    accepted.sendall(b"a")
    assert client.recv(1) == b"a"


def test_within_the_machine() -> None:
    """What connects processes of one machine is left alone."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process._hang_up()
        ours.sendall(b"a")
        assert theirs.recv(1) == b"a"
