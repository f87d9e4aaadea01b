"""Products and their models through the SDK: created whole or refused with every path that is wrong, changed, deleted."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import in_both, raw, refused

GOOD = {"name": "meter", "device_type": "meter", "protocol_type": "MQTT", "data_format": "json"}


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0)


@pytest.fixture
def caller(server):
    return server.caller()


@pytest.fixture
def app_id(caller):
    """An app of this test's own."""
    app_id = caller.app("own")
    yield app_id
    caller.sdk.delete_application(iotda.DeleteApplicationRequest(app_id=app_id))


def create(caller, **fields):
    body = iotda.AddProduct(**{**GOOD, "service_capabilities": [], **fields})
    return caller.sdk.create_product(iotda.CreateProductRequest(body=body))


def show(caller, product_id, **query):
    return caller.sdk.show_product(iotda.ShowProductRequest(product_id=product_id, **query))


def update(caller, product_id, **fields):
    body = iotda.UpdateProduct(**fields)
    return caller.sdk.update_product(iotda.UpdateProductRequest(product_id=product_id, body=body))


def delete(caller, product_id, **query):
    return caller.sdk.delete_product(iotda.DeleteProductRequest(product_id=product_id, **query))


def whole_model():
    """Every field that a model may have."""
    para = iotda.ServiceCommandPara(
        para_name="force", data_type="string", required=True, max_length=10, unit="N", description="how"
    )
    text = {"description": "a property", "unit": "l", "required": True}
    properties = [
        iotda.ServiceProperty(
            property_name="level", data_type="int", min="0", max="100", step=5, method="RW", default_value=5, **text
        ),
        iotda.ServiceProperty(property_name="total", data_type="long", method="R"),
        iotda.ServiceProperty(property_name="flow", data_type="decimal", min="-0.5", max="1.5", method="RE"),
        iotda.ServiceProperty(property_name="名称", data_type="string", max_length=64, method="RWE"),
        iotda.ServiceProperty(property_name="since", data_type="DateTime", method="E"),
        iotda.ServiceProperty(property_name="raw", data_type="jsonObject", method="W"),
        iotda.ServiceProperty(property_name="mode", data_type="enum", enum_list=["ON", "OFF"], method="WE"),
        iotda.ServiceProperty(property_name="open", data_type="boolean", method="RW"),
        iotda.ServiceProperty(property_name="words", data_type="string list", method="RW"),
    ]
    response = iotda.ServiceCommandResponse(response_name="done", paras=[para])
    return [
        iotda.ServiceCapability(
            service_id="$meter",
            service_type="meter",
            option="Master",
            description="what it measures",
            properties=properties,
            commands=[iotda.ServiceCommand(command_name="reset", paras=[para], responses=[response])],
            events=[iotda.ServiceEvent(event_type="leak", paras=[para])],
        )
    ]


def test_a_whole_model_comes_back_as_it_was_given(caller, app_id):
    texts = {"manufacturer_name": "maker", "industry": "water", "description": "a meter"}
    made = create(caller, app_id=app_id, product_id="own-id", service_capabilities=whole_model(), **texts)
    shown = show(caller, "own-id")
    for product in (made, shown):
        assert product.service_capabilities == whole_model()
        assert (product.app_id, product.app_name, product.product_id) == (app_id, "own", "own-id")
        assert (product.manufacturer_name, product.industry, product.description) == ("maker", "water", "a meter")
    assert show(caller, "own-id", app_id=app_id).name == "meter"


def test_the_documented_sample_is_accepted_with_limits_that_mean_nothing_to_its_types(server, app_id):
    sample = {"property_name": "t", "data_type": "decimal", "min": "1", "max": "100", "max_length": 100, "step": 0.1}
    sample |= {"method": "RW", "default_value": {"color": "red", "size": 1}, "enum_list": None}
    service = {"service_id": "t", "service_type": "t", "properties": [sample]}
    body = {**GOOD, "app_id": app_id, "service_capabilities": [service]}
    assert raw(server, "POST", "products", body=body).status == 201


