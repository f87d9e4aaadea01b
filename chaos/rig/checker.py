"""What must hold after every schedule, when all faults are healed and the queue is quiet.

A rule is a function over a `View` that yields a sentence for each thing that is wrong. It looks past the server: at
the database's rows, at the bucket's objects, and through the API of every node.
"""

import hashlib
import http.client
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable

from .ledger import Ledger
from .load import half_or_damaged, too_near
from .reading import rows_of

FINAL = ("Success", "Fail", "PartialSuccess", "Stopped")
KEPT, UNFINISHED, RUNNING = 50, 5, 10
# What a bucket holds besides results and uploads: whose it is.
NOT_OURS_TO_RECORD = re.compile(r"(^|/)unlade-instance$")
STATUSES = ("Waitting", "Processing", "Success", "Fail", "FailWaitRetry", "Stopped")


@dataclass
class View:
    """Where the rules look. `ask` is a question in SQL; `objects` has keys(), unfinished_uploads() and read();
    `download` asks some node for an export's file, past the interval."""

    ask: Callable
    objects: Any
    ledger: Ledger
    nodes: list
    download: Callable
    caller: Any
    secrets: list
    # How long the sweep may take; what was seen without a row, and since when.
    swept_within: float
    orphans: dict = field(default_factory=dict)
    # Files that were looked through already, by their key.
    read: set = field(default_factory=set)


RULES = []


def rule(function):
    RULES.append(function)
    return function


def findings(view):
    """Everything that is wrong."""
    found = []
    for judge in RULES:
        try:
            found += [f"{judge.__name__}: {sentence}" for sentence in judge(view)]
        except Exception as error:  # a rule that cannot be asked is not kept
            found.append(f"{judge.__name__}: could not be judged: {error!r}")
    # What happened many times is told once.
    return [f"{sentence} ({times} times)" if times > 1 else sentence for sentence, times in Counter(found).items()]


@rule
def every_export_ends_with_a_reason(view):
    ended = view.ask("SELECT export_task_id, status, failure, progress, ended_ms FROM export_task")
    for export in ended:
        export_id, status = export["export_task_id"], export["status"]
        if status not in ("Success", "Failed"):
            yield f"export {export_id} is {status} for ever"
        elif status == "Failed" and not export["failure"]:
            yield f"export {export_id} failed without a reason"
        elif (status == "Success") != (export["progress"] == 100) or not export["ended_ms"]:
            yield f"export {export_id} is {status} at {export['progress']} %, ended {export['ended_ms']}"


@rule
def no_accepted_export_is_lost(view):
    there = {row["export_task_id"] for row in view.ask("SELECT export_task_id FROM export_task")}
    accepted = set(view.ledger.exports)
    for missing in sorted(accepted - there - view.ledger.exports_deleted):
        # The oldest goes when there would be more than are kept: then nothing that stays is older.
        newer = sum(1 for export_id in accepted | there if export_id > missing) + view.ledger.exports_unknown
        if newer < KEPT:
            yield f"export {missing} was accepted and is gone, with only {newer} newer ones"
        if older := [export_id for export_id in there if export_id < missing]:
            yield f"export {missing} was accepted and is gone, and the older {min(older)} is there"


@rule
def every_accepted_batch_task_ends(view):
    tasks = {row["task_id"]: row for row in view.ask("SELECT task_id, task_name, status, status_desc FROM batch_task")}
    for name, task_id in view.ledger.tasks.items():
        if task_id not in tasks and task_id not in view.ledger.tasks_deleted:
            yield f"batch task {task_id} ({name}) was accepted and is gone"
    for task in tasks.values():
        if task["status"] not in FINAL:
            yield f"batch task {task['task_id']} ({task['task_name']}) is {task['status']} for ever"
    names = Counter(task["task_name"] for task in tasks.values())
    for name, times in names.items():
        if times > 1:
            yield f"the order {name} was taken {times} times"


