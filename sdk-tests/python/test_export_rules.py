"""The rules of export tasks: one condition, the limits, the scope, paging, and how a file is downloaded."""

import base64
import hashlib
import json

import pytest

from vocabulary import Result, raw, refused

UNKNOWN_ID = "0123456789abcdef01234567"


def finished_task(caller, targets=("unknown-1", "unknown-2", "unknown-3"), **more):
    """A batch task that is over; its devices need not exist to have results."""
    task_id = caller.batch("freezeDevices", targets=list(targets), **more)
    caller.finished(task_id)
    return task_id


def listed(answer):
    return [export.export_task_id for export in answer.export_tasks]


# The same condition again


def test_an_unfinished_task_is_exported_and_again_when_it_is_over(serve):
    server = serve(batch_workers=0)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["unknown-1", "unknown-2"])
    early = caller.export(task_id)
    unfinished = caller.result(early)
    assert sorted(unfinished.subtasks()) == sorted(caller.subtasks(task_id))
    assert not {"Success", "Fail"} & {row["status"] for row in unfinished.rows}
    early_file = caller.download(early)

    server.restart(batch_workers=1)
    caller = server.caller()
    caller.finished(task_id)
    assert caller.download(early) == early_file, "the file changed before anybody exported again"
    late = caller.export(task_id)
    assert late != early
    complete = caller.result(late)
    assert sorted(complete.subtasks()) == sorted(caller.subtasks(task_id))
    assert {row["status"] for row in complete.rows} == {"Fail"}
    assert caller.download(early) == caller.download(late), "the old id does not serve the new file"
    assert listed(caller.exports()) == [late, early]


def test_the_old_file_serves_until_the_new_one_is_there(serve):
    server = serve()
    caller = server.caller()
    task_id = finished_task(caller)
    old = caller.export(task_id)
    caller.exported(old)
    file = caller.download(old)
    server.restart(export_workers=0)
    caller = server.caller()
    new = caller.export(task_id)
    assert caller.download(old) == file
    refused(lambda: caller.download(new), 403, "IOTDA.014803")


def test_deleting_one_of_two_tasks_with_one_condition_leaves_the_file_to_the_other(caller):
    task_id = finished_task(caller)
    old, new = caller.export(task_id), caller.export(task_id)
    caller.exported(old)
    caller.exported(new)
    file = caller.download(new)
    caller.delete_export(new)
    assert caller.download(old) == file
    refused(lambda: caller.download(new), 404, "IOTDA.014802")


def test_a_condition_as_an_object_and_as_text_is_the_same_and_answered_as_an_object(caller):
    task_id = finished_task(caller)
    text = json.dumps({"task_id": task_id})
    ids = [caller.export(task_id), caller.export(task_id, resource_condition=text)]
    for export_id in ids:
        assert caller.exported(export_id).resource_condition == {"task_id": task_id}
    assert sorted(listed(caller.exports(resource_condition=text))) == sorted(ids)
    other = json.dumps({"task_id": UNKNOWN_ID})
    assert listed(caller.exports(resource_condition=other)) == []


# How many


def test_the_sixth_unfinished_export_is_refused_and_the_five_are_named(serve):
    server = serve(export_workers=0)
    caller = server.caller()
    task_id = finished_task(caller)
    five = [caller.export(task_id) for _ in range(5)]
    refused(lambda: caller.export(task_id), 403, "IOTDA.014801", *five)
    assert sorted(listed(caller.exports())) == sorted(five), "a refused create must not evict"

    caller.delete_export(five[0])
    sixth = caller.export(task_id)
    server.restart(export_workers=1)
    for export_id in [*five[1:], sixth]:
        server.caller().exported(export_id)
    server.caller().export(task_id)


@pytest.fixture(scope="module")
def crowd(serve_module):
    """51 exports by one user, of whom 50 may stay; oldest first."""
    server = serve_module(export_workers=0, limits_export_unfinished=100)
    caller = server.caller()
    task_id = finished_task(caller)
    return caller, [caller.export(task_id) for _ in range(51)]


