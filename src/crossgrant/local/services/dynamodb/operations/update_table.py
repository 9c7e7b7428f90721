"""UpdateTable: billing, throughput, settings, and one global index made or deleted at a time.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from crossgrant.local.operation import Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import access, catalog, definition, describe, members, settings, store
from crossgrant.local.services.dynamodb.errors import invalid_parameter, limit_exceeded, not_found, validation
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema
from crossgrant.local.services.dynamodb.operations.tables import changeable
from crossgrant.local.services.dynamodb.shapes import Member, Structure, list_of, structure
from crossgrant.local.services.dynamodb.table import TRANSITION_SECONDS, Index, Table, Throughput, Transition
from crossgrant.local.services.dynamodb.target import Target

MEMBERS = Structure(
    "UpdateTableInput",
    members.TABLE_NAME,
    definition.ATTRIBUTE_DEFINITIONS,
    definition.BILLING_MODE,
    definition.PROVISIONED_THROUGHPUT,
    Member(
        "GlobalSecondaryIndexUpdates",
        list_of(
            structure(
                "GlobalSecondaryIndexUpdate",
                Member(
                    "Update",
                    structure(
                        "UpdateGlobalSecondaryIndexAction",
                        definition.INDEX_NAME,
                        definition.PROVISIONED_THROUGHPUT,
                        settings.ON_DEMAND_THROUGHPUT,
                        settings.WARM_THROUGHPUT,
                    ),
                ),
                Member("Create", definition.GLOBAL_INDEX),
                Member("Delete", structure("DeleteGlobalSecondaryIndexAction", definition.INDEX_NAME)),
            )
        ),
    ),
    settings.STREAM_SPECIFICATION,
    settings.SSE_SPECIFICATION,
    settings.TABLE_CLASS,
    settings.DELETION_PROTECTION,
    settings.ON_DEMAND_THROUGHPUT,
    settings.WARM_THROUGHPUT,
)
_CHANGES = MEMBERS.names - {"TableName", "AttributeDefinitions"}


def read(call: Call) -> Target:
    """Check the request: something to change, throughput, one update for each index."""
    asked = call.input
    MEMBERS.check_with_table(asked)
    target = Target.of(call, asked["TableName"])
    changes = {name: value for name, value in asked.items() if name in _CHANGES}
    if not changes:
        raise validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
            "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
            "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
            "required"
        )
    if changes.get("GlobalSecondaryIndexUpdates") == []:
        raise invalid_parameter("List of GlobalSecondaryIndexUpdates is empty")
    _check_combination(changes)
    definition.throughput(asked.get("ProvisionedThroughput"))
    settings.check_sse(asked.get("SSESpecification"))
    settings.check_changed_stream(asked.get("StreamSpecification"))
    names = []
    for update in asked.get("GlobalSecondaryIndexUpdates", ()):
        if len(update) != 1:
            raise invalid_parameter(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null"
            )
        ((_, change),) = update.items()
        if change["IndexName"] in names:
            raise invalid_parameter(
                "Only one global secondary index update per index is allowed simultaneously. "
                f"Index: {change['IndexName']}"
            )
        names.append(change["IndexName"])
        definition.throughput(change.get("ProvisionedThroughput"), f" for index {change['IndexName']}")
    return target


# What UpdateTable changes alone, in the order in which AWS names it.
_ALONE = (
    ("SSESpecification", "Server-Side Encryption modification"),
    ("TableClass", "TableClass modification"),
    ("DeletionProtectionEnabled", "DeletionProtection modification"),
)


def _check_combination(changes: dict[str, Any]) -> None:
    """Check what an UpdateTable changes at once.

    Raises:
        ServiceError: AWS wants the changes one by one.

    """
    updates = changes.get("GlobalSecondaryIndexUpdates", ())
    made = any("Create" in update for update in updates)
    made_or_deleted = made or any("Delete" in update for update in updates)
    for name, what in _ALONE:
        if name in changes and len(changes) > 1:
            raise invalid_parameter(f"{what} must be the only operation in the request")
    if "WarmThroughput" in changes and len(changes) > 1:
        if made:
            raise invalid_parameter("Create global secondary index cannot be specified when updating WarmThroughput")
        raise invalid_parameter("WarmThroughput must be the only operation in the request")
    if "OnDemandThroughput" in changes and changes.keys() - {"OnDemandThroughput", "BillingMode"}:
        raise invalid_parameter("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")
    sets_capacity = "ProvisionedThroughput" in changes or changes.get("BillingMode") == "PROVISIONED"
    if "StreamSpecification" in changes and sets_capacity:
        raise invalid_parameter("You cannot modify stream status while updating table IOPS")
    if "ProvisionedThroughput" in changes and made_or_deleted:
        raise invalid_parameter("You cannot create or delete index while updating table IOPS")
    if "StreamSpecification" in changes and made_or_deleted:
        raise invalid_parameter("You cannot create or delete index while changing stream status")


def needs(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:UpdateTable."""
    return (access.need(call, target, "dynamodb:UpdateTable", {}),)


