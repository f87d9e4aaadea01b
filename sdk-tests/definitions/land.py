"""The stranger's world, in which what a request uses up is made when it is asked for."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from good import SERVICE, Form
from stranger.mutate import filled
from stranger.operations import Known
from stranger.world import UNBOUNDED, World
from vocabulary import device_ids, raw

# How many of what only a worker makes are made before they stop.
POOL = 24
INSTANCE = re.compile(r"instance_id=\W*([0-9a-f-]{8,36})")
SETTINGS = {**UNBOUNDED, "limits_group_devices": 10**6, "limits_gateway_devices": 10**6}


class Land(World):
    """A server with some of everything, and with more of it whenever it is wanted."""

    def __init__(self, server, directory):
        self.pool = {}
        super().__init__(server, directory)
        self.directory, self.caller, self.app = directory, server.caller(), server.credentials.app_id
        (self.ids["instance"],) = set(INSTANCE.findall(server.log(10**6)))
        self.ids["firmware"] = self.ids["package"]
        self.ids["tomorrow"] = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y%m%dT%H%M%SZ")
        model = {"service_capabilities": [SERVICE]}
        assert raw(server, "PUT", f"products/{self.ids['product']}", body=model).status == 200
        server.restart(batch_workers=None, export_workers=None)
        self.pool = {kind: [self.task() for _ in range(POOL)] for kind in ("finished task", "failed task")}
        for task_id in sum(self.pool.values(), []):
            self.caller.finished(task_id)
        self.pool["finished export"] = [self.caller.export(self.ids["task"]) for _ in range(POOL)]
        for export_id in self.pool["finished export"]:
            self.caller.exported(export_id)
        server.restart(batch_workers=0, export_workers=0)

    def id(self, kind):
        pool = self.pool.get(kind)
        if pool:
            # The last of them is asked about again and again; it may be gone.
            return pool.pop() if len(pool) > 1 else pool[0]
        return self.made(kind) or super().id(kind)

    def name(self):
        return super().id("fresh")

    def settled(self, value):
        """The value with the ids of what lasts in place; what is made anew waits until it is asked for."""
        match value:
            case Known(kind) if kind in self.ids:
                return self.ids[kind]
            case dict():
                return {name: self.settled(part) for name, part in value.items()}
            case list():
                return [self.settled(part) for part in value]
        return value

    def answer(self, operation, case):
        """What the server says to a case."""
        path = operation.path
        if "{" in path:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + quote(str(filled(case.id, self)), safe="") + path[end + 1 :]
        whole = f"/v5/iot/{quote(case.project, safe='')}{path}" if case.project else path.removeprefix("/")
        headers = {name: filled(value, self) for name, value in case.headers.items()}
        if isinstance(case.body, Form):
            body, headers = self.multipart(case.body), {**headers, "Content-Type": "multipart/form-data; boundary=x"}
        else:
            body = filled(case.body, self)
        answer = raw(self.server, operation.method, whole, filled(case.query, self), body, headers)
        if (operation.path, answer.status) == ("/apps", 201):
            # Its name is another's to have.
            raw(self.server, "DELETE", f"apps/{answer.json()['app_id']}")
        return answer

    def multipart(self, form):
        """The bytes of a form; each file has another name."""
        name = self.name()
        content = device_ids(self.directory / f"{name}.xlsx", ["a"]).read_bytes() if form.is_file else b"text"
        file = f'; filename="{name}.xlsx"' if form.is_file else ""
        head = f'--x\r\nContent-Disposition: form-data; name="{form.part}"{file}\r\n\r\n'
        return head.encode() + content + b"\r\n--x--\r\n"

    def task(self, targets=("nobody",), task_type="freezeDevices", **more):
        return self.caller.batch(task_type, targets=list(targets), app_id=self.app, **more)

    def made(self, kind):
        """Something new of a kind; None if there is nothing new of it."""
        match kind:
            case "new app":
                return self.caller.app(self.name())
            case "new product":
                return self.caller.product(app_id=self.app)
            case "new group":
                return self.caller.group(self.name(), app_id=self.app)
            case "group elsewhere":
                # Names are unique in an app; other operations have used up good ones in the first.
                return self.caller.group(self.name(), app_id=self.made("new app"))
            case "new package":
                return self.caller.package(self.app, self.ids["product"], version=self.name())
            case "new file":
                return self.caller.upload(device_ids(self.directory / f"{self.name()}.xlsx", ["a"]))
            case "new device":
                return self.caller.device(self.ids["product"], self.name())
            case "frozen device":
                device_id = self.made("new device")
                self.caller.freeze(device_id)
                return device_id
            case "tagged device":
                device_id = self.made("new device")
                tagged = {"resource_type": "device", "resource_id": device_id, "tags": [{"tag_key": "floor", "tag_value": "3"}]}
                assert raw(self.server, "POST", "tags/bind-resource", body=tagged).status == 200
                return device_id
            case "waiting task":
                return self.task()
            case "unconfirmed task":
                document = {"package_id": self.ids["firmware"]}
                return self.task([self.ids["device"]], "firmwareUpgrade", document=document, need_confirm=True)
        return None
