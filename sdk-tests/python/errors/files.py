"""Refusals of batch task files."""

import os

from vocabulary import Wire, device_ids, head, until

from .raising import NOBODY, call, raises, upload


@raises("IOTDA.014600")
def deleting_an_unknown_file(stage):
    return call(stage.idle(), "DELETE", f"batchtask-files/{NOBODY}")


@raises("IOTDA.014601")
def a_file_too_many(stage):
    files = [device_ids(stage.directory() / name, ["a"]) for name in ("first.xlsx", "second.xlsx")]
    stage.full().caller().upload(files[0])
    return upload(stage.full(), files[1])


@raises("IOTDA.014602")
def a_file_name_that_is_taken(stage):
    file = device_ids(stage.directory() / "taken.xlsx", ["a"])
    stage.idle().caller().upload(file)
    return upload(stage.idle(), file)


@raises("IOTDA.014603")
def a_file_over_the_limit(stage):
    file = stage.directory() / "large.xlsx"
    file.write_bytes(os.urandom(10_000))
    return upload(stage.working(limits_batch_file_bytes=8_000), file)


@raises("IOTDA.014604")
def a_file_of_another_type(stage):
    file = stage.directory() / "devices.csv"
    file.write_text("device_id\na\n", encoding="utf-8")
    return upload(stage.idle(), file)


@raises("IOTDA.014605")
def a_file_name_over_60_characters(stage):
    return upload(stage.idle(), device_ids(stage.directory() / ("n" * 56 + ".xlsx"), ["a"]))


@raises("IOTDA.014606")
def a_file_that_is_no_workbook(stage):
    file = stage.directory() / "broken.xlsx"
    file.write_bytes(b"not a workbook")
    return upload(stage.idle(), file)


@raises("IOTDA.000505")
def one_request_more_than_may_be_at_work(stage):
    server = stage.working(server_requests_max=1, server_metrics_listen="127.0.0.1:0")
    # A body that does not come keeps its request at work, as long as the server stands.
    server.first = Wire(server)
    server.first.send(head(server, "POST", "apps", framing=["Content-Length: 100"]))
    until(lambda: server.in_flight() == 1, "the first is at work")
    return call(server, "GET", "apps")
