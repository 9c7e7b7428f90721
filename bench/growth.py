"""Whether a call costs the same in a large table: CPU per call with more and more items, and the load of a million."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench import report
from bench.calls import cpu_per_call
from bench.client import Connection, http_bytes
from bench.servers import OWNER, REGION, Server, crossgrant
from bench.world import World, puts, table_calls

SIZES = (100, 10_000, 1_000_000)
ITEM_BYTES = 1024
ROUNDS, PER_ROUND = 6, 1000
CONNECTIONS = 4


def run() -> None:
    """Print the CPU per call at each size, and how long the largest load took and what memory it needed.

    Each size has a gateway of its own, and the rounds alternate between them: a machine that slows down slows all.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers, calls = [], []
        for size in SIZES:
            server = stack.enter_context(crossgrant("--state", str(Path(folder, str(size)))))
            reader = World(server, function=False, items=SIZES[0]).reader
            began = time.perf_counter()
            most_memory = load(server, range(size))
            seconds = time.perf_counter() - began
            servers.append(server)
            calls.append(table_calls(server.client("dynamodb", reader), size))
        rows = []
        for call in calls[0]:
            spent: list[list[float]] = [[] for _ in SIZES]
            for _ in range(ROUNDS):
                for costs, server, requests in zip(spent, servers, calls, strict=True):
                    costs.append(cpu_per_call(server, requests[call], PER_ROUND))
            medians = [statistics.median(costs[1:]) for costs in spent]  # the first round warms
            rows.append((call, *map(report.microseconds, medians), report.ratio(medians[-1], medians[0])))
        most_memory = max(most_memory, servers[-1].resident_mib())
    columns = ("call", *(f"{size:,} items" for size in SIZES), "largest to smallest")
    report.table("Server CPU per call as the table grows, with --state", columns, rows)
    took, memory = f"{seconds:.0f} s", f"{most_memory:.0f} MiB"
    print(f"\nLoading {SIZES[-1]:,} items of 1 KB took {took}; resident memory was {memory} at most.")


def load(server: Server, numbers: range) -> float:
    """Put those items into the table over several connections and return the most memory seen, in MiB."""
    parts = [numbers[first::CONNECTIONS] for first in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        putting = [pool.submit(put, server, part) for part in parts]
        most = server.resident_mib()
        while not all(future.done() for future in putting):
            most = max(most, server.resident_mib())
            time.sleep(0.2)
        for future in putting:
            future.result()
    return most


def put(server: Server, numbers: range) -> None:
    """Put those items into the table, 25 a call, signed here: boto3 would take longer than the gateway."""
    keys, connection = server.operators[OWNER], Connection(server.endpoint)
    signer = SigV4Auth(Credentials(keys.access_key_id, keys.secret_access_key), "dynamodb", REGION)
    headers = {"X-Amz-Target": "DynamoDB_20120810.BatchWriteItem", "Content-Type": "application/x-amz-json-1.0"}
    for first in range(0, len(numbers), 25):
        body = json.dumps({"RequestItems": puts(numbers[first : first + 25], ITEM_BYTES)}).encode()
        request = AWSRequest("POST", server.endpoint, headers=headers, data=body)
        signer.add_auth(request)
        connection.send(http_bytes("POST", server.endpoint, request.headers.items(), body))
    connection.close()
