"""The checker can fail: each wrong that is planted is named, and is gone when it is taken back."""

import contextlib
import time

import pytest

from rig.checker import findings
from rig.schedule import Strike
from vocabulary import devices

ROWS = 40


@pytest.fixture(scope="module")
def fed(rigs, tmp_path_factory):
    """A rig with a batch task of devices and an export of it."""
    rig = rigs.one()
    caller = rig.nodes[0].caller()
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"planted-{row}"} for row in range(ROWS)]
    file_id = caller.upload(devices(tmp_path_factory.mktemp("planted") / "devices.xlsx", rows))
    task_id = caller.batch("createDevices", task_name="planted", document_source=file_id)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    assert rig.judged() == []
    return rig, task_id, export_id


@contextlib.contextmanager
def changed(rig, do, undo, *values):
    rig.postgres.ask(do, *values)
    try:
        yield
    finally:
        rig.postgres.ask(undo, *values)


def named(rig, rule, *words):
    """One finding of this rule holds the words; look at every file anew."""
    rig.view.read.clear()
    found = [sentence for sentence in findings(rig.view) if sentence.startswith(f"{rule}: ")]
    assert any(all(word in sentence for word in words) for sentence in found), found


def test_a_wrong_counter_is_named(fed):
    rig, task_id, _ = fed
    more, less = (f"UPDATE batch_task SET success = success {sign} 1 WHERE task_id = %s" for sign in "+-")
    with changed(rig, more, less, task_id):
        named(rig, "counters_equal_rows", task_id)
    assert findings(rig.view) == []


def test_a_device_that_nobody_created_is_named(fed):
    rig, _, _ = fed
    columns = "app_id, product_id, gateway_id, node_type, status, frozen, auth_type, secure_access, timeout_seconds, created_ms"
    copy = f"""INSERT INTO device (project_id, device_id, record_id, node_id, {columns})
        SELECT project_id, 'stranger', 'stranger', 'stranger', {columns} FROM device LIMIT 1"""
    with changed(rig, copy, "DELETE FROM device WHERE device_id = 'stranger'"):
        named(rig, "every_device_was_created_once", "stranger")


def test_an_export_that_never_ends_is_named(fed):
    rig, _, export_id = fed
    set_to = "UPDATE export_task SET status = '{}' WHERE export_task_id = %s"
    with changed(rig, set_to.format("Processing"), set_to.format("Success"), export_id):
        named(rig, "every_export_ends_with_a_reason", export_id, "for ever")


def test_an_export_that_is_lost_is_named(fed):
    rig, task_id, _ = fed
    rig.ledger.exports["7" * 24] = task_id
    try:
        named(rig, "no_accepted_export_is_lost", "7" * 24)
    finally:
        del rig.ledger.exports["7" * 24]


def test_a_batch_task_that_is_lost_is_named(fed):
    rig, _, _ = fed
    rig.ledger.tasks["lost"] = "7" * 24
    try:
        named(rig, "every_accepted_batch_task_ends", "7" * 24)
    finally:
        del rig.ledger.tasks["lost"]


def test_half_a_file_is_named(fed):
    rig, _, export_id = fed
    (result,) = rig.postgres.ask("SELECT object_key FROM export_result WHERE made_by = %s", export_id)
    content = rig.objects.read(result["object_key"])
    rig.objects.write(result["object_key"], content[: len(content) // 2])
    try:
        named(rig, "every_result_is_whole", result["object_key"])
        named(rig, "the_api_says_what_the_rows_say", export_id)
    finally:
        rig.objects.write(result["object_key"], content)


def test_an_orphan_is_named_once_the_sweep_had_its_time(fed):
    rig, _, _ = fed
    rig.objects.write("exports/orphan", b"nobody's")
    try:
        findings(rig.view)
        assert "exports/orphan" in rig.view.orphans, "it is seen, and given until the sweep"
        rig.view.orphans["exports/orphan"] = time.monotonic() - rig.view.swept_within
        named(rig, "nothing_stays_in_the_bucket_that_no_row_names", "exports/orphan")
    finally:
        rig.objects.remove("exports/orphan")
        rig.view.orphans.clear()


def test_a_limit_that_was_exceeded_and_a_secret_that_was_told_are_named(fed):
    rig, _, _ = fed
    rig.ledger.downloads += [(1.0, 1.1, "first"), (1.5, 1.6, "second")]
    try:
        named(rig, "no_limit_was_exceeded", "first", "second")
    finally:
        del rig.ledger.downloads[-2:]
    rig.view.secrets.append('"claimed"')
    try:
        named(rig, "no_node_panicked_or_told_a_secret", "told the secret")
    finally:
        rig.view.secrets.pop()


def test_a_node_that_ends_by_itself_is_named(fed):
    rig, _, _ = fed
    node = rig.nodes[2]
    node.process.kill()
    node.process.wait()
    try:
        named(rig, "no_node_panicked_or_told_a_secret", "node 2 ended by itself")
    finally:
        node.ready()


def test_a_strike_that_fails_is_told(fed):
    rig, _, _ = fed
    rig.strike(Strike(0.0, "no such fault", "node 0", 0.0), time.monotonic())
    assert "the rig" in rig.ledger.broken.pop()
