"""`unlade backup` beside a running server, and a server that goes on from what was restored."""

import json
import signal
import threading
import zipfile
import zlib

import pytest

from vocabulary import Server, devices, raw, until


@pytest.fixture
def restored(serve, tmp_path, tmp_path_factory):
    """A function that restores a backup, and starts a server on it."""
    started = []

    def start(backup, **settings):
        server = Server(tmp_path_factory.mktemp("restored"), **settings)
        restore(server, backup)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


def back_up(server, path, *more):
    code, said = server.run("backup", "--output", path, "--data-dir", server.data_dir, *more)
    assert code == 0, said
    return path


def restore(server, backup):
    code, said = server.run("restore", "--from", backup, "--data-dir", server.data_dir)
    assert code == 0, said


def etags(server):
    """The ETag of every export task that has a file, by its id."""
    tasks = server.caller().exports().export_tasks
    return {task.export_task_id: etag(server, task) for task in tasks if task.status == "Success"}


def etag(server, task):
    answer = raw(server, "GET", f"export-tasks/{task.export_task_id}/file")
    assert answer.status == 200, answer.body
    return answer.headers["ETag"]


def export_some(caller, count):
    task_id = caller.batch("freezeDevices", targets=["a", "b"])
    caller.finished(task_id)
    return [caller.exported(caller.export(task_id)).export_task_id for _ in range(count)]


def test_all_is_there_again_and_what_was_unfinished_is_finished(serve, restored, tmp_path):
    server = serve(export_workers=1)
    caller = server.caller()
    caller.device(caller.product(), "n1")
    export_some(caller, 1)
    server.restart(export_workers=0, batch_workers=0)
    caller = server.caller()
    done = etags(server)
    waiting = caller.export(caller.batch("freezeDevices", targets=["c"]))
    rows = [{"product_id": caller.products()[0].product_id, "node_id": "n2"}]
    file_id = caller.upload(devices(tmp_path / "one.xlsx", rows))
    backup = back_up(server, tmp_path / "b.zip", "--with-master-key")
    server.kill()

    again = restored(backup)
    assert again.credentials == server.credentials
    caller = again.caller()
    assert len(caller.result(waiting).rows) == 1
    after = etags(again)
    assert {export_id: after[export_id] for export_id in done} == done
    assert caller.finished(caller.batch("createDevices", document_source=file_id)).status == "Success"
    assert sorted(device.node_id for device in caller.all_devices()) == ["n1", "n2"]


def test_the_instance_stays_the_same(serve, restored, tmp_path):
    server = serve(log_level="info")
    again = restored(back_up(server, tmp_path / "b.zip", "--with-master-key"), log_level="info")
    assert instance(again) == instance(server)


def instance(server):
    return server.log().split("instance_id=")[1].split()[0]


def test_backups_under_load_are_whole(serve, restored, tmp_path):
    # Three are kept, so results are deleted all the while.
    server = serve(limits_export_kept=3)
    seen, over, failures = {}, threading.Event(), []

    def load():
        try:
            caller = server.caller()
            while not over.is_set():
                task_id = caller.batch("freezeDevices", targets=["a", "b"])
                caller.finished(task_id)
                export_id = caller.export(task_id)
                seen[export_id] = etag(server, caller.exported(export_id))
        except Exception as failure:
            failures.append(failure)

    # One only: another's newer ones could push its own out before it has looked at it.
    thread = threading.Thread(target=load)
    thread.start()
    backups = []
    try:
        until(lambda: failures or len(seen) > 3, "there is something to back up")
        while len(backups) < 6 and not failures:
            backups.append(back_up(server, tmp_path / f"{len(backups)}.zip", "--with-master-key"))
    finally:
        over.set()
        thread.join()
    assert not failures
    assert not list(server.data_dir.glob("blobs/pins/objects")), "the pins are gone"
    for number in (0, len(backups) - 1):
        again = restored(backups[number], export_workers=0, batch_workers=0)
        for export_id, tag in etags(again).items():
            # The loader's own look may have been cut short by the end of the test.
            assert seen.get(export_id, tag) == tag


def test_a_backup_that_is_killed_leaves_nothing_that_passes_for_one(serve, tmp_path):
    server = serve()
    export_some(server.caller(), 2)
    # One that is over before it can be killed, or has its name already, proves nothing.
    assert any(killed_in_the_middle(server, tmp_path / f"{number}.zip") for number in range(20))
    for backup in tmp_path.glob("*.zip"):
        assert server.run("restore", "--from", backup, "--check")[0] == 0, "it has its name but is not whole"
    assert server.status("/readyz") == 200
    back_up(server, tmp_path / "after.zip")
    assert not list(server.data_dir.glob("blobs/pins/objects"))


