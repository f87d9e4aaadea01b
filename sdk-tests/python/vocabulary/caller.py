"""Somebody with an access key and the official Python SDK; every method is one thing such a person wants."""

from typing import NamedTuple

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, DerivedCredentials
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkiotda import v5 as iotda

from .polling import until
from .result import Result

FINAL = {"Success", "Fail", "PartialSuccess", "Stopped"}


class Subtask(NamedTuple):
    """What the API pages out and what a row of the file must say, with absent texts as empty ones."""

    target: str
    status: str
    output: str
    error_code: str
    error_msg: str


# Seconds to connect and to wait for an answer: the SDK's own.
PATIENCE = (60, 120)


def client(endpoint, ak, sk, project_id, derived, algorithm, redirects, patience, root):
    """The SDK's client, with a signature of the given algorithm or a derived one (V11-HMAC-SHA256).

    By itself it follows no redirect. Over TLS it trusts the authority in the file `root` alone.
    """
    credentials = BasicCredentials(ak, sk, project_id)
    if derived:
        credentials = credentials.with_derived_predicate(DerivedCredentials.get_default_derived_predicate())
    region = Region("cn-north-4", endpoint)
    builder = iotda.IoTDAClient.new_builder().with_credentials(credentials).with_region(region)
    http = HttpConfig(
        allow_redirects=redirects,
        timeout=patience,
        signing_algorithm=algorithm,
        ignore_ssl_verification=False,
        ssl_ca_cert=root,
    )
    return builder.with_http_config(http).build()


# The service of a usual product.
BASIC = iotda.ServiceCapability(
    service_id="basic",
    service_type="basic",
    commands=[
        iotda.ServiceCommand(
            command_name="switch", paras=[iotda.ServiceCommandPara(para_name="lamp", data_type="string")]
        )
    ],
)


