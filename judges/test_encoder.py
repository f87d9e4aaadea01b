"""Hard rows through the export's encoder come out of three other programs as they went in."""

from types import SimpleNamespace

import pytest
import xlrd

import edge
import workbooks
from comparison import differences
from expectation import expected_book
from outsiders import as_read_by

INTACT, DAMAGED = b"an intact text", b"a damaged text"


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Every workbook with what it must hold; one of them damaged on disk."""
    rows = {
        "edge": edge.edge_rows(),
        "huge": edge.huge_rows(),
        "empty": [],
        "two sheets": list(edge.many_rows(65_535 + 7)),
        "damaged": [["t", "Success", text, *[None] * 6] for text in ("first", INTACT.decode(), "last")],
    }
    paths = workbooks.write(tmp_path_factory.mktemp("workbooks"), rows)
    damage(paths["damaged"])
    return {name: SimpleNamespace(path=paths[name], book=expected_book(rows[name])) for name in rows}


def damage(path):
    content = path.read_bytes()
    assert content.count(INTACT) == 1
    path.write_bytes(content.replace(INTACT, DAMAGED))


@pytest.fixture(scope="session")
def read(outsider, written):
    """What the outsider reads of each workbook."""
    return dict(zip(written, outsider.read([workbook.path for workbook in written.values()])))


@pytest.mark.parametrize("name", ["edge", "huge", "empty", "two sheets"])
def test_every_cell_comes_back_as_it_went_in(outsider, written, read, name):
    assert differences(as_read_by(outsider, written[name].book), read[name]) == []


def test_a_damaged_cell_is_found_where_it_is(outsider, written, read):
    (difference,) = differences(written["damaged"].book, read["damaged"])
    assert difference.startswith("sheet Results, row 3, column 3: 'a damaged text' instead of 'an intact text'")


def test_the_summary_comes_first_and_a_header_stays_in_view(written):
    with xlrd.open_workbook(written["damaged"].path, formatting_info=True) as book:
        summary, results = book.sheets()
    assert (summary.name, summary.sheet_selected, summary.panes_are_frozen) == ("Summary", 1, 0)
    assert (results.name, results.sheet_selected, results.panes_are_frozen) == ("Results", 0, 1)
    assert (results.horz_split_pos, results.horz_split_first_visible) == (1, 1)


def test_every_alteration_is_met_in_the_data_so_that_an_untrue_one_fails(outsider, written):
    texts = [cell for row in written["edge"].book["Results"] for cell in row]
    for alteration in outsider.alterations:
        assert any(alteration(text) != text for text in texts), alteration.__doc__
