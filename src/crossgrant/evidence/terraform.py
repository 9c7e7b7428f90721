"""`terraform show -json` of a plan or a state becomes a snapshot of what it manages.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator

from crossgrant.evidence.answer import document
from crossgrant.evidence.snapshot import (
    UNREAD,
    AccountSnapshot,
    AttachedPolicy,
    Function,
    JsonObject,
    Known,
    NotRead,
    Role,
    Section,
    Table,
)

UNKNOWN = NotRead("known after apply")


def read_terraform(shown: JsonObject, origin: str, *, account_id: str = "") -> AccountSnapshot:
    """Return what the resources of a plan (`planned_values`) or of a state (`values`) say."""
    applied = "values" in shown
    root = (shown.get("values") or shown.get("planned_values") or {}).get("root_module", {})
    resources = [each for each in _resources(root) if each.get("mode") == "managed"]
    roles = {
        each["values"]["name"]: _role(each["values"], resources)
        for each in resources
        if each["type"] == "aws_iam_role" and _arn(each["values"], account_id)
    }
    functions = [
        _function(each["values"])
        for each in resources
        if each["type"] == "aws_lambda_function" and each["values"].get("arn")
    ]
    tables = [
        _table(each["values"], resources)
        for each in resources
        if each["type"] == "aws_dynamodb_table" and each["values"].get("arn")
    ]
    arns = [*(each.arn for each in roles.values()), *(each.arn for each in functions), *(each.arn for each in tables)]
    return AccountSnapshot(
        origin=origin,
        account_id=account_id or (arns[0].split(":")[4] if arns else UNREAD),
        roles=Section(roles),
        functions=Section({each.arn: each for each in functions}),
        tables=Section({each.arn: each for each in tables}),
        as_deployed=applied,
    )


def _resources(module: JsonObject) -> Iterator[JsonObject]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _arn(values: JsonObject, account_id: str) -> bool:
    """Return whether the role's ARN is known, filling it in from its name for a planned role of a known account."""
    if not values.get("arn") and account_id and values.get("name"):
        values = values if isinstance(values, dict) else dict(values)
        values["arn"] = f"arn:aws:iam::{account_id}:role{values.get('path') or '/'}{values['name']}"
    return bool(values.get("arn"))


def _text(values: JsonObject, name: str) -> Known[JsonObject]:
    text = values.get(name)
    return document(text) if text else UNKNOWN


def _role(values: JsonObject, resources: list[JsonObject]) -> Role:
    name, boundary = values["name"], values.get("permissions_boundary")
    return Role(
        arn=values["arn"],
        unique_id=values.get("unique_id") or UNREAD,
        trust=_text(values, "assume_role_policy"),
        policies=_policies(name, values, resources),
        boundary=None if not boundary else _managed(boundary, resources),
        max_session_duration=values.get("max_session_duration") or 3600,
        tags=values.get("tags_all") or {},
    )


def _policies(name: str, values: JsonObject, resources: list[JsonObject]) -> tuple[AttachedPolicy, ...]:
    inline = (
        AttachedPolicy(each["name"], _text(each, "policy"))
        for each in values.get("inline_policy") or ()
        if each.get("name")
    )
    beside = (
        AttachedPolicy(each["values"].get("name") or each["name"], _text(each["values"], "policy"))
        for each in resources
        if each["type"] == "aws_iam_role_policy" and each["values"].get("role") == name
    )
    attached = (
        _managed(each["values"].get("policy_arn") or "", resources)
        for each in resources
        if each["type"] == "aws_iam_role_policy_attachment" and each["values"].get("role") == name
    )
    return (*inline, *beside, *attached)


def _managed(arn: str, resources: list[JsonObject]) -> AttachedPolicy:
    for each in resources:
        if each["type"] == "aws_iam_policy" and each["values"].get("arn") == arn and arn:
            return AttachedPolicy(each["values"]["name"], _text(each["values"], "policy"), arn)
    return AttachedPolicy(
        arn.rpartition("/")[2], NotRead(f"the plan does not hold {arn or 'the attached policy'}"), arn or None
    )


def _function(values: JsonObject) -> Function:
    environment = (values.get("environment") or [{}])[0] or {}
    vpc = (values.get("vpc_config") or [{}])[0] or {}
    return Function(
        arn=values["arn"],
        role_arn=values.get("role") or UNKNOWN,
        environment=environment.get("variables") or {},
        timeout=values.get("timeout") or 3,
        vpc=vpc.get("vpc_id") or None,
    )


def _table(values: JsonObject, resources: list[JsonObject]) -> Table:
    types = {each["name"]: each["type"] for each in values.get("attribute") or ()}
    keys = [values[each] for each in ("hash_key", "range_key") if values.get(each)]
    encryption = (values.get("server_side_encryption") or [{}])[0] or {}
    policies = [each["values"] for each in resources if each["type"] == "aws_dynamodb_resource_policy"]
    policy = next((each for each in policies if each.get("resource_arn") == values["arn"]), None)
    return Table(
        arn=values["arn"],
        key={each: types.get(each, "") for each in keys},
        indexes=tuple(each["name"] for each in values.get("global_secondary_index") or ()),
        key_arn=(encryption.get("kms_key_arn") or UNKNOWN) if encryption.get("enabled") else None,
        policy=None if policy is None else _text(policy, "policy"),
    )
