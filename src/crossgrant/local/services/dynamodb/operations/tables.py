"""DescribeTable, ListTables and DeleteTable.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
"""

from __future__ import annotations

from dataclasses import replace

from crossgrant.local.operation import Access, Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import access, catalog, describe, members
from crossgrant.local.services.dynamodb.errors import in_use, table_not_found, validation
from crossgrant.local.services.dynamodb.shapes import Member, Structure, integer, string
from crossgrant.local.services.dynamodb.table import TRANSITION_SECONDS, Table, Transition
from crossgrant.local.services.dynamodb.target import Target

NAMED = Structure("DescribeTableInput", members.TABLE_NAME)
LISTED = Structure(
    "ListTablesInput",
    Member("ExclusiveStartTableName", string(3, 255, pattern="[a-zA-Z0-9_.-]+")),
    Member("Limit", integer(1, 100)),
)
_MOST_LISTED = 100


def read_name(call: Call) -> Target:
    """Check a request that names a table and nothing else."""
    NAMED.check(call.input)
    return Target.of(call, call.input["TableName"])


def read_table(call: Call) -> Target:
    """Check a DescribeTable or a DeleteTable."""
    NAMED.check_with_table(call.input)
    return Target.of(call, call.input["TableName"])


def needs_describe(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DescribeTable."""
    return (access.need(call, target, "dynamodb:DescribeTable", {}),)


def serve_describe(call: Call, target: Target) -> Output:
    """Describe the table; what was passing is over, so that a waiter's first look finds the table as it will be."""
    table = settled(call, target.existing())
    if table is None:
        raise table_not_found(target.name)
    return {"Table": describe.description(call.accounts.database, table, call.now)}


def settled(call: Call, table: Table) -> Table | None:
    """End the passing statuses of the table and its indexes; return None when it was being deleted."""
    database = call.accounts.database
    if table.status(call.now) == "DELETING":
        catalog.clear(database, table)
        return None
    if table.transition is None and not table.leaving and all(index.transition is None for index in table.indexes):
        return table
    indexes = tuple(replace(index, transition=None) for index in table.indexes)
    after = replace(table, transition=None, indexes=indexes, leaving=())
    catalog.update(database, after)
    return after


def changeable(call: Call, target: Target) -> Table:
    """Return the table for a call that changes it.

    Raises:
        ServiceError: there is none, or an earlier change is still under way.

    """
    table = target.existing()
    status = table.status(call.now)
    if status == "ACTIVE":
        return table
    being = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}[status]
    raise in_use(f"Attempt to change a resource which is still in use: Table is being {being}: {table.name}")


def read_list(call: Call) -> None:
    """Check the request."""
    LISTED.check(call.input)


def needs_list(call: Call, _nothing: None) -> tuple[Need, ...]:
    """Return the decision on dynamodb:ListTables, which has no resource."""
    return (Need("dynamodb:ListTables", "*", call.account_id),)


def serve_list(call: Call, _nothing: None) -> Output:
    """Return one page of names."""
    limit = call.input.get("Limit", _MOST_LISTED)
    after = call.input.get("ExclusiveStartTableName", "")
    names = catalog.names(call.accounts.database, call.account_id, call.region, after, limit + 1, call.now)
    if len(names) <= limit:
        return {"TableNames": names}
    return {"TableNames": names[:limit], "LastEvaluatedTableName": names[limit - 1]}


def needs_delete(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DeleteTable."""
    return (access.need(call, target, "dynamodb:DeleteTable", {}),)


def serve_delete(call: Call, target: Target) -> Output:
    """Delete the table's items, and the table a moment later."""
    table = changeable(call, target)
    if table.deletion_protection:
        raise validation(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    gone_at = call.now + TRANSITION_SECONDS
    table = replace(table, transition=Transition("DELETING", gone_at), indexes=())
    catalog.remove(call.accounts.database, table, gone_at)
    described = describe.description(call.accounts.database, table, call.now)
    for name in ("AttributeDefinitions", "KeySchema", "CreationDateTime"):
        del described[name]
    return {"TableDescription": described}


OPERATIONS = (
    Operation("DescribeTable", NAMED.names, read_table, needs_describe, serve_describe),
    Operation("ListTables", LISTED.names, read_list, needs_list, serve_list, Access.READS),
    Operation("DeleteTable", NAMED.names, read_table, needs_delete, serve_delete),
)
