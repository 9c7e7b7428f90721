"""A table's resource-based policy, as DynamoDB takes, keeps and shows it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from crossgrant.iam import (
    Decision,
    MalformedPolicyDocumentError,
    Policy,
    PolicyKind,
    PolicySet,
    Request,
    RequestContext,
    evaluate,
    parse_policy,
)
from crossgrant.local.operation import Call, ServiceError
from crossgrant.local.services.dynamodb.errors import invalid_parameter, validation
from crossgrant.local.services.dynamodb.table import ResourcePolicy
from crossgrant.local.services.dynamodb.target import Target
from crossgrant.local.services.iam_.pinning import UnknownPrincipalError, pin, unpin

MAX_SIZE = 20_480
NO_POLICY = "NO_POLICY"

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html: those of a table; a stream has
# its own.
ACTIONS = frozenset(
    action.lower()
    for action in [
        "AssociateTableReplica",
        "BatchGetItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "CreateBackup",
        "CreateTableReplica",
        "DeleteItem",
        "DeleteResourcePolicy",
        "DeleteTable",
        "DeleteTableReplica",
        "DescribeContinuousBackups",
        "DescribeContributorInsights",
        "DescribeKinesisStreamingDestination",
        "DescribeTable",
        "DescribeTableReplicaAutoScaling",
        "DescribeTimeToLive",
        "DisableKinesisStreamingDestination",
        "EnableKinesisStreamingDestination",
        "ExportTableToPointInTime",
        "GetItem",
        "GetResourcePolicy",
        "ListTagsOfResource",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLSelect",
        "PartiQLUpdate",
        "PutItem",
        "PutResourcePolicy",
        "Query",
        "ReadDataForReplication",
        "ReplicateSettings",
        "RestoreTableToPointInTime",
        "Scan",
        "TagResource",
        "UntagResource",
        "UpdateContinuousBackups",
        "UpdateContributorInsights",
        "UpdateGlobalTableVersion",
        "UpdateItem",
        "UpdateKinesisStreamingDestination",
        "UpdateTable",
        "UpdateTableReplicaAutoScaling",
        "UpdateTimeToLive",
        "WriteDataForReplication",
    ]
)


def to_keep(call: Call, target: Target, text: str, *, may_lock_out: bool) -> str:
    """Return a policy to keep: checked, its principals pinned, one-element lists as strings.

    Raises:
        ServiceError: AWS would refuse it.

    """
    if len(text.encode()) > MAX_SIZE:
        raise _invalid(f"Maximum policy size of {MAX_SIZE} bytes exceeded")
    try:
        parse_policy(text, PolicyKind.RESOURCE_BASED)
    except MalformedPolicyDocumentError as error:
        raise _invalid(error.message) from None
    document = json.loads(text)
    _check_actions(document)
    _check_bounded(document)
    try:
        kept = _normalized(json.loads(pin(call.accounts, document)))
    except UnknownPrincipalError:
        raise invalid_parameter("Invalid principal in policy document.") from None
    pinned = json.dumps(kept, separators=(",", ":"))
    if not may_lock_out:
        _check_lock_out(call, target, pinned)
    return pinned


def shown(call: Call, policy: ResourcePolicy) -> str:
    """Return a kept policy as AWS shows it, its principals as ARNs."""
    return json.dumps(json.loads(unpin(call.accounts, policy.text)), separators=(",", ":"))


def _invalid(message: str) -> ServiceError:
    return invalid_parameter(f"Invalid policy document: {message}")


def _statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    statements = document["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _check_actions(document: Mapping[str, Any]) -> None:
    wrong = []
    for statement in _statements(document):
        for action in _listed(statement.get("Action", statement.get("NotAction", []))):
            service, _, name = action.lower().partition(":")
            if "*" not in action and "?" not in action and (service != "dynamodb" or name not in ACTIONS):
                wrong.append(f'"{action}"')
    if wrong:
        raise _invalid(f"The following action names are invalid: {', '.join(wrong)}")


def _check_bounded(document: Mapping[str, Any]) -> None:
    for statement in _statements(document):
        if statement["Effect"] != "Allow" or statement.get("Condition"):
            continue
        principal = statement.get("Principal")
        if principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS", []))):
            raise validation(
                "Resource-based policy grants unbounded access in one or more elements. "
                "Please revise the policy to ensure least-privilege form of access"
            )


def _normalized(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with its version, and every list of one string as that string."""
    return {
        "Version": document.get("Version", "2008-10-17"),
        **{k: _flat(v) for k, v in document.items() if k != "Version"},
    }


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _flat(inner) for name, inner in value.items()}
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], str):
            return value[0]
        return [_flat(inner) for inner in value]
    return value


def _check_lock_out(call: Call, target: Target, pinned: str) -> None:
    policy = Policy("new", parse_policy(pinned, PolicyKind.RESOURCE_BASED), target.arn)
    request = Request(
        principal=call.caller.principal,
        action="dynamodb:PutResourcePolicy",
        resource=target.arn,
        resource_account=target.account_id,
        context=RequestContext.of({}),
    )
    identity = call.accounts.identities.policies(call.caller.principal_id)
    decision = evaluate(request, PolicySet(identity_based=identity, resource_based=policy)).decision
    if decision is Decision.EXPLICIT_DENY:
        raise ServiceError(
            "AccessDeniedException",
            "The new resource policy will not allow you to update the resource policy in the future.",
        )


def check_revision(target: Target, current: ResourcePolicy | None, expected: str | None) -> None:
    """Check that the policy is at the revision that the caller expects.

    Raises:
        ServiceError: PolicyNotFoundException.

    """
    if expected is None:
        return
    frame = "Resource-based policy not found for the provided ResourceArn: "
    if expected == NO_POLICY:
        if current is not None:
            raise ServiceError(
                "PolicyNotFoundException",
                f"{frame}Requested policy update expecting none to be present for table {target.name}, "
                f"but a policy exists with revision id {current.revision_id}.",
            )
    elif current is None or current.revision_id != expected:
        actual = "null" if current is None else current.revision_id
        raise ServiceError(
            "PolicyNotFoundException",
            f"{frame}Requested update for policy with revision id {expected}, "
            f"but the policy associated to target table {target.name} has revision id {actual}.",
        )


def next_revision(current: ResourcePolicy | None, now: float) -> str:
    """Return the id of a new revision: the time in milliseconds, and never an earlier one again."""
    milliseconds = int(now * 1000)
    return str(milliseconds if current is None else max(milliseconds, int(current.revision_id) + 1))
