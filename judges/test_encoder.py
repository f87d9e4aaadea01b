"""Hard rows through the export's encoder come out of other programs as they went in."""

import zipfile
from types import SimpleNamespace

import openpyxl
import pytest
import xlrd

import edge
import workbooks
from comparison import differences
from formats import FORMATS

YELLOW = (255, 255, 153)
CELL_UNITS = 32_767

INTACT, DAMAGED = b"an intact text", b"a damaged text"


@pytest.fixture(scope="session")
def all_written(tmp_path_factory):
    """Every file of every format with what it must hold; one of them damaged on disk."""
    rows = {
        "edge": edge.edge_rows(),
        "huge": edge.huge_rows(),
        "empty": [],
        "two sheets": list(edge.many_rows(65_535 + 7)),
        "damaged": [["t", "Success", text, *[None] * 6] for text in ("first", INTACT.decode(), "last")],
    }
    return {name: files(tmp_path_factory.mktemp(name), rows, name) for name in FORMATS}


def files(directory, rows, file_format):
    paths = workbooks.write(directory, rows, file_format)
    damage(paths["damaged"])
    book = FORMATS[file_format]
    return {name: SimpleNamespace(path=paths[name], book=book(rows[name])) for name in rows}


def damage(path):
    if not zipfile.is_zipfile(path):
        path.write_bytes(damaged(path.read_bytes()))
        return
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, damaged(content) if INTACT in content else content)


def damaged(content):
    assert content.count(INTACT) == 1
    return content.replace(INTACT, DAMAGED)


@pytest.fixture(scope="session")
def written(judge, all_written):
    return all_written[judge.file_format]


@pytest.fixture(scope="session")
def read(judge, written):
    """What the judge reads of each file."""
    return dict(zip(written, judge.read([file.path for file in written.values()])))


@pytest.mark.parametrize("name", ["edge", "huge", "empty", "two sheets"])
def test_every_cell_comes_back_as_it_went_in(judge, written, read, name):
    assert differences(judge.as_read(written[name].book), read[name]) == []


def test_a_damaged_cell_is_found_where_it_is(judge, written, read):
    (difference,) = differences(written["damaged"].book, read["damaged"])
    # Below the header, which a file of objects has not.
    sheet, row = {"csv": ("csv", 3), "jsonl": ("jsonl", 2)}.get(judge.file_format, ("Results", 3))
    assert difference.startswith(f"sheet {sheet}, row {row}, column 3: 'a damaged text' instead of 'an intact text'")


def test_the_summary_comes_first_and_a_header_stays_in_view(all_written):
    with xlrd.open_workbook(all_written["xls"]["damaged"].path, formatting_info=True) as book:
        summary, results = book.sheets()
    assert (summary.name, summary.sheet_selected, summary.panes_are_frozen) == ("Summary", 1, 0)
    assert (results.name, results.sheet_selected, results.panes_are_frozen) == ("Results", 0, 1)
    assert (results.horz_split_pos, results.horz_split_first_visible) == (1, 1)


def too_long():
    """The cells of the huge rows whose text goes on elsewhere, below a header row."""
    cells = ((row, column, text) for row, texts in enumerate(edge.huge_rows(), 1) for column, text in enumerate(texts))
    return {(row, column) for row, column, text in cells if len((text or "").encode("utf-16-le")) > 2 * CELL_UNITS}


def test_a_cell_whose_text_goes_on_elsewhere_is_yellow_and_no_other(all_written):
    with xlrd.open_workbook(all_written["xls"]["huge"].path, formatting_info=True) as book:
        sheet = book.sheet_by_name("Results")
        places = [(row, column) for row in range(sheet.nrows) for column in range(sheet.row_len(row))]
        grounds = {place: book.xf_list[sheet.cell_xf_index(*place)].background for place in places}
        solid = {place: ground.pattern_colour_index for place, ground in grounds.items() if ground.fill_pattern == 1}
        assert {place for place, colour in solid.items() if book.colour_map[colour] == YELLOW} == too_long()


def test_a_cell_whose_text_goes_on_elsewhere_is_yellow_in_xlsx_too(all_written):
    sheet = openpyxl.load_workbook(all_written["xlsx"]["huge"].path)["Results"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    yellow = {(cell.row - 1, cell.column - 1) for cell in cells if cell.fill.fgColor.rgb == "FF%02X%02X%02X" % YELLOW}
    assert yellow == too_long()


def test_every_alteration_is_met_in_the_data_so_that_an_untrue_one_fails(judge, written):
    texts = [cell for rows in written["edge"].book.values() for row in rows for cell in row if isinstance(cell, str)]
    for alteration in judge.alterations:
        assert any(alteration(text) != text for text in texts), alteration.__doc__
