"""Every pair of faults, once: `cd tests && PYTHONPATH=../src python -m support.all_pairs`."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

from support.fault_world import World, worlds
from support.faults import FAULTS
from support.gateway import running_gateway
from support.mending import ask_and_mend_twice

MENDED_BY_A_PATCH = frozenset("F01 F02 F03 F05 F07 F08 F10 F11 F12 F13 F14 F33 F34 F36 F37 F38".split())  # noqa: SIM905 - ids


def main() -> None:
    """Print each pair that does not come apart, and how many do."""
    faults = {fault.id: fault for fault in FAULTS if fault.id in MENDED_BY_A_PATCH}
    pairs = [pair for pair in itertools.combinations(faults.values(), 2) if pair[0].goes_with(pair[1])]
    apart, clients = 0, dict[tuple[str, str], Any]()
    with tempfile.TemporaryDirectory() as folder, running_gateway(Path(folder)) as gateway:
        numbers = worlds(gateway)
        for pair in pairs:
            world = World(gateway, next(numbers), clients=clients).build()
            try:
                causes: object = ask_and_mend_twice(world, *pair)
            except AssertionError as error:
                causes = error
            if causes == {fault.id for fault in pair}:
                apart += 1
            else:
                print("+".join(fault.id for fault in pair), causes, flush=True)  # noqa: T201 - a script's output
    print(f"{apart} of {len(pairs)} pairs come apart")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
