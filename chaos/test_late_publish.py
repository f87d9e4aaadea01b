"""A worker that sleeps past its lease in the middle of an export: another one finishes, and when the sleeper wakes,
nothing changes any more."""

import pytest

from vocabulary import until

from rig.node import LEASE_SECONDS

ROWS = 30_000
TRIES = 8


def said(node, *words):
    """The lines of a node's log that hold all the words."""
    return [line for line in node.everything_said().splitlines() if all(word in line for word in words)]


def worker_of(rig, export_id):
    """The node that claimed the job first."""
    def find():
        return next((node for node in rig.nodes if said(node, '"claimed"', export_id)), None)

    return until(find, "somebody has claimed the export", every=0.002)


def published(rig, export_id):
    """Everything that a late publish could change."""
    task = rig.postgres.ask("SELECT * FROM export_task WHERE export_task_id = %s", export_id)
    return task, rig.postgres.ask("SELECT * FROM export_result WHERE condition_key = %s", task[0]["condition_key"])


def asleep_in_the_middle(rig, caller, task_id):
    """An export, and the node that was stopped while it made it."""
    for _ in range(TRIES):
        export_id = caller.export(task_id, export_format="xlsx")
        node = worker_of(rig, export_id)
        node.pause()
        if rig.postgres.ask("SELECT 1 FROM job WHERE job_id = %s", export_id):
            return export_id, node
        node.resume()
    pytest.fail("it was over before it could be stopped: give it more rows")


def test_a_worker_that_wakes_after_its_lease_publishes_nothing(rig):
    # Whoever is stopped, this one answers; and it may be the one that is stopped.
    caller = rig.nodes[0].caller()
    task_id = caller.batch("freezeDevices", targets=[f"asleep-{number}" for number in range(ROWS)])
    caller.finished(task_id, 120)
    export_id, sleeper = asleep_in_the_middle(rig, caller, task_id)
    try:
        over = "SELECT 1 FROM export_task WHERE export_task_id = %s AND status = 'Success'"
        until(lambda: rig.postgres.ask(over, export_id), "another node has finished it", LEASE_SECONDS * 20)
        before = published(rig, export_id)
    finally:
        sleeper.resume()
    until(lambda: said(sleeper, "lost the claim", export_id), "the sleeper has seen that it is late")
    assert published(rig, export_id) == before
    assert not (wrong := rig.judged()), "\n".join(wrong)
