"""Two books, cell by cell."""


def differences(expected, found, most=5):
    """The first differences as sentences that name sheet, row and column as a person counts them."""
    if list(found) != list(expected):
        return [f"the sheets are {list(found)}, not {list(expected)}"]
    said = []
    for sheet in expected:
        if expected[sheet] != found[sheet]:
            said.extend(in_sheet(sheet, expected[sheet], found[sheet], most - len(said)))
    return said


def in_sheet(sheet, expected, found, most):
    said = []
    for number in range(max(len(expected), len(found))):
        for column, wanted, got in cells(at(expected, number, []), at(found, number, [])):
            if len(said) >= most:
                return said
            said.append(f"sheet {sheet}, row {number + 1}, column {column}: {contrast(wanted, got)}")
    return said


def cells(expected, found):
    """The columns in which two rows differ, and how. A number is not the text of its digits."""
    for column in range(max(len(expected), len(found)) if expected != found else 0):
        wanted, got = at(expected, column, ""), at(found, column, "")
        if wanted != got:
            yield column + 1, wanted, got


def at(items, index, otherwise):
    return items[index] if index < len(items) else otherwise


def contrast(wanted, got):
    if not (isinstance(wanted, str) and isinstance(got, str)):
        return f"{brief(got)} instead of {brief(wanted)}"
    first = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
    start = max(first - 10, 0)
    return (
        f"{brief(got[start : start + 40])} instead of {brief(wanted[start : start + 40])} "
        f"(from character {start}; {len(got)} instead of {len(wanted)} of them)"
    )


def brief(value):
    text = ascii(value)
    return text if len(text) <= 100 else f"{text[:100]}..."
