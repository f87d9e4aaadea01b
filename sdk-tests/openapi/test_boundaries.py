"""What the document says of each field and parameter is what the server takes: values on the edge are taken, values beyond
it are refused by name."""

import json
import re

import pytest

from answers import Answers
from boundary import beyond, within
from conftest import KEPT
from requests_of import operations, parameters, places, word
from vocabulary import raw

# As it is committed; that the server serves the same is a test of its own.
DOCUMENT = json.loads(KEPT.read_text("utf-8"))
OPERATIONS = {operation["operationId"]: (path, method, operation) for path, method, operation in operations(DOCUMENT)}
# What a wrong field is refused with, and no unknown id.
OF_FIELDS = {
    "IOTDA.000006", "IOTDA.000009", "IOTDA.000017", "IOTDA.000018", "IOTDA.004004", "IOTDA.013005", "IOTDA.013012",
    "IOTDA.014201", "IOTDA.014203", "IOTDA.014204", "IOTDA.014207", "IOTDA.014208", "IOTDA.014800", "IOTDA.019304",
}
# Fields of which not all that fits is taken, by the end of their names, and why.
NARROWER = {
    "dynamic_group_rule": "is written in a language of its own",
    "schedule_time": "lies in the next seven days",
    "file_location": "holds one of three places",
    "sign": "is as long as sign_method says",
    "need_confirm": "is true for upgrades only",
    "targets_filter.group_ids": "names groups that there are",
    "document.package_ids": "names one package at least, where package_id names none",
}


class Asker:
    """Sends what no SDK would."""

    def __init__(self, world):
        self.world, self.token, self.answers = world, {"X-Auth-Token": world.token}, Answers(DOCUMENT)

    def ask(self, name, body=None, query=(), headers=(), ids=()):
        path, method, operation = OPERATIONS[name]
        known = {**self.world.ids, **dict(ids)}
        path = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)
        headers = {**self.token, **dict(headers)}
        answer = raw(self.world.server, method.upper(), path, list(query), body, headers, signed=False)
        assert self.answers.misfits(operation, answer) == [], answer.body
        return answer


@pytest.fixture(scope="module")
def asker(world):
    return Asker(world)


def judge_taken(answer, name):
    """Nothing is wrong with the field, whatever else may be."""
    if answer.status == 400 and answer.code in OF_FIELDS and f"{name}: " in answer.message:
        return f"is refused: {answer.message}"
    return None


def judge_refused(answer, name):
    if not 400 <= answer.status < 500:
        return f"is taken: {answer.status}"
    return None if name in answer.message else f"is refused without its name: {answer.message}"


def narrower(name):
    return any(re.search(rf"(^|\.){re.escape(end)}$", name) for end in NARROWER)


def judged(send, name, schema, unlike=lambda value: False):
    """What is not as the schema says."""
    for how, value in [] if narrower(name) else within(schema):
        yield name, how, judge_taken(send(value), name)
    for how, value in beyond(schema):
        if not unlike(value):
            yield name, how, judge_refused(send(value), name)


def wrong(found):
    return [f"{name}, {how} {what}" for name, how, what in found if what]


WITH_BODY = [name for name, (_, _, operation) in OPERATIONS.items() if any(places(operation))]
WITH_QUERY = [name for name, (_, _, operation) in OPERATIONS.items() if parameters(operation, "query")]


@pytest.mark.parametrize("name", WITH_BODY)
def test_each_field_is_read_as_the_document_says(asker, name):
    query = [(one["name"], word(next(within(one["schema"])).value)) for one in needed(name)]
    for place in places(OPERATIONS[name][2]):
        send = lambda value: asker.ask(name, place.body(value), query)
        assert wrong(judged(send, place.name, place.schema)) == []


def needed(name):
    return [one for one in parameters(OPERATIONS[name][2], "query") if one["required"]]


@pytest.mark.parametrize("name", WITH_QUERY)
def test_each_parameter_is_read_as_the_document_says(asker, name):
    for one in parameters(OPERATIONS[name][2], "query"):
        others = [(other["name"], word(next(within(other["schema"])).value)) for other in needed(name) if other != one]
        body = {} if OPERATIONS[name][1] in ("post", "put") else None
        send = lambda value: asker.ask(name, body, [*others, (one["name"], word(value))])
        # What is empty is absent, and all of a query is texts.
        unlike = lambda value: value == "" or one["schema"]["type"] == "string" and not isinstance(value, str)
        assert wrong(judged(send, one["name"], one["schema"], unlike)) == []


def test_the_instance_id_is_read_as_the_document_says(asker):
    schema = DOCUMENT["components"]["parameters"]["Instance-Id"]["schema"]
    for how, value in beyond(schema):
        if isinstance(value, str) and value.isprintable() and value.isascii():
            answer = asker.ask("ListDevices", headers={"Instance-Id": value})
            assert judge_refused(answer, "Instance-Id") is None, how
    for how, value in within(schema):
        assert asker.ask("ListDevices", headers={"Instance-Id": value}).code == "IOTDA.000021", how


ABOUT_AN_ID = [name for name in OPERATIONS if name not in WITH_BODY and parameters(OPERATIONS[name][2], "path") and not needed(name)]


@pytest.mark.parametrize("name", ABOUT_AN_ID)
def test_an_id_in_a_path_that_no_record_can_have_is_answered_like_one_that_none_has(asker, name):
    (one,) = parameters(OPERATIONS[name][2], "path")

    def answered(value):
        answer = asker.ask(name, ids={one["name"]: value})
        return answer.status, answer.body and answer.code

    for how, value in beyond(one["schema"]):
        if isinstance(value, str) and value.isalnum() and value.isascii():
            assert answered(value) == answered("f" * 24), how


def test_a_difference_between_the_document_and_the_server_is_found(asker):
    send = lambda value: asker.ask("UpdateDevice", {"description": value})
    schema = {"type": "string", "maxLength": 2048}
    assert wrong(judged(send, "description", schema)) == []
    longer, shorter = ({**schema, "maxLength": length} for length in (2049, 2047))
    assert [line for line in wrong(judged(send, "description", longer)) if "the longest is refused" in line]
    assert [line for line in wrong(judged(send, "description", shorter)) if "one character more is taken" in line]
    worded = {"enum": ["PRIMARY", "THIRD"]}
    send = lambda value: asker.ask("ResetDeviceSecret", {"secret_type": value}, [("action_id", "resetSecret")])
    assert [line for line in wrong(judged(send, "secret_type", worded)) if "the word THIRD is refused" in line]
