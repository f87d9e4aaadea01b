"""What must not work: each refusal has the documented status and code, and names the field."""

import json
import os
from uuid import uuid4

import pytest
from huaweicloudsdkcore.exceptions import exceptions
from openpyxl import Workbook

from vocabulary import Account, device_ids, devices, in_both, raw, refused, sheet

UNKNOWN_ID = "0123456789abcdef01234567"


@pytest.fixture(scope="module")
def server(serve_module):
    """One server for all these tests: a refusal must leave nothing behind."""
    return serve_module()


@pytest.fixture(scope="module")
def idle(serve_module):
    """A server whose batch tasks never get done, and which takes small files only."""
    return serve_module(batch_workers=0, limits_batch_file_bytes=50_000)


# Who calls


def test_a_signed_hash_must_be_the_hash_of_the_body(server):
    headers = {"X-Sdk-Content-Sha256": "0" * 64}
    answer = raw(server, "POST", "apps", body={"app_name": "forged"}, headers=headers)
    assert (answer.status, answer.code) == (401, "IOTDA.000002")


def test_another_project_is_forbidden(server):
    answer = raw(server, "GET", "apps", project_id="0" * 32)
    assert (answer.status, answer.code) == (403, "IOTDA.000021")


def token_of(name, server):
    account = Account(server)
    account.user(name, password="Correct-horse1")
    return account.login(name, "Correct-horse1").headers["X-Subject-Token"]


