"""The embedded DynamoDB, as the gateway sees it."""

from __future__ import annotations

from crossgrant.local.operation import Service
from crossgrant.local.services.dynamodb.errors import error_namespace
from crossgrant.local.services.dynamodb.operations.batch_get_item import BATCH_GET_ITEM
from crossgrant.local.services.dynamodb.operations.batch_write_item import BATCH_WRITE_ITEM
from crossgrant.local.services.dynamodb.operations.create_table import CREATE_TABLE
from crossgrant.local.services.dynamodb.operations.delete_item import DELETE_ITEM
from crossgrant.local.services.dynamodb.operations.get_item import GET_ITEM
from crossgrant.local.services.dynamodb.operations.put_item import PUT_ITEM
from crossgrant.local.services.dynamodb.operations.query import QUERY
from crossgrant.local.services.dynamodb.operations.scan import SCAN
from crossgrant.local.services.dynamodb.operations.tables import DELETE_TABLE, DESCRIBE_TABLE, LIST_TABLES
from crossgrant.local.services.dynamodb.operations.update_item import UPDATE_ITEM

OPERATIONS = (
    CREATE_TABLE,
    DESCRIBE_TABLE,
    LIST_TABLES,
    DELETE_TABLE,
    PUT_ITEM,
    GET_ITEM,
    DELETE_ITEM,
    UPDATE_ITEM,
    BATCH_GET_ITEM,
    BATCH_WRITE_ITEM,
    QUERY,
    SCAN,
)

SERVICE = Service(
    name="dynamodb",
    model="dynamodb",
    operations={operation.name: operation for operation in OPERATIONS},
    plain_json=True,
    error_namespace=error_namespace,
)