def test_the_51st_export_deletes_the_oldest_and_no_other(crowd):
    caller, ids = crowd
    answer = caller.exports()
    assert answer.page.count == 50
    assert listed(answer) == ids[:0:-1], "newest first, without the oldest"
    refused(lambda: caller.download(ids[0]), 404, "IOTDA.014802")


def test_exports_are_paged_by_marker(crowd):
    caller, ids = crowd
    pages = caller.pages(lambda **page: caller.exports(**page), limit=7)
    assert [export_id for answer in pages for export_id in listed(answer)] == ids[:0:-1]
    assert listed(pages[-1]) == []


def test_exports_are_paged_by_offset_and_past_the_end_is_an_empty_list(crowd):
    caller, ids = crowd
    newest_first = ids[:0:-1]
    assert listed(caller.exports(limit=10, offset=20)) == newest_first[20:30]
    assert listed(caller.exports(limit=10, offset=45)) == newest_first[45:]
    past = caller.exports(limit=10, offset=500)
    assert (past.export_tasks, past.page.count) == ([], 50)


def test_the_offset_counts_from_the_marker(crowd):
    caller, ids = crowd
    newest_first = ids[:0:-1]
    assert listed(caller.exports(limit=5, offset=2, marker=newest_first[9])) == newest_first[12:17]


def test_a_list_is_ten_long_unless_asked_otherwise(crowd):
    caller, _ = crowd
    assert len(listed(caller.exports(limit=None))) == 10


# Not there, not ready


def test_an_unfinished_export_has_no_file_yet(serve):
    caller = serve(export_workers=0).caller()
    export_id = caller.export(finished_task(caller))
    refused(lambda: caller.download(export_id), 403, "IOTDA.014803")
    export = caller.export_state(export_id)
    assert (export.status, export.end_time) == ("Processing", None)
    assert 0 <= export.progress < 100


def test_an_unknown_export_is_not_found(caller):
    refused(lambda: caller.download(UNKNOWN_ID), 404, "IOTDA.014802")
    refused(lambda: caller.delete_export(UNKNOWN_ID), 404, "IOTDA.014802")


def test_an_unknown_batch_task_cannot_be_exported(caller):
    refused(lambda: caller.export(UNKNOWN_ID), 403, "IOTDA.014805")


# Scope


def test_with_one_app_the_scope_app_needs_no_app_id(server, caller):
    task_id = finished_task(caller)
    export = caller.exported(caller.export(task_id, app_type="APP"))
    assert export.app_type == "APP"


def test_with_several_apps_the_scope_app_needs_an_app_id(server, caller):
    task_id = finished_task(caller, app_id=server.credentials.app_id)
    caller.app("second")
    refused(lambda: caller.export(task_id, app_type="APP"), 403, "IOTDA.001005")
    caller.exported(caller.export(task_id, app_type="APP", app_id=server.credentials.app_id))


def test_a_task_of_another_app_is_outside_the_scope_app(server, caller):
    second = caller.app("second")
    task_id = finished_task(caller, app_id=server.credentials.app_id)
    refused(lambda: caller.export(task_id, app_type="APP", app_id=second), 403, "IOTDA.014805")


@pytest.mark.parametrize("app_type", ["GLOBAL", "APP"])
def test_an_unknown_app_is_refused_in_every_scope(caller, app_type):
    task_id = finished_task(caller)
    refused(lambda: caller.export(task_id, app_type=app_type, app_id="no-such-app"), 403, "IOTDA.001006")


def test_an_app_id_beside_global_is_echoed_and_not_a_condition(caller):
    second = caller.app("second")
    task_id = finished_task(caller, app_id=second)
    plain = caller.export(task_id)
    caller.exported(plain)
    beside = caller.export(task_id, app_type="GLOBAL", app_id=second)
    export = caller.exported(beside)
    assert (export.app_type, export.app_id) == ("GLOBAL", second)
    # One condition, one file: with the newer task gone, the older one still serves it.
    caller.delete_export(beside)
    assert len(Result(caller.download(plain)).rows) == 3


