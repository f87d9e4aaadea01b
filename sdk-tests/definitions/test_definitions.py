"""Every operation that has a published definition does as it says, but for the differences that are known."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from cases import cases, places_of
from definition import DIRECTORY, definition
from excuses import Excuses
from good import goods
from judge import KINDS, differences
from land import SETTINGS, Land
from stranger.operations import OPERATIONS, ROUTER
from vocabulary import Server

UNDEFINED = json.loads((Path(__file__).parent / "undefined.json").read_text("utf-8"))
# What lies in a project; the rest of the router is the server's own.
API = re.findall(r'\(\s*"(\w+)",\s*at\("', ROUTER.read_text("utf-8"))
DEFINED = [name for name in API if name not in UNDEFINED]


@pytest.fixture(scope="session")
def land(tmp_path_factory):
    """A server that all operations share."""
    directory = tmp_path_factory.mktemp("land")
    server = Server(directory, **SETTINGS)
    server.start()
    yield Land(server, directory)
    server.kill()


@pytest.fixture(scope="session")
def excuses():
    """The known differences; once everything was asked, what came of it is left for docs/compatibility.md."""
    return Excuses()


@pytest.fixture(scope="session")
def found(land, excuses):
    """A function that tells how many requests were made of an operation and every difference that nothing excuses."""
    outcomes = {}

    def of(name):
        if name not in outcomes:
            asked, unexcused, excused = 0, [], Counter()
            for case in cases(definition(name), land.settled):
                answer, asked = land.answer(OPERATIONS[name], case), asked + 1
                for difference in differences(definition(name), case, answer):
                    entry = excuses.excuse(difference)
                    excused[entry] += 1
                    unexcused += [] if entry else [difference]
            outcomes[name] = (asked, unexcused, sorted(filter(None, excused)))
        return outcomes[name]

    yield of
    if outcomes.keys() == set(DEFINED):
        left(outcomes)


def left(outcomes):
    """A line for each operation: the requests, the differences that nothing excuses, and the entries that excuse others."""
    path = Path(os.environ["UNLADE_DEFINITIONS_RESULTS"])
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        {"operation": name, "requests": asked, "differences": len(unexcused), "excused": excused}
        for name, (asked, unexcused, excused) in outcomes.items()
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_which_operations_have_no_definition_is_known_exactly():
    published = {path.stem for path in DIRECTORY.glob("*.json")}
    assert UNDEFINED.keys() == set(API) - published
    assert all(UNDEFINED.values()), "a reason is missing"


@pytest.mark.parametrize("name", DEFINED)
def test_an_operation_lies_where_its_definition_says(name):
    operation, told = OPERATIONS[name], definition(name)
    path = told.path.removeprefix("/v5/iot/{project_id}")
    assert (operation.method, operation.path, operation.success) == (told.method, path, told.success)


@pytest.mark.parametrize("name", DEFINED)
def test_good_requests_have_every_field_of_the_definition(name):
    told = definition(name)
    tried = {field for good in goods(name) for field in good.query}
    assert told.fields("query").keys() - tried == set()
    if told.body:
        tried = set().union(*(places_of(told.body, good.body) for good in goods(name)))
        assert {place for place in whole(told.body)} - tried == set()


def whole(schema, at="body"):
    """Every place that a schema has."""
    yield at
    for name, part in schema.get("properties", {}).items():
        yield from whole(part, f"{at}.{name}")
    if "items" in schema:
        yield from whole(schema["items"], f"{at}[]")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DEFINED)
def test_an_operation_does_as_its_definition_says(found, name, kind):
    _, unexcused, _ = found(name)
    told = [f"{one.at}, {one.how}: {one.what}" for one in unexcused if one.kind == kind]
    assert not told, f"{len(told)} times {KINDS[kind]}:\n" + "\n".join(told[:20])


def test_every_excuse_is_needed(found, excuses):
    for name in DEFINED:
        found(name)
    needless = excuses.needless()
    assert not needless, needless

