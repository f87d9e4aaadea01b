"""Every code of docs/errors.md is raised from outside, with the status and the texts that stand there.

A function of `errors` sets the stage for one code and returns the request that raises it, which is then sent in both
languages, each of which must be the whole answer's. docs/errors.md is made from the server's own catalogue and names the
functions; a code that nobody raises, or that is not in the table, fails.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from errors import RAISED_BY
from test_errors_subtasks import FAILED_BY
from vocabulary import in_both

TABLE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([A-Z]+\.\d+)`(?: †)? \| (\d+) \| (.+?) \| (.+?) \|", re.MULTILINE)
KNOWN = {code: (int(status), *texts) for code, status, *texts in ROW.findall(TABLE.read_text("utf-8"))}

# What stands in a Chinese answer and is not: a term of the service's own text, and what the reader of JSON says.
ANY_LANGUAGE = {"IOTDA.000021": ["IAM Token"], "IOTDA.000008": ["原因：.*"]}


@pytest.fixture(scope="module")
def stage(serve_module, tmp_path_factory):
    """The servers that the refusals come from, each started when it is first needed."""
    started = {}

    def server(name, **settings):
        if name not in started:
            started[name] = serve_module(batch_workers=0, export_workers=0, **settings)
        return started[name]

    return SimpleNamespace(
        # Documented limits, and nothing that is begun gets done.
        idle=lambda: server("idle"),
        # One of everything is the most.
        full=lambda: server(
            "full",
            limits_apps=1,
            limits_products=1,
            limits_device_groups=1,
            limits_group_devices=0,
            limits_devices=1,
            limits_batch_running=1,
            limits_batch_files=1,
            limits_batch_targets=1,
            limits_batch_file_bytes=8_000,
            limits_request_bytes=1_000,
            limits_users=1,
            limits_ota_packages=0,
        ),
        # For those who need what a worker has made, or who break something.
        working=lambda **settings: serve_module(**settings),
        directory=lambda: tmp_path_factory.mktemp("files"),
    )


@pytest.mark.parametrize("code", sorted({*KNOWN, *RAISED_BY} - {*FAILED_BY}))
def test_a_code_is_raised_from_outside_with_the_status_and_texts_of_the_table(stage, code):
    assert code in KNOWN, "is raised, but docs/errors.md does not know it"
    assert code in RAISED_BY, "stands in docs/errors.md, but nobody raises it"
    status, *texts = KNOWN[code]
    server, method, path, more = RAISED_BY[code](stage)
    for answer, text in zip(in_both(server, method, path, ANY_LANGUAGE.get(code, ()), **more), texts):
        # The identity service tells the status in place of a code.
        told = status if code.startswith("IAM.") else code
        assert (answer.status, answer.code) == (status, told), answer.message
        assert answer.message.startswith(text)