def serve(call: Call, target: Target) -> Output:
    """Change the table; an index is filled at once, and shown as CREATING for a moment."""
    asked, now = call.input, call.now
    table = _with_billing(changeable(call, target), asked, now)
    table = replace(table, settings=_settings(table, target, asked, now))
    for update in _in_order(asked.get("GlobalSecondaryIndexUpdates", ())):
        table = _with_index_update(call, table, update)
    if "DeletionProtectionEnabled" in asked:
        table = replace(table, deletion_protection=asked["DeletionProtectionEnabled"])
    elif not asked.keys() & _WHILE_ACTIVE:
        table = replace(table, transition=Transition("UPDATING", now + TRANSITION_SECONDS))
    catalog.update(call.accounts.database, table)
    return {"TableDescription": describe.description(call.accounts.database, table, now)}


# What changes while the table stays ACTIVE.
_WHILE_ACTIVE = {"DeletionProtectionEnabled", "SSESpecification", "WarmThroughput"}


def _settings(table: Table, target: Target, asked: dict[str, Any], now: float) -> dict[str, Any]:
    kept = dict(table.settings)
    if "OnDemandThroughput" in asked:
        kept = settings.with_on_demand_limits(kept, asked["OnDemandThroughput"], table.billing_mode, new=False)
    if "WarmThroughput" in asked:
        kept = settings.with_raised_warm_throughput(kept, asked["WarmThroughput"])
    if "TableClass" in asked:
        kept = settings.with_table_class(kept, asked["TableClass"], now)
    if "SSESpecification" in asked:
        if not settings.encrypts_by_kms(asked["SSESpecification"]) and "SSEDescription" not in kept:
            raise invalid_parameter("Table is already encrypted by default")
        kept = settings.with_sse(kept, target, asked["SSESpecification"])
    if "StreamSpecification" in asked:
        kept = settings.with_changed_stream(kept, target, asked["StreamSpecification"], now)
    return kept


