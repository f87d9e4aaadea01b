"""One device: changed, given another secret, put below another gateway, listed by whatever it is narrowed to, gone in time."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import raw, refused, until


@pytest.fixture
def product_id(caller):
    return caller.product()


def update(caller, device_id, **more):
    return caller.sdk.update_device(iotda.UpdateDeviceRequest(device_id=device_id, body=iotda.UpdateDevice(**more)))


def reset_secret(caller, device_id, **more):
    body = iotda.ResetDeviceSecret(**more)
    request = iotda.ResetDeviceSecretRequest(device_id=device_id, action_id="resetSecret", body=body)
    return caller.sdk.reset_device_secret(request)


def change_gateway(caller, device_id, gateway_id):
    body = iotda.ChangeGateway(gateway_id=gateway_id)
    return caller.sdk.change_gateway(iotda.ChangeGatewayRequest(device_id=device_id, body=body))


def ids(devices):
    return [device.device_id for device in devices]


def test_an_app_that_is_not_there_does_not_exist(caller, product_id):
    refused(lambda: caller.device(product_id, "n", app_id="nobody"), 403, "IOTDA.001000")
    refused(lambda: caller.all_devices(app_id="nobody"), 403, "IOTDA.001000")


def test_a_secret_is_reset_without_a_body(server, caller, product_id):
    device_id = caller.device(product_id, "n")
    answer = raw(server, "POST", f"devices/{device_id}/action", [("action_id", "resetSecret")])
    assert (answer.status, len(answer.json()["secret"]), answer.json()["secret_type"]) == (200, 32, "PRIMARY")


def test_what_is_named_changes_and_the_rest_stays(caller, product_id):
    device_id = caller.device(product_id, "n", device_name="before", description="a lamp", extension_info={"pole": 1})
    auth = iotda.AuthInfoWithoutSecret(secure_access=False, timeout=0)
    changed = update(caller, device_id, device_name="灯 1", auth_info=auth)
    assert (changed.status_code, changed.device_name, changed.description) == (200, "灯 1", "a lamp")
    assert (changed.auth_info.secure_access, changed.extension_info) == (False, {"pole": 1})
    changed = update(caller, device_id, description="", extension_info={"pole": 2})
    shown = caller.shown_device(device_id)
    assert shown.to_json_object() == changed.to_json_object()
    assert (shown.device_name, shown.description, shown.extension_info) == ("灯 1", "", {"pole": 2})
    assert update(caller, device_id).to_json_object() == shown.to_json_object(), "nothing was named"


def test_what_no_device_may_be_is_not_changed(caller, product_id):
    device_id = caller.device(product_id, "n", device_name="before")
    long = {"long": "x" * 1024}
    refused(lambda: update(caller, device_id, device_name="x" * 257), 400, "IOTDA.000006", "device_name")
    refused(lambda: update(caller, device_id, extension_info=long), 400, "IOTDA.000006", "extension_info")
    refused(lambda: update(caller, "nobody", device_name="x"), 404, "IOTDA.014000")
    assert caller.shown_device(device_id).device_name == "before"


def test_a_secret_is_told_when_it_is_made_and_never_again(caller, product_id):
    device_id = caller.device(product_id, "n")
    made = reset_secret(caller, device_id)
    assert (made.status_code, made.device_id, made.secret_type) == (200, device_id, "PRIMARY")
    assert len(made.secret) == 32
    given = reset_secret(caller, device_id, secret="another-secret-0123", secret_type="SECONDARY", force_disconnect=True)
    assert (given.secret, given.secret_type) == ("another-secret-0123", "SECONDARY")
    auth = caller.shown_device(device_id).auth_info
    assert auth.secret == f"{made.secret[:4]}****{made.secret[-5:]}", "the first is still the first"
    assert auth.secondary_secret == "anot****-0123"
    refused(lambda: reset_secret(caller, device_id, secret="short"), 400, "IOTDA.000006", "secret")
    refused(lambda: reset_secret(caller, "nobody"), 404, "IOTDA.014000")


def test_only_what_has_a_secret_gets_another(server, caller, product_id):
    auth = iotda.AuthInfo(auth_type="CERTIFICATES", fingerprint="ab" * 20)
    device_id = caller.device(product_id, "n", auth_info=auth)
    refused(lambda: reset_secret(caller, device_id), 400, "IOTDA.000006")
    answer = raw(server, "POST", f"devices/{device_id}/action", [("action_id", "reset")], {})
    assert (answer.status, answer.code) == (400, "IOTDA.000006")


def test_a_sub_device_goes_below_another_gateway_with_what_lies_below_it(caller, product_id):
    first, second = caller.device(product_id, "g1"), caller.device(product_id, "g2")
    middle = caller.device(product_id, "middle", gateway_id=first)
    bottom = caller.device(product_id, "bottom", gateway_id=middle)
    assert change_gateway(caller, middle, second).status_code == 204
    assert ids(caller.all_devices(gateway_id=first)) == []
    assert ids(caller.all_devices(gateway_id=second)) == [middle]
    assert ids(caller.all_devices(gateway_id=second, is_cascade_query=True)) == [bottom, middle]
    change_gateway(caller, bottom, first)
    assert caller.shown_device(bottom).gateway_id == first
    caller.delete_device(middle)
    caller.delete_device(second)


def test_below_whom_a_device_may_not_come_to_lie(server, caller, product_id):
    top, other = caller.device(product_id, "top"), caller.device(product_id, "other")
    middle = caller.device(product_id, "middle", gateway_id=top)
    bottom = caller.device(product_id, "bottom", gateway_id=middle)
    aside = caller.device(product_id, "aside", gateway_id=other)
    refused(lambda: change_gateway(caller, middle, middle), 400, "IOTDA.014012")
    refused(lambda: change_gateway(caller, middle, bottom), 400, "IOTDA.014012")
    refused(lambda: change_gateway(caller, middle, aside), 400, "IOTDA.014012"), "it has one below itself"
    refused(lambda: change_gateway(caller, aside, bottom), 400, "IOTDA.014012")
    refused(lambda: change_gateway(caller, aside, "nobody"), 400, "IOTDA.014011")
    refused(lambda: change_gateway(caller, top, other), 400, "IOTDA.000006"), "it is connected itself"
    refused(lambda: change_gateway(caller, "nobody", top), 404, "IOTDA.014000")
    theirs = caller.device(caller.product(app_id=caller.app("theirs")), "theirs")
    refused(lambda: change_gateway(caller, aside, theirs), 400, "IOTDA.014011")
    change_gateway(caller, aside, middle)


def test_a_gateway_has_so_many_sub_devices_and_no_more(serve):
    caller = serve(limits_gateway_devices=2).caller()
    product_id = caller.product()
    full, other = caller.device(product_id, "full"), caller.device(product_id, "other")
    one = caller.device(product_id, "1", gateway_id=full)
    two = caller.device(product_id, "2", gateway_id=one)
    refused(lambda: caller.device(product_id, "3", gateway_id=full), 403, "IOTDA.014020", "limits.gateway_devices")
    three = caller.device(product_id, "3", gateway_id=other)
    refused(lambda: change_gateway(caller, three, full), 403, "IOTDA.014020")
    refused(lambda: change_gateway(caller, one, other), 403, "IOTDA.014020"), "it would bring one along"
    change_gateway(caller, two, other)
    change_gateway(caller, three, full)
    caller.delete_device(three)
    caller.device(product_id, "4", gateway_id=full)
    refused(lambda: caller.device(product_id, "5", gateway_id=full), 403, "IOTDA.014020")


def test_a_device_that_was_not_activated_in_time_goes(caller, product_id):
    short = iotda.AuthInfo(timeout=600)
    gone = caller.device(product_id, "gone", auth_info=short)
    gateway = caller.device(product_id, "gateway", auth_info=short)
    below = caller.device(product_id, "below", gateway_id=gateway, auth_info=short)
    kept = caller.device(product_id, "kept", auth_info=short)
    # Only now, when all are there, does the time of any end.
    for device_id, timeout in {kept: 0, below: 1, gateway: 1, gone: 1}.items():
        update(caller, device_id, auth_info=iotda.AuthInfoWithoutSecret(timeout=timeout))
    until(lambda: gone not in ids(caller.all_devices()), "the device is gone", 40)
    assert ids(caller.all_devices()) == [kept, below, gateway], "a sub-device has no time, and its gateway waits for it"
    caller.delete_device(below)
    until(lambda: ids(caller.all_devices()) == [kept], "the gateway is gone", 40)


def test_each_filter_finds_what_it_names_and_counts_it(server, caller, product_id):
    theirs = caller.app("theirs")
    other = caller.product(app_id=theirs)
    gateway = caller.device(product_id, "gateway", device_name="Gate 100%")
    below = caller.device(product_id, "below", gateway_id=gateway, device_name="Lamp 1")
    deeper = caller.device(product_id, "deeper", gateway_id=below)
    twin = caller.device(other, "below", device_name="lamp 2")
    everything = [twin, deeper, below, gateway]

    def found(**filters):
        devices = caller.all_devices(**filters)
        page = caller.sdk.list_devices(iotda.ListDevicesRequest(limit=1, **filters)).page
        assert page.count == len(devices)
        # One by one, and by offset, is the same list.
        one_by_one = caller.pages(lambda **page: caller.sdk.list_devices(iotda.ListDevicesRequest(**page, **filters)), 1)
        assert ids(sum((answer.devices for answer in one_by_one), [])) == ids(devices)
        second = caller.sdk.list_devices(iotda.ListDevicesRequest(offset=1, limit=2, **filters)).devices
        assert ids(second) == ids(devices)[1:3]
        return ids(devices)

    mine = server.credentials.app_id
    assert found() == everything
    assert found(app_id=mine) == [deeper, below, gateway]
    assert found(app_id=theirs) == [twin]
    assert found(product_id=other) == [twin]
    assert found(product_id=other, app_id=mine) == found(product_id="unknown") == []
    assert found(node_id="below") == [twin, below]
    assert found(node_id="below", product_id=product_id) == found(node_id="below", app_id=mine) == [below]
    assert found(gateway_id=gateway) == [below]
    assert found(gateway_id=gateway, is_cascade_query=True) == [deeper, below]
    assert found(gateway_id=gateway, is_cascade_query=True, node_id="deeper") == [deeper]
    assert found(is_cascade_query=True) == everything, "without a gateway it says nothing"
    assert found(device_name="LAMP") == [twin, below]
    assert found(device_name="amp 1", product_id=product_id) == found(device_name="lamp", gateway_id=gateway) == [below]
    assert found(device_name="100%") == [gateway] and found(device_name="%1") == []
    created = caller.shown_device(gateway).create_time
    assert found(start_time=created) == everything
    assert found(start_time="20990101T000000Z") == found(end_time=created) == []
    # Beyond what an id has room for.
    for year in (2107, 2150, 2250, 9999):
        assert found(start_time=f"{year}0101T000000Z") == []
        assert found(end_time=f"{year}0101T000000Z") == found(end_time="20990101T000000Z")
    assert found(end_time="20990101T000000Z", app_id=theirs, device_name="lamp") == [twin]


def test_a_device_that_is_deleted_takes_everything_of_it_along(caller):
    services = [iotda.ServiceCapability(service_id="light", service_type="light", properties=[
        iotda.ServiceProperty(property_name="on", data_type="boolean", method="RW")
    ])]
    body = iotda.AddProduct(
        name="lamp", device_type="lamp", protocol_type="MQTT", data_format="json", service_capabilities=services
    )
    product_id = caller.sdk.create_product(iotda.CreateProductRequest(body=body)).product_id
    shadow = [iotda.InitialDesired(service_id="light", desired={"on": True})]
    tag = iotda.TagV5DTO(tag_key="floor", tag_value="3")

    def shown():
        return caller.sdk.show_device_shadow(iotda.ShowDeviceShadowRequest(device_id=device_id)).shadow

    device_id = caller.device(product_id, "n", shadow=shadow)
    bind = iotda.BindTagsDTO(resource_type="device", resource_id=device_id, tags=[tag])
    caller.sdk.tag_device(iotda.TagDeviceRequest(body=bind))
    assert [service.desired.properties for service in shown()] == [{"on": True}]
    caller.delete_device(device_id)
    assert caller.device(product_id, "n") == device_id
    assert (caller.shown_device(device_id).tags, shown()) == ([], [])
