"""Shadows: what is desired of a device, what may not be, and whose word counts when two speak."""

import re

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import at_once, raw, refused

LIGHT = [
    {"property_name": "on", "data_type": "boolean", "method": "RW"},
    {"property_name": "level", "data_type": "int", "min": "0", "max": "100", "method": "RWE"},
    {"property_name": "hours", "data_type": "int", "method": "R"},
]


@pytest.fixture
def product_id(caller):
    services = [
        iotda.ServiceCapability("light", "light", [iotda.ServiceProperty(**property) for property in LIGHT]),
        iotda.ServiceCapability("clock", "clock", [iotda.ServiceProperty("zone", data_type="string", method="W")]),
    ]
    body = iotda.AddProduct(
        name="lamp", device_type="lamp", protocol_type="MQTT", data_format="json", service_capabilities=services
    )
    return caller.sdk.create_product(iotda.CreateProductRequest(body=body)).product_id


@pytest.fixture
def device_id(caller, product_id):
    return caller.device(product_id, "n")


def desire(caller, device_id, version=None, **services):
    shadow = [iotda.UpdateDesired(service_id, desired, version) for service_id, desired in services.items()]
    body = iotda.UpdateDesireds(shadow=shadow)
    request = iotda.UpdateDeviceShadowDesiredDataRequest(device_id=device_id, body=body)
    return caller.sdk.update_device_shadow_desired_data(request)


def shown(caller, device_id):
    return caller.sdk.show_device_shadow(iotda.ShowDeviceShadowRequest(device_id=device_id))


def desired(shadow):
    return {service.service_id: (service.desired.properties, service.version) for service in shadow.shadow}


def test_what_is_desired_is_added_to_and_each_change_is_a_version(caller, device_id):
    assert shown(caller, device_id).shadow == []
    answer = desire(caller, device_id, light={"on": True, "level": 5})
    assert (answer.status_code, answer.device_id) == (200, device_id)
    assert desired(answer) == {"light": ({"on": True, "level": 5}, 1)}
    assert re.fullmatch(r"\d{8}T\d{6}Z", answer.shadow[0].desired.event_time)
    assert answer.shadow[0].reported.properties is None
    desire(caller, device_id, version=1, light={"level": 6})
    desire(caller, device_id, clock={"zone": "UTC"})
    assert desired(shown(caller, device_id)) == {"clock": ({"zone": "UTC"}, 1), "light": ({"on": True, "level": 6}, 2)}
    assert desired(desire(caller, device_id, light={"on": None}))["light"] == ({"level": 6}, 3)
    assert desired(desire(caller, device_id, light={}))["light"] == ({}, 4)


def test_a_version_that_has_passed_changes_nothing(caller, device_id):
    desire(caller, device_id, version=0, light={"level": 5})
    refused(lambda: desire(caller, device_id, version=0, light={"level": 6}), 409, "IOTDA.014030", "light has version 1")
    both = {"clock": {"zone": "UTC"}, "light": {"level": 6}}
    refused(lambda: desire(caller, device_id, version=0, **both), 409, "IOTDA.014030")
    assert desired(shown(caller, device_id)) == {"light": ({"level": 5}, 1)}


def test_of_many_who_saw_the_same_version_one_is_heard(server, device_id):
    heard, others = at_once(server, lambda caller, number: desire(caller, device_id, 0, light={"level": number}), 8)
    assert len(heard) == 1
    assert {refusal.error_code for refusal in others} == {"IOTDA.014030"}


def test_only_what_the_model_lets_one_write(caller, device_id):
    refused(lambda: desire(caller, device_id, dark={"on": True}), 400, "IOTDA.013002", "dark")
    refused(lambda: desire(caller, device_id, light={"off": True}), 400, "IOTDA.013003", "light.off")
    refused(lambda: desire(caller, device_id, light={"on": True, "hours": 1}), 403, "IOTDA.013004", "light.hours")
    for key in ("a.b", "$a", "a\0"):
        refused(lambda: desire(caller, device_id, light={key: 1}), 400, "IOTDA.000006", "shadow[0].desired")
    refused(lambda: desire(caller, "nobody", light={"on": True}), 404, "IOTDA.014000")
    refused(lambda: shown(caller, "nobody"), 404, "IOTDA.014000")
    assert shown(caller, device_id).shadow == []


def test_a_body_that_is_no_shadow(server, device_id):
    light = {"service_id": "light", "desired": {"on": True}}
    for body in ({}, {"shadow": {}}, {"shadow": [light, light]}, {"shadow": [{"service_id": "light"}]}, {"shadow": [1]}):
        answer = raw(server, "PUT", f"devices/{device_id}/shadow", body=body)
        assert (answer.status, answer.code) == (400, "IOTDA.000006"), body


def test_a_deleted_shadow_begins_anew(caller, device_id):
    desire(caller, device_id, light={"level": 5})
    request = iotda.DeleteDeviceShadowRequest(device_id=device_id)
    assert caller.sdk.delete_device_shadow(request).status_code == 204
    assert shown(caller, device_id).shadow == []
    assert desired(desire(caller, device_id, version=0, light={"level": 6})) == {"light": ({"level": 6}, 1)}


def test_a_device_may_be_added_with_what_is_desired_of_it(caller, product_id):
    initial = [iotda.InitialDesired("light", {"level": 7}), iotda.InitialDesired("clock", {"zone": "UTC"})]
    device_id = caller.device(product_id, "with", shadow=initial)
    assert desired(shown(caller, device_id)) == {"clock": ({"zone": "UTC"}, 1), "light": ({"level": 7}, 1)}
    wrong = [iotda.InitialDesired("light", {"hours": 7})]
    refused(lambda: caller.device(product_id, "without", shadow=wrong), 403, "IOTDA.013004")
    assert [device.node_id for device in caller.all_devices()] == ["with"]
