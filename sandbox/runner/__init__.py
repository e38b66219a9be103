"""GitHub's runner, as an action that runs in a container meets it."""

from sandbox.runner.log import Annotation
from sandbox.runner.process import CANCELLATION, SHUTDOWN, Signals
from sandbox.runner.step import Run, Runner

__all__ = ["CANCELLATION", "SHUTDOWN", "Annotation", "Run", "Runner", "Signals"]