def test_pins_of_a_killed_backup_are_gone_after_the_next_start(server):
    left = server.data_dir / "blobs/pins/objects/exports"
    left.mkdir(parents=True)
    (left / "1.zip").write_text("deleted long ago")
    server.restart()
    assert not list(server.data_dir.glob("blobs/pins/objects"))


def killed_in_the_middle(server, output):
    """Kills a backup once it has begun to write; returns whether that was before its end."""
    backup = server.begin("backup", "--output", output, "--data-dir", server.data_dir)

    def begun():
        return list(output.parent.glob(f"{output.name}.*.part")) or backup.poll() is not None

    until(begun, "it has begun", every=0.0005)
    backup.send_signal(signal.SIGKILL)
    backup.communicate()
    return backup.returncode == -signal.SIGKILL and not output.exists()


def changed_within(entry, whole):
    """A backup with one bit of an entry changed, so that its content is another one: of two ways to repeat a zero, neither
    is damage."""
    begin = entry.header_offset + 30 + len(entry.filename) + 20
    for place in range(begin + entry.compress_size // 2, begin + entry.compress_size):
        changed = bytearray(whole)
        changed[place] ^= 1
        packed = [bytes(all_of_it[begin : begin + entry.compress_size]) for all_of_it in (whole, changed)]
        if entry.compress_type == zipfile.ZIP_STORED or unpacked(packed[0]) != unpacked(packed[1]):
            return changed
    raise AssertionError(f"no bit of {entry.filename} means anything")


def unpacked(deflated):
    try:
        return zlib.decompress(deflated, wbits=-zlib.MAX_WBITS)
    except zlib.error as error:
        return error


def test_one_changed_byte_is_told_by_the_name_of_its_entry(serve, tmp_path):
    server = serve()
    export_some(server.caller(), 1)
    backup = back_up(server, tmp_path / "b.zip", "--with-master-key")
    with zipfile.ZipFile(backup) as archive:
        entries = archive.infolist()
        manifest = json.loads(archive.read("manifest.json"))
    assert [entry["name"] for entry in manifest["entries"]] == [entry.filename for entry in entries[:-1]]
    whole = backup.read_bytes()
    for entry in entries:
        backup.write_bytes(changed_within(entry, whole))
        target = tmp_path / "target"
        for arguments in (["--check"], ["--data-dir", target]):
            code, said = server.run("restore", "--from", backup, *arguments)
            assert code != 0 and f"{entry.filename} is damaged" in said, said
        assert not [path for path in target.glob("*") if path.name != "lock"]
    for length in (0, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:length])
        code, said = server.run("restore", "--from", backup, "--check")
        assert code != 0 and "not a whole backup" in said, said


def test_only_an_empty_directory_is_restored_into(serve, tmp_path):
    server = serve()
    backup = back_up(server, tmp_path / "b.zip")
    code, said = server.run("restore", "--from", backup, "--data-dir", server.data_dir)
    assert code != 0 and "in use by another process" in said
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("mine")
    code, said = server.run("restore", "--from", backup, "--data-dir", other)
    assert code != 0 and "is not empty" in said
    assert [path.name for path in other.iterdir()] == ["precious"]
    assert server.run("backup", "--output", backup, "--data-dir", server.data_dir)[0] != 0, "it would be overwritten"
    assert server.run("backup", "--output", tmp_path / "c.zip", "--data-dir", other)[0] != 0, "there is no database"


def test_a_half_restored_directory_is_not_served(serve, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("half"))
    (server.data_dir / "restoring").mkdir(parents=True)
    process = server.launch()
    assert until(lambda: process.poll() is not None, "it ends") and process.returncode != 0
    assert "was not finished" in server.log()


def test_without_the_master_key_nobody_can_open_a_secret(serve, tmp_path, tmp_path_factory):
    server = serve()
    caller = server.caller()
    caller.device(caller.product(), "n1")
    backup = back_up(server, tmp_path / "b.zip")
    with zipfile.ZipFile(backup) as archive:
        assert not {"master.key", "credentials.csv"} & set(archive.namelist())
        assert server.credentials.sk.encode() not in archive.read("unlade.db")
    assert backup.stat().st_mode & 0o777 == 0o600
    again = Server(tmp_path_factory.mktemp("keyless"))
    restore(again, backup)
    process = again.launch()
    assert until(lambda: process.poll() is not None, "it refuses to start") and process.returncode != 0
    assert "master.key is missing" in again.log()
    for name in ("master.key", "credentials.csv"):
        (again.data_dir / name).write_bytes((server.data_dir / name).read_bytes())
    again.start()
    try:
        assert [device.node_id for device in again.caller().all_devices()] == ["n1"]
    finally:
        again.kill()
