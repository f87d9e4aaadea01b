"""Templates as people fill them in, made with openpyxl."""

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

DEVICE_COLUMNS = ["product_id", "node_id", "device_id", "device_name", "description"]


def devices(path, rows):
    """A createDevices file; each row is a dictionary."""
    return sheet(path, DEVICE_COLUMNS, ([row.get(column) for column in DEVICE_COLUMNS] for row in rows))


def device_ids(path, ids):
    """A freezeDevices, unfreezeDevices or deleteDevices file."""
    return sheet(path, ["device_id"], ([device_id] for device_id in ids))


def sheet(path, header, rows):
    """Writes a workbook of one sheet whose cells are all texts, a leading `=` or not; returns its path."""
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
