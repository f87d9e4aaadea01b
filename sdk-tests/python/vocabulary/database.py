"""A database on the PostgreSQL server that UNLADE_TEST_POSTGRES names: a schema of its own, so that tests share the
server and nothing else."""

import itertools
import os
from urllib.parse import urlsplit

import pg8000.native
import pytest

numbers = itertools.count()


class Database:
    """The schema, until `end`."""

    def __init__(self):
        address = os.environ.get("UNLADE_TEST_POSTGRES")
        if not address:
            pytest.skip("UNLADE_TEST_POSTGRES names no server")
        self.address = urlsplit(address)
        self.schema = f"python{os.getpid()}_{next(numbers)}"
        self.rows(f"CREATE SCHEMA {self.schema}")

    def url(self, port=None):
        """What a node is given; `port` is that of somebody between it and the server."""
        here = self.address
        user = here.netloc.rpartition("@")[0]
        place = f"{user}@{here.hostname}:{port or here.port or 5432}{here.path}"
        return f"{here.scheme}://{place}?options=-csearch_path%3D{self.schema}"

    def rows(self, sql):
        """The rows of one statement, by a connection of our own."""
        here = self.address
        connection = pg8000.native.Connection(
            here.username, here.hostname, here.path.strip("/"), here.port or 5432, here.password
        )
        try:
            connection.run(f"SET search_path = {self.schema}")
            return connection.run(sql)
        finally:
            connection.close()

    def end(self):
        self.rows(f"DROP SCHEMA {self.schema} CASCADE")
