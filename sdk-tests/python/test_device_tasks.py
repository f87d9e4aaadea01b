"""Batch tasks that change devices: each subtask does what the single call does, and its export says so."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import refused, sheet


@pytest.fixture
def product_id(caller):
    level = iotda.ServiceProperty(property_name="level", data_type="int", method="RW")
    hours = iotda.ServiceProperty(property_name="hours", data_type="int", method="R")
    body = iotda.AddProduct(
        name="lamp",
        device_type="lamp",
        protocol_type="MQTT",
        data_format="json",
        service_capabilities=[iotda.ServiceCapability("light", "light", [level, hours])],
    )
    return caller.sdk.create_product(iotda.CreateProductRequest(body=body)).product_id


def outcome(caller, task_id):
    """Code by target, once the task is over; its export must say what the pages say."""
    caller.finished(task_id)
    subtasks = caller.subtasks(task_id)
    rows = caller.result(caller.export(task_id)).rows
    told = [(row["target"], row["status"], row["output"], row["error_code"], row["error_msg"]) for row in rows]
    assert sorted(told) == sorted(map(tuple, subtasks))
    return {subtask.target: subtask.error_code for subtask in subtasks}


def shadow(caller, device_id):
    services = caller.sdk.show_device_shadow(iotda.ShowDeviceShadowRequest(device_id=device_id)).shadow
    return {service.service_id: (service.desired.properties, service.version) for service in services}


def test_rows_change_what_they_name(caller, product_id, tmp_path):
    first = caller.device(product_id, "1", device_name="before", description="a lamp")
    second = caller.device(product_id, "2", device_name="before")
    rows = [
        [first, "灯 1", None, None],
        [second, None, "on pole 2", '{"pole": 2}'],
        [second, "x" * 257, None, None],
        ["unknown", "x", None, None],
        [first, None, None, "[]"],
    ]
    path = sheet(tmp_path / "update.xlsx", ["device_id", "device_name", "description", "extension_info"], rows)
    task_id = caller.batch("updateDevices", document_source=caller.upload(path))
    outcome(caller, task_id)
    codes = [(subtask.target, subtask.error_code) for subtask in reversed(caller.subtasks(task_id))]
    failed = "IOTDA.000006"
    expected = [(first, ""), (second, ""), (second, failed), ("unknown", "IOTDA.014000"), (first, failed)]
    assert sorted(codes) == sorted(expected)
    shown = caller.shown_device(first)
    assert (shown.device_name, shown.description, shown.extension_info) == ("灯 1", "a lamp", None)
    shown = caller.shown_device(second)
    assert (shown.device_name, shown.description, shown.extension_info) == ("before", "on pole 2", {"pole": 2})


def test_targets_come_below_the_gateway_of_the_document(caller, product_id):
    before, after = caller.device(product_id, "before"), caller.device(product_id, "after")
    one, two = (caller.device(product_id, name, gateway_id=before) for name in ("one", "two"))
    targets = [one, two, before, "unknown"]
    task_id = caller.batch("changeGateway", targets=targets, document={"gateway_id": after})
    assert outcome(caller, task_id) == {one: "", two: "", before: "IOTDA.000006", "unknown": "IOTDA.014000"}
    assert [device.device_id for device in caller.all_devices(gateway_id=after)] == [two, one]
    assert caller.task(task_id).document == {"gateway_id": after}


def test_rows_come_below_the_gateway_that_each_names(caller, product_id, tmp_path):
    left, right = caller.device(product_id, "left"), caller.device(product_id, "right")
    one, two = (caller.device(product_id, name, gateway_id=left) for name in ("one", "two"))
    rows = [[one, right], [two, "unknown"]]
    file_id = caller.upload(sheet(tmp_path / "change.xlsx", ["device_id", "gateway_id"], rows))
    assert outcome(caller, caller.batch("changeGateway", document_source=file_id)) == {one: "", two: "IOTDA.014011"}
    assert caller.shown_device(one).gateway_id == right


def test_a_full_gateway_fails_the_rest_and_counts_no_more_than_it_has(serve):
    caller = serve(limits_gateway_devices=2).caller()
    product_id = caller.product()
    left, right = caller.device(product_id, "left"), caller.device(product_id, "right")
    devices = [caller.device(product_id, name, gateway_id=left) for name in "ab"]
    caller.finished(caller.batch("changeGateway", targets=devices[:1], document={"gateway_id": right}))
    devices += [caller.device(product_id, name, gateway_id=left) for name in "c"]
    codes = outcome(caller, caller.batch("changeGateway", targets=devices, document={"gateway_id": right}))
    assert sorted(codes.values()) == ["", "", "IOTDA.014020"]
    refused(lambda: caller.device(product_id, "d", gateway_id=right), 403, "IOTDA.014020")
    caller.device(product_id, "e", gateway_id=left)


def test_each_target_desires_what_the_document_says(caller, product_id):
    other = caller.device(caller.product(), "other")
    one, two = caller.device(product_id, "1"), caller.device(product_id, "2")
    document = {"shadow": [{"service_id": "light", "desired": {"level": 5}}]}
    for version in (1, 2):
        task_id = caller.batch("updateDeviceShadows", targets=[one, two, other, "unknown"], document=document)
        codes = outcome(caller, task_id)
        assert codes == {one: "", two: "", other: "IOTDA.013002", "unknown": "IOTDA.014000"}
        assert shadow(caller, one) == shadow(caller, two) == {"light": ({"level": 5}, version)}
    of_the_device = {"shadow": [{"service_id": "light", "desired": {"hours": 5}}]}
    task_id = caller.batch("updateDeviceShadows", targets=[one], document=of_the_device)
    assert outcome(caller, task_id) == {one: "IOTDA.013004"}


def test_a_document_that_no_task_can_have(caller, product_id):
    def service(name, **desired):
        return {"service_id": name, "desired": desired}

    bad = [
        None,
        {},
        {"shadow": [service("a"), service("a")]},
        {"shadow": [service(str(number)) for number in range(6)]},
        {"shadow": [service("a", level="x" * 10_240)]},
        {"shadow": [service("a", **{"a.b": 1})]},
    ]
    for document in bad:
        refused(lambda: caller.batch("updateDeviceShadows", targets=["a"], document=document), 400, "IOTDA.014204")
    for document in (None, {}, {"gateway_id": "no id"}):
        refused(lambda: caller.batch("changeGateway", targets=["a"], document=document), 400, "IOTDA.014204")
    refused(lambda: caller.batch("updateDevices", targets=["a"]), 400, "IOTDA.014203")


def test_the_report_says_which_device_a_failure_is_about(server, caller, product_id):
    frozen = caller.device(product_id, "1", device_name="灯 1")
    caller.freeze(frozen)
    other = caller.app("other")
    foreign = caller.device(caller.product(app_id=other), "2", device_name="not ours", app_id=other)
    task_id = caller.batch("freezeDevices", targets=[frozen, foreign, "nobody"], app_id=server.credentials.app_id)
    assert caller.finished(task_id).status == "Fail"
    rows = caller.result(caller.export(task_id)).rows
    assert [(row["target"], row["node_id"], row["device_name"]) for row in rows] == [
        (frozen, "1", "灯 1"),
        (foreign, "", ""),
        ("nobody", "", ""),
    ]
