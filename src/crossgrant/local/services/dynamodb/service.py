"""The embedded DynamoDB, as the gateway sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from crossgrant.local.operation import Call, Need, Operation, Output, RawBody, Service
from crossgrant.local.services.dynamodb.errors import error_namespace, serialization

# The module of each operation, imported when it is first called for: most gateways serve few of them.
_MODULES = {
    "BatchExecuteStatement": "partiql",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "CreateTable": "create_table",
    "DeleteItem": "delete_item",
    "DeleteResourcePolicy": "resource_policy",
    "DeleteTable": "tables",
    "DescribeContinuousBackups": "limits",
    "DescribeEndpoints": "limits",
    "DescribeLimits": "limits",
    "DescribeTable": "tables",
    "DescribeTimeToLive": "time_to_live",
    "ExecuteStatement": "partiql",
    "ExecuteTransaction": "partiql",
    "GetItem": "get_item",
    "GetResourcePolicy": "resource_policy",
    "ListTables": "tables",
    "ListTagsOfResource": "tags",
    "PutItem": "put_item",
    "PutResourcePolicy": "resource_policy",
    "Query": "query",
    "Scan": "scan",
    "TagResource": "tags",
    "TransactGetItems": "transact_get_items",
    "TransactWriteItems": "transact_write_items",
    "UntagResource": "tags",
    "UpdateItem": "update_item",
    "UpdateTable": "update_table",
    "UpdateTimeToLive": "time_to_live",
}


class _Operations(Mapping[str, Operation[Any]]):
    """The operations by their names, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> Operation[Any]:
        return _operation(_MODULES[name], name)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


@cache
def _operation(module: str, name: str) -> Operation[Any]:
    operations: tuple[Operation[Any], ...] = import_module(f"{__package__}.operations.{module}").OPERATIONS
    return _guarded(next(operation for operation in operations if operation.name == name))


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
    operations=_Operations(),
    plain_json=True,
    error_namespace=error_namespace,
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    most_bytes=16 * 1024 * 1024,
)
