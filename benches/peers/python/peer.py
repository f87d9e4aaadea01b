"""The writers of Python: `WRITER DATABASE OUT`. `duckdb-load DATABASE CSV` makes DuckDB's own table, which it exports."""

import sqlite3
import sys

COLUMNS = [
    "target", "status", "output", "error_code", "error_msg", "device_name", "node_id", "start_time", "end_time",
]
SHEET_ROWS = 65536


def rows(database):
    connection = sqlite3.connect("file:%s?mode=ro" % database, uri=True)
    return connection.execute("SELECT %s FROM subtask ORDER BY id" % ", ".join(COLUMNS))


def xlwt(database, out):
    import xlwt

    book, sheet, line = xlwt.Workbook(encoding="utf-8"), None, SHEET_ROWS
    sheets = 0
    for row in rows(database):
        if line == SHEET_ROWS:
            sheets += 1
            sheet, line = book.add_sheet("Sheet%d" % sheets), 1
            for column, title in enumerate(COLUMNS):
                sheet.write(0, column, title)
        for column, text in enumerate(row):
            if text is not None:
                sheet.write(line, column, text)
        line += 1
        if line % 1000 == 0:
            sheet.flush_row_data()
    book.save(out)


def xlsxwriter(database, out):
    import xlsxwriter

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, title in enumerate(COLUMNS):
            sheet.write_string(0, column, title)
        for line, row in enumerate(rows(database), 1):
            for column, text in enumerate(row):
                if text is not None:
                    sheet.write_string(line, column, text)


def openpyxl(database, out):
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS)
    for row in rows(database):
        sheet.append(row)
    book.save(out)


def duckdb_load(database, csv):
    import duckdb

    with duckdb.connect(database) as connection:
        connection.execute(
            "CREATE TABLE subtask AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", [csv]
        )


def duckdb(database, out):
    import duckdb

    with duckdb.connect(database, read_only=True, config={"threads": 1}) as connection:
        connection.execute("COPY subtask TO '%s' (HEADER, DELIMITER ',')" % out.replace("'", "''"))


def versions():
    import platform
    from importlib.metadata import version

    packages = ["xlwt", "XlsxWriter", "openpyxl", "duckdb"]
    names = ["Python " + platform.python_version(), *("%s %s" % (name, version(name)) for name in packages)]
    print(", ".join(names))


WRITERS = {
    "xlwt": xlwt,
    "xlsxwriter": xlsxwriter,
    "openpyxl": openpyxl,
    "duckdb-load": duckdb_load,
    "duckdb": duckdb,
    "versions": versions,
}

if __name__ == "__main__":
    WRITERS[sys.argv[1]](*sys.argv[2:])
