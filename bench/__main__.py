"""Run the measurements that the arguments name, or all."""

from __future__ import annotations

import compileall
import importlib
import sys

from bench.installed import ROOT

MEASUREMENTS = {  # in the order they run
    "start": "seconds from spawn to the first served request, and memory then",
    "calls": "server CPU per enforced call",
    "invoke": "what a warm Invoke adds to its handler",
    "memory": "memory after 50,000 mixed calls",
    "table": "server CPU per DynamoDB call, beside DynamoDB Local too",
    "growth": "the same with more items in the table, and loading a million",
    "engine": "policy decisions a second",
    "why": "seconds from a pasted error to its cause",
}


def main(names: list[str]) -> int:
    """Run the named measurements and return the exit code."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        listed = "\n".join(f"  {name:8} {text}" for name, text in MEASUREMENTS.items())
        print(f"no measurement {', '.join(unknown)}; there are\n{listed}", file=sys.stderr)
        return 2
    compileall.compile_dir(ROOT / "src", quiet=2)  # as pip does with what it installs, ours and the peers
    for name in names or MEASUREMENTS:
        importlib.import_module(f"bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
