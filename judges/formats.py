"""The formats that are judged: one entry each, with the book that a file in it must hold of given rows."""

from functools import partial

from expectation import expected_book, expected_csv, expected_jsonl
from outsiders import OUTSIDERS, Judge

FORMATS = {
    "xls": expected_book,
    "xlsx": partial(expected_book, rows_a_sheet=1_048_575),
    "csv": expected_csv,
    "jsonl": expected_jsonl,
}
# Those of which files are kept: their bytes are ours alone, not those of a compressor.
GOLDEN = ["xls"]
JUDGES = [Judge(outsider, name) for name in FORMATS for outsider in OUTSIDERS if name in outsider.reads]
