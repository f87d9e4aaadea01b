"""schemathesis asks the real server everything that the document it serves allows, and much that it does not, with all
its checks. UNLADE_SCHEMATHESIS_EXAMPLES=200 asks more of each operation; a failure prints the request as a curl command.
"""

import json
import os
import subprocess

from unheld import EVERYWHERE, SOMEWHERE

EXAMPLES = int(os.environ.get("UNLADE_SCHEMATHESIS_EXAMPLES", "6"))
SECONDS = 600


def configuration(world):
    """What schemathesis is told: how to prove itself, what exists, and which check does not hold where."""
    known = {"header.Instance-Id": world.instance_id, **{f"path.{name}": value for name, value in world.ids.items()}}
    sections = [
        ["continue-on-failure = true", "request-timeout = 60"],
        ["[generation]", f"max-examples = {EXAMPLES}", "deterministic = true", 'database = "none"'],
        ["[auth.openapi.token]", f"api_key = {json.dumps(world.token)}"],
        ["[parameters]", *(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in known.items())],
        ["[checks]", *(f"{unheld.check}.enabled = false" for unheld in EVERYWHERE)],
    ]
    for check, _, operation, tag in SOMEWHERE:
        where = ("include-operation-id", operation) if operation else ("include-tag", tag)
        sections.append(["[[operations]]", f"{where[0]} = {json.dumps(where[1])}", f"checks.{check}.enabled = false"])
    return "\n".join(line for section in sections for line in section) + "\n"


def test_all_checks_of_schemathesis_hold(world, tmp_path):
    file = tmp_path / "schemathesis.toml"
    file.write_text(configuration(world), "utf-8")
    command = [os.environ["UNLADE_OPENAPI_PYTHON"], "-m", "schemathesis.cli", "--config-file", str(file), "run", "--warnings", "off"]
    done = subprocess.run(
        [*command, f"{world.server.endpoint}/openapi.json"], cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_check_that_does_not_hold_is_of_an_operation_that_there_is(kept):
    operations = [operation for item in kept["paths"].values() for operation in item.values()]
    known = {operation["operationId"] for operation in operations} | {tag for operation in operations for tag in operation["tags"]}
    assert {unheld.operation or unheld.tag for unheld in SOMEWHERE} <= known
