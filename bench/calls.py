"""Server CPU per enforced call, in rounds that alternate between the servers."""

from __future__ import annotations

from contextlib import ExitStack

from bench import report
from bench.client import Connection
from bench.servers import Server, crossgrant, ministack, moto
from bench.world import World

ROUNDS = 5
PER_ROUND = {"crossgrant": 2000, "MiniStack": 1000, "moto_server": 100}
INVOKES_PER_ROUND = 100


def cpu_per_call(server: Server, requests: list[bytes], count: int) -> float:
    """Return the CPU seconds that the server's processes spend on one of `requests`, over `count` of them."""
    connection = Connection(server.endpoint)
    before = server.cpu_seconds()
    for number in range(count):
        connection.send(requests[number % len(requests)])
    connection.close()
    return (server.cpu_seconds() - before) / count


def run() -> None:
    """Print the CPU per call of each server, and ours as a part of theirs."""
    with ExitStack() as stack:
        servers = [stack.enter_context(start()) for start in (crossgrant, ministack, moto)]
        workloads = {server.name: calls(server) for server in servers}
        spent: dict[tuple[str, str], list[float]] = {}
        for call in workloads["crossgrant"]:
            measured = [server for server in servers if call in workloads[server.name]]
            for server in measured:
                cpu_per_call(server, workloads[server.name][call], 50)  # warm
            for server in measured * ROUNDS:
                count = INVOKES_PER_ROUND if call == "warm Invoke" else PER_ROUND[server.name]
                seconds = cpu_per_call(server, workloads[server.name][call], count)
                spent.setdefault((call, server.name), []).append(seconds)
    rows = []
    for call in dict.fromkeys(call for call, _ in spent):
        means = [mean(spent.get((call, server.name))) for server in servers]
        figures = [report.microseconds(value) for value in means]
        rows.append((call, *figures, *(report.ratio(means[0], theirs) for theirs in means[1:])))
    names = [server.name for server in servers]
    report.table("Server CPU per enforced call", ("call", *names, *(f"to {name}" for name in names[1:])), rows)


def calls(server: Server) -> dict[str, list[bytes]]:
    """Furnish a server and return the compared calls, with Invoke where it runs functions without Docker."""
    if server.name == "moto_server":
        return World(server, function=False).calls()
    world = World(server)
    return {**world.calls(), "warm Invoke": [world.invoke()]}


def mean(values: list[float] | None) -> float | None:
    """Return the mean, if there is a value."""
    return sum(values) / len(values) if values else None
