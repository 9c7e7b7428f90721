"""What a warm Invoke takes beyond its handler, as its client sees it."""

from __future__ import annotations

import json
import statistics
import time

from bench import report
from bench.client import Connection
from bench.servers import crossgrant, ministack
from bench.world import World

INVOKES = 500


def run() -> None:
    """Print the median and the slowest hundredth of each server that runs functions."""
    rows = []
    for start in (crossgrant, ministack):
        with start() as server:
            request, connection = World(server).invoke(), Connection(server.endpoint)
            connection.send(request)  # starts the worker
            beyond = sorted(seconds_beyond_handler(connection, request) for _ in range(INVOKES))
        slow = beyond[-INVOKES // 100]
        rows.append((server.name, report.microseconds(statistics.median(beyond)), report.microseconds(slow)))
    report.table("Warm Invoke beyond its handler", ("server", "median", "99th of 100"), rows)


def seconds_beyond_handler(connection: Connection, request: bytes) -> float:
    """Return how much longer one Invoke took than its handler says it did."""
    began = time.perf_counter()
    response = connection.send(request)
    seconds = time.perf_counter() - began
    return seconds - float(json.loads(response.partition(b"\r\n\r\n")[2])["seconds"])