# Download


@pytest.fixture(scope="module")
def file(serve_module):
    """A finished export on a server without a download interval."""
    server = serve_module()
    caller = server.caller()
    export_id = caller.export(finished_task(caller))
    caller.exported(export_id)
    return server, f"export-tasks/{export_id}/file", caller.download(export_id)


def test_a_download_says_what_it_is(file):
    server, path, content = file
    answer = raw(server, "GET", path)
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["Content-Type"] == "application/octet-stream;charset=ISO-8859-1"
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Encoding"] is None
    digest = hashlib.sha256(content)
    assert answer.headers["ETag"] == f'"{digest.hexdigest()}"'
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


def test_a_download_is_never_encoded_whatever_the_client_accepts(file):
    server, path, content = file
    answer = raw(server, "GET", path, headers={"Accept-Encoding": "gzip, br, zstd"})
    assert (answer.body, answer.headers["Content-Encoding"]) == (content, None)


def test_head_tells_the_same_without_the_body(file):
    server, path, content = file
    answer = raw(server, "HEAD", path)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(content))
    whole = raw(server, "GET", path)
    for name in ("ETag", "Repr-Digest"):
        assert answer.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "asked, start, end", [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_a_range_is_served(file, asked, start, end):
    server, path, content = file
    answer = raw(server, "GET", path, headers={"Range": asked})
    assert (answer.status, answer.body) == (206, content[start:end])
    assert answer.headers["Content-Range"].endswith(f"/{len(content)}")


def test_a_range_beyond_the_end_is_416(file):
    server, path, content = file
    answer = raw(server, "GET", path, headers={"Range": f"bytes={len(content)}-"})
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


def test_a_range_of_another_version_gets_the_whole_file(file):
    server, path, content = file
    answer = raw(server, "GET", path, headers={"Range": "bytes=5-", "If-Range": '"another"'})
    assert (answer.status, answer.body) == (200, content)


def test_a_file_that_the_client_has_is_not_sent_again(file):
    server, path, _ = file
    etag = raw(server, "GET", path).headers["ETag"]
    answer = raw(server, "GET", path, headers={"If-None-Match": etag})
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)


# The download interval, at its documented 30 s


@pytest.fixture(scope="module")
def limited(serve_module):
    """A finished export that has not been downloaded, on a server with the documented interval."""
    server = serve_module(limits_download_interval_seconds=None)
    caller = server.caller()
    export_id = caller.export(finished_task(caller))
    caller.exported(export_id)
    return server, f"export-tasks/{export_id}/file"


def test_a_second_download_at_once_is_refused_but_a_broken_one_may_go_on(limited):
    server, path = limited
    etag = raw(server, "HEAD", path).headers["ETag"]
    assert raw(server, "GET", path, headers={"If-None-Match": etag}).status == 304

    # Neither of those counted, so the first download is admitted; and then no other.
    content = raw(server, "GET", path)
    assert content.status == 200
    for headers in ({}, {"Range": "bytes=10-"}, {"Range": "bytes=10-", "If-Range": '"another"'}):
        second = raw(server, "GET", path, headers=headers)
        assert (second.status, second.code) == (403, "IOTDA.021101"), headers
        assert 1 <= int(second.headers["Retry-After"]) <= 30

    going_on = raw(server, "GET", path, headers={"Range": "bytes=10-", "If-Range": etag})
    assert (going_on.status, going_on.body) == (206, content.body[10:])
    assert raw(server, "HEAD", path).status == 200
    assert raw(server, "GET", path, headers={"If-None-Match": etag}).status == 304


def test_the_interval_holds_for_the_user_and_not_for_the_file(limited):
    server, path = limited
    raw(server, "GET", path)
    caller = server.caller()
    other = caller.export(finished_task(caller))
    caller.exported(other)
    refused(lambda: caller.download(other), 403, "IOTDA.021101")
