"""Container images small enough to carry around."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass

_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True, kw_only=True)
class Image:
    """A manifest and the blobs that it names, by digest."""

    manifest: bytes
    blobs: dict[str, bytes]
    media_type: str = _MANIFEST

    @property
    def digest(self) -> str:
        """The manifest's own digest."""
        return digest_of(self.manifest)


def digest_of(content: bytes) -> str:
    """Return the content's digest as a registry writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def small_image(text: str = "Hello from the sandbox.\n") -> Image:
    """Return an OCI image of one layer that holds one file.

    Source: https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md
    """
    archive = _archive("hello.txt", text.encode())
    layer = gzip.compress(archive, mtime=0)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(archive)]},
        }
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _descriptor(_CONFIG, config),
        "layers": [_descriptor(_LAYER, layer)],
    }
    blobs = {digest_of(blob): blob for blob in (config, layer)}
    return Image(manifest=json.dumps(manifest).encode(), blobs=blobs)


def _descriptor(media_type: str, content: bytes) -> dict[str, str | int]:
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