@rule
def counters_equal_rows(view):
    told = view.ask(
        "SELECT task_id, total, waitting, processing, success, fail, fail_wait_retry, stopped FROM batch_task"
    )
    counted = {}
    for row in view.ask("SELECT task_id, status, COUNT(*) AS rows FROM subtask GROUP BY task_id, status"):
        counted.setdefault(row["task_id"], Counter())[row["status"]] = row["rows"]
    doomed = {row["task_id"] for row in view.ask("SELECT task_id FROM doomed_task")}
    for task in told:
        rows = counted.pop(task["task_id"], Counter())
        names = ("waitting", "processing", "success", "fail", "fail_wait_retry", "stopped")
        counters = Counter(dict(zip(STATUSES, (task[name] for name in names))))
        if +rows != +counters or task["total"] != rows.total():
            yield f"batch task {task['task_id']} tells {task['total']}, {dict(+counters)}, and has the rows {dict(rows)}"
    for task_id in counted.keys() - doomed:
        yield f"{counted[task_id].total()} rows belong to batch task {task_id}, which is not there"


@rule
def every_device_was_created_once(view):
    """What the tasks say they did is what there is."""
    done = """SELECT subtask.target, batch_task.task_type, COUNT(*) AS times FROM subtask JOIN batch_task
        ON batch_task.task_id = subtask.task_id WHERE subtask.status = 'Success'
        AND batch_task.task_type IN ('createDevices', 'deleteDevices') GROUP BY subtask.target, batch_task.task_type"""
    balance = Counter()
    for row in view.ask(done):
        balance[row["target"]] += row["times"] if row["task_type"] == "createDevices" else -row["times"]
    there = Counter(row["device_id"] for row in view.ask("SELECT device_id FROM device"))
    wrong = {device_id for device_id in balance | there if balance[device_id] != there[device_id]}
    if wrong:
        one = min(wrong)
        yield f"{len(wrong)} devices differ, as {one}: its tasks say {balance[one]}, there are {there[one]}"
    for project in view.ask("SELECT project_id, devices FROM project"):
        if project["devices"] != there.total():
            yield f"project {project['project_id']} counts {project['devices']} devices of {there.total()}"


@rule
def every_result_is_whole(view):
    results = view.ask(
        """SELECT r.object_key, r.bytes, r.sha256, r.made_by, e.export_format, e.export_count, e.resource_condition, e.created_ms
           FROM export_result r LEFT JOIN export_task e ON e.export_task_id = r.made_by"""
    )
    keys = view.objects.keys()
    for result in results:
        key = located(keys, result["object_key"])
        if key is None:
            yield f"the result {result['object_key']} is not in the bucket"
        elif (key, result["sha256"]) not in view.read:
            wrong = list(wrong_with(view, result, view.objects.read(key)))
            yield from wrong
            if not wrong:
                view.read.add((key, result["sha256"]))


def wrong_with(view, result, content):
    """What is wrong with a file that a row names."""
    key = result["object_key"]
    if len(content) != result["bytes"] or hashlib.sha256(content).hexdigest() != result["sha256"]:
        yield f"the result {key} has {len(content)} bytes of {result['bytes']}, or another SHA-256"
        return
    if result["export_format"] is None:
        return  # The task that made it is gone; a newer one of the same condition still serves it.
    try:
        rows = rows_of(content, result["export_format"])
    except Exception as error:  # any of five readers, in their own words
        yield f"the result {key} cannot be read: {error!r}"
        return
    if len(rows) != result["export_count"]:
        yield f"the result {key} has {len(rows)} rows, its task tells {result['export_count']}"
    if (expected := rows_at_last(view, result)) is not None and sorted(rows) != expected:
        yield f"the result {key} has {len(rows)} rows that are not the {len(expected)} of its batch task"


def rows_at_last(view, result):
    """The rows of the batch task, if it was over before the export was ordered."""
    task_id = re.search(r"[0-9a-f]{24}", result["resource_condition"])[0]
    (task,) = view.ask("SELECT status, changed_ms FROM batch_task WHERE task_id = %s", task_id) or [None]
    if task is None or task["status"] not in FINAL or task["changed_ms"] >= result["created_ms"]:
        return None
    rows = view.ask("SELECT target, status, output, error_code, error_msg FROM subtask WHERE task_id = %s", task_id)
    return sorted(tuple(value or "" for value in row.values()) for row in rows)


