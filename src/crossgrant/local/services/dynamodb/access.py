"""The decisions that DynamoDB's calls need, with the condition keys of each.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any

from crossgrant.local.operation import Call, ContextValue, Need
from crossgrant.local.services.dynamodb.expressions import DocumentPath
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema
from crossgrant.local.services.dynamodb.table import Table
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.dynamodb.values import Item

Context = dict[str, ContextValue]


# The condition keys of what follows the first attribute of a partition key.
_FURTHER_PARTITION_KEYS = (
    "dynamodb:SecondPartitionKeyValues",
    "dynamodb:ThirdPartitionKeyValues",
    "dynamodb:FourthPartitionKeyValues",
)

# What no table policy opens to another account.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
_WITHIN_THE_ACCOUNT = frozenset(
    f"dynamodb:{name}"
    for name in (
        "CreateTable",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLSelect",
        "PartiQLUpdate",
        "UpdateTimeToLive",
    )
)


def need(call: Call, target: Target, action: str, context: Context, keys: Collection[Item] = ()) -> Need:
    """Return the decision whether the caller may do `action` to the table or index; looks the table up.

    A table that doesn't exist needs the same decision: only who may act on it learns that it isn't there. The resource
    of a call on an index is the index, and its policy is the table's.

    Args:
        call: the request.
        target: the table, or one of its indexes.
        action: the IAM action.
        context: the condition keys of the action; the table's are added.
        keys: keys of items that the call names; the values of their partition keys are condition keys.

    """
    table = target.look_up(call)
    if table is None:
        return Need(action, target.resource, target.account_id, context)
    index = table.index(target.index_name) if target.index_name else None
    _add_table_keys(context, table, index.key if index else table.key, keys)
    # Nor does one open a table under the key that AWS manages, which is the account's own.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
    within = action in _WITHIN_THE_ACCOUNT or "SSEDescription" in table.settings
    policy = None if within and target.account_id != call.account_id else table.resource_policy
    return Need(action, target.resource, target.account_id, context, policy)


def _add_table_keys(context: Context, table: Table, schema: KeySchema, keys: Collection[Item]) -> None:
    """Add the table's tags, and the values that the call names for each attribute of the partition key.

    The first attribute's are dynamodb:FirstPartitionKeyValues and dynamodb:LeadingKeys alike, of tables and indexes.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html#FGAC_DDB.ConditionKeys
    """
    first = _values(schema.hash[0], keys)
    if first:
        context["dynamodb:LeadingKeys"] = context["dynamodb:FirstPartitionKeyValues"] = first
    if schema.has_several:
        for condition_key, attribute in zip(_FURTHER_PARTITION_KEYS, schema.hash[1:], strict=False):
            values = _values(attribute, keys)
            if values:
                context[condition_key] = values
    for tag, text in table.tags:
        context[f"aws:ResourceTag/{tag}"] = text


def _values(attribute: KeyAttribute, keys: Collection[Item]) -> tuple[str, ...]:
    name, kind = attribute
    values = []
    for key in keys:
        value = key.get(name)
        if value is not None and kind in value:
            values.append(value[kind])
    return tuple(values)


def attributes(*names: Iterable[str]) -> tuple[str, ...]:
    """Return dynamodb:Attributes: the top-level attributes that a call names, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(names)))


def heads(paths: Iterable[DocumentPath]) -> Iterable[str]:
    """Return the top-level attribute of each path."""
    return (str(path[0]) for path in paths)


def request_tags(tags: Iterable[dict[str, str]]) -> Context:
    """Return the condition keys of tags that a request gives."""
    given = {tag["Key"]: tag["Value"] for tag in tags}
    context: Context = {f"aws:RequestTag/{key}": value for key, value in given.items()}
    if given:
        context["aws:TagKeys"] = tuple(given)
    return context


def reads(asked: dict[str, Any], select: str, *names: Iterable[str]) -> Context:
    """Return the condition keys of a read: dynamodb:Select, Attributes and ReturnConsumedCapacity."""
    return _asked(asked, {"dynamodb:Select": asked.get("Select", select), "dynamodb:Attributes": attributes(*names)})


def writes(asked: dict[str, Any], *names: Iterable[str]) -> Context:
    """Return the condition keys of a write: dynamodb:ReturnValues, Attributes and ReturnConsumedCapacity."""
    return _asked(
        asked,
        {"dynamodb:ReturnValues": asked.get("ReturnValues", "NONE"), "dynamodb:Attributes": attributes(*names)},
    )


def _asked(asked: dict[str, Any], context: Context) -> Context:
    if "ReturnConsumedCapacity" in asked:
        context["dynamodb:ReturnConsumedCapacity"] = asked["ReturnConsumedCapacity"]
    return context
