"""`unlade migrate-store`: an installation with everything in its data directory becomes one of PostgreSQL and S3."""

import shutil
import sqlite3

import pytest

from vocabulary import Server, devices, until
from vocabulary.bucket import NAME

pytestmark = pytest.mark.embedded

ROWS = 300


def settings(database, bucket):
    """Where the installation goes."""
    return {"database_url": database.url(), **bucket.settings()}


def worked(serve, tmp_path):
    """A server that has done a whole job, is asked to do another, and has ended; and what it answered."""
    server = serve()
    caller = server.caller()
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"n{number:05}"} for number in range(ROWS)]
    file_id = caller.upload(devices(tmp_path / "new.xlsx", rows))
    task_id = caller.batch("createDevices", document_source=file_id)
    assert caller.finished(task_id).status == "Success"
    export_id = caller.exported(caller.export(task_id)).export_task_id
    unused = caller.upload(devices(tmp_path / "unused.xlsx", rows[:1]))
    before = seen(caller, task_id, export_id)
    # What is left to do is done after the move.
    server.restart(export_workers=0)
    left = server.caller().export(task_id)
    server.terminate()
    return server, before, (task_id, export_id, left, unused)


def seen(caller, task_id, export_id):
    """What must not change."""
    return {
        "devices": [device.to_dict() for device in caller.all_devices()],
        "products": [product.to_dict() for product in caller.products()],
        "task": caller.task(task_id).to_dict(),
        "subtasks": caller.subtasks(task_id),
        "file": caller.download(export_id),
    }


def move(server, database, bucket, *more):
    server.settings.update(settings(database, bucket))
    return server.run("migrate-store", "--data-dir", server.data_dir, *more)


def node(serve_elsewhere, server, database, bucket):
    """Another node with a directory of its own, which holds nothing but the key."""
    other = serve_elsewhere(**settings(database, bucket))
    other.data_dir.mkdir()
    for name in ("master.key", "credentials.csv"):
        shutil.copy(server.data_dir / name, other.data_dir / name)
    other.start()
    return other


@pytest.fixture
def elsewhere(tmp_path_factory):
    """Servers that are not started yet."""
    made = []

    def make(**given):
        made.append(Server(tmp_path_factory.mktemp("moved"), **given))
        return made[-1]

    yield make
    for server in made:
        if server.process is not None:
            server.kill()


def refuses(server, said):
    """Whether a start ends by itself, with these words."""
    process = server.launch()
    until(lambda: process.poll() is not None, "it ends", diagnosis=server.log)
    assert process.returncode != 0 and said in server.log(), server.log()


def change(server, sql):
    with sqlite3.connect(server.data_dir / "unlade.db") as connection:
        assert connection.execute(sql).rowcount == 1
    connection.close()


def test_everything_is_there_after_the_move_and_what_was_left_is_done(serve, elsewhere, database, bucket, tmp_path):
    server, before, (task_id, export_id, left, unused) = worked(serve, tmp_path)
    code, said = move(server, database, bucket)
    assert code == 0 and "checksums of every table are equal" in said and "objects are in the bucket" in said, said
    assert "copy subtask" in said and f"{ROWS} of {ROWS} rows" in said, said
    assert "master.key" in said and "UNLADE_MASTER_KEY" in said
    assert bucket.settings()["storage_secret_access_key"] not in said
    code, said = move(server, database, bucket, "--check")
    assert code == 0 and "equal on both sides" in said and "whole in the bucket" in said, said

    moved = node(elsewhere, server, database, bucket)
    caller = moved.caller()
    assert seen(caller, task_id, export_id) == before
    assert caller.exported(left).status == "Success"
    assert unused in [file.file_id for file in caller.files()]
    task = caller.batch("deleteDevices", targets=[before["devices"][0]["device_id"]])
    assert caller.finished(task).status == "Success"

    code, said = move(server, database, bucket)
    assert code == 0 and "was moved before" in said and ", 0 of them new" in said, said
    assert len(caller.all_devices()) == ROWS - 1, "nothing was copied again"


