"""Refusals of export tasks and of OTA packages, and of whoever asks too often."""

from vocabulary import raw

from .registry import full_product
from .raising import NOBODY, call, raises


def export_of(task_id):
    return {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}}


@raises("IOTDA.014800")
def an_unknown_resource_type(stage):
    return call(stage.idle(), "POST", "export-tasks", body={**export_of(NOBODY), "resource_type": "Device"})


@raises("IOTDA.014801")
def a_sixth_unfinished_export_task(stage):
    server = stage.working(export_workers=0)
    task_id = server.caller().batch("freezeDevices", targets=["a"])
    for _ in range(5):
        server.caller().export(task_id)
    return call(server, "POST", "export-tasks", body=export_of(task_id))


@raises("IOTDA.014802")
def an_unknown_export_task(stage):
    return call(stage.idle(), "GET", f"export-tasks/{NOBODY}/file")


@raises("IOTDA.014803")
def a_download_before_the_end(stage):
    caller = stage.idle().caller()
    task_id = caller.batch("freezeDevices", targets=["a"], app_id=stage.idle().credentials.app_id)
    return call(stage.idle(), "GET", f"export-tasks/{caller.export(task_id)}/file")


@raises("IOTDA.014805")
def an_export_of_an_unknown_batch_task(stage):
    return call(stage.idle(), "POST", "export-tasks", body=export_of(NOBODY))


def package(**more):
    location = {"obs_location": {"region_name": "cn-north-4", "bucket_name": "own", "object_key": "a.bin"}}
    fields = {"package_type": "firmwarePackage", "version": "1.0", "file_location": location}
    return {**fields, **more}


@raises("IOTDA.019300")
def an_unknown_package(stage):
    return call(stage.idle(), "GET", f"ota-upgrades/packages/{NOBODY}")


@raises("IOTDA.019303")
def a_package_too_many(stage):
    body = package(app_id=stage.full().credentials.app_id, product_id=full_product(stage).product_id)
    return call(stage.full(), "POST", "ota-upgrades/packages", body=body)


@raises("IOTDA.019304")
def a_package_of_nothing(stage):
    return call(stage.idle(), "POST", "ota-upgrades/packages", body=package(package_type="hardware"))


@raises("IOTDA.021102")
def a_second_request_within_a_second(stage):
    server = stage.working(limits_account_requests_per_second=1)
    return call(server, "GET", "apps", before=lambda: raw(server, "GET", "apps"))


@raises("IOTDA.021101")
def a_second_download_within_30_seconds(stage):
    server = stage.working(limits_download_interval_seconds=None)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    caller.download(export_id)
    return call(server, "GET", f"export-tasks/{export_id}/file")
