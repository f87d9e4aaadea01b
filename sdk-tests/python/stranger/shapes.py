"""What answers look like, field by field, as the API's documentation lists them."""

import re

ID24 = re.compile(r"[0-9a-f]{24}")
ID36 = re.compile(r"[a-zA-Z0-9_-]{1,36}")
ID128 = re.compile(r"[a-zA-Z0-9_-]{1,128}")
COMPACT = re.compile(r"\d{8}T\d{6}Z")
ISO_MS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Maybe:
    """A field that may be absent, which null is not."""

    def __init__(self, shape):
        self.shape = shape


def one_of(*words):
    return re.compile("|".join(words))


def misfits(value, shape, at="body"):
    """Every place where a value is not what was documented."""
    match shape:
        case Maybe():
            return misfits(value, shape.shape, at)
        case dict() if isinstance(value, dict):
            missing = [f"{at}.{name} is missing" for name in shape if name not in value and not optional(shape[name])]
            extra = [f"{at}.{name} is not documented" for name in value if name not in shape]
            inner = [misfits(value[name], part, f"{at}.{name}") for name, part in shape.items() if name in value]
            return [*missing, *extra, *sum(inner, [])]
        case [part] if isinstance(value, list):
            return sum((misfits(item, part, f"{at}[{number}]") for number, item in enumerate(value)), [])
        case re.Pattern() if isinstance(value, str):
            return [] if shape.fullmatch(value) else [f"{at} is {value!r}"]
        case type() if type(value) is shape:
            return []
    return [f"{at} is {value!r}"]


def optional(shape):
    return isinstance(shape, Maybe)


PAGE = {"count": int, "marker": Maybe(ID24)}
APP = {"app_id": ID36, "app_name": str, "create_time": COMPACT, "default_app": bool}
SERVICE = {
    "service_id": str,
    "service_type": str,
    "properties": Maybe(list),
    "commands": Maybe(list),
    "events": Maybe(list),
    "description": Maybe(str),
    "option": Maybe(str),
}
PRODUCT_IN_SHORT = {
    "app_id": ID36,
    "app_name": str,
    "product_id": ID36,
    "name": str,
    "device_type": str,
    "protocol_type": str,
    "data_format": one_of("json", "binary"),
    "manufacturer_name": Maybe(str),
    "industry": Maybe(str),
    "description": Maybe(str),
    "create_time": COMPACT,
}
PRODUCT = {**PRODUCT_IN_SHORT, "service_capabilities": [SERVICE]}
TAG = {"tag_key": str, "tag_value": Maybe(str)}
DEVICE_IN_SHORT = {
    "app_id": ID36,
    "app_name": str,
    "device_id": ID128,
    "node_id": str,
    "gateway_id": ID128,
    "device_name": Maybe(str),
    "node_type": one_of("GATEWAY", "ENDPOINT"),
    "description": Maybe(str),
    "fw_version": Maybe(str),
    "sw_version": Maybe(str),
    "product_id": ID36,
    "product_name": str,
    "status": one_of("INACTIVE", "ONLINE", "OFFLINE", "ABNORMAL", "FROZEN"),
    "tags": [TAG],
}
AUTH = {
    "auth_type": one_of("SECRET", "CERTIFICATES"),
    "secret": Maybe(str),
    "secondary_secret": Maybe(str),
    "fingerprint": Maybe(re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")),
    "secondary_fingerprint": Maybe(re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")),
    "secure_access": bool,
    "timeout": int,
}
DEVICE = {**DEVICE_IN_SHORT, "auth_info": AUTH, "create_time": COMPACT, "extension_info": Maybe(dict)}
NEW_SECRET = {"device_id": ID128, "secret": str, "secret_type": one_of("PRIMARY", "SECONDARY")}
SIDE = {"properties": Maybe(dict), "event_time": Maybe(COMPACT)}
SHADOW = {"device_id": ID128, "shadow": [{"service_id": str, "desired": SIDE, "reported": SIDE, "version": int}]}
PACKAGE_IN_SHORT = {
    "package_id": ID24,
    "app_id": ID36,
    "package_type": one_of("softwarePackage", "firmwarePackage", "modulePackage"),
    "product_id": ID36,
    "product_name": str,
    "module_name": Maybe(str),
    "version": str,
    "support_source_versions": Maybe([str]),
    "description": Maybe(str),
    "custom_info": Maybe(str),
    "create_time": COMPACT,
}
PACKAGE = {**PACKAGE_IN_SHORT, "file_location": dict}
FILE = {"file_id": ID128, "file_name": str, "upload_time": COMPACT}
COUNTERS = ["total", "processing", "success", "fail", "waitting", "fail_wait_retry", "stopped", "removed"]
TARGET = {
    "target": str,
    "status": one_of("success", "failure"),
    "error_code": Maybe(str),
    "error_msg": Maybe(str),
}
BATCH_TASK = {
    "task_id": ID24,
    "task_name": str,
    "task_type": str,
    "targets": Maybe([str]),
    "targets_filter": Maybe(dict),
    "document": Maybe(dict),
    "task_policy": Maybe(dict),
    "status": one_of(
        "Initializing", "Waitting", "Processing", "Success", "Fail", "PartialSuccess", "Stopped", "Stopping"
    ),
    "status_desc": Maybe(str),
    "task_progress": dict.fromkeys(COUNTERS, int),
    "create_time": COMPACT,
    "need_confirm": Maybe(bool),
    "task_ext_info": Maybe(dict),
    "task_mode": Maybe(str),
}
DETAIL = {
    "target": str,
    "status": one_of("Processing", "Success", "Fail", "Waitting", "FailWaitRetry", "Stopped", "Removed"),
    "output": Maybe(str),
    "error": Maybe({"error_code": str, "error_msg": str}),
}
EXPORT_TASK = {
    "export_task_id": ID24,
    "resource_type": one_of("BatchTask"),
    "resource_condition": {"task_id": str},
    "export_format": str,
    "status": one_of("Processing", "Success", "Failed"),
    "export_count": int,
    "progress": int,
    "create_time": ISO_MS,
    "end_time": Maybe(ISO_MS),
    "app_type": one_of("GLOBAL", "APP"),
    "app_id": Maybe(ID36),
}
GROUP_IN_SHORT = {
    "group_id": re.compile(r"[0-9a-f]{32}"),
    "name": str,
    "description": Maybe(str),
    "super_group_id": Maybe(str),
    "group_type": one_of("STATIC", "DYNAMIC"),
}
GROUP = {**GROUP_IN_SHORT, "dynamic_group_rule": Maybe(str)}
DEVICE_IN_GROUP = {"device_id": ID128, "node_id": str, "device_name": Maybe(str), "product_id": ID36}
