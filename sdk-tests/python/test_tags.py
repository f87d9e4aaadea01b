"""Tags: given, taken, shown and looked for; how many there may be; what policies may ask of them."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import Account, allow, caller_of, deny, raw, refused


@pytest.fixture
def device_id(caller):
    return caller.device(caller.product(), "n")


def bind(caller, device_id, **tags):
    tags = [iotda.TagV5DTO(tag_key=key, tag_value=value) for key, value in tags.items()]
    body = iotda.BindTagsDTO(resource_type="device", resource_id=device_id, tags=tags)
    return caller.sdk.tag_device(iotda.TagDeviceRequest(body=body))


def unbind(caller, device_id, *keys):
    body = iotda.UnbindTagsDTO(resource_type="device", resource_id=device_id, tag_keys=list(keys))
    return caller.sdk.untag_device(iotda.UntagDeviceRequest(body=body))


def tagged(caller, *tags, **page):
    tags = [iotda.TagV5DTO(tag_key=key, tag_value=value) for key, value in tags]
    body = iotda.QueryResourceByTagsDTO(resource_type="device", tags=tags)
    return caller.sdk.list_resources_by_tags(iotda.ListResourcesByTagsRequest(body=body, **page))


def shown(device):
    return {tag.tag_key: tag.tag_value for tag in device.tags}


def test_tags_are_given_overwritten_shown_and_taken(caller, device_id):
    assert bind(caller, device_id, floor="3", 楼="一").status_code == 200
    bind(caller, device_id, floor="4", plain=None)
    tags = {"floor": "4", "plain": None, "楼": "一"}
    assert shown(caller.shown_device(device_id)) == tags
    assert [shown(device) for device in caller.all_devices()] == [tags]
    assert unbind(caller, device_id, "floor", "楼").status_code == 200
    assert shown(caller.shown_device(device_id)) == {"plain": None}


def test_what_is_refused_changes_nothing(caller, device_id):
    bind(caller, device_id, floor="3")
    refused(lambda: bind(caller, device_id, new="1", iot_floor="3"), 400, "IOTDA.004002", "iot_floor")
    refused(lambda: bind(caller, device_id, new="a b"), 400, "IOTDA.000006", "tag_value")
    refused(lambda: bind(caller, "nobody", floor="3"), 404, "IOTDA.004000")
    refused(lambda: unbind(caller, "nobody", "floor"), 404, "IOTDA.004000")
    refused(lambda: unbind(caller, device_id, "floor", "unknown"), 400, "IOTDA.004003", "unknown")
    twice = iotda.BindTagsDTO("device", device_id, [iotda.TagV5DTO("a", "1"), iotda.TagV5DTO("a", "2")])
    refused(lambda: caller.sdk.tag_device(iotda.TagDeviceRequest(body=twice)), 400, "IOTDA.000006", "twice")
    product = iotda.BindTagsDTO("product", device_id, [iotda.TagV5DTO("a", "1")])
    refused(lambda: caller.sdk.tag_device(iotda.TagDeviceRequest(body=product)), 400, "IOTDA.004004")
    assert shown(caller.shown_device(device_id)) == {"floor": "3"}


def test_no_tags_at_all_are_refused_as_an_empty_list(server, device_id):
    tagged = {"resource_type": "device", "resource_id": device_id}
    bodies = {"bind-resource": {**tagged, "tags": []}, "unbind-resource": {**tagged, "tag_keys": []}}
    for path, body in bodies.items():
        answer = raw(server, "POST", f"tags/{path}", body=body)
        assert (answer.status, answer.code) == (400, "IOTDA.000006"), path
        assert "must not be empty" in answer.message


def test_ten_and_no_more(caller, device_id):
    bind(caller, device_id, **{f"key{number}": "1" for number in range(10)})
    bind(caller, device_id, key0="2")
    refused(lambda: bind(caller, device_id, one_more="1"), 403, "IOTDA.004001", "limits.device_tags is 10")
    unbind(caller, device_id, "key9")
    bind(caller, device_id, one_more="1")


def test_what_has_any_of_the_tags_is_found_once_newest_first(caller):
    product_id = caller.product()
    first, second, third = (caller.device(product_id, f"n{number}") for number in range(3))
    bind(caller, third, floor="3")
    bind(caller, first, floor="3", room="1")
    bind(caller, second, floor="4")

    def found(*tags):
        pages = caller.pages(lambda **page: tagged(caller, *tags, **page), 1)
        devices = [resource.resource_id for answer in pages for resource in answer.resources]
        assert pages[0].page.count == len(devices)
        return devices

    assert found(("floor", "3")) == [third, first]
    assert found(("floor", "3"), ("room", "1")) == [third, first]
    assert found(("floor", None)) == [third, second, first], "of any value"
    assert found(("floor", "5")) == found(("Floor", "3")) == []
    refused(lambda: tagged(caller), 400, "IOTDA.000006", "tags")
    refused(lambda: tagged(caller, ("a", "b"), limit=51), 400, "IOTDA.000017")
    caller.delete_device(third)
    assert found(("floor", "3")) == [first]


def test_policies_may_ask_for_the_tags_of_a_request(server, caller, device_id):
    account = Account(server)
    user_id, key = account.person("tagger")
    only = deny("iotda:tags:bind", Condition={"ForAnyValue:StringNotEquals": {"g:TagKeys": ["floor", "room"]}})
    value = deny("iotda:tags:bind", Condition={"StringEquals": {"g:RequestTag/floor": ["13"]}})
    role_id = account.policy("tags", allow("iotda:tags:*", "iotda:devices:query"), only, value)
    account.grant(role_id, ("users", user_id))
    tagger = caller_of(server, **key)
    bind(tagger, device_id, floor="3", room="1")
    refused(lambda: bind(tagger, device_id, floor="3", other="1"), 403, "IOTDA.000022")
    refused(lambda: bind(tagger, device_id, floor="13"), 403, "IOTDA.000022")
    unbind(tagger, device_id, "floor")
    assert shown(tagger.shown_device(device_id)) == {"room": "1"}
    refused(lambda: tagger.device("p", "n"), 403, "IOTDA.000022")


def test_policies_ask_for_no_tags_that_the_call_does_not_act_on(server, device_id):
    account = Account(server)
    user_id, key = account.person("sly")
    test = allow("iotda:tags:*", Condition={"StringEquals": {"g:RequestTag/env": ["test"]}})
    owner = allow("iotda:tags:*", Condition={"ForAnyValue:StringEquals": {"g:TagKeys": ["owner"]}})
    grants = {statement: account.policy(statement, document) for statement, document in (("test", test), ("owner", owner))}
    device = {"resource_type": "device", "resource_id": device_id}
    env, team = {"tag_key": "env", "tag_value": "test"}, {"tag_key": "team", "tag_value": "a"}

    def asks(path, **body):
        return raw(server, "POST", f"tags/{path}", body={**device, **body}, **key)

    account.grant(grants["test"], ("users", user_id))
    assert asks("unbind-resource", tag_keys=["owner"], tags=[env]).code == "IOTDA.000022"
    assert asks("bind-resource", tags=[env]).status == 200
    account.done("DELETE", f"/v3/domains/{account.domain_id()}/users/{user_id}/roles/{grants['test']}")
    account.grant(grants["owner"], ("users", user_id))
    for path in ("bind-resource", "query-resources"):
        assert asks(path, tags=[team], tag_keys=["owner"]).code == "IOTDA.000022", path
    assert asks("unbind-resource", tag_keys=["env"], tags=[{"tag_key": "owner"}]).code == "IOTDA.000022"
    assert asks("query-resources", tags=[{"tag_key": "owner"}]).status == 200


def test_others_are_refused_before_anything_of_the_body(server):
    key = Account(server).person("nobody")[1]
    for path in ("bind-resource", "unbind-resource", "query-resources"):
        answer = raw(server, "POST", f"tags/{path}", body=b"{", **key)
        assert (answer.status, answer.code) == (403, "IOTDA.000022")


def test_of_another_app_nothing_is_tagged_or_found(server, caller):
    account = Account(server)
    mine, theirs = (caller.app(name) for name in ("mine", "theirs"))
    device, other = (caller.device(caller.product(app_id=app), "n") for app in (mine, theirs))
    bind(caller, other, floor="3")
    user_id, key = account.person("one-app")
    role_id = account.policy("one", allow("iotda:tags:*", "iotda:devices:*", Resource=[f"IoTDA:*:*:app:{mine}"]))
    account.grant(role_id, ("users", user_id))
    one = caller_of(server, **key)
    bind(one, device, floor="3")
    refused(lambda: bind(one, other, floor="4"), 403, "IOTDA.000022")
    assert [resource.resource_id for resource in tagged(one, ("floor", "3")).resources] == [device]
    assert tagged(one, ("floor", "3")).page.count == 1
    assert [found.device_id for found in one.all_devices()] == [device]
    assert one.all_devices(product_id=caller.shown_device(other).product_id) == []