def _with_billing(table: Table, asked: dict[str, Any], now: float) -> Table:
    mode = asked.get("BillingMode", table.billing_mode)
    units = asked.get("ProvisionedThroughput")
    if mode == "PAY_PER_REQUEST":
        if units is not None:
            raise invalid_parameter(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        if table.billing_mode == mode:
            return table
        indexes = tuple(
            index if index.local else replace(index, throughput=Throughput(), settings=_warm(index.settings, mode))
            for index in table.indexes
        )
        return replace(
            table,
            billing_mode=mode,
            billed_on_demand_since=round(now, 3),
            throughput=Throughput(),
            indexes=indexes,
            settings=_warm(table.settings, mode),
        )
    if units is None:
        if table.billing_mode != mode:
            raise invalid_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
        return table
    if table.billing_mode != mode:
        _check_every_index_is_provisioned(table, asked.get("GlobalSecondaryIndexUpdates", ()))
    new = _changed_throughput(table.throughput, definition.throughput(units), now)
    if new is None:
        raise validation(_unchanged("table", table.throughput))
    return replace(table, billing_mode=mode, throughput=new, settings=_warm(table.settings, mode, new))


def _warm(kept: Mapping[str, Any], billing_mode: str, units: Throughput | None = None) -> dict[str, Any]:
    """Return the settings as a change of billing or of capacity leaves them."""
    kept = settings.without_on_demand_limits(kept)
    units = units or Throughput()
    return settings.with_warm_throughput_of(kept, units.read, units.write, billing_mode)


def _check_every_index_is_provisioned(table: Table, updates: Iterable[dict[str, Any]]) -> None:
    provisioned = {
        update["Update"]["IndexName"] for update in updates if "ProvisionedThroughput" in update.get("Update", {})
    }
    for index in table.indexes:
        if not index.local and index.name not in provisioned:
            raise invalid_parameter(f"ProvisionedThroughput must be specified for index: {index.name}")


def _changed_throughput(old: Throughput, wanted: Throughput, now: float) -> Throughput | None:
    """Return the new throughput with the times of its changes, or None when nothing changes."""
    if (old.read, old.write) == (wanted.read, wanted.write):
        return None
    raised = wanted.read > old.read or wanted.write > old.write
    lowered = wanted.read < old.read or wanted.write < old.write
    return replace(
        old,
        read=wanted.read,
        write=wanted.write,
        increased=round(now, 3) if raised else old.increased,
        decreased=round(now, 3) if lowered else old.decreased,
        decreases_today=old.decreases_today + lowered,
    )


def _unchanged(what: str, units: Throughput) -> str:
    return (
        f"The provisioned throughput for the {what} will not change. The requested value equals the current value. "
        f"Current ReadCapacityUnits provisioned for the {what}: {units.read}. "
        f"Requested ReadCapacityUnits: {units.read}. "
        f"Current WriteCapacityUnits provisioned for the {what}: {units.write}. "
        f"Requested WriteCapacityUnits: {units.write}. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
    )


def _in_order(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the updates, of which one at most makes or deletes an index."""
    if sum("Create" in update or "Delete" in update for update in updates) > 1:
        raise limit_exceeded(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
        )
    return updates


def _with_index_update(call: Call, table: Table, update: dict[str, Any]) -> Table:
    ((kind, change),) = update.items()
    index = table.index(change["IndexName"])
    if kind == "Create":
        return _with_new_index(call, table, change)
    if index is None or index.local:
        raise not_found()
    if kind == "Delete":
        store.drop_index(call.accounts.database, table, index)
        leaving = replace(index, transition=Transition("DELETING", call.now + TRANSITION_SECONDS))
        kept = tuple(each for each in table.indexes if each is not index)
        return _with_used_attributes(replace(table, indexes=kept, leaving=(*table.leaving, leaving)))
    return _with_changed_index(table, index, change, call.now)


def _with_new_index(call: Call, table: Table, change: dict[str, Any]) -> Table:
    if table.index(change["IndexName"]) is not None:
        raise validation(f"Attempting to create an index which already exists: {change['IndexName']}")
    types = {attribute.name: attribute.type for attribute in table.attributes}
    types |= definition.attribute_types(call.input.get("AttributeDefinitions", []))
    others = list(table.indexes)
    (index,) = definition.global_indexes([change], types, table.billing_mode, others)
    _check_types(table, index.key)
    definition.check_projected_count([*others, index])
    index = replace(index, id=table.next_index_id, transition=Transition("CREATING", call.now + TRANSITION_SECONDS))
    attributes = tuple(KeyAttribute(name, kind) for name, kind in types.items())
    table = _with_used_attributes(
        replace(table, attributes=attributes, indexes=(*table.indexes, index), next_index_id=table.next_index_id + 1)
    )
    store.fill_index(call.accounts.database, table, index)
    return table


def _check_types(table: Table, new: KeySchema) -> None:
    """Refuse an index whose key gives another type to an attribute of a key that is there.

    Raises:
        ServiceError: AWS's text, as ScyllaDB Alternator's tests quote it.

    """
    types = {attribute.name: attribute.type for attribute in new.attributes}
    for old in (table.key, *(index.key for index in table.indexes)):
        if any(types.get(attribute.name, attribute.type) != attribute.type for attribute in old.attributes):
            raise validation(
                "One or more parameter values were invalid: Attributes cannot be redefined. "
                "Please check that your attribute has the same type as previously defined. "
                f"Existing schema: {_shown(old)} New schema: {_shown(new)}"
            )


def _shown(key: KeySchema) -> str:
    parts = [*((attribute, "HASH") for attribute in key.hash), *((attribute, "RANGE") for attribute in key.range)]
    shown = ", ".join(f"key{{{attribute.name}:{attribute.type}:{part}}}" for attribute, part in parts)
    return f"Schema:[SchemaElement: {shown}]"


def _with_used_attributes(table: Table) -> Table:
    """Return the table with the definitions that its keys use, and no others."""
    used = {*table.key.names, *(name for index in table.indexes for name in index.key.names)}
    return replace(table, attributes=tuple(attribute for attribute in table.attributes if attribute.name in used))


def _with_changed_index(table: Table, index: Index, change: dict[str, Any], now: float) -> Table:
    kept: Mapping[str, Any] = index.settings
    if "OnDemandThroughput" in change:
        limits = change["OnDemandThroughput"]
        kept = settings.with_on_demand_limits(kept, limits, table.billing_mode, new=False, index=index.name)
    if "WarmThroughput" in change:
        kept = settings.with_raised_warm_throughput(kept, change["WarmThroughput"], index.name)
    throughput = index.throughput
    if "ProvisionedThroughput" in change:
        changed = _changed_throughput(throughput, definition.throughput(change["ProvisionedThroughput"]), now)
        if changed is None:
            raise validation(_unchanged(f"index {index.name}", throughput))
        throughput = changed
        kept = _warm(kept, table.billing_mode, throughput)
    new = replace(
        index,
        throughput=throughput,
        settings=kept,
        transition=Transition("UPDATING", now + TRANSITION_SECONDS),
    )
    return replace(table, indexes=tuple(new if each is index else each for each in table.indexes))


OPERATIONS = (Operation("UpdateTable", MEMBERS.names, read, needs, serve),)
