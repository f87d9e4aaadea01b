"""A database on the PostgreSQL server that UNLADE_TEST_POSTGRES names: a schema of its own, so that tests share the
server and nothing else."""

import itertools
import os
import sqlite3
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


def rows(server, sql, *values):
    """The rows of one statement over a server's own database, wherever it lies; `?` stands for a value."""
    url = server.settings.get("database_url")
    if not url:
        with sqlite3.connect(server.data_dir / "unlade.db", timeout=30) as database:
            return database.execute(sql, values).fetchall()
    here, names = urlsplit(url), [f"v{number}" for number in range(len(values))]
    for name in names:
        sql = sql.replace("?", f":{name}", 1)
    connection = pg8000.native.Connection(
        here.username, here.hostname, here.path.strip("/"), here.port or 5432, here.password
    )
    try:
        connection.run(f"SET search_path = {url.rpartition('%3D')[2]}")
        return [tuple(row) for row in connection.run(sql, **dict(zip(names, values))) or []]
    finally:
        connection.close()
