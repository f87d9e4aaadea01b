"""Servers that end with whoever started them."""

from contextlib import contextmanager

from .server import Server


@contextmanager
def serving(directories):
    """A function that starts a server of these settings; all are killed in the end."""
    servers = []

    def begin(**settings):
        servers.append(Server(directories.mktemp("server"), **settings))
        servers[-1].start()
        return servers[-1]

    try:
        yield begin
    finally:
        for server in servers:
            if server.process is not None:
                server.kill()
