"""Where a check of schemathesis cannot hold, and why. Each is one check of one operation; every other check of it holds."""

from typing import NamedTuple


class Unheld(NamedTuple):
    """A check that does not hold for an operation, or for all with a tag."""

    check: str
    reason: str
    operation: str | None = None
    tag: str | None = None


# What JSON Schema cannot say, so that what fits the schema may still be refused.
ACCEPTED = "positive_data_acceptance"
EVERYWHERE = [
    Unheld("unsupported_method", "a method that a path has not is 404 APIGW.0101, as the cloud's gateway answers it"),
    Unheld("allow_header_conformance", "there is no 405, so there is no Allow"),
]
SOMEWHERE = [
    Unheld(ACCEPTED, "what bodies and headers of the identity service hold is not in the document", tag="Identity"),
    Unheld(ACCEPTED, "start_time lies before end_time", "ListDevices"),
    Unheld(ACCEPTED, "a space is sent as +, which is a plus here, for so it is signed", "ListDeviceGroups"),
    Unheld(ACCEPTED, "resource_condition may be a text, which then holds JSON", "ListExportTasks"),
    Unheld(ACCEPTED, "resource_condition may be a text, which then holds JSON", "CreateExportTask"),
    Unheld(ACCEPTED, "the file is a workbook, and its name says so", "UploadBatchTaskFile"),
    Unheld(ACCEPTED, "a task has targets, groups or a file that exists, and retries come with an interval", "CreateBatchTask"),
    Unheld(ACCEPTED, "a rule has a grammar", "AddDeviceGroup"),
    Unheld(ACCEPTED, "the product exists, and the device does not", "AddDevice"),
    Unheld(ACCEPTED, "only a device that has a gateway gets another", "ChangeGateway"),
    Unheld(ACCEPTED, "the product exists, and the file lies in one place", "CreateOtaPackage"),
    Unheld(ACCEPTED, "a package gets one file", "UploadOtaPackage"),
    Unheld(ACCEPTED, "the product does not exist, names in its model stand once, and limits in it are numbers", "CreateProduct"),
    Unheld(ACCEPTED, "names in a model stand once, and limits in it are numbers", "UpdateProduct"),
    Unheld(ACCEPTED, "a service stands once, and is in the product's model", "UpdateDeviceShadowDesiredData"),
    Unheld(ACCEPTED, "a tag stands once, and its key does not begin with iot_", "TagDevice"),
    Unheld(ACCEPTED, "the device has the tag", "UntagDevice"),
]
