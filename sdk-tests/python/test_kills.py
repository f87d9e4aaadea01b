"""kill -9 at random moments, again and again, while batch tasks and exports are ordered and run."""

import itertools
import random
import time
import zipfile
from collections import Counter
from threading import Event, Thread

from huaweicloudsdkcore.exceptions.exceptions import ConnectionException

from vocabulary import Result, devices, until

ROUNDS = 12
# More than fits into one transaction of the engine.
ROWS = 700
NO_LIMITS = dict.fromkeys(["limits_export_unfinished", "limits_batch_running", "limits_batch_files"], 1000)


class Orders(Thread):
    """Somebody who orders batch tasks and exports of them until nobody answers."""

    def __init__(self, caller, files):
        super().__init__()
        self.caller, self.files = caller, files
        # What was accepted: how each task must end, and of which task each export is.
        self.tasks, self.exports = {}, {}
        self.begun = Event()
        self.failure = None

    def run(self):
        try:
            for file in self.files:
                file_id = self.caller.upload(file)
                self.begun.set()
                self.order("Success", "createDevices", document_source=file_id)
                self.order("Fail", "freezeDevices", targets=[f"unknown-{number}" for number in range(ROWS)])
        except ConnectionException:
            pass
        except Exception as failure:
            self.failure = failure
        finally:
            self.begun.set()

    def order(self, end, task_type, **more):
        task_id = self.caller.batch(task_type, **more)
        self.tasks[task_id] = end
        for _ in range(2):
            self.exports[self.caller.export(task_id)] = task_id


def endless_files(directory, product_id):
    """createDevices files, each with node ids of its own."""
    for number in itertools.count():
        rows = [{"product_id": product_id, "node_id": f"f{number}-{row}"} for row in range(ROWS)]
        yield devices(directory / f"file-{number}.xlsx", rows)


def test_whenever_the_process_is_killed_nothing_is_lost_and_nothing_is_half(serve, tmp_path):
    server = serve(**NO_LIMITS)
    files = endless_files(tmp_path, server.caller().product())
    tasks, exports = {}, {}
    for number in range(ROUNDS):
        orders = Orders(server.caller(), files)
        orders.start()
        orders.begun.wait(60)
        moment = random.uniform(0, 0.5)
        print(f"round {number}: killed {moment:.3f} s after its first order")
        # Waits for nothing: this is where the axe falls.
        time.sleep(moment)
        server.kill()
        orders.join()
        assert orders.failure is None
        server.restart()
        judge_objects(server)
        judge_orders(server.caller(), orders)
        tasks.update(orders.tasks)
        exports.update(orders.exports)
    assert len(tasks) > ROUNDS / 2, "hardly anything was ordered: wait longer before the kill"
    judge_all(server.caller(), tasks, exports)
    server.restart()  # The Pruner looks at once after a start.
    conditions = {export.resource_condition["task_id"] for export in server.caller().exports().export_tasks}
    until(lambda: len(server.objects("exports")) == len(conditions), "one file a condition is left")


def judge_objects(server):
    """Every object is whole, also one that no row names yet."""
    for path in server.objects("exports"):
        try:
            assert zipfile.ZipFile(path).testzip() is None
        except FileNotFoundError:
            pass  # The Pruner was faster.


def judge_orders(caller, orders):
    """What was accepted comes to its end; meanwhile its counters add up."""
    for task_id, end in orders.tasks.items():
        counters = caller.task(task_id).task_progress
        assert counters.success + counters.fail + counters.waitting + counters.processing == counters.total == ROWS
        assert caller.finished(task_id).status == end
    for export_id in orders.exports:
        caller.exported(export_id)


def judge_all(caller, tasks, exports):
    """Whatever was accepted in any round is there: counters equal rows, files are whole, devices made once."""
    # Ids grow with time; of the exports whose answers were cut off, one a round at most, we do not know.
    kept = {export.export_task_id for export in caller.exports().export_tasks}
    assert set(sorted(exports)[ROUNDS - 50 :]) <= kept, "an accepted export is lost"
    for export_id in kept:
        caller.exported(export_id)
        Result(caller.download(export_id))
    for task_id in tasks:
        counters, rows = caller.task(task_id).task_progress, caller.subtasks(task_id)
        assert Counter(row.status for row in rows) == +Counter(Success=counters.success, Fail=counters.fail)
    # A task whose answer was cut off was made all the same, or not at all.
    created = [caller.finished(task.task_id) for task in caller.tasks("createDevices")]
    assert {task.status for task in created} == {"Success"}
    assert len(caller.all_devices()) == len(created) * ROWS
