"""The calls of the Python SDK."""

import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials, DerivedCredentials
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkiotda import v5 as iotda

endpoint, ak, sk, upload = sys.argv[1:]


def client(algorithm, derived=False):
    credentials = BasicCredentials(ak, sk, "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    if derived:
        credentials = credentials.with_derived_predicate(DerivedCredentials.get_default_derived_predicate())
    builder = iotda.IoTDAClient.new_builder().with_credentials(credentials)
    builder = builder.with_region(Region("cn-north-4", endpoint))
    return builder.with_http_config(HttpConfig(signing_algorithm=algorithm)).build()


def calls(sdk):
    sdk.list_devices(iotda.ListDevicesRequest(limit=50, device_name="a b+c/~*:=&%设备", product_id="p-1"))
    body = iotda.CreateBatchTask(task_type="freezeDevices", task_name="冻结", targets=["a<b>&c", "d_1"])
    sdk.create_batch_task(iotda.CreateBatchTaskRequest(body=body))
    body = iotda.UploadBatchTaskFileRequestBody(file=FormFile(upload))
    sdk.upload_batch_task_file(iotda.UploadBatchTaskFileRequest(body=body))
    sdk.freeze_device(iotda.FreezeDeviceRequest(device_id="dev_1-2"))
    sdk.delete_device(iotda.DeleteDeviceRequest(device_id="dev_1-2"))


for algorithm in SigningAlgorithm:
    calls(client(algorithm))
calls(client(SigningAlgorithm.get_default(), derived=True))
