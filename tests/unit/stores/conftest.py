"""An internet in which GitHub gives the answers that it is told to give."""

from __future__ import annotations

import pytest
import requests

from tests.unit.internet import Internet


@pytest.fixture
def answers() -> list[requests.Response | Exception]:
    """Return what GitHub answers, one after the other."""
    return []


@pytest.fixture
def internet(
    answers: list[requests.Response | Exception], monkeypatch: pytest.MonkeyPatch
) -> Internet:
    """Return an internet that gives those answers."""

    def handle(request: requests.PreparedRequest) -> requests.Response:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    network = Internet(handle)
    network.install(monkeypatch)
    return network
