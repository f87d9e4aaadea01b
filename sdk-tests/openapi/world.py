"""A server with some of everything, in which nothing moves by itself, and a token of somebody who may do anything."""

import re

from vocabulary import Account, device_ids

PASSWORD = "Correct-horse1"
# Many things are made, and none of these numbers is what is tested here.
UNBOUNDED = {
    f"limits_{name}": 10**6
    for name in ("apps", "products", "batch_running", "batch_files", "export_unfinished", "ota_packages")
}


class World:
    """`ids` holds what exists, by the name of the path's parameter; `token` is a token for all of it."""

    def __init__(self, server, directory):
        self.server = server
        caller, root = server.caller(), server.credentials
        product_id = caller.product(app_id=root.app_id)
        device_id = caller.device(product_id, "device")
        task_id = caller.batch("freezeDevices", targets=[device_id, "nobody"], app_id=root.app_id)
        caller.finished(task_id)
        export_id = caller.export(task_id)
        caller.exported(export_id)
        self.ids = {
            "project_id": root.project_id,
            "app_id": root.app_id,
            "product_id": product_id,
            "device_id": device_id,
            "group_id": caller.group("group", app_id=root.app_id),
            "task_id": task_id,
            "export_task_id": export_id,
            "package_id": caller.package(root.app_id, product_id, upload=True),
            "file_id": caller.upload(device_ids(directory / "kept.xlsx", ["a"])),
        }
        account = Account(server)
        user_id = account.user("tester", password=PASSWORD)
        roles = account.done("GET", "/v3/roles")["roles"]
        (role_id,) = [role["id"] for role in roles if role["name"] == "te_admin"]
        account.grant(role_id, ("users", user_id), root.project_id)
        answer = account.login("tester", PASSWORD, project_id=root.project_id)
        (self.instance_id,) = set(re.findall(r'instance_id="?([0-9a-f-]+)', server.everything_said()))
        self.token = answer.headers["X-Subject-Token"]
        server.restart(batch_workers=0, export_workers=0)
