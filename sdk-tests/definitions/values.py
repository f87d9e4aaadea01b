"""Values to try in place of one that fits a schema: at each limit and beyond it, each word, and each wrong type.

Whether a value fits is no business of this module: the schema itself says.
"""

import re

try:
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_parse as parser

# Who may or may not be in a class of characters, and how many of them are enough to look at.
CHARACTERS = "a0A_-.:中 '#$é<\"\t"
FAR = 3
# What is longer has no limit.
LONG = 10_000
TYPES = {"null": None, "boolean": True, "number": 1.5, "integer": 5, "text": "text", "list": [], "object": {}}
JSON_TYPES = {"null": type(None), "boolean": bool, "number": float, "integer": int, "string": str, "array": list, "object": dict}


def candidates(schema, good):
    """Pairs of a label and a value for a place whose value is now `good`."""
    own = JSON_TYPES.get(schema.get("type"))
    yield from ((name, value) for name, value in TYPES.items() if own is None or type(value) is not own)
    match schema.get("type"):
        case "string":
            yield from texts(schema)
        case "integer" | "number":
            yield from numbers(schema)
        case "array":
            yield from lists(schema, good)
        case "object":
            yield from objects(schema, good)
        case "boolean":
            yield from (("true", True), ("false", False), ("a text for a boolean", "true"))


def texts(schema):
    yield "empty", ""
    for text in spelled(schema.get("pattern", ".*"), schema.get("minLength", 0), schema.get("maxLength", LONG)):
        yield f"{len(text)} characters" if len(text) > 24 else repr(text), text


def spelled(pattern, least, most):
    """Texts that a pattern is about: its words, its shortest and its longest, one character less and more, and each kind of
    character alone."""
    tree = parser.parse(pattern)
    words = [word for word in worded(tree) if word]
    if words:
        found = [*words, *(word.lower() for word in words), *(word + "s" for word in words[:1])]
    else:
        (low, high), character = lengths(tree), member(pattern)
        low, high = max(low, least), min(high, most)
        # One text after the other, each as long as possible but those that are to be too long.
        found = [character * length for length in (low - 1, low, high, high + 1) if length > 0]
        found += [(other + character * FAR)[: max(high, 1)].ljust(low, character) for other in CHARACTERS]
    return list(dict.fromkeys(found))


def worded(tree):
    """The alternatives of a pattern that has nothing but words."""
    texts = [""]
    for kind, what in tree:
        match str(kind):
            case "AT":
                continue
            case "LITERAL":
                texts = [text + chr(what) for text in texts]
            case "SUBPATTERN":
                texts = [text + more for text in texts for more in worded(what[-1])]
            case "BRANCH":
                texts = [text + more for text in texts for branch in what[1] for more in worded(branch)]
            case "IN" if all(str(item) == "LITERAL" for item, _ in what):
                texts = [text + chr(one) for text in texts for _, one in what]
            case _:
                return []
    return texts


def lengths(tree):
    """How short and how long a match may be."""
    low, high = tree.getwidth()
    return low, high if high < LONG else LONG


def member(pattern):
    """A character that a pattern likes to be repeated."""
    low, _ = lengths(parser.parse(pattern))
    return next((one for one in CHARACTERS if re.fullmatch(pattern, one * max(low, 1), re.ASCII)), "a")


def numbers(schema):
    limits = [schema[name] for name in ("minimum", "maximum") if name in schema] or [0]
    yield from ((str(limit + by), limit + by) for limit in limits for by in (-1, 0, 1))
    yield "a text for a number", str(limits[0])
    yield "beyond 64 bits", 2**63
    if schema["type"] == "number":
        yield "a fraction", 0.25


def lists(schema, good):
    item = good[0] if good else None
    yield "an empty list", []
    yield "null in a list", [*good, None]
    if item is None:
        return
    for length in {schema[name] + by for name in ("minItems", "maxItems") if name in schema for by in (-1, 0, 1)}:
        if length > 0:
            yield f"{length} items", [variant(item, number) for number in range(length)]


def variant(item, number):
    """Another one of its kind, since equal ones may be refused for that."""
    match item:
        case str():
            return f"{item}{number}"
        case dict():
            first = next(name for name, value in item.items() if isinstance(value, str))
            return {**item, first: f"{item[first]}{number}"}
    return item


def objects(schema, good):
    for name in schema.get("properties", {}):
        if name in good:
            yield f"without {name}", {key: value for key, value in good.items() if key != name}
    yield "with a field of the next version", {**good, "of_the_next_version": 1}
    if most := schema.get("maxLength"):
        for length in (most, most + 1):
            yield f"{length} characters of JSON", {"a": "x" * (length - len('{"a":""}'))}
