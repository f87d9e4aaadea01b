"""Refusals of batch tasks."""

from .raising import NOBODY, call, raises


def batch(**more):
    return {"task_type": "freezeDevices", "task_name": "name", **more}


@raises("IOTDA.014200")
def an_unknown_batch_task(stage):
    return call(stage.idle(), "GET", f"batchtasks/{NOBODY}")


@raises("IOTDA.014201")
def an_unknown_task_type(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(task_type="makeCoffee", targets=["a"]))


@raises("IOTDA.014203")
def a_target_that_stands_twice(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a", "a"]))


@raises("IOTDA.014205")
def an_unknown_document_source(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(document_source=NOBODY))


@raises("IOTDA.014202")
def confirming_what_is_not_confirmed(stage):
    server = stage.idle()
    task_id = server.caller().batch("freezeDevices", targets=["a"], app_id=server.credentials.app_id)
    return call(server, "POST", f"batchtasks/{task_id}/confirm", body={})


@raises("IOTDA.014204")
def a_confirmation_of_what_is_no_upgrade(stage):
    return call(stage.idle(), "POST", "batchtasks", body=batch(targets=["a"], need_confirm=True))


@raises("IOTDA.014206")
def a_batch_task_too_many(stage):
    server = stage.full()
    server.caller().batch("freezeDevices", targets=["a"])
    return call(server, "POST", "batchtasks", body=batch(targets=["a"]))


@raises("IOTDA.014207")
def a_task_policy(stage):
    body = batch(targets=["a"], task_policy={"schedule_time": "20300102T030405Z"})
    return call(stage.idle(), "POST", "batchtasks", body=body)


@raises("IOTDA.014208")
def a_target_too_many(stage):
    return call(stage.full(), "POST", "batchtasks", body=batch(targets=["a", "b"]))


@raises("IOTDA.014221")
def deleting_an_unfinished_batch_task(stage):
    task_id = stage.idle().caller().batch("freezeDevices", targets=["a"], app_id=stage.idle().credentials.app_id)
    return call(stage.idle(), "DELETE", f"batchtasks/{task_id}")
