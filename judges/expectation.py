"""What a workbook must hold of given rows, worked out from the rules alone: nothing here is the program's.

A book is a dictionary of its sheets in the order of the tabs; a sheet is a list of rows, a row a list of texts
and numbers without the empty ones at its end.
"""

import hashlib
import re
import struct
from collections import Counter

from edge import ERROR_CODE, ERROR_MSG, STATUS

HEADER = ["target", "status", "output", "error_code", "error_msg", "device_name", "node_id", "start_time", "end_time"]
OVERFLOW_HEADER = ["results_sheet", "row", "column", "part", "text"]
ROWS_A_SHEET = 65_535
UNITS_A_CELL = 32_767
BYTES_A_TEXT = 1 << 20
NOT_IN_A_FILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


CHINESE = {
    **{"target": "目标", "status": "状态", "output": "输出", "error_code": "错误码", "error_msg": "错误信息"},
    **{"device_name": "设备名称", "node_id": "设备标识码", "start_time": "开始时间", "end_time": "结束时间"},
    **{"results_sheet": "结果表序号", "row": "行", "column": "列", "part": "片段", "text": "文本"},
    **{"Snapshot time": "快照时间", "Rows": "总行数", "Rows in the snapshot": "快照中的行数", "Rows by status": "各状态行数", "Cells cut": "被截断的单元格"},
    **{"Most frequent failures": "最常见的失败原因", "Not written as it is": "未能原样写入的内容"},
    **{"Cells continued in sheet Overflow": "在Overflow表中续写的单元格", "SHA-256 over the rows": "全部行的SHA-256"},
    **{"Cells with characters replaced": "有字符被替换的单元格"},
}


def in_chinese(book):
    """The book with Chinese headers and labels."""
    return {
        name: tidy([[CHINESE.get(cell, cell) for cell in row] if name == "Summary" or not number else row
                    for number, row in enumerate(rows)])
        for name, rows in book.items()
    }  # fmt: skip


def expected_csv(rows):
    """The rows as they are, but for a text that programs would compute: it has an apostrophe before it."""
    guarded = [["'" + text if text and text[0] in "=+-@\t\r\0" else text or "" for text in row] for row in rows]
    return {"csv": tidy([HEADER, *guarded])}


def expected_jsonl(rows):
    """The rows as they are."""
    return {"jsonl": rows}


def expected_book(rows, changed="2020-08-12T12:12:12.333Z", rows_a_sheet=ROWS_A_SHEET):
    """The workbook of these rows."""
    overflow, altered = overflow_of(rows, rows_a_sheet)
    book = {"Summary": tidy(summary(rows, changed, altered))}
    for number, start in enumerate(range(0, max(len(rows), 1), rows_a_sheet), 1):
        cells = [[cell(text) for text in row] for row in rows[start : start + rows_a_sheet]]
        book["Results" if number == 1 else f"Results ({number})"] = tidy([HEADER, *cells])
    if overflow:
        book["Overflow"] = tidy([OVERFLOW_HEADER, *overflow])
    return book


def tidy(rows):
    """Without the empty cells at the end of a row and the empty rows at the end of a sheet."""
    rows = [list(row) for row in rows]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def cell(text):
    return clean(pieces(text or "")[0])


def clean(text):
    return NOT_IN_A_FILE.sub("\ufffd", text)


def pieces(text):
    """The text in pieces that each fit into a cell, no pair of surrogates split."""
    if len(text) <= UNITS_A_CELL // 2:
        return [text]
    units = text.encode("utf-16-le")
    found = []
    while True:
        end = 2 * UNITS_A_CELL
        if 0xD8 <= (units[end - 1] if len(units) > end else 0) < 0xDC:
            end -= 2
        found.append(units[:end].decode("utf-16-le"))
        units = units[end:]
        if not units:
            return found


def overflow_of(rows, rows_a_sheet):
    """The lines of the Overflow sheet, and how many cells are cut, continued and cleaned."""
    lines, altered = [], Counter()
    for number, row in enumerate(rows):
        sheet, line = divmod(number, rows_a_sheet)
        for column, text in enumerate(row, 1):
            found = pieces(text or "")
            kept = kept_of(found)
            for part, piece in enumerate(found[1:kept], 2):
                lines.append([str(sheet + 1), str(line + 2), str(column), str(part), clean(piece)])
            altered["cut"] += kept < len(found)
            altered["continued"] += 1 < kept == len(found)
            altered["cleaned"] += any(map(NOT_IN_A_FILE.search, found[:kept]))
    return lines, altered


def kept_of(found):
    """How many pieces of a text are kept: one more as long as they are less than a mebibyte."""
    kept, length = 1, len(found[0].encode())
    while kept < len(found) and length < BYTES_A_TEXT:
        length += len(found[kept].encode())
        kept += 1
    return kept


def summary(rows, changed, altered):
    statuses = Counter(row[STATUS] for row in rows if row[STATUS] is not None)
    return [
        *[["Snapshot time", changed], ["Rows", len(rows)], ["Rows in the snapshot", len(rows)]],
        *headed("Rows by status", [[cell(status), count] for status, count in statuses.items()]),
        *headed("Most frequent failures", failures(rows)),
        *[[], ["Not written as it is"], ["Cells cut", altered["cut"]]],
        ["Cells continued in sheet Overflow", altered["continued"]],
        ["Cells with characters replaced", altered["cleaned"]],
        *[[], ["SHA-256 over the rows"], [rows_sha256(rows)]],
    ]


def headed(heading, lines):
    """Lines under their heading; nothing at all without them."""
    return [[], [heading], *lines] if lines else []


def failures(rows):
    """The ten most frequent codes, each with the text of its first row."""
    counts, examples = Counter(), {}
    for row in rows:
        if row[ERROR_CODE] is not None:
            counts[row[ERROR_CODE]] += 1
            examples.setdefault(row[ERROR_CODE], row[ERROR_MSG])
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]
    return [[cell(code), count, cell(examples[code])] for code, count in most]


def rows_sha256(rows):
    digest = hashlib.sha256()
    for row in rows:
        for text in row:
            encoded = (text or "").encode()
            digest.update(struct.pack("<Q", len(encoded)) + encoded)
    return digest.hexdigest()
