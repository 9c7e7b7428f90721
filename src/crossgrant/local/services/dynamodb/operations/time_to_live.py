"""UpdateTimeToLive and DescribeTimeToLive.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

from __future__ import annotations

from dataclasses import replace

from crossgrant.local.operation import Access, Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import access, catalog, item_text, members, store
from crossgrant.local.services.dynamodb.errors import validation
from crossgrant.local.services.dynamodb.expiry import expires_at
from crossgrant.local.services.dynamodb.operations.tables import NAMED, changeable, read_name
from crossgrant.local.services.dynamodb.shapes import BOOLEAN, Member, Structure, string, structure
from crossgrant.local.services.dynamodb.table import TimeToLive
from crossgrant.local.services.dynamodb.target import Target

MEMBERS = Structure(
    "UpdateTimeToLiveInput",
    members.TABLE_NAME,
    Member(
        "TimeToLiveSpecification",
        structure(
            "TimeToLiveSpecification",
            Member("AttributeName", string(1, 255), required=True),
            Member("Enabled", BOOLEAN, required=True),
        ),
        required=True,
    ),
)


def read(call: Call) -> Target:
    """Check an UpdateTimeToLive."""
    MEMBERS.check(call.input)
    return Target.of(call, call.input["TableName"])


def needs(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:UpdateTimeToLive."""
    return (access.need(call, target, "dynamodb:UpdateTimeToLive", {}),)


def serve(call: Call, target: Target) -> Output:
    """Turn expiry on, noting when each item expires, or off."""
    database, wanted = call.accounts.database, call.input["TimeToLiveSpecification"]
    table = changeable(call, target)
    attribute, enabled = wanted["AttributeName"], wanted["Enabled"]
    if enabled and table.expiry_attribute is not None:
        raise validation(
            "TimeToLive is already enabled"
            if table.expiry_attribute == attribute
            else f"TimeToLive is active on a different AttributeName: current AttributeName is {table.expiry_attribute}"
        )
    if not enabled and table.expiry_attribute is None:
        raise validation("TimeToLive is already disabled")
    if not enabled and table.expiry_attribute != attribute:
        raise validation(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {table.expiry_attribute}"
        )
    catalog.update(database, replace(table, time_to_live=TimeToLive(attribute, enabled, call.now)))
    if enabled:
        for key, text in store.every_item(database, table):
            at = expires_at(item_text.decode(text), attribute)
            if at is not None:
                store.schedule(database, table, key, at)
    else:
        store.unschedule(database, table)
    return {"TimeToLiveSpecification": wanted}


def needs_describe(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DescribeTimeToLive."""
    return (access.need(call, target, "dynamodb:DescribeTimeToLive", {}),)


def serve_describe(_call: Call, target: Target) -> Output:
    """Say whether items expire, and by which attribute."""
    attribute = target.existing().expiry_attribute
    if attribute is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}}


OPERATIONS = (
    Operation("UpdateTimeToLive", MEMBERS.names, read, needs, serve),
    Operation("DescribeTimeToLive", NAMED.names, read_name, needs_describe, serve_describe, Access.READS),
)
