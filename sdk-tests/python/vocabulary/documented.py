"""What every refusal of a run is held against: the statuses and codes that docs/openapi.json lists for its operation."""

import json
import re
from functools import cache
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
# A line of the log, in either of its forms.
OPERATION = re.compile(r'"?operation"?[=:]"(\w+)"')
STATUS = re.compile(r'"?status"?[=:](\d+)')
CODE = re.compile(r'"?code"?[=:]"([\w.]+)"')


@cache
def documented():
    """The status and code of each refusal, by the name of its operation."""
    document, found = json.loads(DOCUMENT.read_text("utf-8")), {}
    for path, item in document["paths"].items():
        if path.startswith("/v5/"):
            for operation in item.values():
                name = operation["operationId"].partition("_")[0]
                found.setdefault(name, set()).update(refusals(document, operation))
    return found


def refusals(document, operation):
    for status, response in operation["responses"].items():
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        for part in schema.get("allOf", ()):
            codes = part.get("properties", {}).get("error_code", {}).get("enum", ())
            yield from ((int(status), code) for code in codes)


def undocumented(server):
    """Each refusal in a server's log that its operation does not list."""
    known, found = documented(), set()
    for line in server.everything_said().splitlines():
        parts = [part.search(line) for part in (OPERATION, STATUS, CODE)]
        if "refused" in line and all(parts):
            operation, status, code = (part[1] for part in parts)
            if operation in known and (int(status), code) not in known[operation]:
                found.add((operation, int(status), code))
    return found
