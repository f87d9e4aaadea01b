"""Every SDK meets every refusal that a published definition lists, or `unmet.json` says why none can.

A code that the server does not know at all is not its refusal; docs/errors.md has those that it knows.
"""

import json
from pathlib import Path

from definition import definition
from test_definitions import API, DEFINED
from test_errors import KNOWN

HERE = Path(__file__).parent
SCENARIOS = HERE.parent / "scenario"


def met():
    """Every operation with every code that a step of a scenario is refused with."""
    steps = [step for path in SCENARIOS.glob("*.json") for step in json.loads(path.read_text("utf-8"))["steps"]]
    return {(step["call"], step["error"]) for step in steps if "error" in step}


def documented():
    """Every operation with every code of its definition that is also one of ours."""
    told = ((name, definition(name)) for name in DEFINED)
    return {(name, code) for name, it in told for status in it.statuses for code in it.codes(status) if code in KNOWN}


def unmet():
    """The same for what no SDK can be made to meet."""
    reasons = json.loads((HERE / "unmet.json").read_text("utf-8"))
    told = [(name, code) for pairs in reasons.values() for code, names in pairs.items() for name in names]
    assert len(told) == len(set(told)), "a refusal has two reasons"
    return set(told)


def test_every_documented_refusal_is_met_by_every_sdk_or_has_its_reason():
    assert documented() - met() - unmet() == set()
    assert unmet() & met() == set(), "is met after all"
    assert unmet() - documented() == set(), "is not documented"


def test_every_operation_of_the_service_succeeds_in_a_scenario():
    steps = [step for path in SCENARIOS.glob("*.json") for step in json.loads(path.read_text("utf-8"))["steps"]]
    done = {step["call"] for step in steps if "error" not in step}
    assert set(API) - done == set()


def test_every_list_is_paged_to_its_end_by_marker_and_by_offset():
    steps = [step for path in SCENARIOS.glob("*.json") for step in json.loads(path.read_text("utf-8"))["steps"]]
    paged = {(step["call"], step["pages"]["by"]) for step in steps if "pages" in step}
    lists = {name for name in DEFINED if "marker" in definition(name).fields("query")}
    assert paged == {(name, by) for name in lists for by in ("marker", "offset")}
