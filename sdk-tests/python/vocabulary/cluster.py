"""Nodes of one database and one bucket."""

import secrets

from .server import Server


class Node(Server):
    """A server whose root key is known wherever it was made."""

    def __init__(self, cluster, directory, **settings):
        super().__init__(directory, **settings)
        self.cluster = cluster

    @property
    def credentials(self):
        return self.cluster.credentials

    @property
    def was_told(self):
        """Whether it was this node that made the root key."""
        return (self.data_dir / "credentials.csv").exists()


class Cluster:
    """`begin` starts a server of a given kind, as the fixture `serve` does; `settings` are every node's."""

    def __init__(self, begin, database, bucket, **settings):
        self.begin = begin
        self.nodes = []
        self.settings = {
            "database_url": database.url(),
            "master_key": secrets.token_hex(32),
            "root_access_key": "AROOTKEYOFALLNODES",
            "root_secret_key": secrets.token_hex(20),
            **bucket.settings(),
            **settings,
        }

    def node(self, role="all", waits=True, **settings):
        """One more node."""
        return self.begin(self.make, waits, server_role=role, **{**self.settings, **settings})

    def make(self, directory, **settings):
        node = Node(self, directory, **settings)
        self.nodes.append(node)
        return node

    @property
    def credentials(self):
        """What the node was told that made the root key."""
        return next(Server.credentials.fget(node) for node in self.nodes if node.was_told)
