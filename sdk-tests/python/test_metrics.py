"""What monitoring sees: every figure that the documentation lists, and it is true."""

import re
import time
from pathlib import Path

import pytest

from vocabulary import devices, raw, refused, until

PAGE = Path(__file__).parents[2] / "docs/metrics.md"
ANY_PORT = "127.0.0.1:0"
ROWS = 20
WRONG = 3


def listed():
    """Names and types as the documentation lists them."""
    return dict(re.findall(r"^\| `(unlade_\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def a_whole_job(caller, tmp_path):
    """Uploads, creates devices of which some fail, exports and downloads; returns the zip."""
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"n{number}"} for number in range(ROWS - WRONG)]
    rows += [{"product_id": "unknown", "node_id": f"x{number}"} for number in range(WRONG)]
    task_id = caller.batch("createDevices", document_source=caller.upload(devices(tmp_path / "new.xlsx", rows)))
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    return caller.download(export_id)


def test_every_listed_metric_is_there_after_a_whole_job_and_says_what_was_done(serve, tmp_path):
    server = serve(server_metrics_listen=ANY_PORT)
    caller = server.caller()
    result = a_whole_job(caller, tmp_path)
    refused(lambda: caller.upload(sheet_of_nothing(tmp_path)), 400, "IOTDA.014606")
    refused(lambda: caller.download("0" * 24), 404, "IOTDA.014802")

    # A job is settled in the transaction that shows it as finished, and counted a moment later.
    def settled():
        metrics = server.metrics()
        return metrics if metrics("unlade_attempts_ended_total", outcome="settled") == 2 else None

    metrics = until(settled, "both jobs count as settled")
    assert metrics.declared == listed()
    # Of a bucket and of a certificate, which this server has none of.
    absent = {
        ("unlade_object_store_requests_total", "counter"),
        ("unlade_tls_reloads_total", "counter"),
        ("unlade_tls_certificate_end_timestamp_seconds", "gauge"),
    }
    for name, kind in listed().items() - absent:
        assert metrics.all(f"{name}_count" if kind == "histogram" else name), f"{name} has no sample"

    assert metrics("unlade_http_requests_total", operation="CreateExportTask", method="POST", status="2xx") == 1
    assert metrics("unlade_http_requests_total", operation="ShowExportTask", status="4xx") == 1
    assert metrics("unlade_http_request_duration_seconds_count", operation="ShowExportTask") == 2
    assert metrics("unlade_refusals_total", code="IOTDA.014802") == 1
    assert metrics("unlade_refusals_total", code="IOTDA.014606") == 1
    uploads = [metrics("unlade_uploads_total", outcome=outcome) for outcome in ("kept", "refused")]
    assert uploads == [1, 1]
    for outcome, count in (("success", ROWS - WRONG), ("fail", WRONG)):
        assert metrics("unlade_subtasks_total", task_type="createDevices", outcome=outcome) == count
    assert metrics("unlade_export_rows_total") == ROWS
    assert metrics("unlade_export_bytes_total") == len(result)
    assert metrics("unlade_download_bytes_total") == len(result)
    for kind in ("export", "batch"):
        assert metrics("unlade_claims_total", kind=kind) == 1
        assert metrics("unlade_attempts_ended_total", kind=kind) == 1
        for name in ("resumes_total", "jobs_given_up_total", "jobs_waiting", "jobs_running"):
            assert metrics(f"unlade_{name}", kind=kind) == 0, name

    # The audit is committed a moment after what it tells of.
    for suffix, name in {"": "database", "-wal": "database_wal"}.items():
        path = server.data_dir / f"unlade.db{suffix}"
        until(lambda: server.metrics()(f"unlade_{name}_bytes") == path.stat().st_size, "both are told of one size")
    assert metrics("unlade_disk_free_bytes") > metrics("unlade_disk_free_bytes_min") == 256 << 20
    assert metrics("unlade_connections_open", listener="metrics") == 1
    assert time.time() - 600 < metrics("unlade_start_time_seconds") <= time.time()
    assert metrics("unlade_build_info") == 1


def sheet_of_nothing(tmp_path):
    return devices(tmp_path / "nothing.xlsx", [])


def killed_in_a_task(server):
    """Kills a server in the middle of a task and starts it without workers; tries again if the task was over before."""
    for _ in range(10):
        caller = server.caller()
        task_id = caller.batch("freezeDevices", targets=[f"unknown-{number}" for number in range(30_000)])
        until(lambda: server.metrics()("unlade_subtasks_total"), "a chunk is done", every=0.002)
        server.kill()
        server.restart(batch_workers=0)
        if server.caller().task(task_id).status == "Processing":
            return task_id
        server.restart(batch_workers=1)
    raise AssertionError("each task was over before its server could be killed: give it more targets")


def test_jobs_that_wait_are_counted_and_so_is_a_job_that_goes_on_after_a_crash(serve):
    server = serve(server_metrics_listen=ANY_PORT, batch_workers=1, export_workers=0)
    task_id = killed_in_a_task(server)
    server.caller().export(task_id)
    assert server.metrics()("unlade_jobs_waiting", kind="export") == 1
    server.restart(batch_workers=1)
    server.caller().finished(task_id)

    def settled():
        metrics = server.metrics()
        return metrics if metrics("unlade_attempts_ended_total", kind="batch", outcome="settled") else None

    metrics = until(settled, "the job counts as settled")
    assert metrics("unlade_resumes_total", kind="batch") == 1
    assert metrics("unlade_jobs_waiting", kind="export") == 1
    assert metrics("unlade_oldest_waiting_job_age_seconds", kind="export") >= 0


def test_no_word_of_a_caller_becomes_a_label(serve):
    server = serve(server_metrics_listen=ANY_PORT)
    for method, path in (("BREW", "/coffee"), ("GET", "/v5/iot/made-up/apps/made-up"), ("PUT", "devices")):
        raw(server, method, path, signed=False)
    words = {text for sample in server.metrics().samples for text in sample.labels.values()}
    assert {"unknown", "other", "ShowApplication"} <= words
    assert not [word for word in words if re.search("BREW|coffee|made-up", word)]


def test_metrics_are_not_shown_to_callers_of_the_api(serve):
    server = serve(server_metrics_listen=ANY_PORT)
    assert server.status("/metrics") == 404
    assert "metrics on" not in serve().everything_said()
    with pytest.raises(ValueError):
        serve().metrics()
