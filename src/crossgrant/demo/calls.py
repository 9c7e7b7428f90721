"""The calls that the story is made of.

https://docs.aws.amazon.com/cli/latest/reference/
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TypeAlias

from crossgrant.demo.cast import ITEM, ITEM_ID, Cast
from crossgrant.demo.step import Act, Call, Value, Wait
from crossgrant.grants import Document, Role

RUNTIME = f"python3.{sys.version_info.minor}"  # the interpreter that is surely there
Tried: TypeAlias = tuple[str, Mapping[str, Value]]  # a call of boto3, and its parameters


def create_table(profile: str, name: str) -> tuple[Act, ...]:
    """Return the calls that make a table with a key `id`."""
    return (
        Call(
            profile,
            "dynamodb",
            "create_table",
            {
                "TableName": name,
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        ),
        Wait(profile, "dynamodb", "table_exists", {"TableName": name}),
    )


def put_item(profile: str, table: str) -> Call:
    """Return the call that puts the item."""
    return Call(profile, "dynamodb", "put_item", {"TableName": table, "Item": ITEM})


def create_role(profile: str, role: Role, trust: Document | None = None) -> tuple[Act, ...]:
    """Return the calls that make a role and give it its policy."""
    trust = trust or role.trust_policy
    assert trust is not None
    return (
        Call(profile, "iam", "create_role", {"RoleName": role.name, "AssumeRolePolicyDocument": trust.as_json()}),
        put_role_policy(profile, role),
    )


def put_role_policy(profile: str, role: Role) -> Call:
    """Return the call that gives a role its policy."""
    return Call(
        profile,
        "iam",
        "put_role_policy",
        {"RoleName": role.name, "PolicyName": role.policy_name, "PolicyDocument": role.policy.as_json()},
    )


def put_user_policy(profile: str, user: str, policy: Document) -> Call:
    """Return the call that gives a user a policy."""
    parameters: Mapping[str, Value] = {
        "UserName": user,
        "PolicyName": "may-assume",
        "PolicyDocument": policy.as_json(),
    }
    return Call(profile, "iam", "put_user_policy", parameters)


def update_trust(profile: str, role_name: str, document: Value) -> Call:
    """Return the call that replaces a role's trust policy."""
    parameters: Mapping[str, Value] = {"RoleName": role_name, "PolicyDocument": document}
    return Call(profile, "iam", "update_assume_role_policy", parameters)


def create_function(profile: str, cast: Cast, name: str, role_arn: str, folder: Value) -> tuple[Act, ...]:
    """Return the calls that make a function."""
    parameters: Mapping[str, Value] = {
        "FunctionName": name,
        "Runtime": RUNTIME,
        "Handler": cast.grant.function.handler,
        "Role": role_arn,
        "Environment": {"Variables": dict(cast.plain.caller.environment)},
        "Timeout": 30,
        "Code": {"ZipFile": folder},
    }
    return (
        Call(profile, "lambda", "create_function", parameters),
        Wait(profile, "lambda", "function_active_v2", {"FunctionName": name}),
    )


def get_item(table: str) -> Tried:
    """Return a read of the item."""
    return "dynamodb.get_item", {"TableName": table, "Key": {"id": {"S": ITEM_ID}}}


def forge_logs(log_group: str) -> Tried:
    """Return a write into a log group."""
    return "logs.create_log_stream", {"logGroupName": log_group, "logStreamName": "forged"}


def assume_role(profile: str, role_arn: str, more: Mapping[str, Value]) -> Call:
    """Return the call by which a user assumes a role."""
    return Call(profile, "sts", "assume_role", {"RoleArn": role_arn, "RoleSessionName": profile, **more})


def probe(function: str, tried: Tried, assume: Mapping[str, Value] | None = None, session: str | None = None) -> Call:
    """Return the invocation of a probe: it tries something with the owner's role, or as `session` says."""
    event: dict[str, Value] = {"call": tried[0], "parameters": tried[1]}
    if assume:
        event["assume"] = assume
    if session is not None:
        event["session"] = session
    return Call("caller", "lambda", "invoke", {"FunctionName": function, "Payload": event})
