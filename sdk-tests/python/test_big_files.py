"""Sizes around the end of a sheet, and the largest file that the API takes, under the documented limits."""

import random

import pytest

from vocabulary import device_ids, devices

ALL = 100_000
FULL_SHEET = 65_535
ONE_MORE = 65_536
SECONDS = 400


class Big:
    """Three finished batch tasks on one server, and what each left in its file."""

    def __init__(self, caller, directory):
        self.caller = caller
        self.results = {}
        self.product_id = caller.product()
        self.ids = [f"{self.product_id}_n{number:06}" for number in range(ALL)]
        self.created = self.done("createDevices", devices(directory / "all.xlsx", self.new_devices()))
        self.frozen = self.done("freezeDevices", device_ids(directory / "full.xlsx", self.ids[:FULL_SHEET]))
        self.thawed = self.done("unfreezeDevices", device_ids(directory / "more.xlsx", self.ids[:ONE_MORE]))

    def new_devices(self):
        for number in range(ALL):
            yield {"product_id": self.product_id, "node_id": f"n{number:06}", "device_name": f"设备 {number}"}

    def done(self, task_type, path):
        task_id = self.caller.batch(task_type, document_source=self.caller.upload(path))
        self.caller.finished(task_id, SECONDS)
        return task_id

    def result(self, task_id):
        """The file of a task, exported and read once."""
        if task_id not in self.results:
            self.results[task_id] = self.caller.result(self.caller.export(task_id), SECONDS)
        return self.results[task_id]


@pytest.fixture(scope="module")
def big(serve_module, tmp_path_factory):
    # Files are made here between two calls, for longer than a connection may be silent.
    return Big(serve_module(server_header_timeout_seconds=300).caller(), tmp_path_factory.mktemp("templates"))


def test_100_000_rows_fill_two_sheets_in_the_order_of_the_upload(big):
    result = big.result(big.created)
    assert result.sheets == [("Results", FULL_SHEET), ("Results (2)", ALL - FULL_SHEET)]
    assert [row["target"] for row in result.rows] == big.ids
    assert {row["status"] for row in result.rows} == {"Success"}
    assert result.rows[-1]["device_name"] == f"设备 {ALL - 1}"


def test_100_000_subtasks_paged_out_by_marker_are_the_rows_of_the_file(big):
    paged = big.caller.subtasks(big.created)
    assert sorted(paged) == sorted(big.result(big.created).subtasks())


def test_65_535_rows_fill_one_sheet_to_the_last_line(big):
    result = big.result(big.frozen)
    assert result.sheets == [("Results", FULL_SHEET)]
    assert [row["target"] for row in result.rows] == big.ids[:FULL_SHEET]
    assert_sampled_rows_are_right(big, big.frozen, result)


def test_row_65_536_goes_to_a_second_sheet_under_a_header_of_its_own(big):
    result = big.result(big.thawed)
    assert result.sheets == [("Results", FULL_SHEET), ("Results (2)", 1)]
    assert [row["target"] for row in result.rows] == big.ids[:ONE_MORE]
    # The last one was never frozen.
    assert [row["target"] for row in result.rows if row["status"] == "Fail"] == [big.ids[FULL_SHEET]]
    assert result.rows[-1]["error_code"] == "IOTDA.014040"
    assert_sampled_rows_are_right(big, big.thawed, result)


def assert_sampled_rows_are_right(big, task_id, result):
    """The first row, the last, and some from everywhere, asked for one by one."""
    rows = {subtask[0]: subtask for subtask in result.subtasks()}
    sample = random.Random(task_id).sample(sorted(rows), 20)
    for target in [result.rows[0]["target"], result.rows[-1]["target"], *sample]:
        assert big.caller.subtasks(task_id, target=target) == [rows[target]]
