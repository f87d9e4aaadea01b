"""Refusals of apps, products, devices, their tags and shadows."""

from types import SimpleNamespace

from vocabulary import raw

from .raising import call, device, raises
from .tasks import batch


@raises("IOTDA.001000")
def an_unknown_app(stage):
    return call(stage.idle(), "GET", "apps/nobody")


@raises("IOTDA.001005")
def no_app_where_there_are_several(stage):
    server = stage.idle()
    server.caller().app("several")
    task_id = server.caller().batch("freezeDevices", targets=["a"], app_id=server.credentials.app_id)
    body = {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}, "app_type": "APP"}
    return call(server, "POST", "export-tasks", body=body)


@raises("IOTDA.001006")
def a_foreign_app(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a"], app_id="nobody"))


@raises("IOTDA.001007")
def the_default_app_is_deleted(stage):
    return call(stage.idle(), "DELETE", f"apps/{stage.idle().credentials.app_id}")


@raises("IOTDA.001008")
def an_app_name_that_is_taken(stage):
    stage.idle().caller().app("taken")
    return call(stage.idle(), "POST", "apps", body={"app_name": "taken"})


def product(**more):
    fields = {"name": "meter", "device_type": "meter", "protocol_type": "MQTT", "data_format": "json"}
    services = [{"service_id": "basic", "service_type": "basic"}]
    return {**fields, "service_capabilities": services, **more}


def idle_product(stage):
    """A product of the server that has several apps."""
    return stage.idle().caller().product(app_id=stage.idle().credentials.app_id)


def tagged(stage, path="bind-resource", resource_type="device", resource_id=None, **more):
    """A request about the tags of a device that has none."""
    resource_id = resource_id or stage.idle().caller().device(idle_product(stage), "node")
    body = {"resource_type": resource_type, "resource_id": resource_id, **more}
    return call(stage.idle(), "POST", f"tags/{path}", body=body)


@raises("IOTDA.004000")
def an_unknown_resource(stage):
    return tagged(stage, resource_id="nobody", tags=[{"tag_key": "key", "tag_value": "1"}])


@raises("IOTDA.004001")
def eleven_tags(stage):
    return tagged(stage, tags=[{"tag_key": f"key{number}", "tag_value": "1"} for number in range(11)])


@raises("IOTDA.004002")
def a_tag_of_the_service_s_own(stage):
    return tagged(stage, tags=[{"tag_key": "iot_floor", "tag_value": "3"}])


@raises("IOTDA.004003")
def a_tag_that_the_device_does_not_have(stage):
    return tagged(stage, "unbind-resource", tag_keys=["floor"])


@raises("IOTDA.004004")
def a_tag_of_what_has_none(stage):
    return tagged(stage, resource_type="product", tags=[])


def desired(stage, **more):
    """A request to desire something of a device with one property, which only it can write."""
    server = stage.idle()
    hours = {"property_name": "hours", "data_type": "int", "method": "R"}
    services = [{"service_id": "light", "service_type": "light", "properties": [hours]}]
    body = product(service_capabilities=services, app_id=server.credentials.app_id)
    product_id = raw(server, "POST", "products", body=body).json()["product_id"]
    device_id = server.caller().device(product_id, "node")
    shadow = [{"service_id": "light", "desired": {}, **more}]
    return call(server, "PUT", f"devices/{device_id}/shadow", body={"shadow": shadow})


@raises("IOTDA.013002")
def an_unknown_service(stage):
    return desired(stage, service_id="dark")


@raises("IOTDA.013003")
def an_unknown_property(stage):
    return desired(stage, desired={"colour": 1})


@raises("IOTDA.013004")
def a_property_that_only_the_device_writes(stage):
    return desired(stage, desired={"hours": 1})


@raises("IOTDA.014030")
def a_shadow_that_has_changed(stage):
    return desired(stage, version=5)


@raises("IOTDA.013000")
def an_unknown_product(stage):
    return call(stage.idle(), "GET", "products/nobody")


@raises("IOTDA.013005")
def a_product_without_a_name(stage):
    return call(stage.idle(), "POST", "products", body=product(name=None))


def full_product(stage):
    """The one product of the server that is full."""
    caller = stage.full().caller()
    return next(iter(caller.products()), None) or SimpleNamespace(product_id=caller.product())


def full_device(stage):
    """The id of the one device of that server."""
    raw(stage.full(), "POST", "devices", body=device(full_product(stage).product_id, "first"))
    (only,) = stage.full().caller().all_devices()
    return only.device_id


@raises("IOTDA.013006")
def a_product_too_many(stage):
    full_product(stage)
    return call(stage.full(), "POST", "products", body=product())


@raises("IOTDA.013007")
def a_product_with_devices_is_deleted(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "in-use")
    return call(stage.idle(), "DELETE", f"products/{product_id}")


@raises("IOTDA.013012")
def a_model_of_too_many_services(stage):
    services = [{"service_id": f"s{number}", "service_type": "s"} for number in range(501)]
    body = product(app_id=stage.idle().credentials.app_id, service_capabilities=services)
    return call(stage.idle(), "POST", "products", body=body)


@raises("IOTDA.013013")
def a_product_becomes_coap(stage):
    return call(stage.idle(), "PUT", f"products/{idle_product(stage)}", body={"protocol_type": "CoAP"})


@raises("IOTDA.013010")
def a_product_id_that_is_taken(stage):
    app_id = stage.idle().credentials.app_id
    stage.idle().caller().product(product_id="taken", app_id=app_id)
    return call(stage.idle(), "POST", "products", body=product(product_id="taken", app_id=app_id))


@raises("IOTDA.014000")
def an_unknown_device(stage):
    return call(stage.idle(), "GET", "devices/nobody")


@raises("IOTDA.014010")
def a_node_id_that_is_taken(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "node", device_id=f"{product_id}_first")
    return call(stage.idle(), "POST", "devices", body=device(product_id, "node", device_id=f"{product_id}_second"))


@raises("IOTDA.014011")
def an_unknown_gateway(stage):
    return call(stage.idle(), "POST", "devices", body=device(idle_product(stage), "sub", gateway_id="nobody"))


@raises("IOTDA.014012")
def a_device_three_levels_deep(stage):
    product_id, above = idle_product(stage), None
    for level in ("gateway", "first", "second"):
        above = stage.idle().caller().device(product_id, level, gateway_id=above)
    return call(stage.idle(), "POST", "devices", body=device(product_id, "third", gateway_id=above))


@raises("IOTDA.014019")
def a_device_too_many(stage):
    full_device(stage)
    return call(stage.full(), "POST", "devices", body=device(full_product(stage).product_id, "second"))


@raises("IOTDA.014020")
def a_gateway_that_is_full(stage):
    server = stage.working(limits_gateway_devices=1)
    caller = server.caller()
    product_id = caller.product()
    gateway_id = caller.device(product_id, "gateway")
    caller.device(product_id, "first", gateway_id=gateway_id)
    return call(server, "POST", "devices", body=device(product_id, "second", gateway_id=gateway_id))


@raises("IOTDA.014024")
def deleting_a_device_with_sub_devices(stage):
    product_id, caller = idle_product(stage), stage.idle().caller()
    gateway_id = caller.device(product_id, "gateway")
    caller.device(product_id, "sub", gateway_id=gateway_id)
    return call(stage.idle(), "DELETE", f"devices/{gateway_id}")


@raises("IOTDA.014031")
def a_device_that_exists(stage):
    product_id = idle_product(stage)
    stage.idle().caller().device(product_id, "once")
    return call(stage.idle(), "POST", "devices", body=device(product_id, "once"))


@raises("IOTDA.014038")
def freezing_a_sub_device(stage):
    product_id, caller = idle_product(stage), stage.idle().caller()
    sub_device = caller.device(product_id, "sub", gateway_id=caller.device(product_id, "gateway"))
    return call(stage.idle(), "POST", f"devices/{sub_device}/freeze")


@raises("IOTDA.014039")
def freezing_a_frozen_device(stage):
    device_id = stage.idle().caller().device(idle_product(stage), "cold")
    stage.idle().caller().freeze(device_id)
    return call(stage.idle(), "POST", f"devices/{device_id}/freeze")


@raises("IOTDA.014040")
def unfreezing_a_device_that_is_not_frozen(stage):
    device_id = stage.idle().caller().device(idle_product(stage), "warm")
    return call(stage.idle(), "POST", f"devices/{device_id}/unfreeze")
