"""Every operation that changes something leaves a line that says what it did to what; one that only looks leaves none."""

import re

import pytest

from stranger.mutate import Request
from stranger.operations import OPERATIONS
from stranger.world import UNBOUNDED, World
from test_rights import RIGHTS
from vocabulary import audit, raw, until

# Asked by POST, and looks all the same.
LOOKS = {"ListResourcesByTags", "ListDeviceGroupsByDevice"}
# What hands something out.
DOWNLOADS = {"ShowExportTask"}
TOLD = sorted(
    name
    for name, operation in OPERATIONS.items()
    if (operation.method != "GET" and name not in LOOKS) or name in DOWNLOADS
)
# What the path does not name: the device of a tag or of a group, and what was made.
MADE = {
    "AddApplication": "app_id",
    "CreateProduct": "product_id",
    "AddDevice": "device_id",
    "AddDeviceGroup": "group_id",
    "UploadBatchTaskFile": "file_id",
    "CreateBatchTask": "task_id",
    "CreateExportTask": "export_task_id",
    "CreateOtaPackage": "package_id",
}
ABOUT = {"TagDevice": "device", "UntagDevice": "device", "CreateOrDeleteDeviceInGroup": "ungrouped device"}


@pytest.fixture(scope="module")
def world(serve_module, tmp_path_factory):
    return World(serve_module(**UNBOUNDED), tmp_path_factory.mktemp("files"))


def asked(world, name):
    """A good request; what an upload sends is made by other files of this suite, here it is refused for its body."""
    operation = OPERATIONS[name]
    return world.ask(operation, Request(operation.id, list(operation.query.items()), operation.body, {}, None, ()))


def resource(world, name, answer):
    """The ids that the line must have."""
    operation, expected = OPERATIONS[name], {}
    if operation.id:
        (field,) = re.findall(r"\{(\w+)\}", operation.path)
        expected[field] = world.id(operation.id.kind)
    if name in ABOUT:
        expected["device_id"] = world.id(ABOUT[name])
    if name in MADE and answer.status == 201:
        expected[MADE[name]] = answer.json()[MADE[name]]
    return expected


def test_every_operation_that_changes_something_says_what_it_is_about(world):
    # What removes something comes last, so that the others find it.
    names = sorted(TOLD, key=lambda name: name.startswith("Delete"))
    answers = {name: asked(world, name) for name in names}
    ids = {name: answer.headers["X-Request-Id"] for name, answer in answers.items()}

    def told():
        lines = {line["request_id"]: line for line in audit(world.server)}
        return lines if set(ids.values()) <= set(lines) else None

    lines = until(told, "every line is there", diagnosis=lambda: [name for name in names if ids[name] not in (told() or {})])
    wrong = []
    for name in names:
        line, answer = lines[ids[name]], answers[name]
        found = (line["operation"], line["action"], line["resource"], line["status"], line["decision"])
        expected = (name, RIGHTS[name], resource(world, name, answer), answer.status, "allowed")
        if found != expected:
            wrong.append((expected, found))
    assert not wrong, "\n".join(f"wanted {expected}\nfound  {found}" for expected, found in wrong)
    assert {name for name in MADE if answers[name].status != 201} == {"UploadBatchTaskFile"}


def test_what_only_looks_leaves_no_line(world):
    looks = [name for name, operation in OPERATIONS.items() if name not in TOLD and operation.path.startswith("/")]
    ids = {asked(world, name).headers["X-Request-Id"]: name for name in looks}
    last = raw(world.server, "POST", "apps", body={"app_name": "after"}).headers["X-Request-Id"]
    lines = until(
        lambda: (found := {line["request_id"] for line in audit(world.server)}) and last in found and found,
        "the line after them is there",
    )
    assert [ids[told] for told in lines & set(ids)] == []
