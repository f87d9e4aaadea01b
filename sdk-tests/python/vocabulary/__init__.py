"""The words that the tests are written in.

`Server` is the real binary as a process, `Caller` is somebody with the official SDK, `raw` is a signed request
that the SDK would not make, `at_once` is a race, `Sheet` is a template to upload, `Result` is a downloaded zip.
"""

from .caller import Caller, Subtask, refused
from .polling import until
from .race import CALLERS, at_once
from .raw import order_and_leave, raw
from .result import Result
from .server import Server
from .sheet import device_ids, devices, filled_in, sheet

__all__ = [
    "CALLERS",
    "Caller",
    "Result",
    "Server",
    "Subtask",
    "at_once",
    "device_ids",
    "devices",
    "filled_in",
    "order_and_leave",
    "raw",
    "refused",
    "sheet",
    "until",
]
