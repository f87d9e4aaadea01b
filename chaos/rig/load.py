"""Callers with the official SDK, each on any node, who order and fetch until they are told to stop."""

import hashlib
import http.client
import io
import random
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import requests
from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import devices, raw

from .node import DOWNLOAD_INTERVAL_SECONDS

FORMATS = ["xls", "xlsx", "csv", "jsonl"]
# Which refusals this load may meet: limits, what another caller has deleted, what is not finished yet.
EXPECTED = {403, 404, 429}
LOST = (exceptions.SdkException, requests.RequestException, http.client.HTTPException, OSError)


class Lost(Exception):
    """No answer came, or one that promises nothing."""


class Refused(Exception):
    """A clear no."""


class Load:
    """`with Load(...)`: they work until the end of the block."""

    def __init__(self, nodes, ledger, seed, callers=4):
        self.nodes, self.ledger = nodes, ledger
        self.enough = threading.Event()
        self.directory = tempfile.TemporaryDirectory(prefix="unlade-load-")
        self.name = f"s{time.time_ns()}"
        # In peace, before anything fails.
        caller = nodes[0].caller()
        self.product_id = caller.product()
        for file in caller.files():
            # Of an order whose answer was lost, in an earlier schedule.
            caller.delete_file(file.file_id)
        self.known_devices = []
        self.callers = [Customer(self, number, random.Random(f"{seed}/{number}")) for number in range(callers)]

    def __enter__(self):
        for caller in self.callers:
            caller.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        for caller in self.callers:
            caller.join()
        self.directory.cleanup()


