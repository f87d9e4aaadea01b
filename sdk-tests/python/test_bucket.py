"""Results and uploads in an S3 bucket: the same job, and what happens when the store does not play along."""

import hashlib

import requests

from vocabulary import Result, devices, raw, refused, until
from vocabulary.bucket import NAME, SECRET

ROWS = 200


def made(caller, tmp_path):
    """A batch task over an uploaded file, over."""
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"n{number:05}"} for number in range(ROWS)]
    task_id = caller.batch("createDevices", document_source=caller.upload(devices(tmp_path / "new.xlsx", rows)))
    assert caller.finished(task_id).status == "Success"
    return task_id


def test_the_whole_job_with_nothing_of_it_below_the_data_directory(serve, bucket, tmp_path):
    server = serve(**bucket.settings())
    caller = server.caller()
    product_id = caller.product()
    unused = [{"product_id": product_id, "node_id": "unused"}]
    file_id = caller.upload(devices(tmp_path / "unused.xlsx", unused))
    (upload,) = bucket.keys("uploads")
    task_id = made(caller, tmp_path)
    export_id = caller.export(task_id)
    result = caller.result(export_id)
    assert len(result.rows) == ROWS
    (key,) = bucket.keys("exports")
    content = caller.download(export_id)
    assert bucket.content(key) == content
    assert not (server.data_dir / "blobs" / "objects").exists()
    assert list((server.data_dir / "blobs" / "staging").iterdir()) == []

    look = raw(server, "HEAD", f"export-tasks/{export_id}/file")
    assert look.headers["ETag"].strip('"') == hashlib.sha256(content).hexdigest()
    part = raw(server, "GET", f"export-tasks/{export_id}/file", headers={"Range": "bytes=5-99"})
    assert (part.status, part.body) == (206, content[5:100])

    caller.delete_export(export_id)
    caller.delete_file(file_id)
    until(lambda: bucket.keys("exports") + bucket.keys("uploads") == [], "what nothing refers to is deleted")
    assert upload, "there was an upload to delete"
    assert SECRET not in server.everything_said()


def test_another_node_s_start_and_kill_leave_what_is_in_the_bucket(serve, bucket, tmp_path):
    server = serve(**bucket.settings())
    caller = server.caller()
    export_id = caller.export(made(caller, tmp_path))
    caller.exported(export_id)
    before = bucket.keys("exports")
    server.restart()
    assert len(server.caller().result(export_id).rows) == ROWS
    assert bucket.keys("exports") == before


def test_a_download_is_sent_to_the_store_once_it_was_counted(serve, bucket, tmp_path):
    server = serve(**bucket.settings(storage_presigned_downloads="true", limits_download_interval_seconds=3600))
    caller = server.caller()
    export_id = caller.export(made(caller, tmp_path))
    caller.exported(export_id)
    path = f"export-tasks/{export_id}/file"
    look = raw(server, "HEAD", path)
    assert look.status == 200
    known = raw(server, "GET", path, headers={"If-None-Match": look.headers["ETag"]})
    assert known.status == 304, "whoever has it is told so"

    answer = raw(server, "GET", path)
    assert (answer.status, answer.headers["Cache-Control"], answer.body) == (307, "no-store", b"")
    url = answer.headers["Location"]
    assert url.startswith(bucket.endpoint) and SECRET not in url
    found = requests.get(url, timeout=60)
    assert found.status_code == 200
    assert f'"{hashlib.sha256(found.content).hexdigest()}"' == look.headers["ETag"]
    for header in ("Content-Type", "Content-Disposition", "Content-Length"):
        assert found.headers[header] == look.headers[header], header
    assert len(Result(found.content).rows) == ROWS
    # It is signed for this object and this long.
    assert "X-Amz-Expires=60" in url

    refused(lambda: caller.download(export_id), 403, "IOTDA.021101")


def test_the_sdk_follows_to_the_store_if_it_is_told_to(serve, bucket, tmp_path):
    server = serve(**bucket.settings(storage_presigned_downloads="true"))
    caller = server.caller(redirects=True)
    export_id = caller.export(made(caller, tmp_path))
    assert len(caller.result(export_id).rows) == ROWS
    part = raw(server, "GET", f"export-tasks/{export_id}/file", headers={"Range": "bytes=0-9"})
    assert (part.status, part.body) == (206, caller.download(export_id)[:10]), "a part comes from the server"


def not_ready(server):
    status, text = server.get("/readyz")
    return text if status == 503 else None


def test_a_store_that_does_not_answer_makes_a_server_unready_and_loses_nothing(serve, bucket, tmp_path):
    server = serve(**bucket.settings())
    caller = server.caller()
    task_id = made(caller, tmp_path)
    bucket.pause()
    try:
        said = until(lambda: not_ready(server), "the server says that it is not ready")
        assert "does not answer" in said
        assert server.status("/healthz") == 200
        export_id = caller.export(task_id)
        assert caller.export_state(export_id).status == "Processing"
        # A server may be started meanwhile, too.
        server.restart(awaits="/healthz")
    finally:
        bucket.resume()
    until(lambda: server.status("/readyz") == 200, "the server is ready again")
    assert len(server.caller().result(export_id, 120).rows) == ROWS


def test_a_bucket_that_is_not_there_or_another_s_is_refused_at_the_start(serve, bucket):
    ours = serve(**bucket.settings())
    ours.kill()
    ours.settings.update(storage_bucket="nowhere")
    code, said = ours.run("serve", "--data-dir", ours.data_dir)
    assert code == 1 and "NoSuchBucket" in said
    other = serve()
    other.kill()
    other.settings.update(bucket.settings())
    code, said = other.run("serve", "--data-dir", other.data_dir)
    assert code == 1 and "belongs to the installation" in said and NAME in said
    code, said = other.run("backup", "--data-dir", other.data_dir, "--output", other.directory)
    assert code == 1 and f"bucket {NAME}" in said
