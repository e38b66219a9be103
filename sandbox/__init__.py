"""An internet on loopback: GitHub, AWS and container registries under their real names.

The outside world as it is on the wire, for the demo, the tests and the benchmark.
It knows nothing of the program that lives in it.
"""

from sandbox.faults import Fault
from sandbox.internet import Sandbox
from sandbox.job import Job
from sandbox.runner import Run, Runner

__all__ = ["Fault", "Job", "Run", "Runner", "Sandbox"]
