"""Sealing: only the private key opens what was sealed."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from rotate.errors import UnusablePublicKey
from rotate.model.github import PublicKey
from rotate.seal import seal

PRIVATE = PrivateKey(bytes(range(32)))
KEY = PublicKey(key_id="0001", key=b64encode(bytes(PRIVATE.public_key)).decode())
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(ANY_TEXT)
def test_round_trip(value: str) -> None:
    """Whatever is sealed with the public key opens with the private key, and is the same."""
    sealed = seal(value, KEY)
    opened = SealedBox(PRIVATE).decrypt(b64decode(sealed.encrypted_value, validate=True))
    assert opened.decode() == value


def test_key_id_is_kept() -> None:
    """The leading zeros of a key's ID are kept."""
    assert seal("value", KEY).key_id == "0001"


def test_nothing_shows() -> None:
    """Neither the value nor the sealed value is in the `repr`, and no two seals are alike."""
    first, second = seal("the-value", KEY), seal("the-value", KEY)
    assert first.encrypted_value != second.encrypted_value
    assert "the-value" not in repr(first)
    assert first.encrypted_value not in repr(first)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("", "0 bytes"),
        (b64encode(bytes([1] * 31)).decode(), "31 bytes"),
        (b64encode(bytes([1] * 33)).decode(), "33 bytes"),
        (b64encode(bytes(32)).decode(), "key: GitHub's public key is all zeros or as weak$"),
        (b64encode(bytes([1, *bytes(31)])).decode(), "is all zeros or as weak$"),
        (KEY.key[:-1], "key: GitHub's public key is not base64$"),
        (f"{KEY.key[:10]}\n{KEY.key[10:]}", "not base64"),
        (f"!{KEY.key}", "not base64"),
        (f"é{KEY.key}", "not base64"),
    ],
)
def test_unusable_keys(key: str, what: str) -> None:
    """A key that is not base64 of 32 bytes, or is a point of small order, seals nothing."""
    with pytest.raises(UnusablePublicKey, match=what):
        seal("value", PublicKey(key_id="1", key=key))


@given(st.text())
def test_any_key_seals_or_is_refused(key: str) -> None:
    """No text that GitHub could give as a key raises anything else."""
    with pytest.raises(UnusablePublicKey):
        seal("value", PublicKey(key_id="1", key=key))