class Customer(threading.Thread):
    """One of them."""

    def __init__(self, load, number, chance):
        super().__init__(name=f"caller-{number}", daemon=True)
        self.load, self.ledger, self.chance, self.number = load, load.ledger, chance, number
        self.orders = 0
        self.sdks = {}

    def run(self):
        deeds = {self.create: 3, self.change: 3, self.export: 8, self.download: 6, self.forget: 2, self.look: 2}
        while not self.load.enough.is_set():
            (deed,) = self.chance.choices(list(deeds), list(deeds.values()))
            try:
                deed()
            except (Lost, Refused):
                # A person would wait a little, too.
                self.load.enough.wait(0.1)
            except Exception as error:  # whatever it is, the checker tells it
                self.ledger.accuse(f"{deed.__name__} ended with {error!r}")

    # What they do

    def create(self):
        """Devices from a file."""
        name = self.next_name("create")
        rows = self.chance.choice([50, 400, 1500])
        path = Path(self.load.directory.name, f"{name}.xlsx")
        devices(path, ({"product_id": self.load.product_id, "node_id": f"{name}-{row}"} for row in range(rows)))
        file_id = self.call("upload", lambda caller: caller.upload(path))
        if self.chance.random() < 0.1:
            self.call("file deleted", lambda caller: caller.delete_file(file_id))
            return
        try:
            self.order(name, "createDevices", document_source=file_id)
        except Refused:
            # Or it stays among the few unused ones that a user may have.
            self.call("file deleted", lambda caller: caller.delete_file(file_id))
            raise
        self.load.known_devices.append([f"{self.load.product_id}_{name}-{row}" for row in range(rows)])

    def change(self):
        """Something done to devices, of which some do not exist."""
        kind = self.chance.choice(["freezeDevices", "unfreezeDevices", "deleteDevices"])
        known = self.chance.choice(self.load.known_devices) if self.load.known_devices else []
        targets = [*known[: self.chance.randint(0, 600)], *(f"unknown-{number}" for number in range(100))]
        self.order(self.next_name(kind), kind, targets=targets)

    def order(self, name, kind, **more):
        with self.ledger.turn:
            self.ledger.tasks_unknown.add(name)
        try:
            task_id = self.call("batch task", lambda caller: caller.batch(kind, task_name=name, **more))
        except Refused:
            with self.ledger.turn:
                self.ledger.tasks_unknown.discard(name)
            raise
        with self.ledger.turn:
            self.ledger.tasks_unknown.discard(name)
            self.ledger.tasks[name] = task_id

    def export(self):
        task_id = self.any_task()
        wanted = self.chance.choice(FORMATS)
        try:
            export_id = self.call("export", lambda caller: caller.export(task_id, export_format=wanted))
        except Lost:
            with self.ledger.turn:
                self.ledger.exports_unknown += 1
            raise
        with self.ledger.turn:
            self.ledger.exports[export_id] = task_id

    def download(self):
        export_id = self.any_export()
        asked = time.monotonic()
        answer = self.get(export_id)
        if answer.status != 200:
            self.ledger.count(f"download {answer.status}")
            if answer.status < 500 and answer.status not in EXPECTED:
                self.ledger.accuse(f"a download was answered {answer.status}: {answer.body[:200]}")
            raise Refused
        with self.ledger.turn:
            self.ledger.downloads.append((asked, time.monotonic(), export_id))
        self.ledger.count("download 200")
        for wrong in half_or_damaged(answer):
            self.ledger.accuse(f"the download of export {export_id}: {wrong}")

    def get(self, export_id):
        try:
            return raw(self.any_node(), "GET", f"export-tasks/{export_id}/file")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.ledger.count("download lost")
            raise Lost from error

    def forget(self):
        """Deletes an export task, or a batch task whose devices nobody counts."""
        if self.chance.random() < 0.7:
            export_id = self.any_export()
            with self.ledger.turn:
                # Before it is asked for: with the answer lost, it may be gone.
                self.ledger.exports_deleted.add(export_id)
            self.call("export deleted", lambda caller: caller.delete_export(export_id))
            return
        names = [name for name in list(self.ledger.tasks) if "freeze" in name]
        if names:
            task_id = self.ledger.tasks[self.chance.choice(names)]
            with self.ledger.turn:
                self.ledger.tasks_deleted.add(task_id)
            self.call("batch task deleted", lambda caller: caller.delete_task(task_id))

    def look(self):
        self.call("look", lambda caller: (caller.exports(), caller.task(self.any_task()), caller.files()))

    # How they ask

    def call(self, what, ask):
        """One call to any node."""
        try:
            value = ask(self.caller(self.any_node()))
        except exceptions.ClientRequestException as refusal:
            self.ledger.count(f"{what} {refusal.status_code}")
            if refusal.status_code not in EXPECTED:
                self.ledger.accuse(f"{what}: {refusal.status_code} {refusal.error_code} {refusal.error_msg}")
            raise Refused from refusal
        except LOST as lost:
            self.ledger.count(f"{what} lost")
            raise Lost from lost
        self.ledger.count(what)
        return value

    def caller(self, node):
        return self.sdks.setdefault(node.number, node.caller())

    def any_node(self):
        return self.chance.choice(self.load.nodes)

    def any_task(self):
        """One of the latest: so that conditions repeat, and some tasks are still running."""
        if not self.ledger.tasks:
            raise Refused
        return self.chance.choice(list(self.ledger.tasks.values())[-6:])

    def any_export(self):
        if not self.ledger.exports:
            raise Refused
        return self.chance.choice(list(self.ledger.exports)[-12:])

    def next_name(self, kind):
        self.orders += 1
        return f"{self.load.name}_{self.number}_{kind}_{self.orders}"


def half_or_damaged(answer):
    """What is wrong with a downloaded zip."""
    sha256 = hashlib.sha256(answer.body).hexdigest()
    if answer.headers["ETag"] != f'"{sha256}"':
        yield f"its ETag is {answer.headers['ETag']} and its SHA-256 {sha256}"
    try:
        if bad := zipfile.ZipFile(io.BytesIO(answer.body)).testzip():
            yield f"{bad} is damaged"
    except zipfile.BadZipFile as error:
        yield f"it is no zip: {error}"


def too_near(downloads):
    """Pairs of admitted downloads that cannot have been an interval apart, however they are shifted."""
    ordered = sorted(downloads)
    for (asked, answered, first), (asked_next, answered_next, second) in zip(ordered, ordered[1:]):
        most = max(answered_next - asked, answered - asked_next)
        if most < DOWNLOAD_INTERVAL_SECONDS - 0.01:
            yield f"{first} and {second} were downloaded within {most:.3f} s"
