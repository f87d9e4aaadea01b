"""What `/metrics` answers, read by Prometheus's own parser."""

import urllib.request
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Metrics:
    """One scrape: the names and types that are declared, and the samples."""

    declared: dict
    samples: list

    @classmethod
    def scraped(cls, url, context=None):
        ways = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)]
        opener = urllib.request.build_opener(*ways)
        with opener.open(url, timeout=30) as answer:
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            text = answer.read().decode()
        declared = (line.split(" ")[2:] for line in text.splitlines() if line.startswith("# TYPE "))
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return cls(dict(declared), samples)

    def all(self, name, **labels):
        """The samples of this name with these labels among theirs."""
        named = (sample for sample in self.samples if sample.name == name)
        return [sample for sample in named if labels.items() <= sample.labels.items()]

    def __call__(self, name, **labels):
        """The sum of these samples; None if there is none."""
        found = self.all(name, **labels)
        return sum(sample.value for sample in found) if found else None
