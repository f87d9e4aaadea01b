"""What the callers were promised, and what they saw: the checker holds the installation to it."""

import threading
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Everything that was answered 201 or 204 or 200; and what has an unknown outcome, since no answer came."""

    # Batch tasks: id by name, which is unique; of those whose answer was lost the name alone is known.
    tasks: dict = field(default_factory=dict)
    tasks_unknown: set = field(default_factory=set)
    tasks_deleted: set = field(default_factory=set)
    # Export tasks by id, with the batch task of each.
    exports: dict = field(default_factory=dict)
    exports_deleted: set = field(default_factory=set)
    exports_unknown: int = 0
    # Downloads that were answered 200: when each was asked for and when its answer began.
    downloads: list = field(default_factory=list)
    # What no answer may be: one sentence each.
    broken: list = field(default_factory=list)
    # How often what was answered, for people.
    counts: dict = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what):
        with self.turn:
            self.counts[what] = self.counts.get(what, 0) + 1

    def accuse(self, sentence):
        with self.turn:
            self.broken.append(sentence)

    def told(self):
        """One line of what went on."""
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
