"""Somebody at the command line, with the settings of a server that may be running."""

import csv
import json
import os
import subprocess
from dataclasses import dataclass


@dataclass
class Refusal:
    """How a command ended that did not do what it was told."""

    code: int
    said: str
    complaint: str


class Operator:
    """Administers the account of a server; every word that a command says is kept."""

    def __init__(self, server):
        self.server = server
        self.heard = []

    def unlade(self, *arguments, stdin=""):
        """A subcommand; what it says on standard output."""
        done = self.ends(*arguments, stdin=stdin)
        assert done.code == 0, f"unlade {' '.join(map(str, arguments))}: {done.complaint}"
        return done.said

    def ends(self, *arguments, stdin=""):
        """A subcommand that may end in any way."""
        server = self.server
        # `unlade user` and so on: where the account is comes last.
        command = [os.environ["UNLADE_BIN"], *map(str, arguments), "--data-dir", str(server.data_dir)]
        done = subprocess.run(
            command, input=stdin, env=server.environment(), cwd=server.directory, capture_output=True, text=True, timeout=120
        )
        self.heard += [done.stdout, done.stderr]
        return Refusal(done.returncode, done.stdout, done.stderr)

    def told(self, *arguments, **more):
        """What a subcommand answers to a program."""
        return json.loads(self.unlade(*arguments, "--json", **more))

    def key(self, user, *more):
        """A key of a user, as the words that make a caller of it."""
        made = self.told("key", "create", "--user", user, *more)
        return {"ak": made["access_key_id"], "sk": made["secret_access_key"], "project_id": made["project_id"]}

    def key_in(self, path, user, *more):
        """The same, out of the file that it was written to."""
        self.unlade("key", "create", "--user", user, "--output", path, *more)
        with open(path, newline="", encoding="utf-8") as file:
            line = next(csv.DictReader(file))
        return {"ak": line["Access Key Id"], "sk": line["Secret Access Key"], "project_id": line["Project Id"]}

    def policy(self, name, *statements):
        """Makes a policy of these statements, or gives them to the one that is there."""
        document = json.dumps({"Version": "1.1", "Statement": list(statements)})
        known = [policy["name"] for policy in self.told("policy", "list")]
        self.unlade("policy", "update" if name in known else "create", name, "--file", "-", stdin=document)

    def may(self, user, action, *more):
        """What `policy check` says, by its exit code."""
        done = self.ends("policy", "check", "--user", user, "--action", action, *more)
        assert done.code in (0, 1), done.complaint
        return done.code == 0
