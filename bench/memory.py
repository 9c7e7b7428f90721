"""Resident memory at start and after 50,000 mixed calls."""

from __future__ import annotations

from bench import report
from bench.client import Connection
from bench.servers import crossgrant, ministack, moto
from bench.world import World

CALLS, ROUNDS = 50_000, 10


def run() -> None:
    """Print the memory of each server at start, with its accounts furnished, and after the calls."""
    rows = []
    for start in (crossgrant, ministack, moto):
        with start() as server:
            at_start = server.resident_mib()
            world = World(server, function=False)
            furnished, connection = server.resident_mib(), Connection(server.endpoint)
            for _ in range(ROUNDS):
                connection.send_all(list(world.mixed()), CALLS // ROUNDS)  # signed anew: a signature lasts five minutes
            after = server.resident_mib()
        rows.append((server.name, *(f"{value:.0f} MiB" for value in (at_start, furnished, after))))
    columns = ("server", "at start", "accounts furnished", f"after {CALLS:,} calls")
    report.table("Resident memory", columns, rows)
