"""Good requests, spoilt in every way that JSON, query strings, paths and headers allow."""

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from .operations import Known

LENGTHS = sorted({edge + by for edge in (1, 8, 32, 36, 60, 64, 128, 256, 1024, 2048) for by in (-1, 0, 1)} | {8_000})
KINDS = ["app", "other app", "product", "device", "gateway", "sub-device", "task", "export", "template"]
WORDS = ["", " ", "null", "0", "-1", "1e5", "\u0000", "\u202e", "\ufeff", "e\u0301", "../..", "%00", "%", "_", "' OR 1=1 --", "a/b"]
MORE_WORDS = ["unfreezeDevices", "createDevices", "Device", "xlsx", "csv", "APP", "GLOBAL", "GATEWAY", '{"task_id":null}', "{}"]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
lengths = st.one_of(
    st.builds(str.__mul__, st.sampled_from("a0"), st.sampled_from(LENGTHS)),
    # Percent-encoded each is nine or twelve bytes, and a request line has its own end.
    st.builds(str.__mul__, st.sampled_from("任🚰"), st.sampled_from([length for length in LENGTHS if length < 300])),
)
known = st.sampled_from(KINDS).map(Known)
words = st.one_of(st.sampled_from(WORDS + MORE_WORDS), text, lengths, known)
numbers = st.one_of(st.integers(-2, 60), st.sampled_from([2**31, -(2**63), 2**64, 10**40]), st.floats())
scalars = st.one_of(st.none(), st.booleans(), numbers, words)
deep = st.integers(1, 200).map(lambda depth: json.loads("[" * depth + "]" * depth))
values = st.one_of(
    scalars, st.lists(scalars, max_size=3), st.dictionaries(st.sampled_from(["task_id", "group_ids", "$", "a"]), scalars, max_size=3), deep
)
BREAKS = [
    lambda body: body[:-1],
    lambda body: body + b"x",
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body[:1] + b'"\\ud800":1,' + body[1:],
    lambda body: body[:1] + b'"\xff":1,' + body[1:],
    lambda body: body[:1] + b'"app_name":"one","app_name":5,"task_name":"a","task_name":[],' + body[1:],
    lambda body: body[:1] + b'"number":1e999,' + body[1:],
    lambda body: b"[" + body + b"]",
    lambda body: b"[" * 5_000,
    lambda body: b"",
    lambda body: b"null",
]
HEADERS = {
    "Accept-Language": ["zh", "ZH-hans", "zh-CN,zh;q=0.9", "en;q=0,zh", "*", ";", "z", ",zh", "zhx"],
    "Content-Type": ["text/plain", "application/json;charset=gbk", "application/xml", "x", "multipart/form-data"],
    "Instance-Id": ["", "-", "x", "0" * 36, "0" * 37],
    "X-Project-Id": ["", "0" * 32, "x"],
    "Accept": ["text/html", "x"],
    "Range": ["bytes=0-0", "bytes=5-2", "bytes=-0", "bytes=999999999-", "bytes=-1", "lines=1", "bytes=0-0,2-2"],
    "If-None-Match": ["*", '"x"', "x"],
    "If-Range": ['"x"', "x"],
}


class Request(NamedTuple):
    """A request with its ids still to be filled in; `spoilt` names the fields that are not as they should be."""

    id: Any
    query: list
    body: Any
    headers: dict
    breaking: int | None
    spoilt: tuple


@st.composite
def requests(draw, operation):
    """A good request with up to three things wrong."""
    needed = {name: operation.query[name] for name in operation.needs}
    query, body, headers = list({**needed, **draw(some(operation.query))}.items()), operation.body, {}
    target, breaking, spoilt = operation.id, None, []
    for _ in range(draw(st.integers(0, 3))):
        match draw(st.sampled_from(["field", "field", "query", "query", "id", "header", "extra", "break", "whole"])):
            case "field" if body and isinstance(body, dict):
                name = draw(st.sampled_from(sorted(body)))
                body, spoilt = {**body, name: draw(values)}, [*spoilt, name]
            case "query" if operation.query:
                name = draw(st.sampled_from(sorted(operation.query)))
                others = [pair for pair in query if pair[0] != name or draw(st.booleans())]
                query, spoilt = [(name, draw(words)), *others], [*spoilt, name]
            case "id" if operation.id:
                target, spoilt = draw(words), [*spoilt, "the path"]
            case "header":
                name = draw(st.sampled_from(sorted(HEADERS)))
                headers[name] = draw(st.sampled_from(HEADERS[name]))
                spoilt += [] if name.startswith("Accept") else ["a header"]
            case "extra" if isinstance(body, dict):
                body = {**body, "of_the_next_sdk": draw(values)}
            case "extra":
                query = [*query, ("of_the_next_sdk", draw(words))]
            case "break" if body is not None:
                breaking, spoilt = draw(st.integers(0, len(BREAKS) - 1)), [*spoilt, "the JSON"]
            case "whole" if body is not None:
                body, spoilt = draw(values), [*spoilt, "the body"]
    return Request(target, query, body, headers, breaking, tuple(spoilt))


def some(fields):
    """Some of the optional parameters; all that a list cannot do without."""
    needed = {name: value for name, value in fields.items() if name in ("task_type", "resource_type", "action_id")}
    return st.sets(st.sampled_from(sorted(fields)) if fields else st.nothing()).map(
        lambda names: {**needed, **{name: fields[name] for name in sorted(names)}}
    )


def filled(value, world):
    """The value with its known ids in place."""
    match value:
        case Known(kind):
            return world.id(kind)
        case dict():
            return {name: filled(part, world) for name, part in value.items()}
        case list() | tuple():
            return [filled(part, world) for part in value]
    return value


def bytes_of(request, world):
    """The body on the wire."""
    if request.body is None and request.breaking is None:
        return None
    body = json.dumps(filled(request.body, world)).encode()
    return BREAKS[request.breaking](body) if request.breaking is not None else body
