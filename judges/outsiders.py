"""Programs that had no part in writing a file, and what each makes of one.

An outsider `reads` formats; under each stands what it does to texts by itself: functions, each as narrow as what it
describes, with the reason why that is none of our doing. `read` takes paths and answers books (see `expectation`). A
cell that is neither a text nor a number comes out as a tuple, which equals neither: a truth as `(True,)`, an error as
`("#NUM!",)`.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import openpyxl
import xlrd
from python_calamine import CalamineWorkbook

from expectation import HEADER, tidy

# The one error that is written: what a number becomes that is not finite.
ERROR = ("#NUM!",)
# Where `cargo xtask test --suite judges` has put what Maven made of judges/poi.
POI = "UNLADE_POI"


def without_byte_order_mark(text):
    """Calamine decodes with a library that takes a leading U+FEFF for a byte order mark, and drops it."""
    return text.removeprefix("\ufeff")


def with_one_line_end(text):
    """Calc keeps a cell's lines as paragraphs and knows one kind of line end."""
    return re.sub("\r\n|\n\r|\r", "\n", text)


def with_one_line_end_if_it_has_lines(text):
    """The same, but of an .xlsx Calc makes paragraphs only of a text in which U+000A is."""
    return with_one_line_end(text) if "\n" in text else text


def with_short_lines(text):
    """Calc's paragraphs hold 16,367 units; a longer line of a text of several goes on in another."""
    return re.sub("[^\n]{16367}(?=[^\n])", "\\g<0>\n", text) if "\n" in text else text


class Outsider:
    """One of them. What is a library comes with requirements.txt."""

    reads = {}
    # Whether an error cell comes out as one.
    tells_errors = True

    def missing(self):
        """Why it cannot judge here, if it cannot."""

    def read(self, paths):
        return [self.book(path) for path in paths]


class Calamine(Outsider):
    """Rust; what Unlade itself reads uploads with."""

    name = "calamine"
    reads = {"xls": [without_byte_order_mark], "xlsx": []}
    # The library does, its binding for Python answers an empty text.
    tells_errors = False

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
    reads = {"xls": []}

    def book(self, path):
        with xlrd.open_workbook(path, on_demand=True) as book:
            return {name: self.sheet(book.sheet_by_name(name)) for name in book.sheet_names()}

    def sheet(self, sheet):
        rows = []
        for number in range(sheet.nrows):
            kinds, values = sheet.row_types(number), sheet.row_values(number)
            rows.append([self.cell(kind, value) for kind, value in zip(kinds, values)])
        return tidy(rows)

    def cell(self, kind, value):
        if kind in {xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_EMPTY}:
            return value
        if kind == xlrd.XL_CELL_BOOLEAN:
            return (bool(value),)
        return (xlrd.error_text_from_code[value],) if kind == xlrd.XL_CELL_ERROR else (kind, value)


class Openpyxl(Outsider):
    """Python; what most scripts read an .xlsx with."""

    name = "openpyxl"
    reads = {"xlsx": []}

    def book(self, path):
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            return {sheet.title: tidy(self.rows(sheet)) for sheet in book}
        finally:
            book.close()

    def rows(self, sheet):
        plain = {"s", "n", "inlineStr"}
        for row in sheet.iter_rows():
            yield ["" if c.value is None else c.value if c.data_type in plain else (c.value,) for c in row]


class PythonCsv(Outsider):
    """Python's own csv."""

    name = "Python csv"
    reads = {"csv": []}

    def book(self, path):
        csv.field_size_limit(1 << 30)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {"csv": tidy(csv.reader(file))}


class PythonJson(Outsider):
    """Python's own json."""

    name = "Python json"
    reads = {"jsonl": []}

    def book(self, path):
        lines = map(json.loads, path.read_bytes().split(b"\n")[:-1])
        return {"jsonl": [[line.pop(name) for name in HEADER] + list(line) for line in lines]}


