"""A published definition of an operation, read as JSON Schema.

They are of Swagger 2 and were made from annotations of Java: a pattern is about the whole text whether it is anchored or not, and
some limits stand under keys that begin with `x-`.
"""

import json
import os
import re
from functools import cache, cached_property
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError, validators

DIRECTORY = Path(os.environ["UNLADE_DEFINITIONS"])
# What stands for a list's limits, and what a list or a parameter is annotated with.
RENAMED = {"x-minLength": "minItems", "x-maxLength": "maxItems"}
ANNOTATED = re.compile(r'^@Pattern(InList)?\(regexp = "(.*)"\)$')
INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}


class Definition:
    """What one operation may be asked and may answer."""

    def __init__(self, name, whole):
        self.name, self.schemas = name, whole["definitions"] or {}
        ((self.path, methods),) = whole["paths"].items()
        ((method, operation),) = methods.items()
        self.method = method.upper()
        self.parameters = [(told["in"], told["name"], told) for told in operation["parameters"]]
        self.responses = operation["responses"]

    def fields(self, place):
        """The schemas of the parameters in `query`, `header` or `path`, by their names."""
        return {name: self.schema(told) for where, name, told in self.parameters if where == place}

    def required(self, place):
        return {name for where, name, told in self.parameters if where == place and told.get("required")}

    @cached_property
    def body(self):
        """The schema of the body; None if there is none."""
        found = [told for where, _, told in self.parameters if where == "body"]
        return self.schema(found[0]["schema"]) if found else None

    @property
    def body_required(self):
        return any(told.get("required") for where, _, told in self.parameters if where == "body")

    @property
    def uploads(self):
        """The parts of a form that it takes."""
        return [name for where, name, _ in self.parameters if where == "formData"]

    @property
    def success(self):
        (status,) = [int(status) for status in self.responses if status.startswith("2")]
        return status

    @property
    def statuses(self):
        return {int(status) for status in self.responses}

    def codes(self, status):
        """The codes that a refusal with this status may carry; empty if the definition does not say."""
        return set(self.responses.get(str(status), {}).get("x-Error") or [])

    @cached_property
    def answer(self):
        """The schema of a success; None if it has no body."""
        told = self.responses[str(self.success)].get("schema")
        # `string` stands for an empty body.
        return closed(self.schema(told)) if told and told.get("type") != "string" else None

    def schema(self, told):
        """The same as a schema without references, with every limit under the name that JSON Schema has for it."""
        if "$ref" in told:
            return self.schema(self.schemas[told["$ref"].rpartition("/")[2]])
        if "allOf" in told:
            parts = [self.schema(part) for part in told["allOf"]]
            return {"type": "object", "properties": {k: v for part in parts for k, v in part["properties"].items()}}
        kept = ("type", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
        schema = {name: told[name] for name in kept if name in told}
        schema |= {new: told[old] for old, new in RENAMED.items() if old in told}
        schema |= INT32 | schema if told.get("format") == "int32" else {}
        for pattern, in_list in annotated(told):
            (told.get("items", {}) if in_list else schema).setdefault("pattern", pattern)
        if isinstance(told.get("required"), list):
            schema["required"] = told["required"]
        if "properties" in told:
            schema["properties"] = {name: self.schema(part) for name, part in told["properties"].items()}
            schema.setdefault("type", "object")
        for inner in ("items", "additionalProperties"):
            if isinstance(told.get(inner), dict):
                schema[inner] = self.schema(told[inner])
        return schema


def annotated(told):
    """Patterns that only an annotation has; its backslashes are those of a text of Java, or of a text in a text."""
    for annotation in told.get("x-annotations") or []:
        if found := ANNOTATED.match(annotation):
            yield found[2].replace("\\\\", "\\"), bool(found[1])


def closed(schema):
    """The same, allowing no field that it does not name: what an answer holds besides would be undocumented."""
    shut = {name: closed(part) if isinstance(part, dict) and name != "properties" else part for name, part in schema.items()}
    if schema.get("properties"):
        shut["properties"] = {name: closed(part) for name, part in schema["properties"].items()}
        shut["additionalProperties"] = False
    return shut


def whole(_, pattern, value, __):
    """A pattern is about the whole text; \\s is a space of ASCII, as in Java."""
    if isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII):
        yield ValidationError(f"{value!r} is not {pattern}")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def longest(_, most, value, __):
    """An object has a length, too: that of its JSON."""
    text = compact(value) if isinstance(value, dict) else value
    if isinstance(text, str) and len(text) > most:
        yield ValidationError(f"{value!r} is longer than {most}")


Validator = validators.extend(Draft202012Validator, {"pattern": whole, "maxLength": longest})


def misfits(value, schema):
    """Every place where a value is not what a schema says."""
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in Validator(schema).iter_errors(value)]


@cache
def definition(name):
    """The definition of an operation; None if there is none."""
    path = DIRECTORY / f"{name}.json"
    return Definition(name, json.loads(path.read_text("utf-8"))) if path.exists() else None
