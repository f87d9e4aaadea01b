"""Somebody between two processes who can cut them apart and let them meet again."""

import socket
import threading


class Proxy:
    """Listens on a port of loopback and passes on whatever comes to `host`:`port`."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.port = 0
        self.lock = threading.Lock()
        self.open = set()
        self.mend()

    def mend(self):
        """Takes connections, at the same port as before."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def cut(self):
        """Closes every connection and refuses new ones, as a server does that has stopped."""
        with self.lock:
            listener, self.listener = self.listener, None
            cut, self.open = self.open, set()
        # A thread that waits in accept keeps the socket open until it is woken.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for side in cut:
            close(side)

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            with self.lock:
                # Else it was cut while this one was on its way.
                if lasts := self.listener is listener:
                    self.open |= {near, far}
            if not lasts:
                close(near)
                close(far)
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=[source, sink], daemon=True).start()

    def pump(self, source, sink):
        try:
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
        except OSError:
            pass
        with self.lock:
            self.open -= {source, sink}
        close(source)
        close(sink)


def close(side):
    try:
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    side.close()
