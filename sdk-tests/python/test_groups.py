"""Groups of devices, as the official SDK makes, fills, lists and empties them."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import raw, refused


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0)


@pytest.fixture(scope="module")
def caller(server):
    return server.caller()


@pytest.fixture(scope="module")
def product_id(server, caller):
    return caller.product(app_id=server.credentials.app_id)


def shown(caller, group_id):
    return caller.sdk.show_device_group(iotda.ShowDeviceGroupRequest(group_id=group_id))


def of_device(caller, device_id):
    request = iotda.ListDeviceGroupsByDeviceRequest(device_id=device_id)
    return [group.name for group in caller.sdk.list_device_groups_by_device(request).device_groups]


def deleted(caller, group_id):
    caller.sdk.delete_device_group(iotda.DeleteDeviceGroupRequest(group_id=group_id))


def test_a_group_is_made_shown_changed_and_deleted(caller):
    above = caller.group("above", description="it's (the) first")
    below = caller.group("below", super_group_id=above)
    found = shown(caller, below)
    assert (found.name, found.super_group_id, found.group_type) == ("below", above, "STATIC")
    body = iotda.UpdateDeviceGroupDTO(name="renamed")
    changed = caller.sdk.update_device_group(iotda.UpdateDeviceGroupRequest(group_id=above, body=body))
    assert (changed.name, changed.description) == ("renamed", "it's (the) first")
    refused(lambda: deleted(caller, above), 403, "IOTDA.003009")
    deleted(caller, below)
    deleted(caller, above)
    refused(lambda: shown(caller, above), 404, "IOTDA.003000")


def test_lists_are_narrowed_and_the_newest_comes_first(caller):
    app_id = caller.app("narrow")
    old = [caller.group(f"narrow {number}", app_id=app_id) for number in range(11)]
    rule = "status = 'ONLINE'"
    found = caller.group("by rule", app_id=app_id, group_type="DYNAMIC", dynamic_group_rule=rule)

    def ids(**filters):
        return [group.group_id for group in caller.groups(app_id=app_id, **filters)]

    assert ids() == [found, *reversed(old)]
    assert ids(group_type="DYNAMIC") == [found]
    assert ids(name="narrow 3") == [old[3]]
    assert ids(last_modified_time="20200101T000000Z") == ids()
    assert ids(last_modified_time="20990101T000000Z") == []
    refused(lambda: ids(last_modified_time="2020-01-01"), 400, "IOTDA.000009")
    refused(lambda: caller.groups(app_id="nobody"), 403, "IOTDA.001006")


def test_a_device_goes_in_and_out_and_takes_its_memberships_along(caller, product_id):
    devices = [caller.device(product_id, f"member-{number}") for number in range(12)]
    group_id = caller.group("members")
    for device_id in devices:
        caller.put(group_id, device_id)
    assert caller.members(group_id) == devices[::-1], "the newest device first, whenever it was added"
    assert of_device(caller, devices[0]) == ["members"]
    caller.put(group_id, devices[0], "removeDevice")
    caller.delete_device(devices[1])
    assert caller.members(group_id) == devices[:1:-1]
    assert of_device(caller, devices[0]) == []
    refused(lambda: caller.put(group_id, devices[1]), 404, "IOTDA.014000")
    refused(lambda: deleted(caller, group_id), 403, "IOTDA.003010")


def test_a_device_of_another_app_is_none_for_the_group(server, caller):
    app_id = caller.app("elsewhere")
    device_id = caller.device(caller.product(app_id=app_id), "elsewhere")
    here = caller.group("here", app_id=server.credentials.app_id)
    refused(lambda: caller.put(here, device_id), 404, "IOTDA.014000")
    above = caller.group("there", app_id=app_id)
    refused(lambda: caller.group("below another app's", super_group_id=above), 404, "IOTDA.003001")
    # A name is taken in its own app only.
    caller.group("here", app_id=app_id)


def test_a_dynamic_group_has_whom_its_rule_finds_at_that_moment(caller, product_id):
    rule = f"product_id = '{product_id}' and device_name like 'Cell%' or node_id in ('attic')"
    group_id = caller.group("found", group_type="DYNAMIC", dynamic_group_rule=rule)
    assert shown(caller, group_id).dynamic_group_rule == rule
    assert caller.members(group_id) == []
    cellar = caller.device(product_id, "cellar", device_name="Cellar 1")
    attic = caller.device(product_id, "attic")
    caller.device(product_id, "other", device_name="cellar 2")
    assert caller.members(group_id) == [attic, cellar]
    assert of_device(caller, cellar) == ["found"]
    caller.delete_device(attic)
    assert caller.members(group_id) == [cellar]
    refused(lambda: caller.put(group_id, cellar), 403, "IOTDA.003011")
    deleted(caller, group_id)


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"dynamic_group_rule": "device_id > 'x'"}, "dynamic_group_rule: at character 1: the field does not have"),
        ({"dynamic_group_rule": "(status = 'ONLINE')"}, "dynamic_group_rule: at character 1: a field is expected"),
        ({"dynamic_group_rule": "node_id = 'x' or " * 13}, "dynamic_group_rule: at character 201: "),
        ({"dynamic_group_rule": 5}, "dynamic_group_rule: must be a string"),
        ({}, "dynamic_group_rule: is required"),
        ({"dynamic_group_rule": "node_id = 'x'", "super_group_id": "ff"}, "super_group_id: a dynamic group has none"),
        ({"dynamic_group_rule": "node_id = 'x'", "group_type": "STATIC"}, "only a dynamic group has one"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(server, fields, told):
    body = {"name": "bad rule", "group_type": "DYNAMIC", **fields}
    answer = raw(server, "POST", "device-group", body=body)
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
    assert told in answer.message


@pytest.mark.parametrize("query", [[], [("action_id", "eat"), ("device_id", "a")], [("action_id", "addDevice")]])
def test_an_action_that_is_none_is_refused(server, caller, query):
    group_id = caller.group(f"action {len(query)} {query[:1]}".replace("[", "").replace("]", ""))
    answer = raw(server, "POST", f"device-group/{group_id}/action", query)
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
