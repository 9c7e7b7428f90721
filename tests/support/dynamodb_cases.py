"""The cases of tests/cases/dynamodb, and the tables that they speak of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CASES = Path(__file__).parents[1] / "cases" / "dynamodb"
DIFFERENCES = CASES / "differences.json"

ORDERS: dict[str, Any] = {
    "TableName": "Orders",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
EVENTS: dict[str, Any] = {
    "TableName": "Events",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "N" if name == "at" else "S"}
        for name in ("id", "at", "kind", "user", "day")
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-kind",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "kind", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-user",
            "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
        }
    ],
}
MATCHES: dict[str, Any] = {
    "TableName": "Matches",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("id", "S"), ("cup", "S"), ("season", "N"), ("stage", "S"), ("score", "N"), ("code", "B"))
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-cup",
            "KeySchema": [
                {"AttributeName": "cup", "KeyType": "HASH"},
                {"AttributeName": "season", "KeyType": "HASH"},
                {"AttributeName": "stage", "KeyType": "RANGE"},
                {"AttributeName": "score", "KeyType": "RANGE"},
                {"AttributeName": "code", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": "by-stage",
            "KeySchema": [
                {"AttributeName": "stage", "KeyType": "HASH"},
                {"AttributeName": "code", "KeyType": "HASH"},
                {"AttributeName": "score", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
        },
    ],
}
TABLES = (ORDERS, EVENTS, MATCHES)

_repeated = re.compile(r"(\w) \* ([0-9]+)")


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each case under its file's name and its own; `x * 400` is four hundred x."""
    for file in sorted(CASES.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            case = json.loads(_repeated.sub(lambda found: found[1] * int(found[2]), line))
            yield f"{file.stem}/{case['id']}", case