@rule
def the_api_says_what_the_rows_say(view):
    """One batch task, page by page; each file of the latest exports, as it is handed out."""
    tasks = view.ask("SELECT task_id, total FROM batch_task WHERE total < 600 ORDER BY task_id DESC LIMIT 1")
    for task in tasks:
        rows = view.ask("SELECT target, status FROM subtask WHERE task_id = %s ORDER BY ordinal", task["task_id"])
        paged = view.caller.subtasks(task["task_id"])
        if sorted((row["target"], row["status"]) for row in rows) != sorted((row.target, row.status) for row in paged):
            yield f"batch task {task['task_id']}: {len(paged)} subtasks are paged out of {len(rows)}"
    finished = view.ask(
        """SELECT e.export_task_id, r.sha256 FROM export_task e JOIN export_result r ON r.condition_key = e.condition_key
           WHERE e.status = 'Success' ORDER BY e.export_task_id DESC LIMIT 8"""
    )
    for export in finished:
        try:
            answer = view.download(export["export_task_id"])
        except (OSError, http.client.HTTPException) as error:
            yield f"export {export['export_task_id']} is handed out in part: {error!r}"
            continue
        if answer.status != 200:
            yield f"export {export['export_task_id']} is answered {answer.status}: {answer.body[:200]}"
            continue
        yield from (f"export {export['export_task_id']}: {wrong}" for wrong in half_or_damaged(answer))
        if answer.headers["ETag"] != f'"{export["sha256"]}"':
            yield f"export {export['export_task_id']} is handed out as {answer.headers['ETag']}, not as {export['sha256']}"


@rule
def nothing_stays_in_the_bucket_that_no_row_names(view):
    """What was left by an attempt that failed may lie there until the sweep: it is judged by the next schedule, too."""
    now = time.monotonic()
    view.orphans = {what: view.orphans.get(what, now) for what in orphans(view)}
    for what, since in view.orphans.items():
        if now - since >= view.swept_within:
            yield f"{what} belongs to nobody, and was not swept for {now - since:.0f} s"


@rule
def whatever_a_row_names_is_in_the_bucket(view):
    keys = view.objects.keys()
    yield from (f"the object {name} is not there" for name in recorded_keys(view) if located(keys, name) is None)


def orphans(view):
    """What the sweep still has to remove."""
    recorded = recorded_keys(view)
    keys = [key for key in view.objects.keys() if not NOT_OURS_TO_RECORD.search(key)]
    found = {key for key in keys if not any(key == name or key.endswith(f"/{name}") for name in recorded)}
    return found | {f"the unfinished upload {key}" for key in view.objects.unfinished_uploads()}


def recorded_keys(view):
    rows = view.ask("SELECT object_key FROM export_result UNION SELECT object_key FROM batch_file")
    return {row["object_key"] for row in rows}


def located(keys, name):
    """The key in the bucket, which may have a prefix."""
    return next((key for key in keys if key == name or key.endswith(f"/{name}")), None)


@rule
def nothing_waits_for_ever(view):
    for row in view.ask("SELECT job_id, kind, owner, epoch, attempts, last_error FROM job"):
        yield f"the job {dict(row)} is left"
    for table in ("object_garbage", "doomed_task"):
        (row,) = view.ask(f"SELECT COUNT(*) AS rows FROM {table}")
        if row["rows"]:
            yield f"{row['rows']} rows are left in {table}"


@rule
def no_limit_was_exceeded(view):
    yield from view.ledger.broken
    yield from too_near(view.ledger.downloads)


@rule
def no_node_panicked_or_told_a_secret(view):
    for node in view.nodes:
        said = node.everything_said()
        for line in said.splitlines():
            if "panicked" in line:
                yield f"{node}: {line}"
        yield from (f"{node} told the secret {secret[:4]}..." for secret in view.secrets if secret in said)
        if not node.ended_by_us and not node.is_running():
            yield f"{node} ended by itself with {node.process.returncode}"


@rule
def nothing_is_left_on_a_disk(view):
    """Staging is empty when nothing runs."""
    for node in view.nodes:
        for path in (node.data_dir / "blobs" / "staging").glob("**/*"):
            if path.is_file():
                yield f"{node} left {path.name}"
