"""Files of each older version, as that version wrote them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from crossgrant.local.launch import SCHEMAS
from crossgrant.local.services.dynamodb.table import from_json
from crossgrant.local.state import Database
from crossgrant.local.state.database import APPLICATION_ID

NO_UNITS = {"read": 0, "write": 0, "increased": None, "decreased": None, "decreases_today": 0}
KEY: list[Any] = [["customer", "S"], None]
PLAIN = {"attributes": [["customer", "S"]], "key": KEY, "created": 1.5, "table_id": "an-id", "next_index_id": 3}
OF_VERSION_1: dict[str, dict[str, Any]] = {
    "Demand": {**PLAIN, "billing_mode": "PAY_PER_REQUEST", "throughput": NO_UNITS},
    "Provisioned": {
        **PLAIN,
        "billing_mode": "PROVISIONED",
        "throughput": {**NO_UNITS, "read": 5, "write": 6},
        "settings": {"WarmThroughput": {"ReadUnitsPerSecond": 50}, "TableClassSummary": {"TableClass": "STANDARD"}},
        "indexes": [
            {
                "id": number,
                "name": name,
                "local": local,
                "key": KEY,
                "projection": "ALL",
                "projected": [],
                "throughput": units,
                "transition": None,
                "settings": {},
            }
            for number, name, local, units in (
                (1, "by-order", True, NO_UNITS),
                (2, "by-customer", False, {**NO_UNITS, "read": 7, "write": 8}),
            )
        ],
    },
}


def warm(read: int, write: int) -> dict[str, Any]:
    return {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE"}


def test_tables_of_version_1_get_their_warm_throughput(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        for schema in SCHEMAS:
            old.executescript(schema)
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")
        for name, definition in OF_VERSION_1.items():
            row = ("111111111111", "us-east-1", name, json.dumps(definition))
            old.execute("INSERT INTO dynamodb_tables (account, region, name, definition) VALUES (?, ?, ?, ?)", row)
    state = Database.open(path, SCHEMAS)
    rows = state.all("SELECT id, account, region, name, definition FROM dynamodb_tables")
    state.close()
    tables = {row[3]: from_json(*row) for row in rows}
    assert tables["Demand"].settings == {"WarmThroughput": warm(12000, 4000)}
    provisioned = tables["Provisioned"]
    assert provisioned.settings == {"TableClassSummary": {"TableClass": "STANDARD"}, "WarmThroughput": warm(50, 6)}
    assert [(index.name, index.settings) for index in provisioned.indexes] == [
        ("by-order", {}),
        ("by-customer", {"WarmThroughput": warm(7, 8)}),
    ]
