"""The statements that say what may be done with the table, its indexes and its key.

The same statements stand on the owner's role, or on the table itself, or, without their limits on items, on the
caller's side of a table policy.
"""

from __future__ import annotations

from crossgrant.grants import names
from crossgrant.grants.actions import WITHOUT_ITEMS, on_index, with_key
from crossgrant.grants.document import Condition, Statement
from crossgrant.grants.model import Grant


def table_statements(grant: Grant, *, limit_items: bool) -> tuple[Statement, ...]:
    """Return the statements on the table and on its indexes, each action only where it acts.

    GetItem has no index to act on, so an index's ARN stands beside Query and Scan alone.

    Args:
        grant: what is granted.
        limit_items: whether the limits on keys and attributes stand in the statements.

    """
    table = names.table_arn(grant)
    indexes = tuple(f"{table}/index/{name}" for name in grant.table.indexes)
    statements = []
    for sid, actions in _groups(grant, limited=limit_items):
        conditions = _item_conditions(grant, actions) if limit_items else ()
        statements.append(Statement(f"{sid}Table", actions, (table,), conditions=conditions))
        index_actions = tuple(action for action in actions if on_index(action.removeprefix("dynamodb:")))
        if indexes and index_actions:
            statements.append(Statement(f"{sid}Indexes", index_actions, indexes, conditions=conditions))
    return tuple(statements)


def _groups(grant: Grant, *, limited: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Return the actions in groups whose conditions are the same: with limits on items, reads part from writes."""
    if not limited or not (grant.items.leading_keys or grant.items.attributes):
        return [("Use", _qualified(grant.actions))]
    reading, other, describing = [], [], []
    for action in grant.actions:
        if action in WITHOUT_ITEMS:
            describing.append(action)
        elif action in with_key("dynamodb:Select"):
            reading.append(action)
        else:
            other.append(action)
    groups = (("Read", reading), ("Write", other), ("Describe", describing))
    return [(sid, _qualified(tuple(actions))) for sid, actions in groups if actions]


def _qualified(actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"dynamodb:{action}" for action in actions)


def _item_conditions(grant: Grant, actions: tuple[str, ...]) -> tuple[Condition, ...]:
    """Return the limits on keys and attributes for one group of actions.

    `ForAllValues` is true where its key is missing (rule 45), so `Null` asks that the key is there. A read may only
    name attributes, and a write may not return the whole item.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    items, plain = grant.items, {action.removeprefix("dynamodb:") for action in actions}
    if plain <= WITHOUT_ITEMS:
        return ()
    conditions = []
    if items.leading_keys:
        conditions.append(Condition("ForAllValues:StringEquals", "dynamodb:LeadingKeys", items.leading_keys))
        conditions.append(Condition("Null", "dynamodb:LeadingKeys", ("false",)))
    if items.attributes:
        conditions.append(Condition("ForAllValues:StringEquals", "dynamodb:Attributes", items.attributes))
        conditions.append(Condition("Null", "dynamodb:Attributes", ("false",)))
        if plain <= with_key("dynamodb:Select"):
            conditions.append(Condition("StringEqualsIfExists", "dynamodb:Select", ("SPECIFIC_ATTRIBUTES",)))
        else:
            returned = ("NONE", "UPDATED_OLD", "UPDATED_NEW")
            conditions.append(Condition("StringEqualsIfExists", "dynamodb:ReturnValues", returned))
    return tuple(conditions)


def key_statement(grant: Grant, resource: str) -> Statement:
    """Return the permission to decrypt the table, which DynamoDB asks for in the reader's name.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html

    Args:
        grant: what is granted.
        resource: the key's ARN; `*` in the key's own policy.

    """
    service = f"dynamodb.{grant.owner.region}.amazonaws.com"
    via_dynamodb = Condition("StringEquals", "kms:ViaService", (service,))
    return Statement("DecryptTable", ("kms:Decrypt",), (resource,), conditions=(via_dynamodb,))