class Poi(Outsider):
    """Java; what most servers write workbooks with, so what most tools were tried against."""

    name = "POI"
    reads = {"xls": [], "xlsx": []}

    def missing(self):
        return None if os.environ.get(POI) else "Apache POI was not built: Maven or a JDK is not installed"

    def read(self, paths):
        built = Path(os.environ[POI])
        command = ["java", "-cp", f"{built / 'classes'}:{built / 'libraries'}/*", "ReadWorkbooks", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, timeout=240)
        assert done.returncode == 0, done.stderr.decode()
        books = []
        for line in map(json.loads, done.stdout.splitlines()):
            match line:
                case str():
                    books.append({})
                case {"sheet": name}:
                    rows = books[-1][name] = []
                case cells:
                    rows.append([tuple(cell) if isinstance(cell, list) else cell for cell in cells])
        return [{name: tidy(rows) for name, rows in book.items()} for book in books]


class LibreOffice(Outsider):
    """C++; what many people open the file with. One start converts every sheet of every file to CSV."""

    name = "LibreOffice"
    reads = {
        "xls": [with_one_line_end, with_short_lines],
        "xlsx": [with_one_line_end_if_it_has_lines, with_short_lines],
    }
    program = "soffice"
    # Comma, double quote, UTF-8; texts quoted and numbers not; what a cell shows, which for the formats that we
    # write (`@`, `0`, General) is what it holds; every sheet to a file of its own.
    writes_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1"
    # The same the other way round: what is quoted is a text whatever it looks like.
    reads_csv = "CSV:44,34,76,1,,0,true,false"
    field = re.compile(r'"((?:[^"]|"")*)"|([^,\n]*)')

    def missing(self):
        return None if shutil.which(self.program) else f"{self.program} is not installed"

    def read(self, paths):
        with tempfile.TemporaryDirectory() as directory:
            return [
                {sheet: tidy(self.rows(path)) for sheet, path in sheets.items()}
                for sheets in self.csv(paths, Path(directory))
            ]

    def csv(self, paths, target):
        """Writes every sheet into `target`; answers the file of each sheet for each path."""
        said = self.convert(paths, self.writes_csv, target)
        return [self.sheets(target, path, said) for path in paths]

    def sheets(self, target, path, said):
        prefix = f"{target}/{path.stem}-"
        written = re.findall(rf"^Writing sheet .* -> {re.escape(prefix)}(.*)\.csv$", said, re.MULTILINE)
        assert written, f"LibreOffice wrote nothing of {path.name}:\n{said}"
        return {sheet: Path(f"{prefix}{sheet}.csv") for sheet in written}

    def back(self, csv_paths, into, target):
        """Converts files of one sheet each back; answers the paths."""
        self.convert(csv_paths, into, target, f"--infilter={self.reads_csv}")
        return [target / f"{path.stem}.{into}" for path in csv_paths]

    def convert(self, paths, into, target, *options):
        """Converts the files; answers what it said about them."""
        with tempfile.TemporaryDirectory() as profile:
            # A profile of its own, so that it neither waits for nor talks to another LibreOffice on this machine.
            command = [self.program, "--headless", f"-env:UserInstallation={Path(profile).as_uri()}", *options]
            command += ["--convert-to", into, "--outdir", str(target), *map(str, paths)]
            # A locale says how numbers are written, so it is not the one of whoever runs this.
            environment = {**os.environ, "LC_ALL": "C.UTF-8"}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        return done.stdout

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
TRUTHS = {"TRUE": True, "FALSE": False}


def value(quoted, bare):
    """A field as a text if it was quoted, else as a number, nothing, or whatever else it is."""
    if quoted is not None:
        return quoted.replace('""', '"')
    if not bare:
        return ""
    return float(bare) if NUMBER.fullmatch(bare) else (TRUTHS.get(bare, bare),)


OUTSIDERS = [Calamine(), Xlrd(), Openpyxl(), Poi(), LibreOffice(), PythonCsv(), PythonJson()]


class Judge:
    """An outsider with one of the formats that it reads."""

    def __init__(self, outsider, file_format):
        self.outsider, self.file_format = outsider, file_format
        self.alterations = outsider.reads[file_format]
        self.name = f"{outsider.name}-{file_format}"

    def read(self, paths):
        return self.outsider.read(paths)

    def as_read(self, book):
        """The book as it must come out of a program that alters texts by itself."""
        if not self.alterations and self.outsider.tells_errors:
            return book
        return {name: tidy([self.altered(cell) for cell in row] for row in rows) for name, rows in book.items()}

    def altered(self, cell):
        if cell == ERROR and not self.outsider.tells_errors:
            return ""
        for alteration in self.alterations if isinstance(cell, str) else ():
            cell = alteration(cell)
        return cell
