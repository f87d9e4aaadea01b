"""Good requests that together have every field of the definitions: those of the stranger, and what they leave out."""

from typing import NamedTuple

from stranger.operations import GROUP, OPERATIONS, PACKAGE, PRODUCT, Known

PARA = {"para_name": "level", "data_type": "int", "required": True, "min": "0", "max": "9", "step": 1, "unit": "l", "description": "how"}
PARAS = [
    PARA,
    {"para_name": "mode", "data_type": "enum", "enum_list": ["ON", "OFF"]},
    {"para_name": "text", "data_type": "string", "max_length": 5},
]
PROPERTIES = [
    {**{"property_name" if name == "para_name" else name: value for name, value in para.items()}, "method": "RW"} for para in PARAS
]
SERVICE = {
    "service_id": "basic",
    "service_type": "basic",
    "description": "a service",
    "option": "Master",
    "properties": [{**PROPERTIES[0], "default_value": {"value": 3}}, *PROPERTIES[1:]],
    "commands": [{"command_name": "go", "paras": PARAS, "responses": [{"response_name": "ok", "paras": PARAS}]}],
    "events": [{"event_type": "fell", "paras": PARAS}],
}
WHOLE_PRODUCT = {**PRODUCT, "product_id": Known("fresh"), "service_capabilities": [SERVICE]}
DEVICE = OPERATIONS["AddDevice"].body
TASK = {"app_id": Known("app"), "task_name": "task", "task_type": "freezeDevices"}
POLICY = {"schedule_time": Known("tomorrow"), "retry_count": 1, "retry_interval": 0}
NOBODY = {"targets": ["nobody"]}
DYNAMIC = {name: value for name, value in GROUP.items() if value is not None}
STATIC = {**DYNAMIC, "group_type": "STATIC", "super_group_id": Known("group")}



class Form(NamedTuple):
    """A body of one part, which is a workbook with ids of devices, or a text."""

    part: str
    is_file: bool


# In place of the stranger's body, or where one body cannot have everything at once.
BODIES = {
    "CreateProduct": [WHOLE_PRODUCT],
    "UpdateProduct": [{name: value for name, value in WHOLE_PRODUCT.items() if name != "product_id"}],
    "AddDevice": [{**DEVICE, "device_id": Known("fresh")}],
    "UpdateDeviceShadowDesiredData": [{"shadow": [{"service_id": "basic", "desired": {"level": 3}, "version": 0}]}],
    "TagDevice": [{"resource_type": "device", "resource_id": Known("new device"), "tags": [{"tag_key": "floor", "tag_value": "3"}]}],
    "UntagDevice": [{"resource_type": "device", "resource_id": Known("tagged device"), "tag_keys": ["floor"]}],
    "AddDeviceGroup": [DYNAMIC, {name: value for name, value in STATIC.items() if name != "dynamic_group_rule"}],
    "CreateBatchTask": [
        {**TASK, "targets": [Known("device")], "task_policy": POLICY},
        {**TASK, "targets_filter": {"group_ids": [Known("group")]}},
        {**TASK, "document_source": Known("new file")},
        {
            **TASK,
            "task_type": "firmwareUpgrade",
            "targets": [Known("device")],
            "document": {"package_id": Known("firmware")},
            "need_confirm": True,
            "task_ext_info": {"note": "x"},
            "task_mode": "GATEWAY",
        },
    ],
    "UploadBatchTaskFile": [Form("file", True)],
    "RetryBatchTask": [NOBODY],
    "StopBatchTask": [NOBODY],
    "ConfirmBatchTask": [{"targets": [Known("device")]}],
    "CreateOtaPackage": [{**PACKAGE, "version": Known("fresh")}],
}
# In place of the stranger's: what a request does away with, or may be done to once, is made for it.
IDS = {
    "DeleteApplication": "new app",
    "UpdateProduct": "new product",
    "DeleteProduct": "new product",
    "UpdateDeviceGroup": "group elsewhere",
    "DeleteDevice": "new device",
    "DeleteDeviceGroup": "new group",
    "DeleteBatchTaskFile": "new file",
    "DeleteOtaPackage": "new package",
    "DeleteBatchTask": "finished task",
    "DeleteExportTask": "finished export",
    "FreezeDevice": "new device",
    "UnfreezeDevice": "frozen device",
    "UpdateDeviceShadowDesiredData": "new device",
    "RetryBatchTask": "failed task",
    "StopBatchTask": "waiting task",
    "ConfirmBatchTask": "unconfirmed task",
}
QUERIES = {
    "ListExportTasks": {"resource_condition": '{"task_id":"0123456789abcdef01234567"}'},
    "CreateOrDeleteDeviceInGroup": {"device_id": Known("new device")},
}


class Good(NamedTuple):
    """A request that must be answered with a success."""

    id: Known | None
    query: dict
    body: dict | Form | None


def goods(name):
    """Every good request of an operation."""
    operation = OPERATIONS[name]
    target = Known(IDS[name]) if name in IDS else operation.id
    query = {**operation.query, **QUERIES.get(name, {})}
    return [Good(target, query, body) for body in BODIES.get(name, [operation.body])]
