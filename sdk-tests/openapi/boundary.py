"""The edges of a schema: values that lie just within what it says, and values that lie just outside."""

import json
import re
from typing import Any, NamedTuple

# What a class of a pattern leaves out, if it leaves out anything that can be sent.
STRANGERS = [" ", "$", ".", "é", "任", "~", "/", "\n", "\u0000", "g", "Z"]


class Case(NamedTuple):
    """A value for a schema; `how` says what it is."""

    how: str
    value: Any


def forms(schema):
    """Each thing that a value may be, without the null that means that there is none."""
    for form in schema.get("anyOf", schema.get("oneOf", [schema])):
        if form.get("type") != "null":
            yield form


def kind(schema):
    """Its type but null."""
    types = schema.get("type")
    return next((one for one in types if one != "null"), None) if isinstance(types, list) else types


def good(schema):
    """One value that fits, as small as can be."""
    form = next(forms(schema), {"type": "null"})
    if "enum" in form:
        return form["enum"][0]
    match kind(form):
        case "string":
            return text(form, form.get("minLength", 0))
        case "integer" | "number":
            return form.get("minimum", 0)
        case "boolean":
            return True
        case "array":
            return distinct(form["items"], form.get("minItems", 0))
        case "object":
            return {name: good(form["properties"][name]) for name in form.get("required", [])}
    return None


def text(schema, length):
    """A text of that many characters that fits its pattern."""
    if "contentSchema" in schema:
        return json.dumps(good(schema["contentSchema"]))
    if schema.get("format") == "uri":
        return "http://a".ljust(length, "a")
    for characters in ("a" * length, "1" * length, "20200101T000000Z"):
        if fits(schema, characters):
            return characters
    raise AssertionError(f"no text for {schema}")


def fits(schema, characters):
    return re.fullmatch(schema.get("pattern", "(?s).*").removeprefix("^").removesuffix("$"), characters) is not None


def distinct(item, count):
    """So many items, no two of them the same."""
    if kind(item) != "string":
        return [good(item) for _ in range(count)]
    shortest = max(item.get("minLength", 0), len(str(count)))
    return [text(item, shortest - len(str(number))) + str(number) for number in range(count)]


def within(schema):
    """Values on the edge that are to be taken."""
    for form in forms(schema):
        if "enum" in form:
            yield from (Case(f"the word {word}", word) for word in form["enum"] if word is not None)
            continue
        match kind(form):
            case "string" if "contentSchema" not in form:
                lengths = {"shortest": form.get("minLength", 0), "longest": form.get("maxLength", 0)}
                yield from (Case(f"the {how}", text(form, length)) for how, length in lengths.items())
            case "integer":
                yield from (Case(how, form[how]) for how in ("minimum", "maximum"))
            case "array" if kind(form["items"]) == "string":
                lengths = {"fewest": form.get("minItems", 0), "most": form.get("maxItems", 1)}
                yield from (Case(f"the {how}", distinct(form["items"], length)) for how, length in lengths.items())
            case _:
                yield Case("a good one", good(form))


def beyond(schema):
    """Values on the other side of the edge, each of which no form takes."""
    found = [case for form in forms(schema) for case in beyond_one(form)]
    texts = [form for form in forms(schema) if kind(form) == "string"]
    for how, value in found:
        if not (isinstance(value, str) and any(takes(form, value) for form in texts)):
            yield Case(how, value)
    kinds = {kind(form) for form in forms(schema)}
    others = {"string": "a", "boolean": True, "object": {}, "array": [], "integer": 1}
    if None not in kinds:
        accepted = kinds | ({"integer"} if "number" in kinds else set())
        yield from (Case(f"a {name}", value) for name, value in others.items() if name not in accepted)


def takes(form, value):
    if "enum" in form:
        return value in form["enum"]
    fine = form.get("minLength", 0) <= len(value) <= form.get("maxLength", len(value)) and fits(form, value)
    return fine and "contentSchema" not in form


def beyond_one(form):
    if "enum" in form:
        yield Case("a word that is none", "none-of-them")
        return
    match kind(form):
        case "string" if "contentSchema" not in form:
            shortest, longest = form.get("minLength", 0), form.get("maxLength")
            if shortest > 0:
                # Of the times that are compact none is too short, for none of another length fits.
                yield Case("one character fewer", text(form, shortest)[1:])
            if longest is not None:
                yield Case("one character more", text(form, longest) + text(form, longest)[-1])
            sample = text(form, max(shortest, 1))
            strangers = (sample[:-1] + stranger for stranger in STRANGERS)
            yield from (Case(f"with {one[-1]!r}", one) for one in strangers if "pattern" in form and not fits(form, one))
        case "integer":
            yield Case("one less", form["minimum"] - 1)
            yield Case("one more", form["maximum"] + 1)
            if "multipleOf" in form:
                yield Case("no multiple", form["minimum"] + 1)
        case "number":
            yield Case("less", form["minimum"] - 1)
        case "array" if kind(form["items"]) == "string":
            if form.get("minItems", 0) > 0:
                yield Case("one item fewer", distinct(form["items"], form["minItems"] - 1))
            if "maxItems" in form:
                yield Case("one item more", distinct(form["items"], form["maxItems"] + 1))
            inner = [case for case in beyond(form["items"]) if not isinstance(case.value, (dict, list))]
            yield from (Case(f"an item: {how}", [value]) for how, value in inner)
