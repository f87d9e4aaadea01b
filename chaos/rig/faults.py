"""The faults, a function each: it inflicts the fault and answers how it is healed.

A fault strikes a target: `node 0`, `link 0` (between that node and the database), `database`, `store`. Two faults may
overlap unless they strike the same target.
"""

from .node import CLOCK_OFF_SECONDS, LEASE_SECONDS

FAULTS = {}


def fault(name, *targets, at_least=0.0):
    def register(function):
        FAULTS[name] = Fault(name, targets, at_least, function)
        return function

    return register


class Fault:
    """`at_least` is how many seconds it lasts, if it is to be one."""

    def __init__(self, name, targets, at_least, strike):
        self.name, self.targets, self.at_least, self.strike = name, targets, at_least, strike


def nothing():
    """What heals by itself."""


NODES = ("node 0", "node 1", "node 2")
LINKS = ("link 0", "link 1", "link 2")
STORE = ("store", "store 0", "store 1", "store 2")


def number(target):
    return int(target.split()[1])


@fault("kill -9", *NODES)
def killed(rig, target):
    node = rig.nodes[number(target)]
    node.kill()
    return node.launch


@fault("SIGSTOP past the lease", *NODES, at_least=LEASE_SECONDS + 1.0)
def stopped(rig, target):
    node = rig.nodes[number(target)]
    if not node.is_running():
        return nothing
    node.pause()
    return node.resume


@fault("SIGTERM and restart", *NODES)
def drained(rig, target):
    node = rig.nodes[number(target)]
    if node.is_running():
        code = node.drain()
        if code != 0:
            rig.ledger.accuse(f"{node} ended with {code} when it was told to drain")
    return node.launch


@fault("clock off by 10 minutes", *NODES, at_least=3.0)
def clock_off(rig, target):
    node = rig.nodes[number(target)]
    node.kill()
    # Ahead and behind in turn.
    rig.clock_sign = -rig.clock_sign
    node.clock_off = rig.clock_sign * CLOCK_OFF_SECONDS
    node.launch()

    def heal():
        node.kill()
        node.clock_off = 0
        node.launch()

    return heal


@fault("full disk", *NODES, at_least=2.0)
def disk_full(rig, target):
    node = rig.nodes[number(target)]
    node.fill_disk()
    return node.free_disk


@fault("network cut", *LINKS, at_least=1.0)
def cut(rig, target):
    """Connections are reset and new ones refused."""
    link = rig.links[number(target)]
    link.be("refuse")
    return link.heal


@fault("network silent", *LINKS, at_least=4.0)
def silent(rig, target):
    """Packets vanish: nothing is refused, nothing is answered."""
    link = rig.links[number(target)]
    link.be("stall")
    return link.heal


@fault("network slow", *LINKS, at_least=3.0)
def slow(rig, target):
    link = rig.links[number(target)]
    link.be("slow", 0.05)
    return link.heal


@fault("PostgreSQL restart", "database")
def database_restarted(rig, _):
    rig.postgres.restart()
    return nothing


@fault("PostgreSQL crash", "database")
def database_crashed(rig, _):
    rig.postgres.crash()
    return nothing


@fault("PostgreSQL failover", "database")
def database_failed_over(rig, _):
    def lead(port):
        for link in rig.links:
            link.lead_to(port)

    rig.postgres.fail_over(lead)
    return rig.postgres.follow


def store_fault(name, mode, seconds=0.0):
    @fault(name, *STORE, at_least=1.5)
    def strike(rig, target):
        links = rig.store_links if target == "store" else [rig.store_links[number(target)]]
        for link in links:
            link.be(mode, seconds)

        def heal():
            for link in links:
                link.heal()

        return heal


store_fault("S3 answers 500", "error")
store_fault("S3 is slow", "slow", 1.0)
store_fault("S3 gives half a body", "half")
store_fault("S3 does it and does not answer", "deaf")
store_fault("S3 refuses connections", "refuse")
store_fault("S3 is silent", "stall")
