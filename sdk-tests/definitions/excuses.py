"""The differences that are known: `../deviations.json` has each with its reason, and what of this suite it excuses."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

PATH = Path(__file__).resolve().parents[1] / "deviations.json"


class Excuses:
    """Which entry excuses which difference, and what of each was needed."""

    def __init__(self, entries=None):
        self.entries = json.loads(PATH.read_text("utf-8")) if entries is None else entries
        self.rules = [(entry["id"], number, rule) for entry in self.entries for number, rule in enumerate(entry.get("excuses", []))]
        self.needed = set()

    def excuse(self, difference):
        """The id of the entry that excuses it; None if there is none."""
        for entry, number, rule in self.rules:
            if all(self.matching(difference, rule, field) for field in rule):
                for field in rule:
                    self.needed.update((entry, number, field, pattern) for pattern in self.matching(difference, rule, field))
                return entry
        return None

    def matching(self, difference, rule, field):
        return [pattern for pattern in rule[field] if matches(getattr(difference, field), pattern)]

    def needless(self):
        """What of the rules has excused nothing."""
        told = [(entry, number, field, pattern) for entry, number, rule in self.rules for field in rule for pattern in rule[field]]
        return [part for part in told if part not in self.needed]


def matches(text, pattern):
    """Brackets stand for themselves: they are the items of a list."""
    return fnmatchcase(text, "".join(f"[{letter}]" if letter in "[]" else letter for letter in pattern))
