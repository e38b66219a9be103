"""ECR's registries, private and public, as a client that pulls images meets them."""

from sandbox.registry.private import Registry
from sandbox.registry.public import PublicRegistry

__all__ = ["PublicRegistry", "Registry"]
