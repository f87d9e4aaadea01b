"""A server with some of everything, whose ids are known."""

import itertools
from urllib.parse import quote

from vocabulary import device_ids, raw

from .mutate import bytes_of, filled

UNBOUNDED = {f"limits_{name}": 10**6 for name in ("apps", "products", "batch_running", "batch_files", "export_unfinished", "ota_packages", "device_groups")}
COUNTED = ["products", "devices", "device-group", "ota-upgrades/packages", "batchtasks?task_type=freezeDevices", "export-tasks?resource_type=BatchTask"]


class World:
    """A server with some of everything, finished and not, in which nothing moves by itself."""

    def __init__(self, server, directory):
        self.server, self.fresh = server, itertools.count()
        caller, root = server.caller(), server.credentials
        self.ids = {"app": root.app_id, "other app": caller.app("other"), "spare app": caller.app("spare"), "template": "freezeDevices.xlsx"}
        product_id = self.ids["product"] = caller.product(app_id=root.app_id)
        self.ids["spare product"] = caller.product(app_id=root.app_id)
        gateway_id = self.ids["gateway"] = caller.device(product_id, "gateway")
        self.ids["sub-device"] = caller.device(product_id, "sub", gateway_id=gateway_id)
        self.ids["device"] = caller.device(product_id, "device", device_name="名")
        for kind in ("package", "spare package", "package without file"):
            self.ids[kind] = caller.package(root.app_id, product_id, upload=kind == "package without file")
        self.ids["spare device"] = caller.device(product_id, "spare")
        self.ids["ungrouped device"] = caller.device(product_id, "ungrouped")
        for kind in ("group", "spare group"):
            self.ids[kind] = caller.group(kind, app_id=root.app_id)
        caller.put(self.ids["group"], self.ids["device"])
        tags = [{"tag_key": "floor", "tag_value": "3"}]
        tagged = {"resource_type": "device", "resource_id": self.ids["device"], "tags": tags}
        assert raw(server, "POST", "tags/bind-resource", body=tagged).status == 200
        for kind in ("task", "spare task"):
            targets = [self.ids["device"], "nobody"]
            self.ids[kind] = caller.batch("freezeDevices", targets=targets, app_id=root.app_id)
            caller.finished(self.ids[kind])
        for kind in ("export", "spare export"):
            self.ids[kind] = caller.export(self.ids["task"])
            caller.exported(self.ids[kind])
        server.restart(batch_workers=0, export_workers=0)
        caller.export(caller.batch("freezeDevices", targets=["a"], app_id=root.app_id))
        document = {"package_id": self.ids["package"]}
        upgrade = {"targets": [self.ids["device"]], "document": document, "app_id": root.app_id}
        self.ids["upgrade"] = caller.batch("firmwareUpgrade", need_confirm=True, **upgrade)
        self.ids["file"] = caller.upload(device_ids(directory / "kept.xlsx", ["a"]))

    def id(self, kind):
        return f"fresh-{next(self.fresh)}" if kind == "fresh" else self.ids[kind]

    def ask(self, operation, request, method=None):
        path = operation.path
        if "{" in path:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + quote(str(filled(request.id, self)), safe="") + path[end + 1 :]
        whole = path if path.startswith(("/console", "/healthz", "/readyz", "/openapi.json")) else path.removeprefix("/")
        query, body = filled(request.query, self), bytes_of(request, self)
        return raw(self.server, method or operation.method, whole, query, body, request.headers)

    def counts(self):
        """How many records of each kind there are."""
        counts = [len(raw(self.server, "GET", "apps").json()["applications"])]
        for path in COUNTED:
            name, _, query = path.partition("?")
            pairs = [tuple(query.split("="))] if query else []
            counts.append(raw(self.server, "GET", name, pairs).json()["page"]["count"])
        return counts
