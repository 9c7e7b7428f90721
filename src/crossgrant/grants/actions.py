"""The DynamoDB actions that a grant may name, and those it may not, with the reason.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from crossgrant.reference import Action, service

# The two words of the grant file that stand for several actions.
GROUPS = MappingProxyType(
    {
        "read": ("GetItem", "BatchGetItem", "Query"),
        "write": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
    }
)

# API operations that have no action of their own, and the actions they are authorised as.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
_TRANSACTION = ("ConditionCheckItem", "PutItem", "UpdateItem", "DeleteItem")
_PARTIQL = ("PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete")
AUTHORISED_AS = MappingProxyType(
    {
        "TransactGetItems": ("GetItem",),
        "TransactWriteItems": _TRANSACTION,
        "ExecuteStatement": _PARTIQL,
        "BatchExecuteStatement": _PARTIQL,
        "ExecuteTransaction": _PARTIQL,
    }
)

# What a table's resource-based policy can allow across accounts (the Transact operations as their actions).
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
ACROSS_ACCOUNTS_BY_TABLE_POLICY = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "DeleteItem",
        "DeleteTable",
        "DescribeTable",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
        "UpdateTable",
    }
)

# Touches no item, so that `items` has nothing to limit in it.
WITHOUT_ITEMS = frozenset({"DescribeTable"})


@dataclass(frozen=True, slots=True)
class TableAction:
    """A DynamoDB action on a table: the condition keys it has, and whether it acts on an index too."""

    condition_keys: frozenset[str]
    on_index: bool


@cache
def dynamodb_actions() -> frozenset[str]:
    """Return the name of every DynamoDB action."""
    return frozenset(_by_name())


@cache
def table_actions() -> Mapping[str, TableAction]:
    """Return the DynamoDB actions that act on a table, by name."""
    return {
        name: TableAction(frozenset(action.condition_keys), "index" in _types(action))
        for name, action in _by_name().items()
        if "table" in _types(action)
    }


def on_index(action: str) -> bool:
    """Return whether `action` acts on an index too."""
    return table_actions()[action].on_index


def with_key(condition_key: str) -> frozenset[str]:
    """Return the actions on a table that have `condition_key`."""
    return frozenset(name for name, action in table_actions().items() if condition_key in action.condition_keys)


def expand(words: Iterable[str]) -> tuple[str, ...]:
    """Return the actions that the words of `allow` stand for, in order."""
    return tuple(action for word in words for action in GROUPS.get(word, (word,)))


@cache
def _by_name() -> dict[str, Action]:
    known = service("dynamodb")
    assert known is not None, "the reference knows DynamoDB"
    return {action.name.partition(":")[2]: action for action in known.actions.values()}


def _types(action: Action) -> set[str]:
    return {resource.name for resource in action.resources}
