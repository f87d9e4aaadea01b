"""Apps (resource spaces) through the SDK: added, listed, renamed, and deleted with everything in them."""

import pytest
from huaweicloudsdkiotda import v5 as iotda

from vocabulary import Account, allow, raw, refused, until


def apps(caller, **query):
    return caller.sdk.show_applications(iotda.ShowApplicationsRequest(**query)).applications


def show(caller, app_id):
    return caller.sdk.show_application(iotda.ShowApplicationRequest(app_id=app_id))


def rename(caller, app_id, **body):
    body = iotda.UpdateApplicationDTO(**body)
    return caller.sdk.update_application(iotda.UpdateApplicationRequest(app_id=app_id, body=body))


def delete(caller, app_id):
    return caller.sdk.delete_application(iotda.DeleteApplicationRequest(app_id=app_id))


def test_apps_are_listed_newest_first_and_by_whether_they_are_the_default(server, caller):
    default = server.credentials.app_id
    first, second = caller.app("first"), caller.app("second")
    assert {app.app_id for app in apps(caller)} == {default, first, second}
    assert [app.app_id for app in apps(caller, default_app=True)] == [default]
    assert {app.app_id for app in apps(caller, default_app=False)} == {first, second}
    shown = show(caller, first)
    assert (shown.app_name, shown.default_app) == ("first", False)
    assert len(shown.create_time) == len("20151212T121212Z")
    answer = raw(server, "GET", "apps", query=[("default_app", "maybe")])
    assert (answer.status, answer.code) == (400, "IOTDA.000006")


@pytest.mark.parametrize("name", ["a", "空间", "x" * 64, "_?'#().,&%@!-"])
def test_a_name_may_be_all_that_is_documented(caller, name):
    app_id = caller.app(name)
    assert show(caller, app_id).app_name == name
    assert delete(caller, app_id).status_code == 204


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a\0", "a/b"])
def test_a_name_may_be_nothing_else(caller, name):
    refused(lambda: caller.app(name), 400, "IOTDA.000006", "app_name")
    app_id = caller.app("fine")
    refused(lambda: rename(caller, app_id, app_name=name), 400, "IOTDA.000006", "app_name")


def test_no_more_apps_than_the_limit_and_a_deleted_one_makes_room(caller):
    made = [caller.app(f"app-{number}") for number in range(9)]
    refused(lambda: caller.app("eleventh"), 403, "IOTDA.000015", "limits.apps")
    delete(caller, made[0])
    caller.app("app-0")


def test_an_app_is_renamed_and_keeps_everything(caller):
    app_id = caller.app("before")
    product_id = caller.product(app_id=app_id)
    assert rename(caller, app_id, app_name="after").app_name == "after"
    assert rename(caller, app_id, app_name="after").app_name == "after", "its own name is not taken"
    assert rename(caller, app_id).app_name == "after", "what is left out stays"
    assert [product.app_name for product in caller.products()] == ["after"]
    assert caller.device(product_id, "n")
    other = caller.app("other")
    refused(lambda: rename(caller, other, app_name="after"), 403, "IOTDA.001008", "after")


def test_an_unknown_app_is_403(caller):
    for ask in (show, rename, delete):
        refused(lambda: ask(caller, "nobody"), 403, "IOTDA.001000")


def test_the_default_app_stays(server, caller):
    refused(lambda: delete(caller, server.credentials.app_id), 403, "IOTDA.001007", "default")
    assert show(caller, server.credentials.app_id).default_app


