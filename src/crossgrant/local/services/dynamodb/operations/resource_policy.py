"""PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
"""

from __future__ import annotations

from dataclasses import replace

from crossgrant.local.operation import Access, Call, Need, Operation, Output, ServiceError
from crossgrant.local.services.dynamodb import access, catalog, table_policy
from crossgrant.local.services.dynamodb.operations.tags import RESOURCE_ARN
from crossgrant.local.services.dynamodb.shapes import BOOLEAN, STRING, Member, Structure, string
from crossgrant.local.services.dynamodb.table import ResourcePolicy
from crossgrant.local.services.dynamodb.target import Target

_EXPECTED = Member("ExpectedRevisionId", string(1, 255))
PUT = Structure(
    "PutResourcePolicyInput",
    RESOURCE_ARN,
    Member("Policy", STRING, required=True),
    _EXPECTED,
    Member("ConfirmRemoveSelfResourceAccess", BOOLEAN),
)
NAMED = Structure("GetResourcePolicyInput", RESOURCE_ARN)
DELETED = Structure("DeleteResourcePolicyInput", RESOURCE_ARN, _EXPECTED)


def read_put(call: Call) -> Target:
    """Check a PutResourcePolicy; the policy itself is checked once the caller may write it."""
    PUT.check(call.input)
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_put(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:PutResourcePolicy."""
    return (access.need(call, target, "dynamodb:PutResourcePolicy", {}),)


def serve_put(call: Call, target: Target) -> Output:
    """Keep the policy; the same policy again keeps its revision."""
    table = target.existing_resource()
    table_policy.check_revision(target, table.policy, call.input.get("ExpectedRevisionId"))
    text = table_policy.to_keep(
        call,
        target,
        call.input["Policy"],
        may_lock_out=call.input.get("ConfirmRemoveSelfResourceAccess", False),
    )
    if table.policy is not None and table.policy.text == text:
        return {"RevisionId": table.policy.revision_id}
    policy = ResourcePolicy(text, table_policy.next_revision(table.policy, call.now))
    catalog.update(call.accounts.database, replace(table, policy=policy))
    return {"RevisionId": policy.revision_id}


def read_get(call: Call) -> Target:
    """Check a GetResourcePolicy."""
    NAMED.check(call.input)
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_get(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:GetResourcePolicy."""
    return (access.need(call, target, "dynamodb:GetResourcePolicy", {}),)


def serve_get(call: Call, target: Target) -> Output:
    """Return the policy."""
    policy = target.existing_resource().policy
    if policy is None:
        raise ServiceError(
            "PolicyNotFoundException",
            f"Resource-based policy not found for the provided ResourceArn: {target.written}",
        )
    return {"Policy": table_policy.shown(call, policy), "RevisionId": policy.revision_id}


def read_delete(call: Call) -> Target:
    """Check a DeleteResourcePolicy."""
    DELETED.check(call.input)
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_delete(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:DeleteResourcePolicy."""
    return (access.need(call, target, "dynamodb:DeleteResourcePolicy", {}),)


def serve_delete(call: Call, target: Target) -> Output:
    """Take the policy off the table; a table without one is left as it is."""
    table = target.existing_resource()
    table_policy.check_revision(target, table.policy, call.input.get("ExpectedRevisionId"))
    if table.policy is None:
        return {}
    catalog.update(call.accounts.database, replace(table, policy=None))
    return {"RevisionId": table.policy.revision_id}


OPERATIONS = (
    Operation("PutResourcePolicy", PUT.names, read_put, needs_put, serve_put),
    Operation("GetResourcePolicy", NAMED.names, read_get, needs_get, serve_get, Access.READS),
    Operation("DeleteResourcePolicy", DELETED.names, read_delete, needs_delete, serve_delete),
)
