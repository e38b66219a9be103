"""Splitting a plan by owner, so that the jobs of a matrix can share it.

GitHub's limits hold per credential, and an App has one per owner: owners are what can be done at
the same time.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from rotate.model.target import USER
from rotate.report import Outcome, Report

MOST_SHARDS = 256
"""Most jobs of a matrix:
https://docs.github.com/actions/reference/limits"""


def matrix(report: Report) -> dict[str, Any]:
    """Return a job matrix: each entry's `owners` are what one job passes on as `owners`.

    Owners with much to do are spread first, each to the shard with the least; what is not due
    is in no shard, so that an empty `include` means that there is nothing to do.
    """
    planned = (result for result in report.results if result.outcome is Outcome.PLANNED)
    work = Counter(result.target.login.lower() or USER for result in planned)
    shards: list[list[str]] = [[] for _ in range(min(len(work), MOST_SHARDS))]
    weights = [0] * len(shards)
    for owner, targets in work.most_common():
        lightest = weights.index(min(weights))
        shards[lightest].append(owner)
        weights[lightest] += targets
    return {"include": [{"owners": ",".join(owners)} for owners in shards]}
