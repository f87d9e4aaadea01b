"""What LibreOffice makes of a workbook as CSV, and again as a workbook, is still what went in."""

import pytest

import edge
import workbooks
from comparison import differences
from expectation import expected_book
from outsiders import Judge, LibreOffice, Poi

OFFICE = Judge(LibreOffice(), "xls")
# LibreOffice splits pairs at the ends of records, at which xlrd fails; calamine trims the texts of an .ods.
READERS = {"xls": Poi(), "ods": LibreOffice()}
# What a CSV can carry: LibreOffice drops tabs around a text as it reads one.
TEXTS = [
    *[*edge.LIKE_NUMBERS, *edge.LIKE_DATES, *edge.LIKE_FORMULAS, *edge.LIKE_VALUES, *edge.QUOTES, *edge.INVISIBLE],
    *["a\nb", "设备\n任务", " leading", "trailing "],
]
ROWS = {"alike": [[text, "Success", f"{text}|", *[None] * 6] for text in TEXTS], "many": list(edge.many_rows(500))}


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    """The CSV of each sheet, by workbook and sheet."""
    if why := OFFICE.outsider.missing():
        pytest.skip(why)
    directory = tmp_path_factory.mktemp("csv")
    paths = workbooks.write(directory, ROWS)
    sheets = OFFICE.outsider.csv(paths.values(), directory)
    return {(name, sheet): path for name, files in zip(paths, sheets) for sheet, path in files.items()}


@pytest.mark.parametrize("into", READERS)
def test_csv_made_of_a_workbook_makes_the_same_workbook(csv, into, tmp_path):
    if why := READERS[into].missing():
        pytest.skip(why)
    paths = OFFICE.outsider.back(csv.values(), into, tmp_path)
    expected = {name: OFFICE.as_read(expected_book(rows)) for name, rows in ROWS.items()}
    for (name, sheet), book in zip(csv, READERS[into].read(paths)):
        (found,) = book.values()
        assert differences({sheet: expected[name][sheet]}, {sheet: found}) == [], name
