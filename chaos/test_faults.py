"""Each fault by itself, under load; then random schedules. Afterwards everything that the checker knows must hold."""

import pytest

from rig.faults import FAULTS
from rig.schedule import SECONDS, Strike, schedule

SEEDS = [1, 2, 3, 4, 5]
LOAD_SECONDS = 5.0


def judge(rig, strikes, seed, seconds):
    wrong = rig.play(strikes, seed, seconds)
    print(rig.ledger.told())
    assert not wrong, "\n".join([*map(str, strikes), f"logs: {rig.directory}", *wrong])


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_by_one_fault(rig, name):
    fault = FAULTS[name]
    if name == "full disk" and not rig.nodes[0].has_own_disk:
        pytest.skip("a full disk needs the right to mount one")
    judge(rig, [Strike(1.0, name, fault.targets[0], max(1.0, fault.at_least))], name, LOAD_SECONDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_by_a_random_schedule(rig, seed):
    judge(rig, schedule(seed), seed, SECONDS)


def test_a_schedule_is_a_pure_function_of_its_seed():
    assert schedule(7) == schedule(7) != schedule(8)
    assert {strike.fault for seed in range(200) for strike in schedule(seed)} == set(FAULTS)
