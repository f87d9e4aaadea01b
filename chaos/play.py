"""`cargo xtask chaos`: random schedules from printed seeds, on one rig as long as nothing is wrong."""

import argparse
import logging
import os
import sys
import time

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sdk-tests", "python"))

from rig.processes import own_mounts
from rig.schedule import SECONDS, schedule
from rig.stage import Stage


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--show", action="store_true", help="print the schedules and play nothing")
    options = parser.parse_args()
    seeds = [options.seed] if options.seed is not None else range(options.first, options.first + options.seeds)
    if options.show:
        for seed in seeds:
            announce(seed)
        return 0
    # The SDK logs what it cannot reach, which is what is tried here.
    logging.disable(logging.CRITICAL)
    own_mounts()
    failed = played(list(seeds))
    failures = len(set(failed))
    # The first line is for people, the second for the summary of `cargo xtask`.
    print(f"chaos: {len(seeds) - failures} passed, {failures} failed")
    print(f"test result: {'FAILED' if failures else 'ok'}. {len(seeds) - failures} passed; {failures} failed; 0 ignored")
    if failed:
        print("failed seeds:", *sorted(set(failed)))
    return 1 if failed else 0


def announce(seed):
    strikes = schedule(seed)
    print(f"seed {seed}: {'; '.join(map(str, strikes))}", flush=True)
    return strikes


def played(seeds):
    """Plays them all; those that failed."""
    failed = []
    while seeds:
        with Stage() as rig:
            while seeds and not rig.failed:
                if not passed(rig, seed := seeds.pop(0)):
                    failed.append(seed)
                    print(f"  logs: {rig.directory}", flush=True)
            for sentence in [] if rig.failed else rig.swept():
                print(f"  WRONG {sentence}", flush=True)
                failed.append(seed)
    return failed


def passed(rig, seed):
    begun = time.monotonic()
    wrong = rig.play(announce(seed), seed, SECONDS)
    print(f"  {rig.ledger.told()}")
    for sentence in wrong:
        print(f"  WRONG {sentence}")
    print(f"seed {seed}: {'failed' if wrong else 'passed'} in {time.monotonic() - begun:.0f} s", flush=True)
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
