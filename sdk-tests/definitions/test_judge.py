"""The judge finds each kind of difference, an excuse excuses what it names and nothing else, and what proves a deviation exists."""

import json
from pathlib import Path

import pytest

from cases import Case, of_body, words_of
from definition import Definition, misfits
from excuses import Excuses
from judge import KINDS, differences
from vocabulary.raw import Answer

ROOT = Path(__file__).resolve().parents[2]
BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "pattern": "(good|better)"}, "tags": {"type": "array", "x-maxLength": 2, "items": {"type": "string"}}},
}
OPERATION = {
    "parameters": [{"in": "body", "name": "request", "required": True, "schema": {"$ref": "#/definitions/Body"}}],
    "responses": {"201": {"schema": {"$ref": "#/definitions/Body"}}, "400": {"x-Error": ["IOTDA.000006"]}, "404": {}},
}
TOLD = Definition("Make", {"definitions": {"Body": BODY}, "paths": {"/things": {"post": OPERATION}}})
GOOD = Case("good", "good 0", None, [], {"name": "good", "tags": ["a"]})


def answer(status, body):
    return Answer(status, {}, json.dumps(body).encode())


def refusal(status=400, code="IOTDA.000006", text="name: is required"):
    return answer(status, {"error_code": code, "error_msg": text})


FITS, SPOILT = GOOD._replace(at="body.name"), GOOD._replace(at="body.name", fits=False)
FOUND = [
    ("nothing", FITS, answer(201, {"name": "better"}), []),
    ("nothing of what does not exist", GOOD._replace(at="path.device_id"), refusal(404, "IOTDA.014000"), []),
    ("a fit word is refused", FITS, refusal(404, "IOTDA.014000"), ["refuses"]),
    ("nothing of a refusal", SPOILT, refusal(), []),
    ("a good request is refused", GOOD, refusal(404, "IOTDA.014000"), ["refuses"]),
    ("a fit one is malformed", FITS, refusal(), ["refuses"]),
    ("an unfit one is taken", SPOILT, answer(201, {"name": "good"}), ["takes"]),
    ("another success", FITS, answer(200, {"name": "good"}), ["status"]),
    ("another refusal", SPOILT, refusal(409, "IOTDA.014030"), ["status"]),
    ("another code", SPOILT, refusal(code="IOTDA.014800"), ["code"]),
    ("another field", SPOILT, refusal(text="colour: is required"), ["names"]),
    ("a missing field", FITS, answer(201, {}), ["answers"]),
    ("an unknown field", FITS, answer(201, {"name": "good", "age": 1}), ["answers"]),
    ("a word that only begins well", FITS, answer(201, {"name": "goods"}), ["answers"]),
]


@pytest.mark.parametrize("case, said, kinds", [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_each_difference_is_found(case, said, kinds):
    assert [one.kind for one in differences(TOLD, case, said)] == kinds
    assert set(kinds) <= KINDS.keys()


def test_every_word_limit_and_type_of_every_field_is_asked_for():
    made = {(case.at, case.how): case.fits for case in of_body(TOLD, GOOD, set())}
    assert {how for at, how in made if at == "body.name"} >= {"'good'", "'better'", "'goods'", "null", "integer", "empty"}
    assert made["body", "without name"] is False and made["body", "without tags"] is True
    assert made["body.tags", "2 items"] is True and made["body.tags", "3 items"] is False
    assert made["body.tags[]", "number"] is False and made["body", "no body"] is False


def test_parameters_are_asked_for_at_and_beyond_their_limits():
    asked = {word: fits for _, word, fits in words_of({"type": "integer", "minimum": 1, "maximum": 50})}
    assert {word for word, fits in asked.items() if fits} == {"1", "2", "49", "50"}
    assert {"0", "51", "x", ""} <= {word for word, fits in asked.items() if not fits}
    asked = {len(word): fits for _, word, fits in words_of({"type": "string", "pattern": "^[a-z]{2,5}$"})}
    assert asked[1] is False and asked[2] is True and asked[5] is True and asked[6] is False


def test_an_object_has_the_length_of_its_json():
    assert misfits({"a": "xx"}, {"type": "object", "maxLength": 9}) != []
    assert misfits({"a": "x"}, {"type": "object", "maxLength": 9}) == []


def test_an_excuse_excuses_what_it_names_and_one_that_does_not_is_told():
    rules = [{"operation": ["Make"], "at": ["body.tags[]"], "kind": ["takes"]}, {"kind": ["names"]}]
    excuses = Excuses([{"id": "one", "excuses": rules}])
    (taken,) = differences(TOLD, SPOILT._replace(at="body.tags[]"), answer(201, {"name": "good"}))
    assert excuses.excuse(taken) == "one"
    assert excuses.excuse(taken._replace(at="body.tagst")) is None
    assert excuses.needless() == [("one", 1, "kind", "names")]


def test_every_deviation_has_both_languages_and_something_that_proves_it():
    sources = [*ROOT.glob("crates/**/*.rs"), *ROOT.glob("sdk-tests/python/**/*.py")]
    everything = "\n".join(source.read_text("utf-8") for source in sources)
    for entry in Excuses().entries:
        assert entry["en"] and entry["zh"] and entry["whose"] in ("unlade", "definition")
        assert entry.get("excuses") or entry.get("proven_by"), entry["id"]
        for name in entry.get("proven_by", []):
            assert f"def {name}(" in everything or f"fn {name}(" in everything, name
