"""Seconds from spawn to the first served request, and resident memory then; the median of several starts."""

from __future__ import annotations

import statistics
import time

from bench import report
from bench.client import Connection, signed
from bench.servers import CALLER, crossgrant, ministack, moto

STARTS = 7


def run() -> None:
    """Print how soon each server answers GetCallerIdentity."""
    rows = []
    for start in (crossgrant, ministack, moto):
        seconds, resident = [], []
        for _ in range(STARTS):
            with start() as server:
                request = signed(server.client("sts", server.operators[CALLER]), "get_caller_identity")
                began = time.perf_counter()
                Connection(server.endpoint).send(request)
                seconds.append(server.seconds_to_ready + time.perf_counter() - began)
                resident.append(server.resident_mib())
        rows.append((server.name, f"{statistics.median(seconds):.2f} s", f"{statistics.median(resident):.0f} MiB"))
    report.table("Start", ("server", "spawn to first served request", "resident then"), rows)
