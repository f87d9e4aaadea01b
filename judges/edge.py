"""Rows that are hard to write: the same ones in every run.

A row is nine texts or Nones under the columns of a batch task's report. Lengths are in UTF-16 units, which is
what a workbook counts.
"""

import random

SEED = 20_200_812
COLUMNS = 9
STATUS, ERROR_CODE, ERROR_MSG = 1, 3, 4
STATUSES = ["Success", "Fail", "Waitting", "失败"]

# Around the ends of records of 8,224 bytes, one byte and two bytes a unit; of two records; of a cell.
LENGTHS = [
    *[0, 1, 2, 3, 100, 255, 256, 257, 4_000],
    *range(4_104, 4_115),
    *range(8_209, 8_229),
    *[16_440, 16_441, 32_766, 32_767],
]
# 8-bit, 16-bit, pairs that every record's end may split, and every mix of line ends.
ALPHABETS = ["abc<>&\"',;\t\n", "éüñß¿ÿ", "设备任务结果", "😀", "a😀𝄞设", "x\r\n"]

LIKE_NUMBERS = ["1", "001", "8.5", "-0", "1e5", "891e3", "1E400", "0x1F", "1,000", "50%", "$5", "1/2", "00012345678901234567"]
LIKE_DATES = ["2026-01-02", "1/2/26", "12:30", "Jan 5", "20200812T121212Z", "2020-08-12T12:12:12.333Z"]
LIKE_FORMULAS = ["=1+1", "=", "+1", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.invalid","y")', "'=1", "{=1}"]
LIKE_VALUES = ["TRUE", "FALSE", "NULL", "#REF!", "#N/A", "Err:502", "NaN", "_x0041_", "&amp;", "<b>x</b>"]
BLANKS = [" ", "   ", " leading", "trailing ", "\tleading", "trailing\t", "\u00a0", "\u3000", "\n", "\n\nleading", "trailing\n"]
QUOTES = ["'", "''", "'quoted'", '"', '""', '"quoted"', 'a"b', ",", ";", "a,b", "\\", "`"]
LINE_ENDS = ["\r", "\r\n", "\n\r", "\r\r\n\n", "a\rb", "a\r\nb", "a\nb", "a\n\rb", "trailing\r\n"]
CONTROLS = [chr(code) for code in [*range(0x20), 0x7F, *range(0x80, 0xA0)]]
CODE_POINTS = ["\ud7ff", "\ue000", "\ufdd0", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U00010000", "\U0001fffe", "\U0010ffff"]
LONG_LINES = ["x" * 16_367 + "\n", "x" * 16_368 + "\r\ny", "设" * 16_368 + "\n", "y\n" + "x" * 32_765]
INVISIBLE = ["\u00ad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2028", "\u2029", "e\u0301", "👩‍🔧", "🇨🇳"]

TEXTS = [
    *LIKE_NUMBERS, *LIKE_DATES, *LIKE_FORMULAS, *LIKE_VALUES, *BLANKS, *QUOTES, *LINE_ENDS, *CONTROLS, *CODE_POINTS, *INVISIBLE
]  # fmt: skip


def long_text(units, alphabet, chance):
    """A text of at most `units` units; of one less if the last character would be a pair."""
    text, length = [], 0
    for character in chance.choices(alphabet, k=units):
        length += 2 if character > "\uffff" else 1
        if length > units:
            break
        text.append(character)
    return "".join(text)


def special_rows():
    """Every special text alone, at an end, in the middle, and in the columns whose texts are looked up."""
    for text in TEXTS:
        yield [text, text, f"{text}|", text, text, f"|{text}", f"[{text}]", None, "end"]


def long_rows(chance):
    """Every length in every alphabet, behind short texts that move it against the ends of records."""
    for number, units in enumerate(LENGTHS * 2):
        texts = [long_text(units, alphabet, chance) for alphabet in ALPHABETS]
        chance.shuffle(texts)
        shift = long_text(number % 40, "x", chance)
        yield [shift, STATUSES[number % 4], *texts, f"end {number}"]


def random_rows(chance, count):
    """Rows of everything, a third of their cells empty."""

    def text():
        if chance.random() < 0.3:
            return chance.choice(["", None])
        if chance.random() < 0.3:
            return "".join(chance.choices(TEXTS, k=chance.randrange(1, 4)))
        units = chance.choice(LENGTHS) if chance.random() < 0.02 else chance.randrange(60)
        return long_text(units, chance.choice(ALPHABETS), chance)

    for number in range(count):
        row = [text() for _ in range(COLUMNS)]
        row[0], row[STATUS], row[ERROR_CODE] = text() or "", chance.choice(STATUSES), row[ERROR_CODE] or None
        yield row


def edge_rows():
    """All of it, and a row of nothing that others follow."""
    chance = random.Random(SEED)
    rows = [*special_rows(), *long_rows(chance), *random_rows(chance, 600)]
    rows += [[text, "Success", text, *[None] * 6] for text in LONG_LINES]
    chance.shuffle(rows)
    return [*rows, [""] * COLUMNS, ["last", *[None] * (COLUMNS - 1)]]


def huge_rows():
    """Texts that go on in the Overflow sheet, and texts that even that does not hold."""
    chance = random.Random(SEED)
    mebibyte = 1 << 20
    texts = [
        *["x" * length for length in (32_767, 32_768, 65_534, 65_535, mebibyte, 33 * 32_767, 33 * 32_767 + 1)],
        *["设" * length for length in (32_768, mebibyte // 3, mebibyte // 3 + 40_000)],
        *["😀" * length for length in (16_383, 16_384, 32_766, mebibyte // 4 + 40_000)],
        # A line end and a pair that the end of a cell would split.
        *["x" * 32_766 + "\r\n" + "y", "x" * 32_766 + "😀" + "y"],
        # What no file may hold: in the cell, only behind it, and in both.
        *["\0" + "x" * 40_000, "x" * 40_000 + "\0", "\0" + "x" * 40_000 + "\uffff"],
        "".join(chance.choices(LIKE_FORMULAS + QUOTES + LINE_ENDS + CONTROLS + INVISIBLE, k=40_000)),
    ]
    rows = [[f"target {number}", "Success", text] for number, text in enumerate(texts)]
    rows.append(["", "x" * 32_768, "é" * 40_000, "C" * 32_768, "m" * 40_000, "\n" * 32_769])
    rows.append(["short", "Success"])
    return [row + [None] * (COLUMNS - len(row)) for row in rows]


def many_rows(count):
    """Rows such as people have, one sheet of them and more."""
    chance = random.Random(SEED)
    for number in range(count):
        failed = chance.random() < 0.08
        error = (f"IOTDA.0140{number % 12:02}", "The device does not exist.") if failed else (None, None)
        output = '{"delivered":"%032x"}' % chance.getrandbits(128) if chance.random() < 0.6 else None
        times = ["2020-08-12T12:12:12.333Z"] * 2
        yield [f"{number:020}", "Fail" if failed else "Success", output, *error, f"设备 {number}", f"n{number}", *times]
