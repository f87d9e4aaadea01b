"""Every code of docs/errors.md is raised from outside, with the status and the texts that stand there.

A function here sets the stage for one code and returns the request that raises it, which is then sent in both
languages, each of which must be the whole answer's. docs/errors.md is made from the server's own catalogue and names the functions; a code that nobody
raises, or that is not in the table, fails.
"""

import itertools
import os
import re
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from test_errors_subtasks import FAILED_BY
from vocabulary import Database, Proxy, Wire, device_ids, head, in_both, raw, until

TABLE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([A-Z]+\.\d+)`(?: †)? \| (\d+) \| (.+?) \| (.+?) \|", re.MULTILINE)
KNOWN = {code: (int(status), *texts) for code, status, *texts in ROW.findall(TABLE.read_text("utf-8"))}

NOBODY = "0123456789abcdef01234567"
RAISED_BY = {}
NUMBERS = itertools.count()
# What stands in a Chinese answer and is not: a term of the service's own text, and what the reader of JSON says.
ANY_LANGUAGE = {"IOTDA.000021": ["IAM Token"], "IOTDA.000008": ["原因：.*"]}


def raises(code):
    def keep(function):
        assert code not in RAISED_BY
        RAISED_BY[code] = function
        return function

    return keep


@pytest.fixture(scope="module")
def stage(serve_module, tmp_path_factory):
    """The servers that the refusals come from, each started when it is first needed."""
    started = {}

    def server(name, **settings):
        if name not in started:
            started[name] = serve_module(batch_workers=0, export_workers=0, **settings)
        return started[name]

    return SimpleNamespace(
        # Documented limits, and nothing that is begun gets done.
        idle=lambda: server("idle"),
        # One of everything is the most.
        full=lambda: server(
            "full",
            limits_apps=1,
            limits_products=1,
            limits_device_groups=1,
            limits_group_devices=0,
            limits_devices=1,
            limits_batch_running=1,
            limits_batch_files=1,
            limits_batch_targets=1,
            limits_batch_file_bytes=8_000,
            limits_request_bytes=1_000,
            limits_users=1,
            limits_ota_packages=0,
        ),
        # For those who need what a worker has made, or who break something.
        working=lambda **settings: serve_module(**settings),
        directory=lambda: tmp_path_factory.mktemp("files"),
    )


@pytest.mark.parametrize("code", sorted({*KNOWN, *RAISED_BY} - {*FAILED_BY}))
def test_a_code_is_raised_from_outside_with_the_status_and_texts_of_the_table(stage, code):
    assert code in KNOWN, "is raised, but docs/errors.md does not know it"
    assert code in RAISED_BY, "stands in docs/errors.md, but nobody raises it"
    status, *texts = KNOWN[code]
    server, method, path, more = RAISED_BY[code](stage)
    for answer, text in zip(in_both(server, method, path, ANY_LANGUAGE.get(code, ()), **more), texts):
        # The identity service tells the status in place of a code.
        told = status if code.startswith("IAM.") else code
        assert (answer.status, answer.code) == (status, told), answer.message
        assert answer.message.startswith(text)


def call(server, method, path, **more):
    return server, method, path, more


def upload(server, path):
    """An upload as the SDK sends it, to be sent by hand."""
    boundary = "0123456789abcdef"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    return call(server, "POST", "batchtask-files", body=body, headers=headers)


def device(product_id, node_id, **more):
    return {"product_id": product_id, "node_id": node_id, **more}


# Of the account


@raises("IAM.0400")
def a_user_without_a_name(stage):
    return call(stage.idle(), "POST", "/v3/users", body={"user": {"description": "nobody"}})


@raises("IAM.0401")
def a_wrong_password(stage):
    user = {"name": "root", "password": "no-such-word1", "domain": {"name": "unlade"}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    return call(stage.idle(), "POST", "/v3/auth/tokens", body=body)


@raises("IAM.0403")
def the_end_of_the_root(stage):
    server = stage.idle()
    (root,) = raw(server, "GET", "/v3/users", [("name", "root")]).json()["users"]
    return call(server, "DELETE", f"/v3/users/{root['id']}")


@raises("IAM.0404")
def a_user_that_does_not_exist(stage):
    return call(stage.idle(), "GET", f"/v3/users/{NOBODY}")


@raises("IAM.0409")
def a_group_whose_name_is_taken(stage):
    server = stage.idle()
    raw(server, "POST", "/v3/groups", body={"group": {"name": "taken"}})
    return call(server, "POST", "/v3/groups", body={"group": {"name": "taken"}})


@raises("IAM.0410")
def one_user_more_than_there_may_be(stage):
    return call(stage.full(), "POST", "/v3/users", body={"user": {"name": "second"}})


# The gateway's and the common ones


@raises("APIGW.0101")
def an_unknown_path(stage):
    return call(stage.idle(), "GET", "no-such-thing")


@raises("APIGW.0201")
def a_body_over_the_limit(stage):
    return call(stage.full(), "POST", "apps", body={"app_name": "x" * 2_000})


@raises("IOTDA.000001")
def a_result_whose_file_is_gone(stage):
    server = stage.working()
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    for result in (server.data_dir / "blobs").rglob("*.zip"):
        os.remove(result)
    return call(server, "GET", f"export-tasks/{export_id}/file")


@raises("IOTDA.000002")
def an_unknown_key(stage):
    return call(stage.idle(), "GET", "apps", ak="NOSUCHACCESSKEY00000")


@raises("IOTDA.000006")
def a_field_of_the_wrong_kind(stage):
    return call(stage.idle(), "POST", "apps", body={"app_name": 5})


@raises("IOTDA.000008")
def a_body_that_is_not_json(stage):
    return call(stage.idle(), "POST", "apps", body=b'{"app_name": ')


@raises("IOTDA.000009")
def a_time_in_another_format(stage):
    return call(stage.idle(), "GET", "devices", query=[("start_time", "2026-01-02 03:04:05")])


@raises("IOTDA.000010")
def a_start_after_the_end(stage):
    times = [("start_time", "20260102T030405Z"), ("end_time", "20250102T030405Z")]
    return call(stage.idle(), "GET", "devices", query=times)


@raises("IOTDA.000015")
def an_app_too_many(stage):
    return call(stage.full(), "POST", "apps", body={"app_name": "second"})


@raises("IOTDA.000017")
def a_limit_out_of_range(stage):
    return call(stage.idle(), "GET", "devices", query=[("limit", "51")])


@raises("IOTDA.000018")
def a_marker_that_is_none(stage):
    return call(stage.idle(), "GET", "devices", query=[("marker", "second-page")])


@raises("IOTDA.000021")
def another_project(stage):
    return call(stage.idle(), "GET", "apps", project_id="0" * 32)


@raises("IOTDA.000022")
def a_user_without_rights(stage):
    server = stage.working()
    # Users other than the root have no front door yet.
    database = sqlite3.connect(server.data_dir / "unlade.db")
    with database:
        assert database.execute("UPDATE iam_user SET root = 0").rowcount == 1
    database.close()
    return call(server, "GET", "apps")


@raises("IOTDA.000503")
def a_disk_that_is_nearly_full(stage):
    server = stage.working()
    server.restart(server_free_bytes_min=2**62, awaits="/healthz")
    return call(server, "POST", "apps", body={"app_name": "name"})


@raises("IOTDA.000504")
def a_database_that_is_away(stage):
    database = Database()
    proxy = Proxy(database.address.hostname, database.address.port)
    server = stage.working(database_url=database.url(proxy.port))
    known = raw(server, "GET", "apps")
    assert known.status == 200, known.message
    proxy.cut()
    return call(server, "GET", "apps")


# Apps, products, devices, their tags and shadows


@raises("IOTDA.001000")
def an_unknown_app(stage):
    return call(stage.idle(), "GET", "apps/nobody")


@raises("IOTDA.001005")
def no_app_where_there_are_several(stage):
    server = stage.idle()
    server.caller().app("several")
    task_id = server.caller().batch("freezeDevices", targets=["a"], app_id=server.credentials.app_id)
    body = {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}, "app_type": "APP"}
    return call(server, "POST", "export-tasks", body=body)


@raises("IOTDA.001006")
def a_foreign_app(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a"], app_id="nobody"))


@raises("IOTDA.001007")
def the_default_app_is_deleted(stage):
    return call(stage.idle(), "DELETE", f"apps/{stage.idle().credentials.app_id}")


@raises("IOTDA.001008")
def an_app_name_that_is_taken(stage):
    stage.idle().caller().app("taken")
    return call(stage.idle(), "POST", "apps", body={"app_name": "taken"})


def product(**more):
    fields = {"name": "meter", "device_type": "meter", "protocol_type": "MQTT", "data_format": "json"}
    services = [{"service_id": "basic", "service_type": "basic"}]
    return {**fields, "service_capabilities": services, **more}


def idle_product(stage):
    """A product of the server that has several apps."""
    return stage.idle().caller().product(app_id=stage.idle().credentials.app_id)


def tagged(stage, path="bind-resource", resource_type="device", resource_id=None, **more):
    """A request about the tags of a device that has none."""
    resource_id = resource_id or stage.idle().caller().device(idle_product(stage), "node")
    body = {"resource_type": resource_type, "resource_id": resource_id, **more}
    return call(stage.idle(), "POST", f"tags/{path}", body=body)


@raises("IOTDA.004000")
def an_unknown_resource(stage):
    return tagged(stage, resource_id="nobody", tags=[])


@raises("IOTDA.004001")
def eleven_tags(stage):
    return tagged(stage, tags=[{"tag_key": f"key{number}", "tag_value": "1"} for number in range(11)])


@raises("IOTDA.004002")
def a_tag_of_the_service_s_own(stage):
    return tagged(stage, tags=[{"tag_key": "iot_floor", "tag_value": "3"}])


@raises("IOTDA.004003")
def a_tag_that_the_device_does_not_have(stage):
    return tagged(stage, "unbind-resource", tag_keys=["floor"])


@raises("IOTDA.004004")
def a_tag_of_what_has_none(stage):
    return tagged(stage, resource_type="product", tags=[])


def desired(stage, **more):
    """A request to desire something of a device with one property, which only it can write."""
    server = stage.idle()
    hours = {"property_name": "hours", "data_type": "int", "method": "R"}
    services = [{"service_id": "light", "service_type": "light", "properties": [hours]}]
    body = product(service_capabilities=services, app_id=server.credentials.app_id)
    product_id = raw(server, "POST", "products", body=body).json()["product_id"]
    device_id = server.caller().device(product_id, "node")
    shadow = [{"service_id": "light", "desired": {}, **more}]
    return call(server, "PUT", f"devices/{device_id}/shadow", body={"shadow": shadow})


@raises("IOTDA.013002")
def an_unknown_service(stage):
    return desired(stage, service_id="dark")


@raises("IOTDA.013003")
def an_unknown_property(stage):
    return desired(stage, desired={"colour": 1})


@raises("IOTDA.013004")
def a_property_that_only_the_device_writes(stage):
    return desired(stage, desired={"hours": 1})


@raises("IOTDA.014030")
def a_shadow_that_has_changed(stage):
    return desired(stage, version=5)


@raises("IOTDA.013000")
def an_unknown_product(stage):
    return call(stage.idle(), "GET", "products/nobody")


@raises("IOTDA.013005")
def a_product_without_a_name(stage):
    return call(stage.idle(), "POST", "products", body=product(name=None))


def full_product(stage):
    """The one product of the server that is full."""
    caller = stage.full().caller()
    return next(iter(caller.products()), None) or SimpleNamespace(product_id=caller.product())


def full_device(stage):
    """The id of the one device of that server."""
    raw(stage.full(), "POST", "devices", body=device(full_product(stage).product_id, "first"))
    (only,) = stage.full().caller().all_devices()
    return only.device_id


@raises("IOTDA.013006")
def a_product_too_many(stage):
    full_product(stage)
    return call(stage.full(), "POST", "products", body=product())


@raises("IOTDA.013007")
def a_product_with_devices_is_deleted(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "in-use")
    return call(stage.idle(), "DELETE", f"products/{product_id}")


@raises("IOTDA.013012")
def a_model_of_too_many_services(stage):
    services = [{"service_id": f"s{number}", "service_type": "s"} for number in range(501)]
    body = product(app_id=stage.idle().credentials.app_id, service_capabilities=services)
    return call(stage.idle(), "POST", "products", body=body)


@raises("IOTDA.013013")
def a_product_becomes_coap(stage):
    return call(stage.idle(), "PUT", f"products/{idle_product(stage)}", body={"protocol_type": "CoAP"})


@raises("IOTDA.013010")
def a_product_id_that_is_taken(stage):
    app_id = stage.idle().credentials.app_id
    stage.idle().caller().product(product_id="taken", app_id=app_id)
    return call(stage.idle(), "POST", "products", body=product(product_id="taken", app_id=app_id))


@raises("IOTDA.014000")
def an_unknown_device(stage):
    return call(stage.idle(), "GET", "devices/nobody")


@raises("IOTDA.014010")
def a_node_id_that_is_taken(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "node", device_id=f"{product_id}_first")
    return call(stage.idle(), "POST", "devices", body=device(product_id, "node", device_id=f"{product_id}_second"))


@raises("IOTDA.014011")
def an_unknown_gateway(stage):
    return call(stage.idle(), "POST", "devices", body=device(idle_product(stage), "sub", gateway_id="nobody"))


@raises("IOTDA.014012")
def a_device_three_levels_deep(stage):
    product_id, above = idle_product(stage), None
    for level in ("gateway", "first", "second"):
        above = stage.idle().caller().device(product_id, level, gateway_id=above)
    return call(stage.idle(), "POST", "devices", body=device(product_id, "third", gateway_id=above))


@raises("IOTDA.014019")
def a_device_too_many(stage):
    full_device(stage)
    return call(stage.full(), "POST", "devices", body=device(full_product(stage).product_id, "second"))


@raises("IOTDA.014020")
def a_gateway_that_is_full(stage):
    server = stage.working(limits_gateway_devices=1)
    caller = server.caller()
    product_id = caller.product()
    gateway_id = caller.device(product_id, "gateway")
    caller.device(product_id, "first", gateway_id=gateway_id)
    return call(server, "POST", "devices", body=device(product_id, "second", gateway_id=gateway_id))


@raises("IOTDA.014024")
def deleting_a_device_with_sub_devices(stage):
    product_id, caller = idle_product(stage), stage.idle().caller()
    gateway_id = caller.device(product_id, "gateway")
    caller.device(product_id, "sub", gateway_id=gateway_id)
    return call(stage.idle(), "DELETE", f"devices/{gateway_id}")


@raises("IOTDA.014031")
def a_device_that_exists(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "once")
    return call(stage.idle(), "POST", "devices", body=device(product_id, "once"))


@raises("IOTDA.014038")
def freezing_a_sub_device(stage):
    product_id, caller = idle_product(stage), stage.idle().caller()
    sub_device = caller.device(product_id, "sub", gateway_id=caller.device(product_id, "gateway"))
    return call(stage.idle(), "POST", f"devices/{sub_device}/freeze")


@raises("IOTDA.014039")
def freezing_a_frozen_device(stage):
    device_id = stage.idle().caller().device(idle_product(stage), "cold")
    stage.idle().caller().freeze(device_id)
    return call(stage.idle(), "POST", f"devices/{device_id}/freeze")


@raises("IOTDA.014040")
def unfreezing_a_device_that_is_not_frozen(stage):
    device_id = stage.idle().caller().device(idle_product(stage), "warm")
    return call(stage.idle(), "POST", f"devices/{device_id}/unfreeze")


# Groups of devices


def group(server, **more):
    """A group of the server's default app."""
    body = {"name": f"group {next(NUMBERS)}", **more}
    return raw(server, "POST", "device-group", body=body).json()["group_id"]


def put(server, group_id, device_id, action_id="addDevice"):
    pairs = [("action_id", action_id), ("device_id", device_id)]
    return call(server, "POST", f"device-group/{group_id}/action", query=pairs)


def done(request):
    server, method, path, more = request
    assert raw(server, method, path, **more).status == 200


@raises("IOTDA.003000")
def an_unknown_group(stage):
    return call(stage.idle(), "GET", f"device-group/{NOBODY}")


@raises("IOTDA.003001")
def a_group_below_an_unknown_one(stage):
    return call(stage.idle(), "POST", "device-group", body={"name": "orphan", "super_group_id": NOBODY})


@raises("IOTDA.003002")
def a_group_name_that_is_taken(stage):
    group(stage.idle(), name="taken")
    return call(stage.idle(), "POST", "device-group", body={"name": "taken"})


@raises("IOTDA.003003")
def a_group_too_many(stage):
    raw(stage.full(), "POST", "device-group", body={"name": "first"})
    return call(stage.full(), "POST", "device-group", body={"name": "second"})


@raises("IOTDA.003004")
def a_group_six_levels_deep(stage):
    above = group(stage.idle())
    for _ in range(4):
        above = group(stage.idle(), super_group_id=above)
    return call(stage.idle(), "POST", "device-group", body={"name": "deeper", "super_group_id": above})


@raises("IOTDA.003005")
def a_device_that_is_in_the_group(stage):
    server, device_id = stage.idle(), stage.idle().caller().device(idle_product(stage), "in")
    group_id = group(server)
    done(put(server, group_id, device_id))
    return put(server, group_id, device_id)


@raises("IOTDA.003006")
def a_device_that_is_not_in_the_group(stage):
    device_id = stage.idle().caller().device(idle_product(stage), "out")
    return put(stage.idle(), group(stage.idle()), device_id, "removeDevice")


@raises("IOTDA.003007")
def a_device_too_many_in_a_group(stage):
    server, device_id = stage.full(), full_device(stage)
    raw(server, "POST", "device-group", body={"name": "first"})
    (found,) = raw(server, "GET", "device-group").json()["device_groups"]
    return put(server, found["group_id"], device_id)


@raises("IOTDA.003008")
def a_group_too_many_of_a_device(stage):
    server, device_id = stage.idle(), stage.idle().caller().device(idle_product(stage), "everywhere")
    for _ in range(10):
        done(put(server, group(server), device_id))
    return put(server, group(server), device_id)


@raises("IOTDA.003009")
def deleting_a_group_with_a_subgroup(stage):
    above = group(stage.idle())
    group(stage.idle(), super_group_id=above)
    return call(stage.idle(), "DELETE", f"device-group/{above}")


@raises("IOTDA.003010")
def deleting_a_group_with_a_device(stage):
    server, device_id = stage.idle(), stage.idle().caller().device(idle_product(stage), "member")
    group_id = group(server)
    done(put(server, group_id, device_id))
    return call(server, "DELETE", f"device-group/{group_id}")


@raises("IOTDA.003011")
def a_device_for_a_dynamic_group(stage):
    server, device_id = stage.idle(), stage.idle().caller().device(idle_product(stage), "found")
    rule = "node_id = 'found'"
    return put(server, group(server, group_type="DYNAMIC", dynamic_group_rule=rule), device_id)


# Batch tasks


def batch(**more):
    return {"task_type": "freezeDevices", "task_name": "name", **more}


@raises("IOTDA.014200")
def an_unknown_batch_task(stage):
    return call(stage.idle(), "GET", f"batchtasks/{NOBODY}")


@raises("IOTDA.014201")
def an_unknown_task_type(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(task_type="makeCoffee", targets=["a"]))


@raises("IOTDA.014203")
def a_target_that_stands_twice(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a", "a"]))


@raises("IOTDA.014205")
def an_unknown_document_source(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(document_source=NOBODY))


@raises("IOTDA.014202")
def confirming_what_is_not_confirmed(stage):
    server = stage.idle()
    task_id = server.caller().batch("freezeDevices", targets=["a"], app_id=server.credentials.app_id)
    return call(server, "POST", f"batchtasks/{task_id}/confirm", body={})


@raises("IOTDA.014204")
def a_confirmation_of_what_is_no_upgrade(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a"], need_confirm=True))


@raises("IOTDA.014206")
def a_batch_task_too_many(stage):
    server = stage.full()
    server.caller().batch("freezeDevices", targets=["a"])
    return call(server, "POST", "batchtasks", body=batch(targets=["a"]))


@raises("IOTDA.014207")
def a_task_policy(stage):
    body = batch(targets=["a"], task_policy={"schedule_time": "20300102T030405Z"})
    return call(stage.idle(), "POST", "batchtasks", body=body)


@raises("IOTDA.014208")
def a_target_too_many(stage):
    return call(stage.full(), "POST", "batchtasks", body=batch(targets=["a", "b"]))


@raises("IOTDA.014221")
def deleting_an_unfinished_batch_task(stage):
    task_id = stage.idle().caller().batch("freezeDevices", targets=["a"], app_id=stage.idle().credentials.app_id)
    return call(stage.idle(), "DELETE", f"batchtasks/{task_id}")


# Batch task files


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
    server = stage.working(server_requests_max=1)
    # A body that does not come keeps its request at work.
    server.at_work = Wire(server)
    server.at_work.send(head(server, "POST", "apps", framing=["Content-Length: 100"]))
    until(lambda: raw(server, "GET", "apps").status == 503, "the first is at work", diagnosis=server.log)
    return call(server, "GET", "apps")


# Export tasks


def export_of(task_id):
    return {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}}


@raises("IOTDA.014800")
def an_unknown_resource_type(stage):
    return call(stage.idle(), "POST", "export-tasks", body={**export_of(NOBODY), "resource_type": "Device"})


@raises("IOTDA.014801")
def a_sixth_unfinished_export_task(stage):
    server = stage.working(export_workers=0)
    task_id = server.caller().batch("freezeDevices", targets=["a"])
    for _ in range(5):
        server.caller().export(task_id)
    return call(server, "POST", "export-tasks", body=export_of(task_id))


@raises("IOTDA.014802")
def an_unknown_export_task(stage):
    return call(stage.idle(), "GET", f"export-tasks/{NOBODY}/file")


@raises("IOTDA.014803")
def a_download_before_the_end(stage):
    caller = stage.idle().caller()
    task_id = caller.batch("freezeDevices", targets=["a"], app_id=stage.idle().credentials.app_id)
    return call(stage.idle(), "GET", f"export-tasks/{caller.export(task_id)}/file")


@raises("IOTDA.014805")
def an_export_of_an_unknown_batch_task(stage):
    return call(stage.idle(), "POST", "export-tasks", body=export_of(NOBODY))


def package(**more):
    location = {"obs_location": {"region_name": "cn-north-4", "bucket_name": "own", "object_key": "a.bin"}}
    fields = {"package_type": "firmwarePackage", "version": "1.0", "file_location": location}
    return {**fields, **more}


@raises("IOTDA.019300")
def an_unknown_package(stage):
    return call(stage.idle(), "GET", f"ota-upgrades/packages/{NOBODY}")


@raises("IOTDA.019303")
def a_package_too_many(stage):
    body = package(app_id=stage.full().credentials.app_id, product_id=full_product(stage).product_id)
    return call(stage.full(), "POST", "ota-upgrades/packages", body=body)


@raises("IOTDA.019304")
def a_package_of_nothing(stage):
    return call(stage.idle(), "POST", "ota-upgrades/packages", body=package(package_type="hardware"))


@raises("IOTDA.021102")
def a_second_request_within_a_second(stage):
    server = stage.working(limits_account_requests_per_second=1)
    raw(server, "GET", "apps")
    return call(server, "GET", "apps")


@raises("IOTDA.021101")
def a_second_download_within_30_seconds(stage):
    server = stage.working(limits_download_interval_seconds=None)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    caller.download(export_id)
    return call(server, "GET", f"export-tasks/{export_id}/file")
