"""A table as the API describes it: AWS's fields and no others.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
Attributes stand in the order of their names, indexes in that of the request
(https://github.com/aws-controllers-k8s/dynamodb-controller, docs/api-quirks, DDB-TABLE-133 and -134).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crossgrant.local.services.dynamodb.keys import KeySchema
from crossgrant.local.services.dynamodb.table import Index, Table, Throughput

if TYPE_CHECKING:
    from crossgrant.local.state import Database

# Items and bytes of a table (0) and of its indexes, by their ids.
Counts = dict[int, tuple[int, int]]


def description(database: Database, table: Table, now: float) -> dict[str, Any]:
    """Return the TableDescription."""
    counts = _counts(database, table)
    count, size = counts.get(0, (0, 0))
    described: dict[str, Any] = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(table.attributes)
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
    local = [_index(counts, table, index, now) for index in table.indexes if index.local]
    if local:
        described["LocalSecondaryIndexes"] = local
    leaving = [index for index in table.leaving if index.status(now) == "DELETING"]
    shown = [*(index for index in table.indexes if not index.local), *leaving]
    by_global = [_index(counts, table, index, now) for index in shown]
    if by_global:
        described["GlobalSecondaryIndexes"] = by_global
    return described


def key_schema(key: KeySchema) -> list[dict[str, str]]:
    """Return a KeySchema as the API writes it."""
    parts = (("HASH", key.hash), ("RANGE", key.range))
    return [{"AttributeName": each.name, "KeyType": kind} for kind, attributes in parts for each in attributes]


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


def _index(counts: Counts, table: Table, index: Index, now: float) -> dict[str, Any]:
    count, size = counts.get(index.id, (0, 0))
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
        described["Projection"]["NonKeyAttributes"] = sorted(index.projected)
    if not index.local:
        described["IndexStatus"] = index.status(now)
        described["ProvisionedThroughput"] = _throughput(index.throughput)
        if index.status(now) == "CREATING" and table.status(now) != "CREATING":
            described["Backfilling"] = True
    return described


def _counts(database: Database, table: Table) -> Counts:
    rows = database.execute("SELECT index_id, items, bytes FROM dynamodb_counts WHERE table_id = ?", (table.id,))
    return {index_id: (items, size) for index_id, items, size in rows}
