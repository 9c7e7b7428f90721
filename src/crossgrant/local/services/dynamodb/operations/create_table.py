"""CreateTable.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from crossgrant.local.operation import Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import (
    access,
    catalog,
    definition,
    describe,
    members,
    settings,
    store,
    table_policy,
)
from crossgrant.local.services.dynamodb.errors import in_use, invalid_parameter
from crossgrant.local.services.dynamodb.keys import KeyAttribute, KeySchema
from crossgrant.local.services.dynamodb.shapes import STRING, Member, Structure
from crossgrant.local.services.dynamodb.table import (
    TRANSITION_SECONDS,
    Index,
    ResourcePolicy,
    Table,
    Throughput,
    Transition,
)
from crossgrant.local.services.dynamodb.target import Target

MEMBERS = Structure(
    "CreateTableInput",
    definition.ATTRIBUTE_DEFINITIONS._replace(required=True),
    members.TABLE_NAME,
    definition.BILLING_MODE,
    definition.PROVISIONED_THROUGHPUT,
    definition.KEY_SCHEMA,
    definition.LOCAL_INDEXES,
    definition.GLOBAL_INDEXES,
    settings.TABLE_CLASS,
    settings.DELETION_PROTECTION,
    settings.SSE_SPECIFICATION,
    settings.ON_DEMAND_THROUGHPUT,
    settings.WARM_THROUGHPUT,
    definition.TAGS,
    settings.STREAM_SPECIFICATION,
    Member("ResourcePolicy", STRING),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A CreateTable as read."""

    target: Target
    attributes: tuple[KeyAttribute, ...]
    key: KeySchema
    indexes: tuple[Index, ...]
    billing_mode: str
    throughput: Throughput
    settings: dict[str, Any]


def read(call: Call) -> Wanted:
    """Check the request: billing, throughput, the key, local indexes, global indexes."""
    asked = call.input
    MEMBERS.check_with_table(asked)
    target = Target.of(call, asked["TableName"])
    billing_mode = asked.get("BillingMode", "PROVISIONED")
    units = asked.get("ProvisionedThroughput")
    if billing_mode == "PAY_PER_REQUEST":
        if units is not None:
            raise invalid_parameter(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
    elif units is None:
        raise invalid_parameter(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
        )
    throughput = definition.throughput(units)
    types = definition.attribute_types(asked["AttributeDefinitions"])
    key = definition.table_key(asked["KeySchema"], types)
    if "LocalSecondaryIndexes" not in asked and "GlobalSecondaryIndexes" not in asked and len(types) != len(key.names):
        raise invalid_parameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions"
        )
    indexes: list[Index] = []
    if "LocalSecondaryIndexes" in asked:
        indexes += definition.local_indexes(asked["LocalSecondaryIndexes"], key, types)
    if "GlobalSecondaryIndexes" in asked:
        indexes += definition.global_indexes(asked["GlobalSecondaryIndexes"], types, billing_mode, indexes)
    definition.check_projected_count(indexes)
    _check_all_used(types, key, indexes)
    settings.check_sse(asked.get("SSESpecification"))
    settings.check_new_stream(asked.get("StreamSpecification"))
    return Wanted(
        target,
        tuple(KeyAttribute(name, kind) for name, kind in types.items()),
        key,
        tuple(replace(index, id=number) for number, index in enumerate(indexes, 1)),
        billing_mode,
        throughput,
        _settings(asked, target, billing_mode, call.now),
    )


def _check_all_used(types: dict[str, str], key: KeySchema, indexes: list[Index]) -> None:
    used = {*key.names, *(name for index in indexes for name in index.key.names)}
    if set(types) - used:
        raise invalid_parameter(
            "Some AttributeDefinitions are not used. "
            f"AttributeDefinitions: [{', '.join(types)}], keys used: [{', '.join(sorted(used))}]"
        )


def _settings(asked: dict[str, Any], target: Target, billing_mode: str, now: float) -> dict[str, Any]:
    """Return what is stored and shown, as the description writes it."""
    kept = settings.with_on_demand_limits({}, asked.get("OnDemandThroughput", {}), billing_mode, new=True)
    warm = asked.get("WarmThroughput", {})
    kept = settings.with_new_warm_throughput(kept, warm, asked.get("ProvisionedThroughput"))
    if "TableClass" in asked:
        kept = settings.with_table_class(kept, asked["TableClass"])
    if "SSESpecification" in asked:
        kept = settings.with_sse(kept, target, asked["SSESpecification"])
    if "StreamSpecification" in asked:
        kept = settings.with_new_stream(kept, target, asked["StreamSpecification"], now)
    return kept


def needs(call: Call, wanted: Wanted) -> tuple[Need, ...]:
    """Return the decisions on dynamodb:CreateTable, and on the tags and the policy that are given with it."""
    actions = ["dynamodb:CreateTable"]
    actions += ["dynamodb:TagResource"] if "Tags" in call.input else []
    actions += ["dynamodb:PutResourcePolicy"] if "ResourcePolicy" in call.input else []
    tags = call.input.get("Tags", [])
    return tuple(access.need(call, wanted.target, action, access.request_tags(tags)) for action in actions)


def serve(call: Call, wanted: Wanted) -> Output:
    """Make the table."""
    target = wanted.target
    if target.table is not None:
        status = target.table.status(call.now)
        raise in_use(
            f"Table already exists: {target.name}"
            if status == "ACTIVE"
            else f"Attempt to change a resource which is still in use: Table is being "
            f"{'deleted' if status == 'DELETING' else 'created'}: {target.name}"
        )
    policy = None
    if "ResourcePolicy" in call.input:
        text = table_policy.to_keep(call, target, call.input["ResourcePolicy"], may_lock_out=False)
        policy = ResourcePolicy(text, table_policy.next_revision(None, call.now))
    table = Table(
        id=0,
        account_id=target.account_id,
        region=target.region,
        name=target.name,
        table_id=str(uuid.uuid4()),
        created=round(call.now, 3),
        attributes=wanted.attributes,
        key=wanted.key,
        indexes=tuple(
            index if index.local else replace(index, transition=_creating(call.now)) for index in wanted.indexes
        ),
        next_index_id=len(wanted.indexes) + 1,
        billing_mode=wanted.billing_mode,
        billed_on_demand_since=round(call.now, 3) if wanted.billing_mode == "PAY_PER_REQUEST" else None,
        throughput=wanted.throughput,
        deletion_protection=call.input.get("DeletionProtectionEnabled", False),
        tags=tuple((tag["Key"], tag["Value"]) for tag in call.input.get("Tags", ())),
        policy=policy,
        transition=_creating(call.now),
        settings=wanted.settings,
    )
    table = catalog.insert(call.accounts.database, table, call.now)
    for index_id in (0, *(index.id for index in table.indexes)):
        store.start_counts(call.accounts.database, table.id, index_id)
    return {"TableDescription": describe.description(call.accounts.database, table, call.now)}


def _creating(now: float) -> Transition:
    return Transition("CREATING", now + TRANSITION_SECONDS)


OPERATIONS = (Operation("CreateTable", MEMBERS.names, read, needs, serve),)
