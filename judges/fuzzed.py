"""What the fuzz target `write` had written, read by outsiders: `cargo xtask fuzz` runs this after it.

It is no part of the judges' suite, which has nothing that was fuzzed.
"""

import json
import os
from pathlib import Path

import pytest

from comparison import differences
from expectation import tidy
from formats import JUDGES

WRITES = "UNLADE_FUZZ_WRITES"
# The others take a second for what takes these a moment; they read what is hard on purpose.
QUICK = [judge for judge in JUDGES if judge.file_format == "xls" and judge.outsider.name in {"calamine", "xlrd"}]


def expected(path):
    sheets = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    plain = {name: [[tuple(cell) if isinstance(cell, list) else cell for cell in row] for row in rows] for name, rows in sheets}
    return {name: tidy(rows) for name, rows in plain.items()}


@pytest.mark.parametrize("judge", QUICK, ids=lambda judge: judge.name, indirect=True)
def test_every_workbook_of_the_fuzzer_holds_what_it_was_asked_for(judge):
    paths = sorted(Path(os.environ[WRITES]).glob("*.xls"))
    assert paths, "the fuzzer left nothing"
    for path in paths:
        (found,) = judge.read([path])
        assert differences(judge.as_read(expected(path)), found) == [], path.name
