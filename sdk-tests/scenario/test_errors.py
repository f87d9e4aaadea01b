"""Every code of docs/errors.md is in a scenario, or stands here with the reason why no SDK can be made to meet it."""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
CODES = set(re.findall(r"^\| `([A-Z]+\.\d+)`", (HERE.parents[1] / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE))
REASONS = {
    "a typed SDK cannot send it": ["APIGW.0101", "IOTDA.000008"],
    "something of the server's must be broken first": [
        "IOTDA.000001",
        "IOTDA.000503",
        "IOTDA.000504",
        "IOTDA.000505",
        "IOTDA.014111",
    ],
    "of a subtask, and the scenario that is full executes none": ["IOTDA.014101"],
    "it takes a dozen calls, or a body of 501 services, and is answered as the others of its kind": [
        "IOTDA.003008",
        "IOTDA.013012",
    ],
    "off unless a setting says otherwise, and then for every step": ["IOTDA.021102"],
}


def test_every_code_is_met_or_has_its_reason():
    steps = [step for path in HERE.glob("*.json") for step in json.loads(path.read_text("utf-8"))["steps"]]
    # A subtask, and a target of a call, fails with a code of its own in an answer that is none.
    told = (value for step in steps for value in [step.get("error"), *step.get("expect", {}).values()])
    met = {value for value in told if isinstance(value, str) and re.fullmatch(r"[A-Z]+\.\d+", value)}
    excused = {code for codes in REASONS.values() for code in codes}
    of_service = {code for code in CODES if not code.startswith("IAM.")}
    assert met & excused == set(), "is met after all"
    assert of_service - met - excused == set(), "no step meets it"
    assert met - of_service == set(), "is not in docs/errors.md"
