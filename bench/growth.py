"""Whether a call costs the same in a large table: CPU per call with more and more items, and the load of a million."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench import report
from bench.calls import cpu_per_call
from bench.servers import OWNER, REGION, Server, crossgrant
from bench.world import TABLE, World, item, table_calls

SIZES = (100, 10_000, 1_000_000)
ITEM_BYTES = 1024
ROUNDS, PER_ROUND = 6, 1000


def run() -> None:
    """Print the CPU per call at each size, and how long the largest load took and what memory it needed.

    Each size has a gateway of its own, and the rounds alternate between them, the least disturbed of each counts.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers, calls = [], []
        for size in SIZES:
            server = stack.enter_context(crossgrant("--state", str(Path(folder, str(size)))))
            reader = World(server, function=False, items=SIZES[0]).reader
            before = server.cpu_seconds()
            seconds, most_memory = load(server, Path(folder), size)
            cpu_seconds = server.cpu_seconds() - before
            servers.append(server)
            calls.append(table_calls(server.client("dynamodb", reader), size))
        rows = []
        for call in calls[0]:
            spent: list[list[float]] = [[] for _ in SIZES]
            for _ in range(ROUNDS):
                for costs, server, requests in zip(spent, servers, calls, strict=True):
                    costs.append(cpu_per_call(server, requests[call], PER_ROUND))
            least = [min(costs) for costs in spent]
            rows.append((call, *map(report.microseconds, least), report.ratio(least[-1], least[0])))
        most_memory = max(most_memory, servers[-1].resident_mib())
    columns = ("call", *(f"{size:,} items" for size in SIZES), "largest to smallest")
    report.table("Server CPU per call as the table grows, with --state", columns, rows)
    took, memory = f"{seconds:.0f} s, {cpu_seconds:.0f} s of the server's CPU", f"{most_memory:.0f} MiB"
    print(f"\nLoading {SIZES[-1]:,} items of 1 KB took {took}; resident memory was {memory} at most.")


def load(server: Server, folder: Path, count: int) -> tuple[float, float]:
    """Put so many items into the table by `crossgrant table load`; return the seconds, and the server's most MiB."""
    lines = folder / f"{count}.jsonl"
    with lines.open("w") as file:
        file.writelines(json.dumps(item(number, ITEM_BYTES)) + "\n" for number in range(count))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    keys = server.operators[OWNER]
    settings = {"AWS_ENDPOINT_URL": server.endpoint, "AWS_DEFAULT_REGION": REGION}
    settings |= {"AWS_ACCESS_KEY_ID": keys.access_key_id, "AWS_SECRET_ACCESS_KEY": keys.secret_access_key}
    command = [sys.executable, "-m", "crossgrant", "table", "load", TABLE, str(lines)]
    most, began = server.resident_mib(), time.perf_counter()
    with subprocess.Popen(command, env={**kept, **settings}) as loading:
        while loading.poll() is None:
            most = max(most, server.resident_mib())
            time.sleep(1)  # looking costs CPU too
    if loading.returncode:
        raise subprocess.CalledProcessError(loading.returncode, command)
    return time.perf_counter() - began, most
