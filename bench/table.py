"""Server CPU per DynamoDB call, beside MiniStack with its access control on and DynamoDB Local, which has none."""

from __future__ import annotations

from contextlib import ExitStack

from bench import report
from bench.calls import cpu_per_call, mean
from bench.client import Connection
from bench.installed import has_java
from bench.servers import Server, crossgrant, dynamodb_local, ministack
from bench.world import CUSTOMERS, ORDERS, World, create_table, fill, table_calls

ROUNDS, PER_ROUND = 4, 500
JAVA_WARMS_UP_WITH = 20_000


def run() -> None:
    """Print the CPU per call of each server, and ours as a part of theirs."""
    starts = (crossgrant, ministack, *((dynamodb_local,) if has_java() else ()))
    with ExitStack() as stack:
        servers = [stack.enter_context(start()) for start in starts]
        requests = {server.name: furnished(server) for server in servers}
        rows = []
        for call in requests["crossgrant"]:
            spent: dict[str, list[float]] = {server.name: [] for server in servers}
            for server in servers * ROUNDS:
                spent[server.name].append(cpu_per_call(server, requests[server.name][call], PER_ROUND))
            means = [mean(spent[server.name]) for server in servers]
            figures = [report.microseconds(value) for value in means]
            rows.append((call, *figures, *(report.ratio(means[0], theirs) for theirs in means[1:])))
    names = [server.name for server in servers]
    report.table("Server CPU per DynamoDB call", ("call", *names, *(f"to {name}" for name in names[1:])), rows)


def furnished(server: Server) -> dict[str, list[bytes]]:
    """Make the table, send each call some times so that nothing is measured cold, and return the calls."""
    if server.name == "DynamoDB Local":
        client = create_table(server)
        fill(client, CUSTOMERS * ORDERS)
    else:
        client = server.client("dynamodb", World(server, function=False).reader)
    calls = table_calls(client)
    times = JAVA_WARMS_UP_WITH if server.name == "DynamoDB Local" else 600
    for requests in calls.values():
        Connection(server.endpoint).send_all(requests, times // len(calls))
    return calls
