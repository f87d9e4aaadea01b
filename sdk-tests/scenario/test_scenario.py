"""Every step of the scenarios, played through one official SDK; each step is a test."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import ELSEWHERE

HERE = Path(__file__).parent
# What is full would fill up a place that belongs to others.
SCENARIOS = [path for path in sorted(HERE.glob("*.json")) if not (ELSEWHERE and path.stem == "full")]
STEPS = {path.stem: json.loads(path.read_text("utf-8")) for path in SCENARIOS}


def steps():
    for scenario, told in STEPS.items():
        for number, step in enumerate(told["steps"]):
            name = f"{scenario}-{number:03}-{step['call']}-{step.get('error', step['status'])}"
            yield pytest.param(scenario, number, id=name)


@pytest.fixture(scope="module")
def played(place, play, results):
    """A function that tells the outcome of every step of a scenario, which is played when it is first asked for."""
    outcomes = {}

    def outcomes_of(scenario):
        if scenario not in outcomes:
            written = results / f"{scenario}.jsonl"
            written.unlink(missing_ok=True)
            where = {**os.environ, **place(STEPS[scenario]["settings"]), "UNLADE_SDK_RESULTS": str(results)}
            command = [*play, str(HERE / f"{scenario}.json")]
            done = subprocess.run(command, env=where, capture_output=True, text=True, timeout=300)
            told = written.read_text("utf-8").splitlines() if written.exists() else []
            outcomes[scenario] = [json.loads(line) for line in told]
            print(done.stdout, done.stderr)
        return outcomes[scenario]

    return outcomes_of


@pytest.mark.parametrize("scenario, number", list(steps()))
def test_a_step_comes_out_as_told(played, scenario, number):
    outcomes = played(scenario)
    assert len(outcomes) > number, "it ended before this step"
    outcome = outcomes[number]
    # A step that the SDK has no operation for is told in docs/compatibility.md; of our own server none may be left out.
    expected = {"passed", "absent"} | ({"skipped"} if ELSEWHERE else set())
    assert outcome["outcome"] in expected, outcome["note"]
