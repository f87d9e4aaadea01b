"""What README and docs/identity.md say to type is typed, word for word in either language, and comes out as they say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vocabulary import Result

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["", ".zh-CN"]
# What the pages say; every server of these tests listens elsewhere.
ENDPOINT = "http://127.0.0.1:8900"


def blocks(page, language, kind):
    """The texts of one kind that a page has readers type or save."""
    text = (ROOT / f"{page}{language}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody in the directory in which the server was built and started."""

    def __init__(self, server, directory):
        self.server, self.directory = server, directory
        built = directory / "target" / "release"
        built.mkdir(parents=True)
        (built / "unlade").symlink_to(os.environ["UNLADE_BIN"])
        (directory / "unlade-data").symlink_to(server.data_dir)

    def does(self, command, text):
        """Ends a program; answers its exit code and what it said."""
        done = subprocess.run(
            [*command, text], cwd=self.directory, env=self.server.environment(), capture_output=True, text=True, timeout=120
        )
        assert done.stderr == "", done.stderr
        return done.returncode, done.stdout

    def types(self, block):
        return self.does(["sh", "-c"], block)

    def runs(self, program):
        assert program.count(ENDPOINT) == 1
        code, said = self.does([sys.executable, "-c"], program.replace(ENDPOINT, self.server.endpoint))
        assert code == 0, said
        return said


@pytest.fixture
def reader(server, tmp_path):
    return Reader(server, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_of_the_readme_leaves_a_result(reader, language):
    (program,) = blocks("README", language, "python")
    assert "export_task_id" in reader.runs(program)
    assert len(Result((reader.directory / "result.zip").read_bytes()).rows) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_user_is_made_as_the_readme_says(reader, language):
    (block,) = [block for block in blocks("README", language, "sh") if "unlade user create" in block]
    code, said = reader.types(block)
    assert code == 1 and said.splitlines()[-1].endswith("it is not about the action")
    assert "denied: no statement allows it" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_that_may_only_export_is_made_as_the_page_on_rights_says(reader, language):
    block, *_ = blocks("docs/identity", language, "sh")
    (program,) = blocks("docs/identity", language, "python")
    code, said = reader.types(f'export PATH="$PWD/target/release:$PATH"\n{block}')
    assert code == 1
    assert "iotda:exporttasks:create" in said and "allowed by ExportOnly Statement[0]" in said
    assert (reader.directory / "nightly.csv").stat().st_mode & 0o777 == 0o600
    assert reader.runs(program) == "0 exports\n403 IOTDA.000022\n"
