"""A process that was stopped (SIGSTOP, a hanging disk) for longer than its workers' claims last: what a worker
slept through does not count, and the job is done anew."""

import time

from vocabulary import devices, until

ROWS = 100_000
LEASE_SECONDS = 3


def stop_beyond_the_lease(server):
    """There is nothing to wait for but the time itself."""
    server.pause()
    woken = time.monotonic() + LEASE_SECONDS + 0.1
    until(lambda: time.monotonic() > woken, "the lease is over")
    server.resume()


def said(server, *words):
    """The lines of the log that hold all the words."""
    return [line for line in server.everything_said().splitlines() if all(word in line for word in words)]


def test_an_export_that_slept_past_its_lease_publishes_nothing_and_is_made_anew(serve):
    # With one worker nobody takes the claim meanwhile: that it is lost must be seen by who lost it.
    server = serve(export_workers=1, batch_workers=0, limits_batch_targets=ROWS, jobs_lease_seconds=LEASE_SECONDS)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=[f"device-{number}" for number in range(ROWS)])
    undisturbed = caller.export(task_id)
    caller.exported(undisturbed)
    file = caller.download(undisturbed)

    export_id = caller.export(task_id)
    until(lambda: caller.export_state(export_id).export_count, "its first rows are written", every=0.005)
    stop_beyond_the_lease(server)
    export = caller.exported(export_id)
    assert said(server, "lost the claim", export_id, "epoch=1"), "it was over before it was stopped: give it more rows"
    assert said(server, "claimed", export_id, "epoch=2")
    assert export.export_count == ROWS
    assert caller.download(export_id) == file
    (published,) = server.objects(f"exports/{export_id}")
    assert published.name != "1.zip", "what slept was published"


def test_a_batch_task_that_slept_past_its_lease_does_nothing_twice(serve, tmp_path):
    # With two, the other one may take it first.
    server = serve(batch_workers=2, jobs_lease_seconds=LEASE_SECONDS)
    caller = server.caller()
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"n{number}"} for number in range(16_000)]
    task_id = caller.batch("createDevices", document_source=caller.upload(devices(tmp_path / "devices.xlsx", rows)))
    until(lambda: caller.task(task_id).task_progress.success, "its first devices are there", every=0.005)
    stop_beyond_the_lease(server)
    # A subtask that ran twice would have found its own device and failed.
    counters = caller.finished(task_id).task_progress
    assert said(server, "lost the claim", task_id, "epoch=1"), "it was over before it was stopped: give it more rows"
    assert (counters.total, counters.success, counters.fail) == (len(rows), len(rows), 0)
    assert len(caller.all_devices()) == len(rows)
