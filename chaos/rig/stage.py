"""Everything together: three nodes over one database and one bucket, and what is played on them."""

import contextlib
import shutil
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from vocabulary import raw, until

from .checker import View, findings, orphans
from .faults import FAULTS
from .ledger import Ledger
from .load import Load
from .node import MASTER_KEY, ROOT, STORE_SECRET, SWEEP_AGE_SECONDS, Node
from .postgres import Postgres
from .proxies import Network
from .sampler import Sampler
from .schedule import BREATH
from .store import ObjectStore

NODES = 3
# Five attempts with their pauses, and one that waited for room on a disk.
QUIET_SECONDS = 120
# As old as it may be, then the next look, which is as far away.
SWEPT_SECONDS = 2 * SWEEP_AGE_SECONDS + 20


class Stage:
    """`with Stage() as rig`: it is up at the beginning of the block and nothing is left of it afterwards."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="unlade-chaos-"))
        self.parts = []
        # Of whatever can be struck.
        self.turns = defaultdict(threading.Lock)
        self.ledger = Ledger()
        self.clock_sign = -1
        self.failed = False

    def __enter__(self):
        try:
            self.raise_up()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def raise_up(self):
        self.postgres = self.keep(Postgres())
        self.postgres.start()
        self.objects = self.keep(ObjectStore(self.directory))
        self.network = self.keep(Network(self.directory / "network.log"))
        self.links = [self.network.link("tcp", self.postgres.primary.port) for _ in range(NODES)]
        self.store_links = [self.network.link("http", self.objects.port) for _ in range(NODES)]
        self.nodes = [self.keep(self.node(number)) for number in range(NODES)]
        for node in self.nodes:
            node.launch()
            # The first one makes the schema; side by side is tried by the faults.
            node.ready()
        self.view = self.looked_at()

    def node(self, number):
        url = self.postgres.url(self.links[number].port)
        return Node(self.directory / f"node-{number}", number, url, self.store_links[number].port)

    def keep(self, part):
        self.parts.append(part)
        return part

    def end(self):
        # Whatever one of them meets, the others end too: none may outlive us.
        with contextlib.ExitStack() as ends:
            for part in self.parts:
                ends.callback(part.end)
        if not self.failed:
            shutil.rmtree(self.directory, ignore_errors=True)

    def looked_at(self):
        secrets = [ROOT.sk, MASTER_KEY, STORE_SECRET, self.postgres.password]
        look = (self.postgres.ask, self.objects, self.ledger, self.nodes, self.download, self.nodes[-1].caller())
        return View(*look, secrets, SWEPT_SECONDS)

    def download(self, export_id):
        """Past the interval, which the load keeps to and the checker has no time for."""
        self.postgres.ask("DELETE FROM download")
        return raw(self.nodes[int(export_id, 16) % len(self.nodes)], "GET", f"export-tasks/{export_id}/file")

    # What is played

    def play(self, strikes, seed, seconds):
        """Load for so many seconds, the strikes meanwhile; what was wrong afterwards."""
        self.ledger = self.view.ledger = Ledger()
        begun = time.monotonic()
        with Sampler(self.postgres, self.ledger), Load(self.nodes, self.ledger, seed):
            threads = [threading.Thread(target=self.strike, args=(strike, begun)) for strike in strikes]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # Waits for nothing: so long is the load.
            time.sleep(max(0.0, begun + seconds - time.monotonic()))
        return self.judged()

    def strike(self, strike, begun):
        try:
            time.sleep(max(0.0, begun + strike.at - time.monotonic()))
            # A node drains as long as its work takes: what strikes it next waits until it has come back. One that is told
            # to end before it listens to signals ends without a word, as any program does.
            with self.turns[strike.target]:
                heal = FAULTS[strike.fault].strike(self, strike.target)
                time.sleep(strike.lasts)
                heal()
                time.sleep(BREATH)
        except Exception as error:  # the rig itself failed, and the checker tells it
            self.ledger.accuse(f"the rig: {strike}: {error!r}")

    def judged(self):
        """What is wrong, once everything had time to come to its end."""
        found = [*self.healed(), *self.quiet(), *findings(self.view)]
        self.failed = self.failed or bool(found)
        return found

    def healed(self):
        for node in self.nodes:
            try:
                node.ready()
            except AssertionError as error:
                yield f"not healed: {str(error)[:2000]}"

    def quiet(self):
        """Nobody works on anything any more; if it takes too long, the rules name what is left."""
        waits = "SELECT 1 FROM job UNION ALL SELECT 1 FROM doomed_task UNION ALL SELECT 1 FROM object_garbage"
        return self.waited(lambda: not self.postgres.ask(waits), "the queue is quiet", QUIET_SECONDS)

    def swept(self):
        """At the very end: waits for the sweep of whatever the schedules left."""
        found = list(self.waited(lambda: not orphans(self.view), "the bucket is swept", SWEPT_SECONDS))
        return found + [f"{key} belongs to nobody" for key in orphans(self.view)]

    @staticmethod
    def waited(condition, what, seconds):
        try:
            until(condition, what, seconds, every=0.3)
        except AssertionError as error:
            yield str(error)