@pytest.mark.parametrize(
    "field, value",
    [
        ("product_id", "x" * 37),
        ("product_id", "a b"),
        ("name", "x" * 65),
        ("name", "a b"),
        ("device_type", "x" * 33),
        ("protocol_type", "mqtt"),
        ("data_format", "xml"),
        ("manufacturer_name", "x" * 33),
        ("industry", "x" * 65),
        ("description", "x" * 129),
        ("service_capabilities", {}),
        ("service_capabilities", None),
        ("app_id", "x" * 37),
    ],
)
def test_each_field_has_its_limits(server, app_id, field, value):
    body = {**GOOD, "service_capabilities": [], "app_id": app_id, field: value}
    for answer in in_both(server, "POST", "products", body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.013005")
        assert field in answer.message
    if value is not None and field != "product_id":
        answer = raw(server, "PUT", "products/nobody", body={field: value})
        assert (answer.status, answer.code) == (400, "IOTDA.013005")


def test_everything_that_is_wrong_with_a_model_is_told_at_once_by_its_path(server, app_id):
    services = [
        {"service_id": "a", "service_type": "a", "properties": [{"property_name": "p", "data_type": "float"}]},
        {"service_id": "a", "commands": [{"paras": [{"para_name": "q", "data_type": "int", "min": "x"}]}]},
        {"service_id": "c d", "service_type": "c", "option": "No", "events": [{"event_type": "e" * 33}]},
    ]
    body = {**GOOD, "app_id": app_id, "service_capabilities": services}
    for answer in in_both(server, "POST", "products", ["string list"], body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.013005")
        for path in (
            "[0].properties[0].data_type",
            "[0].properties[0].method",
            "[1].service_id",
            "[1].service_type",
            "[1].commands[0].command_name",
            "[1].commands[0].paras[0].min",
            "[2].service_id",
            "[2].option",
            "[2].events[0].event_type",
        ):
            assert f"service_capabilities{path}" in answer.message
    assert raw(server, "GET", "products", query=[("app_id", app_id)]).json()["products"] == []


def too_much():
    def service(**lists):
        return [{"service_id": "s", "service_type": "s", **lists}]

    int_of = {"data_type": "int", "method": "R"}
    yield [{"service_id": f"s{number}", "service_type": "s"} for number in range(501)]
    yield service(properties=[{"property_name": f"p{number}", **int_of} for number in range(501)])
    yield service(commands=[{"command_name": f"c{number}"} for number in range(501)])
    yield service(events=[{"event_type": f"e{number}"} for number in range(501)])
    yield service(description="x" * (500 << 10))


@pytest.mark.parametrize("services", list(too_much()), ids=["services", "properties", "commands", "events", "bytes"])
def test_a_model_beyond_the_documented_limits_is_refused(server, app_id, services):
    body = {**GOOD, "app_id": app_id, "service_capabilities": services}
    answer = raw(server, "POST", "products", body=body)
    assert (answer.status, answer.code) == (400, "IOTDA.013012")


def test_what_is_at_the_limits_is_accepted(server, app_id):
    properties = [{"property_name": f"p{number}", "data_type": "int", "method": "R"} for number in range(500)]
    services = [{"service_id": f"s{number}", "service_type": "s"} for number in range(499)]
    services.append({"service_id": "full", "service_type": "s", "properties": properties})
    body = {**GOOD, "app_id": app_id, "service_capabilities": services}
    assert raw(server, "POST", "products", body=body).status == 201


def test_names_may_repeat_and_ids_may_not(caller, app_id):
    first, second = create(caller, app_id=app_id), create(caller, app_id=app_id, product_id="taken")
    assert first.product_id != second.product_id
    refused(lambda: create(caller, app_id=app_id, product_id="taken"), 400, "IOTDA.013010", "taken")
    refused(lambda: create(caller), 403, "IOTDA.001005")
    refused(lambda: create(caller, app_id="nobody"), 403, "IOTDA.001006")


def test_lists_are_narrowed_by_app_and_name_and_leave_the_model_out(server, caller, app_id):
    made = [create(caller, app_id=app_id, name=name).product_id for name in ("a", "b", "a")]

    def listed(**query):
        return caller.sdk.list_products(iotda.ListProductsRequest(app_id=app_id, **query))

    assert [product.product_id for product in listed().products] == made[::-1]
    assert [product.product_id for product in listed(product_name="a").products] == [made[2], made[0]]
    page = listed(limit=2)
    assert ([product.product_id for product in page.products], page.page.count) == (made[:0:-1], 3)
    rest = listed(limit=2, marker=page.page.marker)
    assert [product.product_id for product in rest.products] == made[:1]
    assert listed(offset=5).products == []
    refused(lambda: caller.sdk.list_products(iotda.ListProductsRequest(app_id="nobody")), 403, "IOTDA.001006")
    answer = raw(server, "GET", "products", query=[("app_id", app_id), ("limit", "1")]).json()
    assert "service_capabilities" not in answer["products"][0]


def test_a_change_leaves_what_it_does_not_name(caller, app_id):
    product_id = create(caller, app_id=app_id, service_capabilities=whole_model(), description="before").product_id
    changed = update(caller, product_id, app_id=app_id, name="after", data_format="binary")
    assert (changed.name, changed.data_format, changed.description) == ("after", "binary", "before")
    assert changed.service_capabilities == whole_model()
    service = iotda.ServiceCapability(service_id="new", service_type="new")
    changed = update(caller, product_id, service_capabilities=[service], description="", protocol_type="HTTP")
    assert changed.service_capabilities == show(caller, product_id).service_capabilities == [service]
    assert (changed.description, changed.protocol_type, changed.name) == ("", "HTTP", "after")
    assert update(caller, product_id).name == "after"


def test_devices_hold_the_protocol_and_the_product_but_not_the_model(caller, app_id):
    product_id = create(caller, app_id=app_id, service_capabilities=whole_model()).product_id
    refused(lambda: update(caller, product_id, protocol_type="CoAP"), 403, "IOTDA.013013", "CoAP")
    device_id = caller.device(product_id, "n")
    refused(lambda: update(caller, product_id, protocol_type="HTTP"), 403, "IOTDA.013013", "devices")
    assert update(caller, product_id, protocol_type="MQTT", service_capabilities=[]).service_capabilities == []
    refused(lambda: delete(caller, product_id), 403, "IOTDA.013007", "devices")
    caller.delete_device(device_id)
    assert update(caller, product_id, protocol_type="HTTP").protocol_type == "HTTP"
    assert delete(caller, product_id).status_code == 204
    refused(lambda: show(caller, product_id), 404, "IOTDA.013000")


def test_a_product_is_looked_for_in_the_app_that_is_named(server, caller, app_id):
    product_id = create(caller, app_id=app_id).product_id
    other = server.credentials.app_id
    asks = (
        lambda app: show(caller, product_id, app_id=app),
        lambda app: update(caller, product_id, app_id=app, name="x"),
        lambda app: delete(caller, product_id, app_id=app),
    )
    for ask in asks:
        refused(lambda: ask(other), 404, "IOTDA.013000")
        refused(lambda: ask("nobody"), 403, "IOTDA.001006")
    assert delete(caller, product_id, app_id=app_id).status_code == 204
    refused(lambda: update(caller, product_id, name="x"), 404, "IOTDA.013000")
    refused(lambda: delete(caller, product_id), 404, "IOTDA.013000")