def test_the_old_directory_serves_the_new_place_and_the_embedded_database_no_more(serve, database, bucket, tmp_path):
    server, before, (task_id, export_id, *_) = worked(serve, tmp_path)
    old = dict(server.settings)
    assert move(server, database, bucket)[0] == 0
    server.settings = old
    refuses(server, "has moved")
    code, said = server.run("key", "rotate", "--data-dir", server.data_dir)
    assert code == 1 and "has moved" in said, said
    code, said = server.run("backup", "--data-dir", server.data_dir, "--output", tmp_path / "b.zip")
    assert code == 1 and "has moved" in said, said
    server.settings.update(settings(database, bucket))
    server.start()
    assert seen(server.caller(), task_id, export_id) == before
    server.terminate()
    # Whoever wants it gets it.
    server.settings = old
    (server.data_dir / "moved").unlink()
    server.start()
    assert seen(server.caller(), task_id, export_id) == before


def test_a_copy_that_is_killed_is_not_served_and_goes_on_where_it_was(serve, elsewhere, database, bucket, tmp_path):
    server, before, (task_id, export_id, *_) = worked(serve, tmp_path)
    with sqlite3.connect(server.data_dir / "unlade.db") as connection:
        # Enough for many slices.
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)"
            " INSERT INTO subtask (task_id, ordinal, target, status) SELECT 'zzz', i, 'target ' || i, 'Success' FROM n"
        )
    connection.close()
    server.settings.update(settings(database, bucket))

    def copied():
        try:
            ((rows,),) = database.rows("SELECT count(*) FROM subtask")
        except Exception:  # The table is not there yet.
            return 0
        return rows

    last = 0
    for part in (1, 50_000, 100_000):
        process = server.begin("migrate-store", "--data-dir", server.data_dir)
        until(lambda: copied() >= part or process.poll() is not None, "a part is copied")
        process.kill()
        process.communicate()
        assert copied() >= last, "nothing goes back"
        last = copied()
        if part == 1:
            assert last < 150_000, "it was killed in the middle"
            refuses(elsewhere(**settings(database, bucket)), "a copy that is not finished")
    code, said = move(server, database, bucket)
    assert code == 0 and ("going on with it" in said or "was moved before" in said), said
    assert copied() == ROWS + 150_000
    assert move(server, database, bucket, "--check")[0] == 0
    moved = node(elsewhere, server, database, bucket)
    assert seen(moved.caller(), task_id, export_id) == before


def test_a_target_of_another_installation_is_refused_and_left_as_it_is(serve, database, bucket, tmp_path):
    other = serve(database_url=database.url())
    mine = other.caller().product()
    server, *_ = worked(serve, tmp_path)
    for more in ([], ["--check"]):
        code, said = move(server, database, bucket, *more)
        assert code == 1 and "holds the installation" in said, said
    assert [product.product_id for product in other.caller().products()] == [mine]
    assert not (server.data_dir / "moved").exists() and bucket.keys("exports") == []


def test_check_finds_a_changed_row_and_a_damaged_object(serve, database, bucket, tmp_path):
    server, *_ = worked(serve, tmp_path)
    code, said = move(server, database, bucket, "--check")
    assert code == 1, said
    assert move(server, database, bucket)[0] == 0
    (key,) = bucket.keys("exports")
    content = bucket.content(key)
    bucket.s3.put_object(Bucket=NAME, Key=key, Body=content[:-1] + b"?")
    code, said = move(server, database, bucket, "--check")
    assert code == 1 and "is damaged in the bucket" in said, said
    code, said = move(server, database, bucket)
    assert code == 0 and ", 1 of them new" in said, said
    assert bucket.content(key) == content
    change(server, "UPDATE subtask SET status = 'Fail' WHERE ordinal = 7")
    code, said = move(server, database, bucket, "--check")
    assert code == 1 and "subtask: " in said and "device: " not in said, said


def test_only_one_of_the_two_moves_where_only_one_is_set(serve, elsewhere, database, bucket, tmp_path):
    server, before, (task_id, export_id, *_) = worked(serve, tmp_path)
    code, said = server.run("migrate-store", "--data-dir", server.data_dir)
    assert code == 2 and "neither is set" in said, said
    server.settings.update(bucket.settings())
    code, said = server.run("migrate-store", "--data-dir", server.data_dir)
    assert code == 0 and "only the objects go" in said, said
    server.start()
    assert seen(server.caller(), task_id, export_id) == before
    code, said = server.run("migrate-store", "--data-dir", server.data_dir)
    assert code == 1 and "in use by another process" in said, said
    server.terminate()
    code, said = move(server, database, bucket)
    assert code == 0 and ", 0 of them new" in said, said
    moved = node(elsewhere, server, database, bucket)
    assert seen(moved.caller(), task_id, export_id) == before
