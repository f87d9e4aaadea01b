"""What the audit says, as `unlade audit` prints it."""

import json

from .polling import until


def audit(server, *arguments):
    """Its lines, oldest first, each an object."""
    code, said = server.run("audit", "--data-dir", server.data_dir, *arguments)
    assert code == 0, said
    return [json.loads(line) for line in said.splitlines()]


def audited(server, answer):
    """The line of an answer; it may come a moment after it."""

    def line():
        return [line for line in audit(server) if line["request_id"] == answer.headers["X-Request-Id"]]

    (line,) = until(line, "the answer's line is in the audit", diagnosis=server.log)
    return line
