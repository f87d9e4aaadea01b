"""Which faults, when, on what: a pure function of a seed, so that a printed seed says it all."""

import random
from dataclasses import dataclass

from .faults import FAULTS

SECONDS = 24.0
# No fault begins later than this, so that what it does is seen under load.
LAST_BEGIN = 18.0
LONGEST = 8.0
# What a node and the database need to come back before they are struck again.
BREATH = 2.0


@dataclass(frozen=True)
class Strike:
    """One fault of a schedule."""

    at: float
    fault: str
    target: str
    lasts: float

    def __str__(self):
        return f"{self.at:.1f} s {self.fault}, {self.target}, for {self.lasts:.1f} s"

    def touches(self):
        """What it keeps busy: the store's links are one thing if all of them are struck."""
        return {"store", "store 0", "store 1", "store 2"} if self.target == "store" else {self.target}


def schedule(seed):
    """The strikes of a seed, by time."""
    chance = random.Random(seed)
    strikes = []
    for _ in range(chance.randint(4, 9)):
        fault = FAULTS[chance.choice(sorted(FAULTS))]
        lasts = chance.uniform(fault.at_least, max(fault.at_least + 1, LONGEST))
        strike = Strike(chance.uniform(0.5, LAST_BEGIN), fault.name, chance.choice(fault.targets), lasts)
        if not any(overlap(strike, other) for other in strikes):
            strikes.append(strike)
    return sorted(strikes, key=lambda strike: strike.at)


def overlap(one, other):
    """Whether two strikes want the same thing at the same time."""
    if not one.touches() & other.touches():
        return False
    first, second = sorted((one, other), key=lambda strike: strike.at)
    # A failover is over when the old primary has become the standby, which takes some seconds.
    return second.at < first.at + first.lasts + (10.0 if first.target == "database" else BREATH)
