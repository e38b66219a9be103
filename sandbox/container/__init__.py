"""The action's image, built and run without a Docker engine."""

from sandbox.container.building import build, missing
from sandbox.container.running import Container

__all__ = ["Container", "build", "missing"]
