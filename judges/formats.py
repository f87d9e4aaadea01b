"""The formats that are judged: one entry each, with the book that a file in it must hold of given rows."""

from expectation import expected_book

FORMATS = {"xls": expected_book}
