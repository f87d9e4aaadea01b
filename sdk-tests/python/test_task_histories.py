"""Random histories of batch tasks on the real process: ordered, stopped, retried, killed, and the clock put forward and back.

What a device is must follow from what every row says was done to it: each success froze or thawed it just once. And all that
is told of a task agrees: its counters, its status, its pages, its file. A failure prints the seed of its history;
UNLADE_TASK_HISTORIES=20 plays that many, UNLADE_TASK_HISTORY=seed that one again.
"""

import os
import random
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkiotda.v5 import BatchTargets, RetryBatchTaskRequest, StopBatchTaskRequest, TaskPolicy

from vocabulary import devices, rows, until
from vocabulary.caller import FINAL
from vocabulary.server import faketime

# More than fits into one transaction of the engine, so that a kill falls between two.
DEVICES = 620
STEPS = 30
# Less than a signature bears, more than any pause or schedule of a history.
JUMP_SECONDS = 600
# Each a minute after the one before, at most.
RETRIES = 2
MISSING = "missing"
HISTORIES = int(os.environ.get("UNLADE_TASK_HISTORIES", "3"))
# What each does, what a device is then, and why it fails for one that is so already.
KINDS = {"freezeDevices": ("FROZEN", "IOTDA.014039"), "unfreezeDevices": ("INACTIVE", "IOTDA.014040")}


class Ordered:
    """What we know of a task from what we were answered."""

    def __init__(self, task_type, targets):
        self.task_type, self.targets = task_type, targets
        self.stopped_whole = False
        # Targets whose stop was accepted, and that nobody retried after it.
        self.stopped = set()