class Caller:
    """Calls one server."""

    def __init__(
        self,
        server,
        derived=False,
        algorithm=SigningAlgorithm.get_default(),
        ak=None,
        sk=None,
        project_id=None,
        redirects=False,
        patience=PATIENCE,
        trusts=None,
    ):
        root = server.credentials
        key = (ak or root.ak, sk or root.sk, project_id or root.project_id)
        authority = trusts or server.authority
        trusted = authority and str(authority.root)
        self.sdk = client(server.endpoint, *key, derived, algorithm, redirects, patience, trusted)

    # Resource spaces, products, devices

    def app(self, name):
        body = iotda.AddApplication(app_name=name)
        return self.sdk.add_application(iotda.AddApplicationRequest(body=body)).app_id

    def product(self, **more):
        body = iotda.AddProduct(
            **{
                "name": "meter",
                "device_type": "meter",
                "protocol_type": "MQTT",
                "data_format": "json",
                "service_capabilities": [BASIC],
                **more,
            }
        )
        return self.sdk.create_product(iotda.CreateProductRequest(body=body)).product_id

    def products(self):
        return self.sdk.list_products(iotda.ListProductsRequest(limit=50)).products

    def device(self, product_id, node_id, **more):
        body = iotda.AddDevice(product_id=product_id, node_id=node_id, **more)
        return self.sdk.add_device(iotda.AddDeviceRequest(body=body)).device_id

    def shown_device(self, device_id):
        return self.sdk.show_device(iotda.ShowDeviceRequest(device_id=device_id))

    def freeze(self, device_id):
        self.sdk.freeze_device(iotda.FreezeDeviceRequest(device_id=device_id))

    def unfreeze(self, device_id):
        self.sdk.unfreeze_device(iotda.UnfreezeDeviceRequest(device_id=device_id))

    def delete_device(self, device_id):
        return self.sdk.delete_device(iotda.DeleteDeviceRequest(device_id=device_id))

    def all_devices(self, **filters):
        """Every device, page by page."""
        pages = self.pages(lambda **page: self.sdk.list_devices(iotda.ListDevicesRequest(**page, **filters)))
        return [device for answer in pages for device in answer.devices]

    # OTA packages

    def package(self, app_id, product_id, upload=False, **more):
        """Makes a package, in a bucket or, as no SDK can order it, for a file that is to be uploaded; returns its id."""
        location = {"obs_location": {"region_name": "cn-north-4", "bucket_name": "firmware", "object_key": "a.bin"}}
        body = {
            "app_id": app_id,
            "package_type": "firmwarePackage",
            "product_id": product_id,
            "version": "1.0",
            "file_location": {"upload": {"file_name": "a.bin"}} if upload else location,
            **more,
        }
        return self.sdk.create_ota_package(iotda.CreateOtaPackageRequest(body=body)).package_id

    # Groups of devices

    def group(self, name, **more):
        body = iotda.AddDeviceGroupDTO(name=name, **more)
        return self.sdk.add_device_group(iotda.AddDeviceGroupRequest(body=body)).group_id

    def put(self, group_id, device_id, action_id="addDevice"):
        request = iotda.CreateOrDeleteDeviceInGroupRequest(group_id=group_id, action_id=action_id, device_id=device_id)
        return self.sdk.create_or_delete_device_in_group(request)

    def members(self, group_id):
        """The ids of a group's devices, page by page."""
        ask = self.sdk.show_devices_in_group
        pages = self.pages(lambda **page: ask(iotda.ShowDevicesInGroupRequest(group_id=group_id, **page)))
        return [device.device_id for answer in pages for device in answer.devices]

    def groups(self, **filters):
        """Every group, page by page."""
        pages = self.pages(lambda **page: self.sdk.list_device_groups(iotda.ListDeviceGroupsRequest(**page, **filters)))
        return [group for answer in pages for group in answer.device_groups]

    # Batch tasks

    def upload(self, path):
        body = iotda.UploadBatchTaskFileRequestBody(file=FormFile(str(path)))
        return self.sdk.upload_batch_task_file(iotda.UploadBatchTaskFileRequest(body=body)).file_id

    def files(self):
        return self.sdk.list_batch_task_files(iotda.ListBatchTaskFilesRequest()).files

    def delete_file(self, file_id):
        self.sdk.delete_batch_task_file(iotda.DeleteBatchTaskFileRequest(file_id=file_id))

    def batch(self, task_type, **more):
        """Creates a batch task; `more` holds targets or document_source, app_id, ..."""
        body = iotda.CreateBatchTask(**{"task_type": task_type, "task_name": task_type, **more})
        return self.sdk.create_batch_task(iotda.CreateBatchTaskRequest(body=body)).task_id

    def task(self, task_id):
        return self.sdk.show_batch_task(iotda.ShowBatchTaskRequest(task_id=task_id, limit=1)).batchtask

    def tasks(self, task_type):
        """Every batch task of a kind, page by page."""
        def ask(**page):
            return self.sdk.list_batch_tasks(iotda.ListBatchTasksRequest(task_type=task_type, **page))

        return [task for answer in self.pages(ask) for task in answer.batchtasks]

    def finished(self, task_id, seconds=60):
        """Waits until the batch task is over."""

        def over():
            task = self.task(task_id)
            return task if task.status in FINAL else None

        return until(over, "the batch task is over", seconds, diagnosis=lambda: self.task(task_id))

    def delete_task(self, task_id):
        return self.sdk.delete_batch_task(iotda.DeleteBatchTaskRequest(task_id=task_id))

    def subtasks(self, task_id, **filters):
        """Every subtask as ShowBatchTask pages it out."""

        def show(**page):
            return self.sdk.show_batch_task(iotda.ShowBatchTaskRequest(task_id=task_id, **page, **filters))

        return [subtask(detail) for answer in self.pages(show) for detail in answer.task_details]

    # Export tasks, of batch tasks unless `more` or `query` names another resource_type

    def export(self, task_id=None, **more):
        """Creates an export task; returns its id."""
        body = iotda.AddExportTask(
            **{"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}, "export_format": "xls", **more}
        )
        response = self.sdk.create_export_task(iotda.CreateExportTaskRequest(body=body))
        assert response.status_code == 201
        return response.export_task_id

    def exports(self, **query):
        """One page of export tasks, newest first."""
        query = {"resource_type": "BatchTask", "limit": 50, **query}
        return self.sdk.list_export_tasks(iotda.ListExportTasksRequest(**query))

    def export_state(self, export_id, **query):
        return next(export for export in self.exports(**query).export_tasks if export.export_task_id == export_id)

    def exported(self, export_id, seconds=60, **query):
        """Waits until the export task is over, which must be a success."""

        def state():
            return self.export_state(export_id, **query)

        def over():
            export = state()
            return export if export.status != "Processing" else None

        export = until(over, "the export task is over", seconds, diagnosis=state)
        assert (export.status, export.progress) == ("Success", 100)
        return export

    def download(self, export_id):
        """The zip; the text that the SDK makes of it must still hold every byte."""
        response = self.sdk.show_export_task(iotda.ShowExportTaskRequest(export_task_id=export_id))
        assert response.status_code == 200
        assert response.body.encode("latin-1") == response.raw_content
        return response.raw_content

    def result(self, export_id, seconds=60, **query):
        """Waits, downloads and reads."""
        export = self.exported(export_id, seconds, **query)
        result = Result(self.download(export_id))
        assert export.export_count == len(result.rows)
        return result

    def delete_export(self, export_id):
        return self.sdk.delete_export_task(iotda.DeleteExportTaskRequest(export_task_id=export_id))

    @staticmethod
    def pages(ask, limit=50):
        """Walks by marker until a page is empty, which is a page without a marker."""
        answers = [ask(limit=limit)]
        while answers[-1].page.marker:
            answers.append(ask(limit=limit, marker=answers[-1].page.marker))
        return answers


def subtask(detail):
    """A TaskDetail as the texts that the file must repeat."""
    error = detail.error
    code, message = (error.error_code, error.error_msg) if error else ("", "")
    return Subtask(detail.target, detail.status, detail.output or "", code or "", message or "")


def refused(call, status, code, *words):
    """`call` must be refused with this status and code and a text that holds the words; returns the text."""
    with pytest.raises(exceptions.ClientRequestException) as caught:
        call()
    error = caught.value
    assert (error.status_code, error.error_code) == (status, code), error.error_msg
    assert error.request_id, "an error without a request id"
    for word in words:
        assert word in error.error_msg
    return error.error_msg
