"""Refusals of groups of devices."""

from vocabulary import raw

from .registry import full_device, idle_product
from .raising import NOBODY, NUMBERS, call, raises


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
