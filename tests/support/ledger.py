"""A gateway that is killed while it writes, and a ledger of what it acknowledged before.

`python -m support.ledger ROUNDS`, in the tests folder, runs it by itself.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from support.gateway import start_gateway, stop
from support.wire_client import WireClient

TABLE = "Ledger"
_LONGEST_SECONDS = 0.08


@dataclass
class Ledger:
    """What was acknowledged, and the one pair of writes that may have been under way at the kill."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    under_way: tuple[str, str] | None = None
    rounds: int = 0

    def run(self, folder: Path, rounds: int, seed: int) -> None:
        """Kill a gateway `rounds` times at random moments, and check after each start what it kept.

        Raises:
            AssertionError: an acknowledged write is missing, half of one is there, or an index disagrees.

        """
        moments = random.Random(seed)
        for _ in range(rounds):
            gateway = start_gateway(folder, "--state", str(folder / "state.db"))
            try:
                client = WireClient(gateway)
                if self.rounds == 0:
                    _create(client)
                self._check(client)
                killer = threading.Timer(moments.uniform(0, _LONGEST_SECONDS), gateway.process.kill)
                killer.start()
                self._write(client, moments)
                killer.join()
            finally:
                stop(gateway.process)
            self.rounds += 1

    def _write(self, client: WireClient, moments: random.Random) -> None:
        """Write pairs of items, each pair in one transaction, until the connection breaks."""
        number = len(self.acknowledged)
        while True:
            number += 1
            pair, value = f"{self.rounds}-{number}", str(moments.random())
            self.under_way = (pair, value)
            puts = [
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": {"id": {"S": f"{pair}-{half}"}, "pair": {"S": pair}, "v": {"S": value}},
                    }
                }
                for half in ("left", "right")
            ]
            try:
                client.call("TransactWriteItems", TransactItems=puts)
            except (OSError, HTTPException, ValueError):
                return
            self.acknowledged[pair] = value
            self.under_way = None

    def _check(self, client: WireClient) -> None:
        kept: dict[str, list[str]] = {}
        start: dict[str, object] = {}
        while True:
            page = client.call("Scan", TableName=TABLE, ConsistentRead=True, **start)
            for item in page["Items"]:
                kept.setdefault(item["pair"]["S"], []).append(item["v"]["S"])
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        for pair, value in self.acknowledged.items():
            assert kept.pop(pair, None) == [value, value], f"the acknowledged pair {pair} isn't whole"
        if self.under_way is not None and self.under_way[0] in kept:
            pair, value = self.under_way
            assert kept.pop(pair) == [value, value], f"half of the pair {pair} is there"
            self.acknowledged[pair] = value
        assert not kept, f"{sorted(kept)} were never written"
        for pair in list(self.acknowledged)[-3:]:
            indexed = client.call(
                "Query",
                TableName=TABLE,
                IndexName="by-pair",
                KeyConditionExpression="pair = :pair",
                ExpressionAttributeValues={":pair": {"S": pair}},
            )
            assert indexed["Count"] == 2, f"the index lost the pair {pair}"


def _create(client: WireClient) -> None:
    client.call(
        "CreateTable",
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "pair", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-pair",
                "KeySchema": [{"AttributeName": "pair", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    client.call("DescribeTable", TableName=TABLE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        ledger = Ledger()
        ledger.run(Path(name), int(sys.argv[1]), seed=1)
        print(f"{ledger.rounds} kills, {2 * len(ledger.acknowledged)} acknowledged items, none lost")  # noqa: T201 - it is a command
