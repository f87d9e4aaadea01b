"""Three programs that had no part in writing a workbook, and what each makes of one.

`read` takes paths and answers books (see `expectation`). A cell that is neither a text nor a number comes out as
a tuple, which equals neither. `alterations` is what a program does to texts by itself: functions, each as narrow
as what it describes, with the reason why that is none of our doing.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import xlrd
from python_calamine import CalamineWorkbook

from expectation import tidy


def without_byte_order_mark(text):
    """Calamine decodes with a library that takes a leading U+FEFF for a byte order mark, and drops it."""
    return text.removeprefix("\ufeff")


def with_one_line_end(text):
    """Calc keeps a cell's lines as paragraphs and knows one kind of line end."""
    return re.sub("\r\n|\n\r|\r", "\n", text)


def with_short_lines(text):
    """Calc's paragraphs hold 16,367 units; a longer line of a text of several goes on in another."""
    return re.sub("[^\n]{16367}(?=[^\n])", "\\g<0>\n", text) if "\n" in text else text


class Outsider:
    """One of them. `program` must be on the machine; what is a library comes with requirements.txt."""

    program = None
    alterations = []

    def is_there(self):
        return self.program is None or shutil.which(self.program) is not None

    def read(self, paths):
        return [self.book(path) for path in paths]


class Calamine(Outsider):
    """Rust; what Unlade itself reads uploads with."""

    name = "calamine"
    alterations = [without_byte_order_mark]

    def book(self, path):
        with CalamineWorkbook.from_path(path) as book:
            sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
            return {name: tidy(self.rows(sheet)) for name, sheet in sheets.items()}

    def rows(self, sheet):
        plain = {str, int, float}
        for row in sheet.to_python(skip_empty_area=False):
            yield [cell if type(cell) in plain else (cell,) for cell in row]


class Xlrd(Outsider):
    """Python; the strictest of them about records."""

    name = "xlrd"

    def book(self, path):
        with xlrd.open_workbook(path, on_demand=True) as book:
            return {name: self.sheet(book.sheet_by_name(name)) for name in book.sheet_names()}

    def sheet(self, sheet):
        plain = {xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_EMPTY}
        rows = []
        for number in range(sheet.nrows):
            kinds, values = sheet.row_types(number), sheet.row_values(number)
            rows.append([value if kind in plain else (kind, value) for kind, value in zip(kinds, values)])
        return tidy(rows)


class LibreOffice(Outsider):
    """C++; what many people open the file with. One start converts every sheet of every file to CSV."""

    name = "LibreOffice"
    program = "soffice"
    alterations = [with_one_line_end, with_short_lines]
    # Comma, double quote, UTF-8; texts quoted and numbers not; what a cell shows, which for the formats that we
    # write (`@`, `0`, General) is what it holds; every sheet to a file of its own.
    filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1"
    field = re.compile(r'"((?:[^"]|"")*)"|([^,\n]*)')

    def read(self, paths):
        with tempfile.TemporaryDirectory() as directory:
            # A profile of its own, so that it neither waits for nor talks to another LibreOffice on this machine.
            profile, target = Path(directory, "profile"), Path(directory, "csv")
            command = [self.program, "--headless", f"-env:UserInstallation={profile.as_uri()}"]
            command += ["--convert-to", self.filter, "--outdir", str(target), *map(str, paths)]
            # A locale says how numbers are written, so it is not the one of whoever runs this.
            environment = {**os.environ, "LC_ALL": "C.UTF-8"}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
            assert done.returncode == 0, done.stderr
            return [self.book(target, path, done.stdout) for path in paths]

    def book(self, target, path, said):
        prefix = f"{target}/{path.stem}-"
        written = re.findall(rf"^Writing sheet .* -> {re.escape(prefix)}(.*)\.csv$", said, re.MULTILINE)
        assert written, f"LibreOffice wrote nothing of {path.name}:\n{said}"
        return {sheet: tidy(self.rows(Path(f"{prefix}{sheet}.csv"))) for sheet in written}

    def rows(self, path):
        text = path.read_bytes().decode("utf-8")
        row, position = [], 0
        while position < len(text):
            field = self.field.match(text, position)
            row.append(value(*field.groups()))
            position = field.end() + 1
            if text[field.end()] == "\n":
                yield row
                row = []


NUMBER = re.compile(r"-?\d+(\.\d+)?(E[+-]?\d+)?")


def value(quoted, bare):
    """A field as a text if it was quoted, else as a number, nothing, or whatever else it is."""
    if quoted is not None:
        return quoted.replace('""', '"')
    if not bare:
        return ""
    return float(bare) if NUMBER.fullmatch(bare) else (bare,)


def as_read_by(outsider, book):
    """The book as it must come out of a program that alters texts by itself."""

    def altered(cell):
        for alteration in outsider.alterations if isinstance(cell, str) else ():
            cell = alteration(cell)
        return cell

    if not outsider.alterations:
        return book
    return {name: [[altered(cell) for cell in row] for row in rows] for name, rows in book.items()}
