"""Every field and parameter of the document, and good requests to put a value of it into."""

import json
from copy import deepcopy
from typing import Any, NamedTuple

from boundary import forms, good, kind

# Words that leave the fields beside them free.
PREFERRED = {"data_type": "string"}
# Fields that are read beside others only.
BESIDE = {("file_location", "sign"): ("url", "http://a"), ("file_location", "sign_method"): ("url", "http://a")}


class Place(NamedTuple):
    """A field of a body, `steps` deep (a number is an item of a list), or a parameter of a query."""

    operation: dict
    form: Any
    steps: tuple
    schema: dict

    @property
    def name(self):
        """As a refusal names it."""
        name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return name.removeprefix(".")

    def body(self, value):
        """A good body with this value."""
        body = deepcopy(made(self.form))
        at, schema = body, self.form
        for step, following in zip(self.steps, self.steps[1:]):
            schema = inner(schema, step)
            if isinstance(step, int):
                at = at[step]
            else:
                if not isinstance(at.get(step), (dict, list)) or at[step] == []:
                    at[step] = [made(items(schema))] if isinstance(following, int) else made(object_of(schema))
                at = at[step]
        at[self.steps[-1]] = value
        at |= [BESIDE[self.steps]] if self.steps in BESIDE else []
        return body


def made(schema):
    """A good value, with the words that are preferred."""
    value = good(schema)
    if isinstance(value, dict):
        return {name: PREFERRED.get(name, part) for name, part in value.items()}
    return value


def object_of(schema):
    return next(form for form in forms(schema) if kind(form) == "object")


def items(schema):
    return next(form["items"] for form in forms(schema) if kind(form) == "array")


def inner(schema, step):
    return items(schema) if isinstance(step, int) else object_of(schema)["properties"][step]


def operations(document):
    """Every operation in a project: its path, its method and itself."""
    for path, item in document["paths"].items():
        if path.startswith("/v5/"):
            yield from ((path, method, operation) for method, operation in item.items())


def parameters(operation, where):
    return [one for one in operation.get("parameters", []) if one.get("in") == where]


def places(operation):
    """Every field of its JSON body, in each form that the body may have."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    for form in forms(content["schema"]) if content else ():
        yield from below(operation, form, (), form)


def below(operation, whole, steps, schema):
    for form in forms(schema):
        match kind(form):
            case "object":
                for name, field in form.get("properties", {}).items():
                    yield Place(operation, whole, (*steps, name), field)
                    yield from below(operation, whole, (*steps, name), field)
            case "array" if kind(form["items"]) == "object":
                yield from below(operation, whole, (*steps, 0), form["items"])


def word(value):
    """A value as a query has it."""
    return value if isinstance(value, str) else json.dumps(value)
