"""Races: the same wish from many callers at one moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple

from huaweicloudsdkcore.exceptions import exceptions

CALLERS = 40


class Outcomes(NamedTuple):
    """What the winners were given, and the refusals of the others."""

    won: list
    lost: list

    def judge(self, winners, *refusal):
        """So many have won, and all others were refused with this status and code."""
        assert {(error.status_code, error.error_code) for error in self.lost} <= {refusal}
        assert len(self.won) == winners


def at_once(server, act, times=CALLERS):
    """`act(caller, number)` by `times` callers, each with a client and an open connection of their own, who are
    let go together."""
    gate = Barrier(times)

    def run(number):
        caller = server.caller()
        caller.files()
        gate.wait(60)
        try:
            return act(caller, number), None
        except exceptions.ClientRequestException as refusal:
            return None, refusal

    with ThreadPoolExecutor(times) as pool:
        outcomes = list(pool.map(run, range(times)))
    return Outcomes([value for value, lost in outcomes if not lost], [lost for _, lost in outcomes if lost])
