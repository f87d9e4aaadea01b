"""Nodes of an earlier version, under load, are replaced one after the other by those of this one: the earlier program is
UNLADE_EARLIER_BIN. At no moment is a call refused that the rules allow, and afterwards nothing is missing, double or
half."""

import filecmp
import os
import signal
from collections import Counter
from itertools import count
from threading import Event, Thread

from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import Front, Result, devices, until

CUSTOMERS = 4
# More than fits into one transaction of the engine, so that a task may be handed over in its middle.
ROWS = 700
UNKNOWN = [f"unknown-{number}" for number in range(20)]
# Low enough to be met all the time.
MOST_TASKS, MOST_EXPORTS = 3, 2
LIMITS = {
    "limits_batch_running": MOST_TASKS,
    "limits_export_unfinished": MOST_EXPORTS,
    "limits_batch_files": 1000,
    "limits_export_kept": 10_000,
    # Usual in these tests, and unknown to the earlier program.
    "limits_signature_failures": None,
}
AT_THE_LIMIT = {"IOTDA.014206", "IOTDA.014801"}
LONG = 240


def earlier(cluster):
    """A node of the earlier version, which has time to end in peace."""
    return cluster.node(program=os.environ["UNLADE_EARLIER_BIN"], server_goodbye_seconds=8, **LIMITS)


# The load


class Customer(Thread):
    """Somebody who has devices made and others refused, exports both, and reads what the exports hold."""

    def __init__(self, front, name, directory, enough):
        super().__init__(name=name)
        self.caller, self.directory, self.enough = front.caller(), directory, enough
        self.product_id = self.caller.product()
        # What was accepted: the targets of each task, and of which task each export is.
        self.tasks, self.exports = {}, {}
        self.failure = None

    def run(self):
        try:
            for number in count():
                if self.enough.is_set():
                    return
                self.work(f"{self.name}-{number}")
        except BaseException as failure:  # whatever it is, the test tells it
            self.failure = failure

    def work(self, name):
        rows = [{"product_id": self.product_id, "node_id": f"{name}-{row}"} for row in range(ROWS)]
        file_id = self.caller.upload(devices(self.directory / f"{name}.xlsx", rows))
        targets = [f"{self.product_id}_{row['node_id']}" for row in rows]
        made = self.order(targets, "createDevices", document_source=file_id)
        refused = self.order(UNKNOWN, "freezeDevices", targets=UNKNOWN)
        # One is made of what there is by then, the other one of everything.
        self.export(made)
        assert self.caller.finished(made, LONG).status == "Success"
        assert self.caller.finished(refused, LONG).status == "Fail"
        for task_id in (made, refused):
            self.read(self.export(task_id))

    def order(self, expected, task_type, **more):
        task_id = patiently(lambda: self.caller.batch(task_type, **more))
        self.tasks[task_id] = expected
        return task_id

    def export(self, task_id):
        export_id = patiently(lambda: self.caller.export(task_id))
        self.exports[export_id] = task_id
        return export_id

    def read(self, export_id):
        until(lambda: self.caller.export_state(export_id).status != "Processing", "the export is over", LONG)
        judge_file(self.caller, export_id, self.tasks[self.exports[export_id]])


def patiently(order):
    """Orders until there is room; anything but the limit that is met is a failure."""

    def accepted():
        try:
            return order()
        except exceptions.ClientRequestException as refusal:
            assert refusal.error_code in AT_THE_LIMIT, refusal
            return None

    return until(accepted, "there is room for one more", LONG, every=0.1)


class Watch(Thread):
    """Counts again and again, from outside, what is limited."""

    def __init__(self, database, enough):
        super().__init__()
        self.database, self.enough = database, enough
        self.most = Counter()

    def run(self):
        unfinished = """SELECT
            (SELECT count(*) FROM batch_task WHERE status IN ('Initializing', 'Waitting', 'Processing')),
            (SELECT count(*) FROM export_task WHERE status = 'Processing')"""
        while not self.enough.wait(0.02):
            ((tasks, exports),) = self.database.rows(unfinished)
            self.most |= Counter(tasks=tasks, exports=exports)


class Load:
    """The customers and the watch, until the end of a `with`."""

    def __init__(self, front, database, directory):
        self.enough = Event()
        self.customers = [Customer(front, f"c{number}", directory, self.enough) for number in range(CUSTOMERS)]
        self.watch = Watch(database, self.enough)

    def __enter__(self):
        for thread in (self.watch, *self.customers):
            thread.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        for thread in (self.watch, *self.customers):
            thread.join()

    def goes_on(self):
        """Nobody has met anything that they should not."""
        failures = [customer.failure for customer in self.customers if customer.failure]
        assert not failures, failures
        return True


# The upgrade


def claims(node):
    return node.everything_said().count("claimed")


