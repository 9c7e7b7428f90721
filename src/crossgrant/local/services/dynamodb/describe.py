"""A table as the API describes it: AWS's fields and no others.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crossgrant.local.services.dynamodb.keys import KeySchema
from crossgrant.local.services.dynamodb.table import Index, Table, Throughput

if TYPE_CHECKING:
    from crossgrant.local.state import Database

# AWS counts a table's items about every six hours. Here they are counted when asked for, up to this many; a larger
# table's count is this many at least, from a walk that would otherwise hold up other calls.
_COUNTED = 10_000


def description(database: Database, table: Table, now: float) -> dict[str, Any]:
    """Return the TableDescription."""
    count, size = _count(database, table)
    described: dict[str, Any] = {
        "AttributeDefinitions": [
            {"AttributeName": attribute.name, "AttributeType": attribute.type} for attribute in table.attributes
        ],
        "TableName": table.name,
        "KeySchema": key_schema(table.key),
        "TableStatus": table.status(now),
        "CreationDateTime": table.created,
        "ProvisionedThroughput": _throughput(table.throughput),
        "TableSizeBytes": size,
        "ItemCount": count,
        "TableArn": table.arn,
        "TableId": table.table_id,
        "DeletionProtectionEnabled": table.deletion_protection,
        **table.settings,
    }
    if table.billing_mode == "PAY_PER_REQUEST":
        described["BillingModeSummary"] = {
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": table.billed_on_demand_since,
        }
    elif table.billed_on_demand_since is not None:
        described["BillingModeSummary"] = {
            "BillingMode": "PROVISIONED",
            "LastUpdateToPayPerRequestDateTime": table.billed_on_demand_since,
        }
    local = [_index(database, table, index, now) for index in table.indexes if index.local]
    if local:
        described["LocalSecondaryIndexes"] = local
    leaving = [index for index in table.leaving if index.status(now) == "DELETING"]
    shown = [*(index for index in table.indexes if not index.local), *leaving]
    by_global = [_index(database, table, index, now) for index in shown]
    if by_global:
        described["GlobalSecondaryIndexes"] = by_global
    return described


def key_schema(key: KeySchema) -> list[dict[str, str]]:
    """Return a KeySchema as the API writes it."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(key.names, ("HASH", "RANGE"), strict=False)]


def _throughput(throughput: Throughput) -> dict[str, Any]:
    described: dict[str, Any] = {
        "NumberOfDecreasesToday": throughput.decreases_today,
        "ReadCapacityUnits": throughput.read,
        "WriteCapacityUnits": throughput.write,
    }
    if throughput.increased is not None:
        described["LastIncreaseDateTime"] = throughput.increased
    if throughput.decreased is not None:
        described["LastDecreaseDateTime"] = throughput.decreased
    return described


def _index(database: Database, table: Table, index: Index, now: float) -> dict[str, Any]:
    count, size = _count_entries(database, table, index)
    described: dict[str, Any] = {
        "IndexName": index.name,
        "KeySchema": key_schema(index.key),
        "Projection": {"ProjectionType": index.projection},
        "IndexSizeBytes": size,
        "ItemCount": count,
        "IndexArn": f"{table.arn}/index/{index.name}",
        **index.settings,
    }
    if index.projected:
        described["Projection"]["NonKeyAttributes"] = list(index.projected)
    if not index.local:
        described["IndexStatus"] = index.status(now)
        described["ProvisionedThroughput"] = _throughput(index.throughput)
        if index.status(now) == "CREATING" and table.status(now) != "CREATING":
            described["Backfilling"] = True
    return described


def _count(database: Database, table: Table) -> tuple[int, int]:
    return _counted(database, "SELECT size FROM dynamodb_items WHERE table_id = ? LIMIT ?", (table.id, _COUNTED))


def _count_entries(database: Database, table: Table, index: Index) -> tuple[int, int]:
    return _counted(
        database,
        "SELECT size FROM dynamodb_index_entries WHERE table_id = ? AND index_id = ? LIMIT ?",
        (table.id, index.id, _COUNTED),
    )


def _counted(database: Database, rows: str, parameters: tuple[int, ...]) -> tuple[int, int]:
    count, size = database.execute(
        f"SELECT count(*), coalesce(sum(size), 0) FROM ({rows})",  # noqa: S608 - the two texts above
        parameters,
    ).fetchone()
    return count, size
