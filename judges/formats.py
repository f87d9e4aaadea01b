"""The formats that are judged: one entry each, with the book that a file in it must hold of given rows."""

from expectation import expected_book
from outsiders import OUTSIDERS, Judge

FORMATS = {"xls": expected_book}
# Those of which files are kept: their bytes are ours alone, not those of a compressor.
GOLDEN = ["xls"]
JUDGES = [Judge(outsider, name) for name in FORMATS for outsider in OUTSIDERS if name in outsider.reads]
