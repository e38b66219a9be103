"""Sealing a value for GitHub: a libsodium sealed box that only the target's key can open."""

from __future__ import annotations

from base64 import b64decode, b64encode

from nacl.exceptions import CryptoError
from nacl.public import PublicKey as Curve25519Key
from nacl.public import SealedBox

from rotate.errors import UnusablePublicKey
from rotate.model.github import PublicKey, Sealed


def seal(value: str, public_key: PublicKey) -> Sealed:
    """Return `value` sealed with `public_key`.

    https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api

    Raises:
        UnusablePublicKey: the key is not base64 of 32 bytes, or libsodium does not take it.
    """
    box = SealedBox(Curve25519Key(_key_bytes(public_key.key)))
    try:
        encrypted = box.encrypt(value.encode())
    except CryptoError:
        # A point of small order, from which anybody could tell what was sealed.
        raise UnusablePublicKey("GitHub's public key is all zeros or as weak") from None
    return Sealed(key_id=public_key.key_id, encrypted_value=b64encode(encrypted).decode("ascii"))


def _key_bytes(key: str) -> bytes:
    try:
        # Strict, because PyNaCl's own base64 decoding skips characters it does not know.
        raw = b64decode(key, validate=True)
    except ValueError:
        raise UnusablePublicKey("GitHub's public key is not base64") from None
    if len(raw) != Curve25519Key.SIZE:
        raise UnusablePublicKey(f"GitHub's public key has {len(raw)} bytes instead of 32")
    return raw