def all_work(front, load):
    """From now on, each node answers calls and takes jobs."""
    before = {node: (front.answered[node], claims(node)) for node in front.in_turn()}

    def has_worked(node):
        answered, claimed = before[node]
        return front.answered[node] >= answered + 10 and claims(node) > claimed

    until(lambda: load.goes_on() and all(map(has_worked, before)), "each node answers and works", LONG, every=0.1)


def replace(front, node, program):
    """As an operator does behind a balancer: the node says that it ends, gets no more calls, ends; the other starts."""
    node.process.send_signal(signal.SIGTERM)
    until(lambda: node.status("/readyz") == 503, "it says that it is ending", every=0.005)
    front.take_out(node)
    assert node.process.wait(LONG) == 0
    node.program = program
    node.start()
    front.take_in(node)


def test_nodes_are_replaced_one_by_one_under_load_and_nothing_is_lost(cluster, database, tmp_path):
    assert not filecmp.cmp(os.environ["UNLADE_EARLIER_BIN"], os.environ["UNLADE_BIN"], shallow=False)
    nodes = [earlier(cluster) for _ in range(3)]
    known = newest(database)
    front = Front(*nodes)
    with Load(front, database, tmp_path) as load:
        all_work(front, load)
        for node in nodes:
            replace(front, node, os.environ["UNLADE_BIN"])
            all_work(front, load)
        if strictest(database) <= known:
            # A step back, as far as it is promised: one of the earlier version joins once more.
            replace(front, nodes[0], os.environ["UNLADE_EARLIER_BIN"])
            all_work(front, load)
    load.goes_on()
    judge(front.caller(), database, load)
    if strictest(database) > known:
        judge_refused(nodes[0])


def test_an_earlier_node_is_refused_in_words_by_a_schema_that_it_would_harm(cluster, database):
    node = earlier(cluster)
    found = newest(database) + 1
    database.rows(f"INSERT INTO schema_migration VALUES ({found}, 'contract', 'of a later version', 1)")
    database.rows(f"INSERT INTO schema_beside VALUES ({found}, {found})")
    assert node.caller().products() == [], "what runs goes on"
    judge_refused(node)


def judge_refused(node):
    if node.process.poll() is None:
        node.terminate(LONG)
    node.program = os.environ["UNLADE_EARLIER_BIN"]
    node.process = node.launch()
    assert node.process.wait(60) == 1
    assert "the database has schema" in node.log() and "use a newer program" in node.log()


def newest(database):
    return database.rows("SELECT max(version) FROM schema_migration")[0][0]


def strictest(database):
    """The least schema that a program must know to work beside what is there."""
    return database.rows("SELECT max(beside) FROM schema_beside")[0][0]


# The judgement


def judge(caller, database, load):
    """Whatever was accepted is there, once, whole and right; and no limit was exceeded."""
    tasks, exports = {}, {}
    for customer in load.customers:
        tasks |= customer.tasks
        exports |= customer.exports
    print(f"{len(tasks)} tasks, {len(exports)} exports; at most {dict(load.watch.most)} unfinished")
    assert load.watch.most == Counter(tasks=MOST_TASKS, exports=MOST_EXPORTS), "met, and not exceeded"
    assert {task_id for (task_id,) in database.rows("SELECT task_id FROM batch_task")} == set(tasks)
    for task_id, targets in tasks.items():
        judge_task(caller, task_id, targets)
    ended = dict(database.rows("SELECT export_task_id, status FROM export_task"))
    assert ended == dict.fromkeys(exports, "Success")
    for export_id, task_id in exports.items():
        judge_file(caller, export_id, tasks[task_id])
    made = [target for targets in tasks.values() if targets is not UNKNOWN for target in targets]
    assert sorted(device for (device,) in database.rows("SELECT device_id FROM device")) == sorted(made)
    assert database.rows("SELECT devices FROM project") == [[len(made)]]
    until(lambda: not database.rows("SELECT job_id FROM job"), "no job is left")


def judge_task(caller, task_id, targets):
    """Its counters equal its rows, and those are the ones that were ordered."""
    counters, rows = caller.task(task_id).task_progress, caller.subtasks(task_id)
    assert Counter(row.status for row in rows) == +Counter(Success=counters.success, Fail=counters.fail)
    assert sorted(row.target for row in rows) == sorted(targets)
    assert {row.status for row in rows} == {"Fail" if targets is UNKNOWN else "Success"}


def judge_file(caller, export_id, targets):
    """The file is whole and its rows are right: the newest result of a condition, which serves all its exports."""
    rows = Result(caller.download(export_id)).subtasks()
    assert sorted(row[0] for row in rows) == sorted(targets)
    assert {(row[1], row[3]) for row in rows} == {("Fail", "IOTDA.014000") if targets is UNKNOWN else ("Success", "")}
