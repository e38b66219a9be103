"""The search for secrets finds them, in whichever form, and masks that come too late."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from tests.integration.leaks import Shown

SECRET = "ghp_/0123456789+abcdefghijklmnopqrstuvwxyz"
USED = "repository acme/ops: new token until tomorrow"
MASK = f"::add-mask::{SECRET}"


def shown(*lines: str, others: tuple[str, ...] = ()) -> Shown:
    """Return what a run showed that was given a secret."""
    return Shown(lines=lines, others=others, given=frozenset({SECRET}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECRET, id="plain"),
        pytest.param(f"https://octocat:{quote(SECRET, safe='')}@github.com", id="URL-encoded"),
        pytest.param(SECRET[:25], id="its beginning"),
        *(
            pytest.param(b64encode(f"{user}:{SECRET}:".encode()).decode(), id=f"Basic of {user}")
            for user in ("o", "oc", "oct")
        ),
        pytest.param(urlsafe_b64encode(SECRET.encode()).decode(), id="base64 for URLs"),
    ],
)
def test_leak(text: str) -> None:
    """A secret is found in the stream and beside it, but not in its own mask."""
    assert shown(MASK, f"token {text}").leaked({SECRET})
    assert shown(MASK, others=(f"token {text}",)).leaked({SECRET})
    assert not shown(MASK, USED).leaked({SECRET})


@pytest.mark.parametrize(
    ("lines", "late"),
    [((MASK, USED), False), ((USED, MASK), True), (("run", MASK, USED), True), ((), True)],
    ids=["at once", "after its use", "after the first line", "never"],
)
def test_given_secrets_are_masked_first(lines: tuple[str, ...], late: bool) -> None:
    """What was given as an input is masked before anything else is said."""
    assert bool(shown(*lines).masked_late()) is late


@pytest.mark.parametrize(
    ("lines", "late"),
    [(("run", MASK, USED), False), (("run", USED, MASK), True), (("run", USED), True)],
    ids=["in time", "after its use", "never"],
)
def test_told_secrets_are_masked_in_time(lines: tuple[str, ...], late: bool) -> None:
    """What the run was told is masked before the line that speaks of it."""
    told = Shown(lines=lines, others=(), told=frozenset({SECRET}))
    assert bool(told.masked_late()) is late
