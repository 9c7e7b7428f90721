"""The embedded DynamoDB, as the gateway sees it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody, Service
from crossgrant.local.services.dynamodb.errors import error_namespace, serialization
from crossgrant.local.services.dynamodb.operations.batch_get_item import BATCH_GET_ITEM
from crossgrant.local.services.dynamodb.operations.batch_write_item import BATCH_WRITE_ITEM
from crossgrant.local.services.dynamodb.operations.create_table import CREATE_TABLE
from crossgrant.local.services.dynamodb.operations.delete_item import DELETE_ITEM
from crossgrant.local.services.dynamodb.operations.get_item import GET_ITEM
from crossgrant.local.services.dynamodb.operations.limits import (
    DESCRIBE_CONTINUOUS_BACKUPS,
    DESCRIBE_ENDPOINTS,
    DESCRIBE_LIMITS,
)
from crossgrant.local.services.dynamodb.operations.partiql import (
    BATCH_EXECUTE_STATEMENT,
    EXECUTE_STATEMENT,
    EXECUTE_TRANSACTION,
)
from crossgrant.local.services.dynamodb.operations.put_item import PUT_ITEM
from crossgrant.local.services.dynamodb.operations.query import QUERY
from crossgrant.local.services.dynamodb.operations.resource_policy import (
    DELETE_RESOURCE_POLICY,
    GET_RESOURCE_POLICY,
    PUT_RESOURCE_POLICY,
)
from crossgrant.local.services.dynamodb.operations.scan import SCAN
from crossgrant.local.services.dynamodb.operations.tables import DELETE_TABLE, DESCRIBE_TABLE, LIST_TABLES
from crossgrant.local.services.dynamodb.operations.tags import LIST_TAGS_OF_RESOURCE, TAG_RESOURCE, UNTAG_RESOURCE
from crossgrant.local.services.dynamodb.operations.time_to_live import DESCRIBE_TIME_TO_LIVE, UPDATE_TIME_TO_LIVE
from crossgrant.local.services.dynamodb.operations.transact_get_items import TRANSACT_GET_ITEMS
from crossgrant.local.services.dynamodb.operations.transact_write_items import TRANSACT_WRITE_ITEMS
from crossgrant.local.services.dynamodb.operations.update_item import UPDATE_ITEM
from crossgrant.local.services.dynamodb.operations.update_table import UPDATE_TABLE

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
    TRANSACT_GET_ITEMS,
    TRANSACT_WRITE_ITEMS,
    EXECUTE_STATEMENT,
    BATCH_EXECUTE_STATEMENT,
    EXECUTE_TRANSACTION,
    UPDATE_TABLE,
    TAG_RESOURCE,
    UNTAG_RESOURCE,
    LIST_TAGS_OF_RESOURCE,
    UPDATE_TIME_TO_LIVE,
    DESCRIBE_TIME_TO_LIVE,
    PUT_RESOURCE_POLICY,
    GET_RESOURCE_POLICY,
    DELETE_RESOURCE_POLICY,
    DESCRIBE_LIMITS,
    DESCRIBE_ENDPOINTS,
    DESCRIBE_CONTINUOUS_BACKUPS,
)

T = TypeVar("T")


def _guarded(operation: Operation[T]) -> Operation[T]:
    """Return the operation with a text that is no Unicode (half a surrogate pair) refused, wherever it is met."""

    def read(call: Call) -> T:
        try:
            return operation.read(call)
        except UnicodeEncodeError:
            raise serialization(_NO_UNICODE) from None

    def needs(call: Call, wanted: T) -> tuple[Need, ...]:
        try:
            return operation.needs(call, wanted)
        except UnicodeEncodeError:
            raise serialization(_NO_UNICODE) from None

    def serve(call: Call, wanted: T) -> Output | RawBody | Awaitable[Output]:
        try:
            return operation.serve(call, wanted)
        except UnicodeEncodeError:
            raise serialization(_NO_UNICODE) from None

    return replace(operation, read=read, needs=needs, serve=serve)


_NO_UNICODE = "Unable to parse the request: a string is no valid Unicode"

SERVICE = Service(
    name="dynamodb",
    model="dynamodb",
    operations={operation.name: _guarded(operation) for operation in OPERATIONS},
    plain_json=True,
    error_namespace=error_namespace,
)
