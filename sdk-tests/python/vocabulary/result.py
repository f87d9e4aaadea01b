"""A downloaded zip, read by outsiders: zipfile and xlrd."""

import hashlib
import io
import json
import zipfile

import xlrd

HEADER = ["target", "status", "output", "error_code", "error_msg"]
ROWS_PER_SHEET = 65_535


class Result:
    """The rows of all Results sheets as dictionaries, in the order of the file."""

    def __init__(self, content):
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        assert self.archive.testzip() is None
        self.manifest = json.loads(self.archive.read("manifest.json"))
        self.workbook_names = [name for name in self.archive.namelist() if name.endswith(".xls")]
        self.sheet_rows = {}
        self.summary = []
        self.rows = []
        for name in self.workbook_names:
            self.read_workbook(name)
        self.judge_manifest()

    def read_workbook(self, name):
        book = xlrd.open_workbook(file_contents=self.archive.read(name), on_demand=True)
        for sheet_name in book.sheet_names():
            sheet = book.sheet_by_name(sheet_name)
            if sheet_name.split(" (")[0] == "Results":
                self.sheet_rows[name, sheet_name] = sheet.nrows - 1
                self.rows.extend(result_rows(sheet))
            elif sheet_name == "Summary":
                self.summary.extend(sheet.row_values(number) for number in range(sheet.nrows))
            book.unload_sheet(sheet_name)

    def judge_manifest(self):
        """The manifest says how many rows there are and seals each workbook."""
        assert self.manifest["rows"] == len(self.rows)
        books = self.manifest["workbooks"]
        assert [book["name"] for book in books] == self.workbook_names
        assert sum(book["rows"] for book in books) == len(self.rows)
        for book in books:
            assert book["sha256"] == hashlib.sha256(self.archive.read(book["name"])).hexdigest()

    @property
    def sheets(self):
        """The Results sheets of the first workbook, as (name, data rows)."""
        first = self.workbook_names[0]
        return [(sheet, rows) for (book, sheet), rows in self.sheet_rows.items() if book == first]

    def subtasks(self):
        """The rows as far as ShowBatchTask knows them, if they are a batch task's."""
        assert all(list(row)[: len(HEADER)] == HEADER for row in self.rows)
        return [tuple(row[name] for name in HEADER) for row in self.rows]


def result_rows(sheet):
    header = sheet.row_values(0)
    for number in range(1, sheet.nrows):
        assert all(kind in TEXT_OR_NOTHING for kind in sheet.row_types(number)), "a cell that is not a text"
        yield dict(zip(header, sheet.row_values(number)))


TEXT_OR_NOTHING = {xlrd.XL_CELL_TEXT, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}