def asked(server, path, headers):
    """Status and code of a GET that no signer has seen."""
    connection = server.connection(60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    said = answer.status, json.loads(answer.read())["error_code"]
    connection.close()
    return said


def test_a_project_with_a_nul_in_its_id_is_foreign_though_a_database_takes_no_nul(server):
    # A token needs no header that names the project.
    token = {"X-Auth-Token": token_of("nobody", server)}
    assert asked(server, "/v5/iot/%00/devices", token) == (403, "IOTDA.000021")


def test_a_header_that_is_no_text_is_not_taken_for_none(server):
    path, token = f"/v5/iot/{server.credentials.project_id}/devices", {"X-Auth-Token": token_of("somebody", server)}
    assert asked(server, path, {**token, "Instance-Id": "\xd7"}) == (400, "IOTDA.000006")
    assert asked(server, path, {**token, "X-Project-Id": "\xd7"}) == (403, "IOTDA.000021")


@pytest.mark.parametrize(
    "method, path", [("GET", "/v5/iot/nothing"), ("GET", "no-such-thing"), ("PATCH", "export-tasks")]
)
def test_an_unknown_path_or_method_is_not_found(server, method, path):
    answer = raw(server, method, path)
    assert (answer.status, answer.code) == (404, "APIGW.0101")


def test_an_instance_id_must_be_ours(server):
    malformed = raw(server, "GET", "apps", headers={"Instance-Id": "not an id"})
    assert (malformed.status, malformed.code) == (400, "IOTDA.000006")
    foreign = raw(server, "GET", "apps", headers={"Instance-Id": str(uuid4())})
    assert (foreign.status, foreign.code) == (403, "IOTDA.000021")


# What is not JSON, or too much of it

# What the reader of JSON says stays as it says it.
OF_THE_READER = "原因：.*"
JSON_CALLS = ["apps", "products", "devices", "batchtasks", "export-tasks"]
NOT_JSON = {
    "cut off": b'{"app_name": "x',
    "not json": b"app_name=x",
    "two documents": b"{} {}",
    "a trailing comma": b'{"app_name": "x",}',
    "not utf-8": b'{"app_name": "\xff\xfe"}',
    "nested too deep": b"[" * 100_000,
}


@pytest.mark.parametrize("path", JSON_CALLS)
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_malformed_json_is_refused(server, path, body):
    for answer in in_both(server, "POST", path, [OF_THE_READER], body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.000008")


@pytest.mark.parametrize("path", JSON_CALLS)
@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(server, path, body):
    for answer in in_both(server, "POST", path, [OF_THE_READER], body=body):
        assert answer.status == 400
        assert answer.code.startswith("IOTDA.")


def test_a_body_over_12_mb_is_refused(server):
    answer = raw(server, "POST", "batchtasks", body={"task_name": "x" * 13_000_000})
    assert answer.status == 413
    assert server.status("/readyz") == 200


# Fields

GOOD_EXPORT = {"resource_type": "BatchTask", "resource_condition": {"task_id": UNKNOWN_ID}}
BAD_EXPORTS = [
    ("resource_type", None),
    ("resource_type", 5),
    ("resource_type", "BatchTasks"),
    ("resource_type", "Pigeon"),
    ("resource_condition", None),
    ("resource_condition", 5),
    ("resource_condition", []),
    ("resource_condition", "not json"),
    ("resource_condition", "[1]"),
    ("task_id", {"resource_condition": {}}),
    ("task_id", {"resource_condition": {"task_id": 5}}),
    ("task_id", {"resource_condition": {"task_id": "not an id"}}),
    ("task_id", {"resource_condition": '{"task_id": null}'}),
    ("export_format", "pdf"),
    ("export_format", {"export_format": ["xls"]}),
    ("app_type", "TENANT"),
    ("app_type", {"app_type": 1}),
    ("app_id", "no/slash"),
    ("app_id", "a" * 37),
    ("app_id", {"app_id": {}}),
]


@pytest.mark.parametrize("field, value", BAD_EXPORTS, ids=str)
def test_a_bad_field_of_an_export_is_named(server, field, value):
    change = value if isinstance(value, dict) else {field: value}
    body = {name: value for name, value in {**GOOD_EXPORT, **change}.items() if value is not None}
    for answer in in_both(server, "POST", "export-tasks", body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.014800")
        assert field in answer.message


def test_every_bad_field_is_named_at_once(server):
    for answer in in_both(server, "POST", "export-tasks", body={"export_format": "pdf", "app_type": "TENANT"}):
        for field in ("resource_type", "resource_condition", "export_format", "app_type"):
            assert field in answer.message


def test_unknown_fields_are_ignored(server):
    answer = raw(server, "POST", "export-tasks", body={**GOOD_EXPORT, "of_the_next_sdk": 1})
    assert (answer.status, answer.code) == (403, "IOTDA.014805")


PRODUCT = {"name": "n", "device_type": "d", "protocol_type": "MQTT", "data_format": "json", "service_capabilities": []}
BAD_FIELDS = [
    ("apps", "app_name", {}),
    ("apps", "app_name", {"app_name": 5}),
    ("apps", "app_name", {"app_name": ""}),
    ("apps", "app_name", {"app_name": "a" * 65}),
    ("products", "device_type", {name: value for name, value in PRODUCT.items() if name != "device_type"}),
    ("products", "protocol_type", {**PRODUCT, "protocol_type": "PIGEON"}),
    ("devices", "node_id", {"product_id": "p"}),
    ("devices", "product_id", {"node_id": "n"}),
    ("devices", "node_id", {"product_id": "p", "node_id": 5}),
    ("devices", "node_id", {"product_id": "p", "node_id": "a b"}),
    ("devices", "device_id", {"product_id": "p", "node_id": "n", "device_id": "a" * 129}),
    ("devices", "device_name", {"product_id": "p", "node_id": "n", "device_name": ["x"]}),
    ("batchtasks", "task_name", {"task_type": "freezeDevices", "targets": ["a"]}),
    ("batchtasks", "task_name", {"task_name": "a b", "task_type": "freezeDevices", "targets": ["a"]}),
    ("batchtasks", "targets", {"task_name": "a", "task_type": "freezeDevices", "targets": "a"}),
    ("batchtasks", "targets", {"task_name": "a", "task_type": "freezeDevices", "targets": [1]}),
]


@pytest.mark.parametrize("path, field, body", BAD_FIELDS, ids=str)
def test_a_missing_or_bad_field_is_named(server, path, field, body):
    for answer in in_both(server, "POST", path, body=body):
        assert answer.status == 400
        assert answer.code.startswith("IOTDA.")
        assert field in answer.message


BAD_QUERIES = [("limit", "0"), ("limit", "51"), ("limit", "x"), ("marker", "x"), ("offset", "-1"), ("offset", "501")]


@pytest.mark.parametrize("path", ["export-tasks", "batchtasks", "devices", f"batchtasks/{UNKNOWN_ID}"])
@pytest.mark.parametrize("field, value", BAD_QUERIES)
def test_bad_paging_is_refused_by_name(server, path, field, value):
    query = [("resource_type", "BatchTask"), ("task_type", "freezeDevices"), (field, value)]
    for answer in in_both(server, "GET", path, query=query):
        assert answer.status == 400
        assert field in answer.message


def test_a_list_of_tasks_of_a_type_that_nobody_knows_is_refused_and_of_one_of_the_cloud_s_is_empty(server):
    def listed(task_type):
        return raw(server, "GET", "batchtasks", query=[("task_type", task_type)])

    assert (listed("freezedevices").status, listed("freezedevices").code) == (400, "IOTDA.014201")
    assert listed("sendEmails").json()["batchtasks"] == []


def test_a_list_of_exports_needs_its_resource_type(server):
    for answer in in_both(server, "GET", "export-tasks"):
        assert (answer.status, answer.code) == (400, "IOTDA.014800")
        assert "resource_type" in answer.message


@pytest.mark.parametrize("service", [5, None, {}, {"service_id": "basic"}, {"service_id": 5, "service_type": "basic"}])
def test_a_model_whose_services_no_sdk_can_read_back_is_refused(server, service):
    answer = raw(server, "POST", "products", body={**PRODUCT, "service_capabilities": [service]})
    assert (answer.status, answer.code) == (400, "IOTDA.013005")
    assert "service_capabilities" in answer.message


def test_a_filter_on_a_nul_character_does_not_find_every_device(server):
    answer = raw(server, "GET", "devices", query=[("device_name", "\0nobody")])
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
    assert "device_name" in answer.message


def test_a_detail_status_of_nobody_is_named_beside_the_other_bad_parameters(server):
    query = [("limit", "0"), ("task_detail_status", "Done")]
    answer = raw(server, "GET", f"batchtasks/{UNKNOWN_ID}", query=query)
    assert (answer.status, answer.code) == (400, "IOTDA.000017")
    assert "limit" in answer.message and "task_detail_status" in answer.message


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_an_upload_without_a_body_is_bad_input_and_not_a_bad_signature(server, kind):
    """The SDKs sign the hash of nothing, though they announce UNSIGNED-PAYLOAD."""
    answer = raw(server, "POST", "batchtask-files", headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (400, "IOTDA.000008")


def test_the_sub_devices_of_a_gateway_do_not_hold_the_gateway(serve):
    caller = serve().caller()
    product_id = caller.product()
    gateway_id = caller.device(product_id, "gateway")
    below = caller.device(product_id, "below", gateway_id=gateway_id)
    assert [device.device_id for device in caller.all_devices(gateway_id=gateway_id)] == [below]


# Ids of nobody, and things done twice


def test_ids_of_nobody_are_refused_as_documented(server):
    caller = server.caller()
    for method, path, status, code in [
        ("GET", "apps/nobody", 403, "IOTDA.001000"),
        ("GET", "products/nobody", 404, "IOTDA.013000"),
        ("GET", "devices/nobody", 404, "IOTDA.014000"),
        ("POST", "devices/nobody/freeze", 404, "IOTDA.014000"),
        ("POST", "devices/nobody/unfreeze", 404, "IOTDA.014000"),
        ("GET", f"batchtasks/{UNKNOWN_ID}", 404, "IOTDA.014200"),
        ("DELETE", f"batchtasks/{UNKNOWN_ID}", 404, "IOTDA.014200"),
        ("DELETE", f"batchtask-files/{UNKNOWN_ID}", 404, "IOTDA.014600"),
        ("GET", f"export-tasks/{UNKNOWN_ID}/file", 404, "IOTDA.014802"),
        ("DELETE", f"export-tasks/{UNKNOWN_ID}", 404, "IOTDA.014802"),
    ]:
        answer = raw(server, method, path)
        assert (answer.status, answer.code) == (status, code), path
    refused(lambda: caller.device("nobody", "n"), 400, "IOTDA.013000")


def test_what_is_there_already_is_refused(server):
    caller = server.caller()
    app_id = caller.app("once")
    refused(lambda: caller.app("once"), 403, "IOTDA.001008")
    refused(lambda: caller.product(), 403, "IOTDA.001005")
    product_id = caller.product(product_id="once", app_id=app_id)
    refused(lambda: caller.product(product_id="once", app_id=app_id), 400, "IOTDA.013010")
    device_id = caller.device(product_id, "once")
    refused(lambda: caller.device(product_id, "once"), 400, "IOTDA.014031", "The device already exists.")
    refused(lambda: caller.unfreeze(device_id), 403, "IOTDA.014040")
    caller.freeze(device_id)
    refused(lambda: caller.freeze(device_id), 403, "IOTDA.014039")


# Batch tasks


@pytest.mark.parametrize(
    "code, more",
    [
        ("IOTDA.014201", {"task_type": "makeCoffee", "targets": ["a"]}),
        ("IOTDA.014203", {"targets": ["a", "b", "a"]}),
        ("IOTDA.014208", {"targets": [f"device-{number}" for number in range(30_001)]}),
        ("IOTDA.014205", {"document_source": "no-such-file"}),
        ("IOTDA.014205", {"document_source": "no such file"}),
    ],
    ids=["unknown type", "duplicate targets", "30,001 targets", "unknown file", "what names no file"],
)
def test_a_bad_batch_task_is_refused(server, code, more):
    caller = server.caller()
    task_type = more.pop("task_type", "freezeDevices")
    refused(lambda: caller.batch(task_type, **more), 400, code)


def test_30_000_targets_are_taken(server):
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=[f"device-{number}" for number in range(30_000)])
    assert caller.finished(task_id, seconds=180).task_progress.fail == 30_000


def test_an_unfinished_batch_task_cannot_be_deleted(idle):
    caller = idle.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    refused(lambda: caller.delete_task(task_id), 403, "IOTDA.014221")
    assert caller.task(task_id).task_id == task_id


# Batch task files


@pytest.fixture
def ids_file(tmp_path):
    """Makes small files that are right but for their name."""
    return lambda name: device_ids(tmp_path / name, ["a"])


def test_the_eleventh_file_is_refused_and_so_is_a_name_that_is_taken(idle, ids_file):
    caller = idle.caller()
    files = [caller.upload(ids_file(f"{number}.xlsx")) for number in range(10)]
    refused(lambda: caller.upload(ids_file("11.xlsx")), 403, "IOTDA.014601")
    caller.delete_file(files[3])
    refused(lambda: caller.upload(ids_file("0.xlsx")), 400, "IOTDA.014602")
    caller.upload(ids_file("11.xlsx"))
    assert len(caller.files()) == 10
    for file in caller.files():
        caller.delete_file(file.file_id)
    assert caller.files() == []


def test_a_file_too_large_is_refused(idle, tmp_path):
    caller = idle.caller()
    many = device_ids(tmp_path / "many.xlsx", (str(uuid4()) for _ in range(5_000)))
    assert many.stat().st_size > 50_000
    refused(lambda: caller.upload(many), 400, "IOTDA.014603")


def test_the_documented_size_is_taken_and_more_is_refused(server, tmp_path):
    """Every megabyte up to the limit, not only what fits into a web framework's own default of two."""
    caller = server.caller()
    most = device_ids(tmp_path / "most.xlsx", (str(uuid4()) for _ in range(100_000)))
    assert most.stat().st_size > 2 << 20
    caller.delete_file(caller.upload(most))
    more = tmp_path / "more.xlsx"
    for size in [(20 << 20) + 1, 60 << 20]:
        more.write_bytes(os.urandom(size))
        refused(lambda: caller.upload(more), 400, "IOTDA.014603")


@pytest.mark.parametrize("name", ["devices.txt", "devices.csv", "devices", "devices.xlsx.exe"])
def test_a_file_of_another_type_is_refused(server, tmp_path, name):
    path = tmp_path / name
    path.write_text("device_id\na\n", encoding="utf-8")
    refused(lambda: server.caller().upload(path), 400, "IOTDA.014604")


def test_a_file_name_over_60_characters_is_refused(server, ids_file):
    refused(lambda: server.caller().upload(ids_file("n" * 56 + ".xlsx")), 400, "IOTDA.014605")


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 cut off"], ids=["empty", "text", "half a zip"]
)
def test_a_file_that_is_no_workbook_is_refused(server, tmp_path, content):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    refused(lambda: server.caller().upload(path), 400, "IOTDA.014606")


def test_a_small_file_that_claims_a_huge_sheet_does_no_harm(server, tmp_path):
    book = Workbook()
    book.active["A1"] = "colour"
    book.active["XFD1048576"] = "far away"
    book.save(tmp_path / "huge.xlsx")
    refused(lambda: server.caller().upload(tmp_path / "huge.xlsx"), 400, "IOTDA.014606")
    assert server.status("/readyz") == 200


def test_a_file_for_another_kind_of_task_changes_nothing(server, tmp_path):
    caller = server.caller()
    file_id = caller.upload(sheet(tmp_path / "wrong.xlsx", ["device_id"], [["d1"], ["d2"]]))
    before = len(caller.all_devices())
    try:
        task_id = caller.batch("createDevices", document_source=file_id)
    except exceptions.ClientRequestException as error:
        assert error.status_code == 400
    else:
        assert caller.finished(task_id).status == "Fail"
    assert len(caller.all_devices()) == before


def test_a_used_file_cannot_be_used_again(server, tmp_path):
    caller = server.caller()
    file_id = caller.upload(devices(tmp_path / "once.xlsx", [{"product_id": "nobody", "node_id": "n"}]))
    caller.finished(caller.batch("createDevices", document_source=file_id))
    refused(lambda: caller.batch("createDevices", document_source=file_id), 400, "IOTDA.014205")
