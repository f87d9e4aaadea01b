"""The words that the tests are written in.

`Server` is the real binary as a process, `serving` starts several that end together, `Bucket` is where its objects can
lie, `Database` where its rows can, `rows` are those of a statement, `Cluster` makes nodes that share both, `Front` hands calls out to them in turn,
`Proxy` cuts two processes apart, `Caller` is somebody with the official SDK, `Account` says who may do what, `Operator` does so at the command
line, `raw` is a signed request that the SDK
would not make, `Authority` issues certificates, `Http2` is a connection of that kind, `in_both` one that is refused in
both languages, `at_once` is a race, `audit` is who did what, `Wire` is a connection without any HTTP library, `harm` is what an
attack must not do, `Sheet` is a template to upload, `Result` is a downloaded zip.
"""

from .account import Account, allow, caller_of, deny
from .audit import audit, audited
from .authority import DAY, Authority, Identity
from .bucket import Bucket
from .caller import Caller, Subtask, refused
from .cluster import Cluster
from .database import Database, rows
from .front import Front
from .harm import children, memory_within, others_served
from .http2 import Http2
from .language import in_both
from .operator import Operator, Refusal
from .polling import until
from .proxy import Proxy
from .race import CALLERS, at_once
from .raw import order_and_leave, raw
from .result import Result
from .server import Server
from .serving import serving
from .sheet import device_ids, devices, filled_in, sheet
from .wire import Wire, chunked, head

__all__ = [
    "CALLERS",
    "DAY",
    "Account",
    "Authority",
    "Bucket",
    "Caller",
    "Cluster",
    "Database",
    "Front",
    "Http2",
    "Identity",
    "Operator",
    "Proxy",
    "Refusal",
    "Result",
    "Server",
    "Subtask",
    "Wire",
    "allow",
    "at_once",
    "audit",
    "audited",
    "caller_of",
    "children",
    "chunked",
    "deny",
    "device_ids",
    "devices",
    "filled_in",
    "head",
    "in_both",
    "memory_within",
    "order_and_leave",
    "others_served",
    "raw",
    "refused",
    "rows",
    "serving",
    "sheet",
    "until",
]
