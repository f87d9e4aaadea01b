"""What of an answer is not as the definition says.

A request that fits the definition is answered with a success, or, if what it has in a place that names a thing does not exist,
refused for that. One that does not fit is refused, with a status and a code of the definition's own, and told which field.
"""

import json
from typing import NamedTuple

from definition import misfits

# Codes that say that a request is malformed; all others are about what there is.
MALFORMED = {
    *(f"IOTDA.0000{number:02}" for number in (6, 8, 9, 17, 18)),
    *(f"IOTDA.{number}" for number in ("013005", "014034", "014800", "014201", "014203", "014204", "014207", "019304")),
}

# Where there are several apps, one must be named.
NEEDS_AN_APP = "IOTDA.001005"
# Places that name a thing, or tell its state: what fits may be refused there, because it does not exist or is otherwise.
OF_THINGS = {
    *("app_id", "product_id", "device_id", "gateway_id", "node_id", "group_id", "super_group_id", "service_id", "desired"),
    *("resource_id", "tag_keys", "tag_keys[]", "document_source", "shadow[].version", "Instance-Id", "action_id"),
}


KINDS = {
    "refuses": "what fits is refused as malformed",
    "takes": "what does not fit is taken",
    "status": "the status is none of the definition's",
    "code": "the code is none of the definition's for that status",
    "names": "the refusal does not name the field",
    "answers": "the answer is not as the definition says",
}


class Difference(NamedTuple):
    """What was asked, and the kind of the difference; `what` tells more."""

    operation: str
    at: str
    how: str
    kind: str
    what: str


def differences(definition, case, answer):
    """Every difference between an answer and the definition."""
    return [Difference(definition.name, case.at, case.how, kind, what) for kind, what in judged(definition, case, answer)]


def judged(definition, case, answer):
    if answer.status < 400:
        if not case.fits:
            # An answer that echoes what ought not to be there would tell the same again.
            yield "takes", str(answer.status)
        else:
            yield from of_success(definition, answer)
        return
    if case.fits and answer.code != NEEDS_AN_APP and (answer.code in MALFORMED or not of_a_thing(case.at)):
        yield "refuses", f"{answer.status} {answer.code} {answer.message}"
    yield from of_refusal(definition, case, answer)


def of_a_thing(at):
    return at.startswith("path.") or any(at.endswith(f".{place}") for place in OF_THINGS)


def of_success(definition, answer):
    if answer.status != definition.success:
        yield "status", str(answer.status)
    if definition.answer is None:
        if answer.body:
            yield "answers", "a body"
    else:
        yield from (("answers", fault) for fault in misfits(json.loads(answer.body), definition.answer))


def of_refusal(definition, case, answer):
    codes = definition.codes(answer.status)
    if answer.status not in definition.statuses:
        yield "status", f"{answer.status} {answer.code}"
    elif codes and answer.code not in codes:
        yield "code", f"{answer.status} {answer.code}"
    name = case.at.rpartition(".")[2].removesuffix("[]")
    if answer.status == 400 and not case.fits and not named(name, case.how, answer.message):
        yield "names", answer.message


def named(name, how, message):
    """A field that is missing is named itself, not what it is missing from; a key among keys is one of them, and what is no JSON
    has no fields."""
    missing = how.removeprefix("without ")
    return (missing if missing != how else name.removesuffix("s")) in message or " body: " in message