class History:
    """Somebody who does whatever comes to mind, and remembers what was accepted."""

    def __init__(self, server, dice, directory):
        self.server, self.dice, self.caller = server, dice, server.caller()
        product_id = self.caller.product()
        rows = [{"product_id": product_id, "node_id": f"n{number:03}"} for number in range(DEVICES)]
        self.devices = [f"{product_id}_{row['node_id']}" for row in rows]
        file_id = self.caller.upload(devices(directory / "devices.xlsx", rows))
        self.caller.finished(self.caller.batch("createDevices", document_source=file_id))
        self.tasks = {}
        # What single calls did to each device: 1 for each time that it was frozen, -1 for each time that it was not any more.
        self.by_hand = Counter()

    def step(self):
        acts = [self.order, self.order, self.stop, self.retry, self.by_single_call, self.kill]
        self.dice.choice(acts)()

    def order(self):
        task_type = self.dice.choice(list(KINDS))
        number = self.dice.choice([1, 5, DEVICES])
        start = self.dice.randrange(DEVICES - number + 1)
        targets = self.devices[start : start + number] + [MISSING]
        task_id = self.caller.batch(task_type, targets=targets, task_policy=self.policy())
        self.tasks[task_id] = Ordered(task_type, targets)

    def policy(self):
        now = datetime.now(timezone.utc) + timedelta(seconds=self.server.clock_off)
        # Soon, and not too soon for a request that is held up on its way.
        later = (now + timedelta(seconds=5)).strftime("%Y%m%dT%H%M%SZ")
        retries = {"retry_count": RETRIES, "retry_interval": self.dice.choice([0, 1])}
        return self.dice.choice([None, TaskPolicy(schedule_time=later), TaskPolicy(**retries)])

    def stop(self):
        def ask(task_id, named):
            return self.caller.sdk.stop_batch_task(StopBatchTaskRequest(task_id=task_id, body=named))

        task, targets, accepted = self.on_some_task(ask)
        if accepted is not None:
            task.stopped |= accepted
            task.stopped_whole |= not targets

    def retry(self):
        def ask(task_id, named):
            return self.caller.sdk.retry_batch_task(RetryBatchTaskRequest(task_id=task_id, body=named))

        task, targets, accepted = self.on_some_task(ask)
        if accepted is not None:
            task.stopped -= accepted if targets else task.stopped

    def on_some_task(self, ask):
        """The task, the targets that were named, if not all were meant, and those accepted; `None`, if the call was refused."""
        if not self.tasks:
            return Ordered("none", []), [], None
        task_id = self.dice.choice(list(self.tasks))
        task = self.tasks[task_id]
        targets = self.dice.choice([[], self.dice.sample(task.targets, min(3, len(task.targets)))])
        try:
            answer = ask(task_id, BatchTargets(targets=targets) if targets else None)
        except exceptions.ClientRequestException as refusal:
            assert (refusal.status_code, refusal.error_code) == (403, "IOTDA.014202")
            return task, targets, None
        return task, targets, {one.target for one in answer.targets if one.status == "success"}

    def by_single_call(self):
        device_id = self.dice.choice(self.devices)
        call, change, code = self.dice.choice(
            [(self.caller.freeze, 1, KINDS["freezeDevices"][1]), (self.caller.unfreeze, -1, KINDS["unfreezeDevices"][1])]
        )
        try:
            call(device_id)
            self.by_hand[device_id] += change
        except exceptions.ClientRequestException as refusal:
            assert (refusal.status_code // 100, refusal.error_code) == (4, code)

    def kill(self):
        """kill -9; the next process is told another time."""
        self.server.kill()
        self.server.clock_off = self.dice.choice([-JUMP_SECONDS, 0, JUMP_SECONDS])
        self.server.restart()
        self.caller = self.server.caller()

    def end(self):
        """Everything that a task may wait for comes: the clock jumps over its pauses, as many as it may have."""
        for pauses in range(1, RETRIES + 2):
            self.server.clock_off = JUMP_SECONDS + pauses * 70
            self.server.restart()
            self.caller = self.server.caller()
            for task_id in self.tasks:
                until(lambda: self.rests(task_id), "the task rests", diagnosis=lambda: self.caller.task(task_id))
        assert {self.caller.task(task_id).status for task_id in self.tasks} <= FINAL

    def rests(self, task_id):
        """It is over, or waits for a time that has not come."""
        if self.caller.task(task_id).status in FINAL:
            return True
        ((due_ms,),) = rows(self.server, "SELECT due_ms FROM batch_task WHERE task_id = ?", task_id)
        return due_ms is not None and due_ms > (time.time() + self.server.clock_off) * 1000

    def judge(self):
        net = Counter(self.by_hand)
        for task_id, task in self.tasks.items():
            rows = self.judge_task(task_id, task)
            done = [row.target for row in rows if row.status == "Success"]
            net.update(Counter(done) if task.task_type == "freezeDevices" else {target: -1 for target in done})
        states = {device.device_id: device.status for device in self.caller.all_devices()}
        told = {device_id: "FROZEN" if net[device_id] == 1 else "INACTIVE" for device_id in self.devices}
        assert {net[device_id] for device_id in self.devices} <= {0, 1}, "an effect was lost or happened twice"
        assert states == told

    def judge_task(self, task_id, task):
        shown, rows = self.caller.task(task_id), self.caller.subtasks(task_id)
        assert sorted(row.target for row in rows) == sorted(task.targets)
        progress, statuses = shown.task_progress, Counter(row.status for row in rows)
        assert progress.total == len(rows)
        assert statuses == +Counter(Success=progress.success, Fail=progress.fail, Stopped=progress.stopped)
        assert shown.status == self.status(task, statuses, len(rows))
        for row in rows:
            self.judge_row(task, row)
        assert self.caller.result(self.caller.export(task_id)).subtasks() == sorted_as(task.targets, rows)
        return rows

    @staticmethod
    def status(task, statuses, total):
        if task.stopped_whole or statuses["Stopped"] == total:
            return "Stopped"
        return {total: "Success", 0: "Fail"}.get(statuses["Success"], "PartialSuccess")

    @staticmethod
    def judge_row(task, row):
        assert row.target not in task.stopped or row.status == "Stopped"
        if row.target == MISSING:
            assert row.status in ("Fail", "Stopped")
        if row.status == "Fail":
            assert row.error_code == ("IOTDA.014000" if row.target == MISSING else KINDS[task.task_type][1])


def sorted_as(targets, rows):
    by_target = {row.target: row for row in rows}
    return [by_target[target] for target in targets]


@pytest.mark.embedded
@pytest.mark.parametrize("number", range(HISTORIES))
def test_whatever_happens_to_tasks_each_effect_happens_once_and_all_that_is_told_agrees(serve, tmp_path, number):
    try:
        faketime()
    except RuntimeError as missing:
        pytest.skip(str(missing))
    seed = os.environ.get("UNLADE_TASK_HISTORY") or str(random.getrandbits(32))
    print(f"history {number}: UNLADE_TASK_HISTORY={seed}")
    server = serve(limits_batch_running=1000, batch_workers=2)
    history = History(server, random.Random(seed), tmp_path)
    for _ in range(STEPS):
        history.step()
    history.end()
    history.judge()
