"""Asking again, where asking again can help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from tenacity import Future, RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from rotate.deadline import Deadline
from rotate.errors import Cancelled, OutOfTime, RotateError

T = TypeVar("T")

_full_jitter = wait_random_exponential(multiplier=0.5)
# Once for all calls: each of these refers to itself, and to find such cycles takes time.
_of_ours = retry_if_exception_type(RotateError)


def persistently(call: Callable[[], T], *, deadline: Deadline) -> T:
    """Return what `call` returns, asking again as often as the error it raises allows.

    The waits grow with full jitter, so that a crowd of runs does not come back in step
    (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).

    Raises:
        RotateError: what `call` raised last, when it has had its attempts, or when the next wait
            would not end before the deadline, which comes sooner where the run is told to stop.
        OutOfTime: no time is left, and nothing else was in the way.
        Cancelled: none is, for the run was told to stop.
    """
    before: RotateError | None = None

    def attempt() -> T:
        nonlocal before
        try:
            return call()
        except (OutOfTime, Cancelled) as error:
            # Neither is the cause if something else took the time.
            raise before or error from None
        except RotateError as error:
            before = error
            raise

    def is_over(state: RetryCallState) -> bool:
        # Nothing but a `RotateError` is tried again, so that is what the outcome holds.
        error = cast("RotateError", cast("Future", state.outcome).exception())
        is_last = state.attempt_number >= error.attempts
        return is_last or state.upcoming_sleep >= deadline.remaining()

    retrying = Retrying(
        retry=_of_ours,
        wait=_full_jitter,
        stop=is_over,
        sleep=deadline.sleep,
        reraise=True,
    )
    try:
        return retrying(attempt)
    except RotateError as error:
        # The frames that it came through hold it in turn.
        raise error.with_traceback(None) from None
    finally:
        # What it did last refers to it.
        retrying.iter_state.reset()
        before = None
