"""The comparison finds what differs, and says where."""

import pytest

from comparison import differences
from expectation import pieces
from formats import JUDGES

BOOK = {"Results": [["target", "status"], ["d1", "Success"], ["1", 63]], "Overflow": [["text"]]}


@pytest.mark.parametrize(
    "found, said",
    [
        ({"Results": BOOK["Results"]}, "the sheets are ['Results'], not ['Results', 'Overflow']"),
        ({**BOOK, "Results": BOOK["Results"][:2]}, "sheet Results, row 3, column 1: '' instead of '1'"),
        ({**BOOK, "Overflow": [["text"], ["x"]]}, "sheet Overflow, row 2, column 1: 'x' instead of ''"),
        ({**BOOK, "Overflow": [["text", "x"]]}, "sheet Overflow, row 1, column 2: 'x' instead of ''"),
        ({**BOOK, "Results": [*BOOK["Results"][:2], ["1", "63"]]}, "sheet Results, row 3, column 2: '63' instead of 63"),
        ({**BOOK, "Results": [*BOOK["Results"][:2], [1, 63]]}, "sheet Results, row 3, column 1: 1 instead of '1'"),
    ],
)
def test_whatever_differs_is_said(found, said):
    first, *_ = differences(BOOK, found)
    assert first.startswith(said)


def test_equal_books_do_not_differ():
    assert differences(BOOK, {**BOOK, "Results": [["target", "status"], ["d1", "Success"], ["1", 63.0]]}) == []


def test_a_difference_far_inside_a_text_is_shown():
    (said,) = differences({"S": [["x" * 30_000]]}, {"S": [["x" * 20_000 + "y" + "x" * 9_999]]})
    assert "xxxxxxxxxxyxxx" in said and "from character 19990" in said


def test_the_expectation_itself_splits_no_pair():
    assert [len(piece) for piece in pieces("😀" * 16_384)] == [16_383, 1]
    assert [len(piece) for piece in pieces("x" + "😀" * 16_383)] == [16_384]
    assert [len(piece) for piece in pieces("x" * 65_535)] == [32_767, 32_767, 1]
    assert pieces("") == [""]


def test_an_error_cell_is_expected_empty_of_the_one_outsider_that_shows_none():
    book = {"S": [["a", ("#NUM!",)], [(True,)], [("#NUM!",)]]}
    shown = {judge.name: judge.as_read(book) for judge in JUDGES if judge.file_format == "xls"}
    assert shown.pop("calamine-xls") == {"S": [["a"], [(True,)]]}
    assert all(other == book for other in shown.values())
