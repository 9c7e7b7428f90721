"""Compare the engine with the second reading on many random scenarios: `compare_readings.py SEED COUNT`.

Each difference is printed as a scenario's line; the exit code is 1 if there was one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from crossgrant.iam import evaluate
from crossgrant.iam.scenario import read_scenario
from support.random_scenarios import scenario
from support.second_reading import decide


def compare(seed: int, count: int) -> int:
    """Print how often each decision was made, and return the number of differences."""
    random, decisions, differences = Random(seed), Counter[str](), 0
    for number in range(count):
        asked = scenario(random)
        read = read_scenario(asked, number)
        decision, expected = evaluate(read.request, read.policies).decision, decide(asked)
        decisions[decision.value] += 1
        if decision != expected:
            differences += 1
            print(json.dumps({**asked, "expected": expected, "note": f"the engine says {decision}"}))  # noqa: T201 - a command
    print(f"{count:,} scenarios, {differences} differences: {dict(decisions)}", file=sys.stderr)  # noqa: T201 - as above
    return differences


if __name__ == "__main__":
    sys.exit(bool(compare(int(sys.argv[1]), int(sys.argv[2]))))
