"""Every operation of the router: what a good request is made of, and what answers it."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from . import shapes

ROUTER = Path(__file__).resolve().parents[3] / "crates" / "api" / "src" / "router.rs"
ROUTE = re.compile(r'\(\s*"(\w+)",\s*(?:at\("([^"]+)"\)|"([^"]+)"\.to_owned\(\)),[^"]*?\b(get|post|put|delete)\(')


class Known(NamedTuple):
    """Stands for an id that exists; which one is known when the request is sent. `fresh` is one that does not."""

    kind: str


class Operation(NamedTuple):
    """A good request, and the status and shape of its answer; without a shape it is no JSON."""

    method: str
    path: str
    success: int
    shape: Any = None
    id: Known | None = None
    query: dict = {}
    body: dict | None = None
    also: tuple = ()
    # What of the query must be there.
    needs: tuple = ()

    @property
    def creates(self):
        return self.success == 201


def routes():
    """Method and path of each operation, as the router has them."""
    text = ROUTER.read_text("utf-8")
    return {name: (method.upper(), below or whole) for name, below, whole, method in ROUTE.findall(text)}


def page_of(name, shape):
    return {name: [shape], "page": shapes.PAGE}


PAGING = {"limit": "5", "marker": "f" * 24, "offset": "0"}
PARA = {"para_name": "force", "data_type": "string", "required": True, "max_length": 5, "description": "how"}
SERVICE = {
    "service_id": "basic",
    "service_type": "basic",
    "option": "Master",
    "properties": [
        {"property_name": "level", "data_type": "int", "min": "0", "max": "9", "step": 1, "unit": "l", "method": "RW"},
        {"property_name": "mode", "data_type": "enum", "enum_list": ["ON", "OFF"], "required": True, "method": "RWE"},
    ],
    "commands": [{"command_name": "go", "paras": [PARA], "responses": [{"response_name": "ok", "paras": [PARA]}]}],
    "events": [{"event_type": "fell", "paras": [PARA]}],
}
PRODUCT = {
    "product_id": None,
    "name": "meter",
    "device_type": "meter",
    "protocol_type": "MQTT",
    "data_format": "json",
    "service_capabilities": [SERVICE],
    "manufacturer_name": "maker",
    "industry": "water",
    "description": "a product",
    "app_id": Known("app"),
}
AUTH = {"auth_type": "SECRET", "secret": "0123456789abcdef", "fingerprint": "a" * 40, "secure_access": True, "timeout": 0}
DEVICE = {
    "device_id": None,
    "node_id": Known("fresh"),
    "product_id": Known("product"),
    "device_name": "name",
    "description": "a device",
    "gateway_id": Known("gateway"),
    "auth_info": AUTH,
    "extension_info": {"floor": 3},
    "shadow": [{"service_id": "basic", "desired": {}}],
    "app_id": Known("app"),
}
UPDATE = {
    "device_name": "name",
    "description": "a device",
    "extension_info": {"floor": 3},
    "auth_info": {"secure_access": True, "timeout": 0},
}
RESET = {"secret": "0123456789abcdef", "secret_type": "SECONDARY", "force_disconnect": True}
SHADOW = {"shadow": [{"service_id": "basic", "desired": {}, "version": None}]}
TAGS = [{"tag_key": "floor", "tag_value": "3"}]
TAGGED = {"resource_type": "device", "resource_id": Known("device")}
BATCH_TASK = {
    "app_id": Known("app"),
    "task_name": "freeze",
    "task_type": "freezeDevices",
    "targets": [Known("device")],
    "targets_filter": None,
    "document_source": None,
    "document": {"note": "kept as it is"},
    "task_policy": {"schedule_time": None, "retry_count": 1, "retry_interval": 0},
    "need_confirm": False,
    "task_ext_info": {"note": "x"},
    "task_mode": "GATEWAY",
}
SOME_TARGETS = {"targets": [Known("device")]}
EXPORT_TASK = {
    "resource_type": "BatchTask",
    "resource_condition": {"task_id": Known("task")},
    "export_format": "xls",
    "app_type": "GLOBAL",
    "app_id": Known("app"),
}
PACKAGE = {
    "app_id": Known("app"),
    "package_type": "modulePackage",
    "product_id": Known("product"),
    "module_name": "modem",
    "version": "1.0",
    "support_source_versions": ["0.9"],
    "description": "a package",
    "custom_info": "tell the device",
    "file_location": {
        "obs_location": {
            "region_name": "cn-north-4",
            "bucket_name": "firmware",
            "object_key": "a/b.bin",
            "sign_method": "SHA256",
            "sign": "0" * 64,
        }
    },
}
PACKAGES = {
    "app_id": Known("app"),
    "package_type": "modulePackage",
    "product_id": Known("product"),
    "version": "1.0",
    **PAGING,
}
DEVICES = {
    "product_id": Known("product"),
    "gateway_id": Known("gateway"),
    "is_cascade_query": "true",
    "node_id": "node",
    "device_name": "name",
    "start_time": "20200101T000000Z",
    "end_time": "20990101T000000Z",
    "app_id": Known("app"),
    **PAGING,
}
TASKS = {"task_type": "freezeDevices", "app_id": Known("app"), "status": "Success", **PAGING}
DETAILS = {"target": Known("device"), "task_detail_status": "Success", **PAGING}
EXPORTS = {"resource_type": "BatchTask", "app_type": "GLOBAL", "app_id": Known("app"), **PAGING}
SHOWN_TASK = {"batchtask": shapes.BATCH_TASK, "task_details": [shapes.DETAIL], "page": shapes.PAGE}
TARGETS = {"targets": [shapes.TARGET]}
# A task that has ended refuses it, as it must.
REFUSED = ((403, "IOTDA.014202"),)

GROUP = {
    "name": Known("fresh"),
    "description": "a group",
    "super_group_id": None,
    "app_id": Known("app"),
    "group_type": "DYNAMIC",
    "dynamic_group_rule": "device_name like 'Mete%' and status in ('ONLINE', 'OFFLINE') or node_id != 'x'",
}
GROUPS = {
    "last_modified_time": "20200101T000000Z",
    "app_id": Known("app"),
    "group_type": "STATIC",
    "name": "group",
    **PAGING,
}

OPERATIONS = {
    "AddApplication": Operation("POST", "/apps", 201, shapes.APP, body={"app_name": Known("fresh")}),
    "ShowApplications": Operation("GET", "/apps", 200, {"applications": [shapes.APP]}, query={"default_app": "true"}),
    "ShowApplication": Operation("GET", "/apps/{app_id}", 200, shapes.APP, Known("app")),
    "UpdateApplication": Operation("PUT", "/apps/{app_id}", 200, shapes.APP, Known("app"), body={"app_name": "renamed"}),
    "DeleteApplication": Operation("DELETE", "/apps/{app_id}", 204, id=Known("spare app")),
    "CreateProduct": Operation("POST", "/products", 201, shapes.PRODUCT, body=PRODUCT),
    "ListProducts": Operation(
        "GET",
        "/products",
        200,
        page_of("products", shapes.PRODUCT_IN_SHORT),
        query={"app_id": Known("app"), "product_name": "meter", **PAGING},
    ),
    "ShowProduct": Operation(
        "GET", "/products/{product_id}", 200, shapes.PRODUCT, Known("product"), query={"app_id": Known("app")}
    ),
    "UpdateProduct": Operation(
        "PUT",
        "/products/{product_id}",
        200,
        shapes.PRODUCT,
        Known("product"),
        body={name: value for name, value in PRODUCT.items() if name != "product_id"},
    ),
    "DeleteProduct": Operation(
        "DELETE", "/products/{product_id}", 204, id=Known("spare product"), query={"app_id": Known("app")}
    ),
    "AddDevice": Operation("POST", "/devices", 201, shapes.DEVICE, body=DEVICE),
    "ListDevices": Operation("GET", "/devices", 200, page_of("devices", shapes.DEVICE_IN_SHORT), query=DEVICES),
    "ShowDevice": Operation("GET", "/devices/{device_id}", 200, shapes.DEVICE, Known("device")),
    "UpdateDevice": Operation("PUT", "/devices/{device_id}", 200, shapes.DEVICE, Known("device"), body=UPDATE),
    "ResetDeviceSecret": Operation(
        "POST",
        "/devices/{device_id}/action",
        200,
        shapes.NEW_SECRET,
        Known("device"),
        query={"action_id": "resetSecret"},
        body=RESET,
    ),
    "ChangeGateway": Operation(
        "POST", "/devices/{device_id}/change-gateway", 204, id=Known("sub-device"), body={"gateway_id": Known("gateway")}
    ),
    "ShowDeviceShadow": Operation("GET", "/devices/{device_id}/shadow", 200, shapes.SHADOW, Known("device")),
    "UpdateDeviceShadowDesiredData": Operation(
        "PUT", "/devices/{device_id}/shadow", 200, shapes.SHADOW, Known("device"), body=SHADOW
    ),
    "DeleteDeviceShadow": Operation("DELETE", "/devices/{device_id}/shadow", 204, id=Known("device")),
    "TagDevice": Operation("POST", "/tags/bind-resource", 200, body={**TAGGED, "tags": TAGS}),
    "UntagDevice": Operation(
        "POST", "/tags/unbind-resource", 200, body={**TAGGED, "tag_keys": ["floor"]}, also=((400, "IOTDA.004003"),)
    ),
    "ListResourcesByTags": Operation(
        "POST",
        "/tags/query-resources",
        200,
        page_of("resources", {"resource_id": shapes.ID128}),
        query=PAGING,
        body={"resource_type": "device", "tags": TAGS},
    ),
    "DeleteDevice": Operation("DELETE", "/devices/{device_id}", 204, id=Known("spare device")),
    "FreezeDevice": Operation("POST", "/devices/{device_id}/freeze", 204, id=Known("device")),
    "UnfreezeDevice": Operation("POST", "/devices/{device_id}/unfreeze", 204, id=Known("device")),
    "AddDeviceGroup": Operation("POST", "/device-group", 201, shapes.GROUP, body=GROUP),
    "ListDeviceGroups": Operation(
        "GET", "/device-group", 200, page_of("device_groups", shapes.GROUP_IN_SHORT), query=GROUPS
    ),
    "ShowDeviceGroup": Operation("GET", "/device-group/{group_id}", 200, shapes.GROUP, Known("group")),
    "UpdateDeviceGroup": Operation(
        "PUT",
        "/device-group/{group_id}",
        200,
        shapes.GROUP,
        Known("group"),
        body={"name": Known("fresh"), "description": "another"},
    ),
    "DeleteDeviceGroup": Operation("DELETE", "/device-group/{group_id}", 204, id=Known("spare group")),
    "CreateOrDeleteDeviceInGroup": Operation(
        "POST",
        "/device-group/{group_id}/action",
        200,
        id=Known("group"),
        query={"action_id": "addDevice", "device_id": Known("ungrouped device")},
        needs=("action_id", "device_id"),
    ),
    "ShowDevicesInGroup": Operation(
        "GET",
        "/device-group/{group_id}/devices",
        200,
        page_of("devices", shapes.DEVICE_IN_GROUP),
        Known("group"),
        query=PAGING,
    ),
    "ListDeviceGroupsByDevice": Operation(
        "POST", "/devices/{device_id}/list-device-group", 200, {"device_groups": [shapes.GROUP_IN_SHORT]}, Known("device")
    ),
    "UploadBatchTaskFile": Operation("POST", "/batchtask-files", 201, shapes.FILE),
    "ListBatchTaskFiles": Operation("GET", "/batchtask-files", 200, {"files": [shapes.FILE]}),
    "DeleteBatchTaskFile": Operation("DELETE", "/batchtask-files/{file_id}", 204, id=Known("file")),
    "CreateBatchTask": Operation("POST", "/batchtasks", 201, shapes.BATCH_TASK, body=BATCH_TASK),
    "ListBatchTasks": Operation("GET", "/batchtasks", 200, page_of("batchtasks", shapes.BATCH_TASK), query=TASKS),
    "ShowBatchTask": Operation("GET", "/batchtasks/{task_id}", 200, SHOWN_TASK, Known("task"), query=DETAILS),
    "RetryBatchTask": Operation(
        "POST", "/batchtasks/{task_id}/retry", 200, TARGETS, Known("spare task"), body=SOME_TARGETS, also=REFUSED
    ),
    "StopBatchTask": Operation(
        "POST", "/batchtasks/{task_id}/stop", 200, TARGETS, Known("spare task"), body=SOME_TARGETS, also=REFUSED
    ),
    "ConfirmBatchTask": Operation(
        "POST", "/batchtasks/{task_id}/confirm", 200, TARGETS, Known("upgrade"), body=SOME_TARGETS, also=REFUSED
    ),
    "DeleteBatchTask": Operation("DELETE", "/batchtasks/{task_id}", 204, id=Known("spare task")),
    "CreateExportTask": Operation("POST", "/export-tasks", 201, shapes.EXPORT_TASK, body=EXPORT_TASK),
    "ListExportTasks": Operation("GET", "/export-tasks", 200, page_of("export_tasks", shapes.EXPORT_TASK), query=EXPORTS),
    "DeleteExportTask": Operation("DELETE", "/export-tasks/{export_task_id}", 204, id=Known("spare export")),
    "ShowExportTask": Operation(
        "GET",
        "/export-tasks/{export_task_id}/file",
        200,
        id=Known("export"),
        also=((206, None), (304, None), (416, "IOTDA.000006")),
    ),
    "CreateOtaPackage": Operation("POST", "/ota-upgrades/packages", 201, shapes.PACKAGE, body=PACKAGE),
    "ListOtaPackageInfo": Operation(
        "GET", "/ota-upgrades/packages", 200, page_of("packages", shapes.PACKAGE_IN_SHORT), query=PACKAGES
    ),
    "ShowOtaPackage": Operation("GET", "/ota-upgrades/packages/{package_id}", 200, shapes.PACKAGE, Known("package")),
    "DeleteOtaPackage": Operation("DELETE", "/ota-upgrades/packages/{package_id}", 204, id=Known("spare package")),
    "UploadOtaPackage": Operation(
        "PUT", "/ota-upgrades/packages/{package_id}/file", 200, shapes.PACKAGE, Known("package without file")
    ),
    "templates": Operation("GET", "/console/templates/{file}", 200, id=Known("template"), also=((304, None),)),
    "healthz": Operation("GET", "/healthz", 200),
    "readyz": Operation("GET", "/readyz", 200),
    "openapi": Operation("GET", "/openapi.json", 200),
}
