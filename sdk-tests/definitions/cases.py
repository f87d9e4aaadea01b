"""The requests that a definition makes: good ones, least ones, and each with one thing changed."""

from typing import Any, NamedTuple

from definition import misfits
from good import Form, goods
from stranger.operations import Known
from values import candidates, numbers, texts

OTHER_PROJECTS = ["0" * 33, "g" * 32, "x-y"]
# Fields whose presence decides about nothing; a fuzzer of its own asks for the rest of HTTP.
SKIPPED_HEADERS = {"X-Auth-Token"}


class Case(NamedTuple):
    """A request; `at` is the place that was changed, `how` what was done to it, and `fits` says whether that is allowed."""

    at: str
    how: str
    id: Any
    query: list
    body: Any
    headers: dict = {}
    project: str | None = None
    fits: bool = True

    @property
    def good(self):
        return self.at == "good"


def cases(definition, settled):
    """Every request of an operation. `settled` puts ids that exist in the place of those that are known by name."""
    seen = set()
    for number, good in enumerate(goods(definition.name)):
        body = settled(good.body)
        plain = Case("good", f"good {number}", good.id, list(good.query.items()), body)
        yield plain
        least = needed(settled(good.query), definition)
        plain = plain._replace(query=list(least.items()))
        if definition.uploads:
            yield from of_form(definition, plain)
        elif body is not None:
            yield least_of(definition, plain)
            yield from of_body(definition, plain, seen)
        if number == 0:
            yield from of_query(definition, plain, settled(good.query), least)
            yield from of_headers(definition, plain)
            yield plain._replace(at="header.Instance-Id", how="our own", headers={"Instance-Id": Known("instance")})
            yield from of_path(definition, plain)


def of_form(definition, plain):
    """A form without its part, with a text for it, and what is no form."""
    (name,) = definition.uploads
    spoilt = [("another part", Form("another", True)), ("a text for a file", Form(name, False)), ("JSON", {}), ("no body", None)]
    yield from (plain._replace(at=f"form.{name}", how=how, body=body, fits=False) for how, body in spoilt)


def needed(query, definition):
    return {name: query[name] for name in query if name in definition.required("query")}


def least_of(definition, plain):
    return judged(definition, plain._replace(at="body", how="only what is required", body=pruned(plain.body, definition.body)))


def pruned(value, schema):
    """What is left without all that is optional."""
    match value:
        case dict() if "properties" in schema:
            kept = [name for name in value if name in schema.get("required", ())]
            return {name: pruned(value[name], schema["properties"][name]) for name in kept}
        case list():
            return [pruned(item, schema.get("items", {})) for item in value]
    return value


def judged(definition, case):
    """The case with what the definition's body says about it."""
    if case.body is None:
        return case._replace(fits=not definition.body_required and not definition.body.get("required"))
    return case._replace(fits=not misfits(shown(case.body), definition.body))


def shown(value):
    """The value as it will be sent, with any name in the place of a new one."""
    match value:
        case Known():
            return "new-1"
        case dict():
            return {name: shown(part) for name, part in value.items()}
        case list():
            return [shown(part) for part in value]
    return value


def of_body(definition, plain, seen):
    if "body" not in seen:
        yield judged(definition, plain._replace(at="body", how="no body", body=None))
    for at, schema, value, put in places(definition.body, plain.body):
        if at in seen:
            continue
        seen.add(at)
        for how, candidate in candidates(schema, value):
            yield judged(definition, plain._replace(at=at, how=how, body=put(candidate)))


def places(schema, value, at="body", put=lambda value: value):
    """Every place in a body, its schema, its value, and what makes the same body with another one there."""
    yield at, schema, value, put
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from places(inner, value[name], f"{at}.{name}", put_in(put, value, name))
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from places(schema["items"], item, f"{at}[]", put_in(put, value, number))


def places_of(schema, body):
    """The names of all places in a body."""
    return {at for at, *_ in places(schema, body)}


def put_in(put, whole, key):
    def replaced(value):
        copy = whole.copy()
        copy[key] = value
        return put(copy)

    return replaced


def words_of(schema):
    """Values of a parameter on the wire, where everything is a text, and whether each is allowed."""
    match schema.get("type"):
        case "integer":
            for how, number in numbers(schema):
                yield how, str(number), not misfits(number, schema) if not isinstance(number, str) else True
            yield from ((repr(word), word, False) for word in ("x", "1.5", ""))
        case "boolean":
            yield from ((repr(word), word, word in ("true", "false")) for word in ("true", "false", "yes", "2", ""))
        case _:
            for how, text in texts(schema):
                yield how, text, not misfits(text, schema)


def of_query(definition, plain, query, least):
    for name, schema in definition.fields("query").items():
        at = f"query.{name}"
        if name in least:
            without = [pair for pair in plain.query if pair[0] != name]
            yield plain._replace(at=at, how="absent", query=without, fits=False)
        elif name in query:
            yield plain._replace(at=at, how="alone", query=[*plain.query, (name, query[name])])
        for how, word, fits in words_of(schema):
            others = [pair for pair in plain.query if pair[0] != name]
            yield plain._replace(at=at, how=how, query=[*others, (name, word)], fits=fits)
    yield plain._replace(at="query", how="a parameter of the next version", query=[*plain.query, ("of_the_next_version", "1")])


def of_headers(definition, plain):
    for name, schema in definition.fields("header").items():
        if name not in SKIPPED_HEADERS:
            for how, word, fits in words_of(schema):
                # What HTTP cannot carry in a header is no request.
                if word == word.strip() and word.isascii() and word.isprintable():
                    yield plain._replace(at=f"header.{name}", how=how, headers={name: word}, fits=fits)


def of_path(definition, plain):
    for name, schema in definition.fields("path").items():
        if name == "project_id":
            words = [(word, word, False) for word in OTHER_PROJECTS]
        else:
            words = [word for word in words_of(schema) if word[1]]
        for how, word, fits in words:
            changed = {"project": word} if name == "project_id" else {"id": word}
            yield plain._replace(at=f"path.{name}", how=how, fits=fits, **changed)