def test_a_deleted_app_is_gone_at_once_with_everything_in_it(caller, server):
    kept = caller.device(caller.product(app_id=server.credentials.app_id, product_id="kept"), "n")
    app_id = caller.app("doomed")
    product_id = caller.product(app_id=app_id, product_id="doomed")
    gateway_id = caller.device(product_id, "gateway")
    caller.device(product_id, "below", gateway_id=gateway_id)
    task_id = caller.batch("freezeDevices", targets=[gateway_id], app_id=app_id)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)

    assert delete(caller, app_id).status_code == 204
    assert [device.device_id for device in caller.all_devices()] == [kept]
    assert [product.product_id for product in caller.products()] == ["kept"]
    assert caller.tasks("freezeDevices") == []
    assert caller.exports().export_tasks == []
    refused(lambda: caller.shown_device(gateway_id), 404, "IOTDA.014000")
    refused(lambda: caller.task(task_id), 404, "IOTDA.014200")
    refused(lambda: caller.download(export_id), 404, "IOTDA.014802")
    refused(lambda: delete(caller, app_id), 403, "IOTDA.001000")
    refused(lambda: caller.freeze(gateway_id), 404, "IOTDA.014000")
    refused(lambda: caller.delete_device(gateway_id), 404, "IOTDA.014000")

    # Its name and all of its ids are free again.
    again = caller.app("doomed")
    assert caller.product(app_id=again, product_id="doomed") == product_id
    assert caller.device(product_id, "gateway") == gateway_id
    assert caller.shown_device(gateway_id).status == "INACTIVE"


def test_ids_that_are_given_anew_have_nothing_of_the_deleted_app_s(server, caller):
    app_id = caller.app("doomed")
    product_id = caller.product(app_id=app_id, product_id="anew")
    gateway_id = caller.device(product_id, "gateway")
    below = caller.device(product_id, "below", gateway_id=gateway_id)
    delete(caller, app_id)
    again = caller.app("again")
    caller.product(app_id=again, product_id="anew")

    for path in (f"devices/{below}", f"devices/{below}/shadow"):
        answer = raw(server, "GET", path)
        assert (answer.status, answer.code) == (404, "IOTDA.014000"), path
    answer = raw(server, "POST", f"devices/{below}/list-device-group")
    assert (answer.status, answer.code) == (404, "IOTDA.014000")
    listed = raw(server, "GET", "devices", query=[("product_id", product_id)]).json()
    assert (listed["devices"], listed["page"]["count"]) == ([], 0)
    assert raw(server, "PUT", f"products/{product_id}", body={"app_id": again, "protocol_type": "HTTP"}).status == 200

    assert caller.device(product_id, "gateway") == gateway_id
    caller.delete_device(gateway_id)
    assert raw(server, "DELETE", f"products/{product_id}", query=[("app_id", again)]).status == 204


def test_what_is_left_goes_in_time_and_nobody_notices(serve):
    server = serve(limits_devices=3)
    caller = server.caller()
    kept = caller.product(app_id=server.credentials.app_id)
    app_id = caller.app("doomed")
    product_id = caller.product(app_id=app_id)
    for number in range(3):
        caller.device(product_id, f"n{number}")
    delete(caller, app_id)

    def has_room():
        # Until it is removed, what is left counts.
        answer = raw(server, "POST", "devices", body={"product_id": kept, "node_id": "n"})
        return answer.status == 201

    until(has_room, "the Pruner has removed the devices", diagnosis=server.log)
    assert [device.node_id for device in caller.all_devices()] == ["n"]


def test_a_batch_task_that_waits_in_a_deleted_app_goes_with_it(serve):
    server = serve(batch_workers=0)
    caller = server.caller()
    app_id = caller.app("doomed")
    caller.batch("freezeDevices", targets=["a"], app_id=app_id)
    delete(caller, app_id)
    server.restart(batch_workers=1)
    assert caller.tasks("freezeDevices") == []
    task_id = server.caller().batch("freezeDevices", targets=["a"])
    assert server.caller().finished(task_id).status == "Fail"
    assert "panic" not in server.log()


def test_who_may_one_app_alone_changes_no_other(server, caller):
    mine, other = caller.app("mine"), caller.app("other")
    account = Account(server)
    user_id, key = account.person("ops")
    role = account.policy("of-one", allow("iotda:apps:*", Resource=[f"IoTDA:*:*:app:{mine}"]))
    account.grant(role, ("users", user_id))
    assert raw(server, "PUT", f"apps/{mine}", body={"app_name": "named"}, **key).status == 200
    for method, body in (("PUT", {"app_name": "x"}), ("DELETE", None)):
        answer = raw(server, method, f"apps/{other}", body=body, **key)
        assert (answer.status, answer.code) == (403, "IOTDA.000022")
    assert raw(server, "DELETE", f"apps/{mine}", **key).status == 204
