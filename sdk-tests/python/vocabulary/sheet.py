"""Files as people fill them in: .xlsx made with openpyxl, .xls with xlwt."""

import xlwt
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

DEVICE_COLUMNS = ["product_id", "node_id", "device_id", "device_name", "description"]


def devices(path, rows):
    """A createDevices file; each row is a dictionary."""
    return sheet(path, DEVICE_COLUMNS, ([row.get(column) for column in DEVICE_COLUMNS] for row in rows))


def device_ids(path, ids):
    """A freezeDevices, unfreezeDevices or deleteDevices file."""
    return sheet(path, ["device_id"], ([device_id] for device_id in ids))


def sheet(path, header, rows):
    """Writes a workbook of one sheet, in the format that the path's suffix names; a text that begins with `=` stays a
    text. Returns the path."""
    if path.suffix == ".xls":
        return old_sheet(path, header, rows)
    book = Workbook(write_only=True)
    page = book.create_sheet("devices")
    page.append(header)
    for row in rows:
        page.append([text_cell(page, value) for value in row])
    book.save(path)
    return path


def text_cell(page, value):
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    return cell


def old_sheet(path, header, rows):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("devices")
    for number, row in enumerate([header, *rows]):
        for column, value in enumerate(row):
            if value is not None:
                page.write(number, column, value)
    book.save(str(path))
    return path


def filled_in(template, path, rows):
    """Fills in a downloaded template as a person would: below its titles, each row a dictionary by column letter."""
    path.write_bytes(template)
    book = load_workbook(path)
    for number, row in enumerate(rows, start=2):
        for letter, value in row.items():
            book.worksheets[0][f"{letter}{number}"] = value
    book.save(path)
    return path
