"""The network as a process: a proxy before each thing that a node reaches, whose faults are toggled at run time.

Apart, because what passes through it must not wait for the interpreter of the callers. It is told what to do in lines
of JSON on its standard input and answers each with a line; when the input ends, it ends. `Network` is the other side.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path

from vocabulary.server import free_port


class Network:
    """Starts the process and speaks to it."""

    def __init__(self, log_path):
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("network.py")],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )
        self.turn = threading.Lock()

    def tell(self, **order):
        with self.turn:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        assert answer == "done\n", f"the proxies: {answer!r} to {order}"

    def link(self, kind, target):
        """A new proxy to the port `target`; `kind` is `tcp` or `http`."""
        link = Link(self, kind, free_port())
        self.tell(link=link.port, kind=kind, target=target)
        return link

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Link:
    """One proxy."""

    def __init__(self, network, kind, port):
        self.network, self.kind, self.port = network, kind, port

    def lead_to(self, target):
        """From now on it leads to another port; who is connected is cut off."""
        self.network.tell(link=self.port, target=target)

    def be(self, mode, seconds=0.0):
        """How it behaves from now on: see network.py."""
        self.network.tell(link=self.port, mode=mode, seconds=seconds)

    def heal(self):
        self.be("good")
