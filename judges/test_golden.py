"""Small files as they were once written, kept: today's are the same byte for byte, and everybody reads them.

After a change that is meant to alter them: `UNLADE_UPDATE_GOLDEN=1 cargo xtask test --suite judges -- -k golden`, and a
look at what `git diff --stat` says.
"""

import os
from pathlib import Path

import pytest

import edge
import workbooks
from comparison import differences
from expectation import in_chinese
from formats import FORMATS, GOLDEN, JUDGES

KEPT = Path(__file__).parent / "golden"
NOTHING = [None] * 6
ROWS = {
    "empty": [],
    "texts": list(edge.special_rows())[::5],
    # One text that goes on in the Overflow sheet, and one with what no file may hold.
    "overflow": [[f"t{n}", "Success", text, *NOTHING] for n, text in enumerate(["x" * 32_768, "\0y"])],
    "zh": [["设备_1", "失败", None, "IOTDA.014019", "设备不存在", "温度传感器 😀", "n1", None, None], ["t2", "Success", *[None] * 7]],
}
CHINESE = {"zh"}
GOLDEN_JUDGES = [judge for judge in JUDGES if judge.file_format in GOLDEN]


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Today's files, by format and name."""
    files = {}
    for language, names in (("en", ROWS.keys() - CHINESE), ("zh", CHINESE)):
        for file_format in GOLDEN:
            rows = {name: ROWS[name] for name in sorted(names)}
            written = workbooks.write(tmp_path_factory.mktemp(language), rows, file_format, language)
            files.update({(file_format, name): path for name, path in written.items()})
    if os.environ.get("UNLADE_UPDATE_GOLDEN"):
        renew(files)
    return files


def renew(files):
    KEPT.mkdir(exist_ok=True)
    for (file_format, name), path in files.items():
        kept(file_format, name).write_bytes(path.read_bytes())


def kept(file_format, name):
    return KEPT / f"{name}.{file_format}"


@pytest.mark.parametrize("file_format", GOLDEN)
@pytest.mark.parametrize("name", ROWS)
def test_todays_file_is_the_golden_one_byte_for_byte(made, file_format, name):
    assert made[file_format, name].read_bytes() == kept(file_format, name).read_bytes(), "see the head of test_golden.py"


@pytest.fixture(scope="session")
def read(made, judge):
    """What the judge reads of each golden file."""
    return dict(zip(ROWS, judge.read([kept(judge.file_format, name) for name in ROWS])))


@pytest.mark.parametrize("judge", GOLDEN_JUDGES, ids=lambda judge: judge.name, indirect=True)
def test_a_golden_file_holds_what_it_was_made_of(judge, read):
    for name, found in read.items():
        book = FORMATS[judge.file_format](ROWS[name])
        assert differences(judge.as_read(in_chinese(book) if name in CHINESE else book), found) == [], name
