"""Secrets that no text may show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from hypothesis import given
from hypothesis import strategies as st

from rotate.faces.markdown import escaped
from rotate.faces.masks import Masks

# A secret made of what strikes secrets out could not be struck out, and none is.
LETTERS = st.sampled_from("aAb1 =\n") | st.characters(exclude_characters="*")
SECRETS = st.lists(
    st.text(alphabet=LETTERS, min_size=4).filter(lambda secret: len(secret.strip()) >= 4),
    max_size=5,
)


def masks(*secrets: str) -> tuple[Masks, list[str]]:
    """Return masks that know those secrets, and what they announced."""
    announced: list[str] = []
    known = Masks(announced.append)
    for secret in secrets:
        known.add(secret)
    return known, announced


def test_announced_once() -> None:
    """A secret is announced as it comes, and once."""
    assert masks("first", "second", "first")[1] == ["first", "second"]


def test_announced_once_by_many() -> None:
    """A secret that comes from two threads is announced once, and before either of them goes on."""
    announced: list[str] = []

    def announce(secret: str) -> None:
        sleep(0.05)
        announced.append(secret)

    known = Masks(announce)

    def add(secret: str) -> list[str]:
        known.add(secret)
        return announced.copy()

    with ThreadPoolExecutor(2) as workers:
        assert list(workers.map(add, ("secret", "secret"))) == [["secret"]] * 2


def test_short_text_is_no_secret() -> None:
    """A text of less than four characters is no secret: to strike it out would ruin many a word."""
    known, announced = masks("pwd", "four")
    assert announced == ["four"]
    assert known.redact("the pwd of four") == "the pwd of ***"


def test_blank_is_no_secret() -> None:
    """A blank text is not a secret: to strike it out would ruin every line."""
    known, announced = masks("", " ", "\n", " " * 4)
    assert announced == []
    assert known.redact("a b\nc") == "a b\nc"


def test_redact() -> None:
    """A secret is struck out wherever it stands, and nothing else is."""
    assert masks("secret")[0].redact("no secret, secretly") == "no ***, ***ly"


def test_redact_markdown() -> None:
    """A secret is struck out of Markdown, too, which escapes what would be markup in it."""
    secret = "eyJ_.e-_30"
    assert escaped(secret) != secret
    assert masks(secret)[0].redact_markdown(f"{escaped(secret)} or {secret}") == "*** or ***"


def test_announced_though_it_looks_escaped() -> None:
    """What another secret is in Markdown is a secret of its own to the runner."""
    secret = "eyJ_.e-_30"
    assert masks(secret, escaped(secret))[1] == [secret, escaped(secret)]


def test_secret_within_a_secret() -> None:
    """Of a secret that holds another, nothing stays."""
    assert masks("pass", "AWS:password")[0].redact("AWS:password pass") == "*** ***"


@given(SECRETS, st.lists(st.text(alphabet=LETTERS) | st.integers(0, 4)))
def test_no_secret_is_left(secrets: list[str], parts: list[str | int]) -> None:
    """Whatever surrounds them, and however they overlap, no secret is left in a text."""
    text = "".join(
        part if isinstance(part, str) else secrets[part % len(secrets)] if secrets else ""
        for part in parts
    )
    redacted = masks(*secrets)[0].redact(text)
    assert not any(secret in redacted for secret in secrets)


@given(st.text())
def test_text_without_secrets_stays(text: str) -> None:
    """A text in which there is no secret stays as it is."""
    assert masks(f"{text}!")[0].redact(text) == text
