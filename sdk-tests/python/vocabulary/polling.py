"""Waiting: for a condition, until a deadline; never for a length of time."""

import time


def until(condition, what, seconds=60, every=0.02, diagnosis=lambda: ""):
    """Returns the first truthy value of `condition()`; fails after `seconds`, saying what did not happen."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}. {diagnosis()}")
        time.sleep(every)
