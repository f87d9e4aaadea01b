"""A balancer in front of nodes: every call goes to the next of them, and none to one that was taken out."""

import threading
from collections import Counter, deque

from .caller import Caller
from .polling import until


class Front:
    """The nodes that get calls, in turn."""

    def __init__(self, *nodes):
        self.lock = threading.Lock()
        self.nodes = deque(nodes)
        self.busy = Counter()
        self.answered = Counter()
        self.callers = {}

    def caller(self):
        """Somebody who does not know which node answers."""
        return Anybody(self)

    def take_out(self, node):
        """No call goes there any more; is back when those that were on their way are answered."""
        with self.lock:
            self.nodes.remove(node)
        until(lambda: not self.busy[node], "the calls on their way to the node are answered")

    def take_in(self, node):
        with self.lock:
            self.nodes.append(node)

    def in_turn(self):
        """The nodes that get calls now; another call may turn them at any moment."""
        with self.lock:
            return list(self.nodes)

    def call(self, operation, request):
        with self.lock:
            node = self.nodes[0]
            self.nodes.rotate(-1)
            self.busy[node] += 1
        try:
            return getattr(self.sdk(node), operation)(request)
        finally:
            with self.lock:
                self.busy[node] -= 1
                self.answered[node] += 1

    def sdk(self, node):
        """A client for each thread, and another one after the node was started anew."""
        key = (threading.get_ident(), node.process.pid)
        if key not in self.callers:
            self.callers[key] = node.caller()
        return self.callers[key].sdk


class Anybody(Caller):
    """A caller each of whose calls may meet another node."""

    def __init__(self, front):
        self.sdk = Turns(front)


class Turns:
    """Looks like the SDK's client."""

    def __init__(self, front):
        self.front = front

    def __getattr__(self, operation):
        return lambda request: self.front.call(operation, request)
